// Max and average pooling over one or two spatial axes.
//   nn.MaxPool2d(3, stride=2, padding=1)      F.avg_pool2d(x, 2, ceil_mode=True)

import type { AvgPool, MaxPool } from '../../../src/analysis/graph/operators.ts';
import { elementsOf, planesOf } from '../shape.ts';
import { flatGroups, type KernelFamily } from './kernel.ts';
import code from './pool.wgsl';
import { uniforms } from './uniforms.ts';
import { spatialAxes, windowOf } from './window.ts';

const shader = { key: 'pool', code };

export const pool: KernelFamily<MaxPool | AvgPool> = {
  ops: ['max_pool1d', 'max_pool2d', 'max_pool3d', 'avg_pool1d', 'avg_pool2d', 'avg_pool3d'],
  whyNot: (op) => (spatialAxes(op.op) === 3 ? `no kernel for ${op.op}` : null),
  dispatches({ op, inputs, output }) {
    const spatial = spatialAxes(op.op) as 1 | 2;
    const x = planesOf(inputs[0]!.shape, spatial);
    const y = planesOf(output.shape, spatial);
    const { kernel, stride, before, after, dilation } = windowOf(op);
    const average = 'countIncludePad' in op;
    const count = elementsOf(output.shape);
    return [
      {
        shader,
        uniforms: uniforms()
          .u32(count, x.height, x.width, y.height, y.width)
          .u32(...kernel, ...stride, ...before, ...dilation, ...after)
          .bool(average, average && op.countIncludePad)
          .f32((average && op.divisorOverride) || 0)
          .done(),
        reads: [inputs[0]!],
        write: output,
        workgroups: flatGroups(count),
      },
    ];
  },
};
