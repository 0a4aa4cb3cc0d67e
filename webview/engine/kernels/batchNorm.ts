// Batch normalisation in evaluation.
//   nn.BatchNorm2d(64)(x)

import type { BatchNorm } from '../../../src/analysis/graph/operators.ts';
import { elementsOf } from '../shape.ts';
import code from './batchNorm.wgsl';
import { flatGroups, type KernelFamily } from './kernel.ts';
import { uniforms } from './uniforms.ts';

const shader = { key: 'batchNorm', code };

export const batchNorm: KernelFamily<BatchNorm> = {
  ops: ['batch_norm'],
  dispatches({ op, inputs, params, output }) {
    const count = elementsOf(output.shape);
    const { running_mean: mean, running_var: variance, weight, bias } = params;
    return [
      {
        shader,
        uniforms: uniforms()
          .u32(count, output.shape[1]!, elementsOf(output.shape.slice(2)))
          .bool(weight !== undefined, bias !== undefined)
          .f32(op.eps)
          .done(),
        reads: [inputs[0]!, mean!, variance!, weight ?? null, bias ?? null],
        write: output,
        workgroups: flatGroups(count),
      },
    ];
  },
};
