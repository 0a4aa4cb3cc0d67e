// Padding of any axes.
//   F.pad(x, (1, 1, 1, 1), mode='reflect')      nn.ZeroPad2d(2)

import type { Pad } from '../../../src/analysis/graph/operators.ts';
import { elementsOf, stridesOf } from '../shape.ts';
import { flatGroups, type KernelFamily } from './kernel.ts';
import code from './pad.wgsl';
import paddingCode from './paddingMode.wgsl';
import { MAX_AXES, uniforms } from './uniforms.ts';

/** In the order of the shader's codes. */
const MODES = ['constant', 'reflect', 'replicate', 'circular'] as const;

const shader = { key: 'pad', code: paddingCode + code };

export const pad: KernelFamily<Pad> = {
  ops: ['pad'],
  whyNot: (op, _inputs, output) =>
    output.length > MAX_AXES ? `no kernel for ${op.op} of more than ${MAX_AXES} axes` : null,
  dispatches({ op, inputs, output }) {
    const count = elementsOf(output.shape);
    const { shape } = inputs[0]!;
    return [
      {
        shader,
        uniforms: uniforms()
          .u32(count, MODES.indexOf(op.mode))
          .f32(op.value)
          .axes(output.shape, 1)
          .axes(shape, 1)
          .axes(stridesOf(shape), 0)
          .axes(
            op.padding.map(([before]) => before),
            0,
          )
          .done(),
        reads: [inputs[0]!],
        write: output,
        workgroups: flatGroups(count),
      },
    ];
  },
};
