// Resampling to the output's size.
//   F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=False)      nn.Upsample(scale_factor=2)

import type { Interpolate } from '../../../src/analysis/graph/operators.ts';
import { elementsOf, planesOf } from '../shape.ts';
import { poolToSize } from './adaptivePool.ts';
import code from './interpolate.wgsl';
import { flatGroups, type KernelFamily } from './kernel.ts';
import { uniforms } from './uniforms.ts';

/** The shader's codes; `area` is adaptive average pooling, `trilinear` has no kernel. */
const MODES: Partial<Record<Interpolate['mode'], number>> = {
  nearest: 0,
  'nearest-exact': 1,
  linear: 2,
  bilinear: 2,
  bicubic: 3,
};

const shader = { key: 'interpolate', code };

export const interpolate: KernelFamily<Interpolate> = {
  ops: ['interpolate'],
  whyNot(op, _inputs, output) {
    if (output.length > 4 || output.length < 3) return `no kernel for interpolate of ${output.length} axes`;
    if (op.mode !== 'area' && MODES[op.mode] === undefined) return `no kernel for interpolate(mode='${op.mode}')`;
    return null;
  },
  dispatches({ op, inputs, output }) {
    const spatial = output.shape.length === 3 ? 1 : 2;
    if (op.mode === 'area') return [poolToSize(inputs[0]!, output, spatial, true)];
    const x = planesOf(inputs[0]!.shape, spatial);
    const y = planesOf(output.shape, spatial);
    const count = elementsOf(output.shape);
    return [
      {
        shader,
        uniforms: uniforms()
          .u32(count, x.height, x.width, y.height, y.width, MODES[op.mode]!)
          .bool(op.alignCorners)
          .done(),
        reads: [inputs[0]!],
        write: output,
        workgroups: flatGroups(count),
      },
    ];
  },
};
