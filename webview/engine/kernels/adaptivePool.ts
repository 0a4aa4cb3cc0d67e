// Adaptive pooling to a given size.
//   nn.AdaptiveAvgPool2d((1, 1))      nn.AdaptiveMaxPool1d(4)

import type { AdaptivePool } from '../../../src/analysis/graph/operators.ts';
import type { Operand } from '../backend.ts';
import { elementsOf, planesOf } from '../shape.ts';
import code from './adaptivePool.wgsl';
import { type Dispatch, foldGroups, type KernelFamily } from './kernel.ts';
import { uniforms } from './uniforms.ts';
import { spatialAxes } from './window.ts';

const shader = { key: 'adaptivePool', code };

export const adaptivePool: KernelFamily<AdaptivePool> = {
  ops: [
    'adaptive_avg_pool1d',
    'adaptive_avg_pool2d',
    'adaptive_avg_pool3d',
    'adaptive_max_pool1d',
    'adaptive_max_pool2d',
    'adaptive_max_pool3d',
  ],
  whyNot: (op) => (spatialAxes(op.op) === 3 ? `no kernel for ${op.op}` : null),
  dispatches: ({ op, inputs, output }) => [
    poolToSize(inputs[0]!, output, spatialAxes(op.op) as 1 | 2, op.op.startsWith('adaptive_avg')),
  ],
};

/** Also what `interpolate(mode='area')` does. */
export function poolToSize(input: Operand, output: Operand, spatial: 1 | 2, average: boolean): Dispatch {
  const x = planesOf(input.shape, spatial);
  const y = planesOf(output.shape, spatial);
  const cells = elementsOf(output.shape);
  return {
    shader,
    uniforms: uniforms().u32(cells, x.height, x.width, y.height, y.width).bool(average).done(),
    reads: [input],
    write: output,
    workgroups: foldGroups(cells),
  };
}
