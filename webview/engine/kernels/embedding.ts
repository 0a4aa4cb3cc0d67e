// Look-up of rows by index.
//   nn.Embedding(50257, 768)(tokens)

import type { Embedding } from '../../../src/analysis/graph/operators.ts';
import { elementsOf } from '../shape.ts';
import code from './embedding.wgsl';
import { flatGroups, type KernelFamily } from './kernel.ts';
import { uniforms } from './uniforms.ts';

const shader = { key: 'embedding', code };
const NAN_BITS = 0x7fc00000;

export const embedding: KernelFamily<Embedding> = {
  ops: ['embedding'],
  dispatches({ op, inputs, params, output }) {
    const count = elementsOf(output.shape);
    return [
      {
        shader,
        uniforms: uniforms().u32(count, op.embeddingDim, op.numEmbeddings, NAN_BITS).done(),
        reads: [inputs[0]!, params['weight']!],
        write: output,
        workgroups: flatGroups(count),
      },
    ];
  },
};
