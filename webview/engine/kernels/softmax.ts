// Softmax and log-softmax along any axis.
//   F.softmax(logits, dim=1)

import type { Softmax } from '../../../src/analysis/graph/operators.ts';
import { elementsOf } from '../shape.ts';
import { foldGroups, type KernelFamily } from './kernel.ts';
import code from './softmax.wgsl';
import { uniforms } from './uniforms.ts';

const shader = { key: 'softmax', code };

export const softmax: KernelFamily<Softmax> = {
  ops: ['softmax', 'log_softmax'],
  dispatches({ op, inputs, output }) {
    const { shape } = output;
    const dim = op.dim < 0 ? op.dim + shape.length : op.dim;
    const size = shape[dim] ?? 1;
    const lines = elementsOf(shape) / size;
    return [
      {
        shader,
        uniforms: uniforms()
          .u32(lines, size, elementsOf(shape.slice(dim + 1)))
          .bool(op.op === 'log_softmax')
          .done(),
        reads: [inputs[0]!],
        write: output,
        workgroups: foldGroups(lines),
      },
    ];
  },
};
