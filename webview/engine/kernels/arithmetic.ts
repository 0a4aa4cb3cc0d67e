// Arithmetic of two tensors with broadcasting, or of a tensor and a number.
//   out += identity      x * scale.view(1, -1, 1, 1)      1 - x

import type { Arithmetic } from '../../../src/analysis/graph/operators.ts';
import { broadcastStrides, elementsOf } from '../shape.ts';
import code from './arithmetic.wgsl';
import { flatGroups, type KernelFamily } from './kernel.ts';
import { MAX_AXES, uniforms } from './uniforms.ts';

/** Position in this list is the case in the shader's switch. */
const FUNCTIONS = ['add', 'sub', 'mul', 'div', 'pow', 'maximum', 'minimum'] as const;

const shader = { key: 'arithmetic', code };

export const arithmetic: KernelFamily<Arithmetic> = {
  ops: FUNCTIONS,
  whyNot(op, inputs, output) {
    if (output.length > MAX_AXES) return `no kernel for ${op.op} of more than ${MAX_AXES} axes`;
    if (inputs.length < 2 && op.scalar === undefined) return `${op.op} with an operand that is not known`;
    return null;
  },
  dispatches({ op, inputs, output }) {
    const count = elementsOf(output.shape);
    const withScalar = inputs.length < 2;
    const scalarSide = withScalar ? (op.scalarFirst ? 1 : 2) : 0;
    const a = inputs[0]!;
    const b = inputs[1] ?? a;
    const dense = elementsOf(a.shape) === count && elementsOf(b.shape) === count;
    return [
      {
        shader,
        uniforms: uniforms()
          .u32(count, FUNCTIONS.indexOf(op.op))
          .bool(dense)
          .u32(scalarSide)
          .f32(op.scalar ?? 0)
          .axes(output.shape, 1)
          .axes(broadcastStrides(a.shape, output.shape), 0)
          .axes(broadcastStrides(b.shape, output.shape), 0)
          .done(),
        reads: [a, b],
        write: output,
        workgroups: flatGroups(count),
      },
    ];
  },
};
