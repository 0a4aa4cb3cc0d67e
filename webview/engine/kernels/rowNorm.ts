// Layer and group normalisation: rows normalised by their own mean and variance.
//   nn.LayerNorm(768)(x)      nn.GroupNorm(32, 256)(x)

import type { GroupNorm, LayerNorm } from '../../../src/analysis/graph/operators.ts';
import { elementsOf } from '../shape.ts';
import { foldGroups, type KernelFamily } from './kernel.ts';
import code from './rowNorm.wgsl';
import { uniforms } from './uniforms.ts';

const shader = { key: 'rowNorm', code };

export const rowNorm: KernelFamily<LayerNorm | GroupNorm> = {
  ops: ['layer_norm', 'group_norm'],
  dispatches({ op, inputs, params, output }) {
    const count = elementsOf(output.shape);
    const { weight, bias } = params;
    const { rows, groups, channels, spatial } = rowsOf(op, output.shape);
    return [
      {
        shader,
        uniforms: uniforms()
          .u32(rows, count / rows, groups, channels, spatial)
          .bool(weight !== undefined, bias !== undefined)
          .f32(op.eps)
          .done(),
        reads: [inputs[0]!, weight ?? null, bias ?? null],
        write: output,
        workgroups: foldGroups(rows),
      },
    ];
  },
};

function rowsOf(op: LayerNorm | GroupNorm, shape: readonly number[]) {
  if (op.op === 'layer_norm') {
    return { rows: elementsOf(shape) / elementsOf(op.normalizedShape), groups: 1, channels: 0, spatial: 1 };
  }
  const spatial = elementsOf(shape.slice(2));
  return { rows: shape[0]! * op.groups, groups: op.groups, channels: shape[1]! / op.groups, spatial };
}
