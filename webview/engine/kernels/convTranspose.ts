// Transposed convolution: the up-sampling of U-Nets and GANs.
//   nn.ConvTranspose2d(128, 64, kernel_size=2, stride=2)

import type { TransposedConvolution } from '../../../src/analysis/graph/operators.ts';
import { planesOf } from '../shape.ts';
import code from './convTranspose.wgsl';
import type { KernelFamily } from './kernel.ts';
import { uniforms } from './uniforms.ts';
import { spatialAxes, windowOf } from './window.ts';

const shader = { key: 'convTranspose', code };

export const transposedConvolution: KernelFamily<TransposedConvolution> = {
  ops: ['conv_transpose1d', 'conv_transpose2d', 'conv_transpose3d'],
  whyNot: (op) => (op.op === 'conv_transpose3d' ? 'no kernel for conv_transpose3d' : null),
  dispatches({ op, inputs, params, output }) {
    const spatial = spatialAxes(op.op) as 1 | 2;
    const x = planesOf(inputs[0]!.shape, spatial);
    const y = planesOf(output.shape, spatial);
    const { kernel, stride, before, dilation } = windowOf(op);
    return [
      {
        shader,
        uniforms: uniforms()
          .u32(op.groups, x.channels / op.groups, op.outChannels / op.groups)
          .u32(x.height, x.width, y.height, y.width)
          .u32(...kernel, ...stride, ...before, ...dilation)
          .bool(params['bias'] !== undefined)
          .done(),
        reads: [inputs[0]!, params['weight']!, params['bias'] ?? null],
        write: output,
        workgroups: [Math.ceil((y.height * y.width) / 64), y.channels, y.batch],
      },
    ];
  },
};
