// Reductions over any axes.
//   x.mean(dim=(2, 3), keepdim=True)      x.amax(1)      x.sum()

import type { Reduce } from '../../../src/analysis/graph/operators.ts';
import { elementsOf, stridesOf } from '../shape.ts';
import { foldGroups, type KernelFamily } from './kernel.ts';
import code from './reduce.wgsl';
import { MAX_AXES, uniforms } from './uniforms.ts';

/** Position in this list is the shader's code. */
const FUNCTIONS = ['mean', 'sum', 'amax', 'amin'] as const;

const shader = { key: 'reduce', code };

export const reduce: KernelFamily<Reduce> = {
  ops: FUNCTIONS,
  whyNot: (op, inputs) =>
    inputs[0]!.length > MAX_AXES ? `no kernel for ${op.op} of more than ${MAX_AXES} axes` : null,
  dispatches({ op, inputs, output }) {
    const { shape } = inputs[0]!;
    const strides = stridesOf(shape);
    // As in PyTorch, no axes at all means all of them.
    const dims = new Set(
      op.dims.length > 0 ? op.dims.map((dim) => (dim < 0 ? dim + shape.length : dim)) : shape.keys(),
    );
    const pick = <T>(values: readonly T[], reduced: boolean) => values.filter((_, axis) => dims.has(axis) === reduced);
    const outputs = elementsOf(output.shape);
    return [
      {
        shader,
        uniforms: uniforms()
          .u32(outputs, elementsOf(shape) / outputs, FUNCTIONS.indexOf(op.op))
          .axes(pick(shape, false), 1)
          .axes(pick(strides, false), 0)
          .axes(pick(shape, true), 1)
          .axes(pick(strides, true), 0)
          .done(),
        reads: [inputs[0]!],
        write: output,
        workgroups: foldGroups(outputs),
      },
    ];
  },
};
