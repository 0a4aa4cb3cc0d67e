// Convolution over one or two spatial axes, with stride, asymmetric padding, dilation, groups and padding modes.
//   nn.Conv2d(3, 64, 7, stride=2, padding=3)      nn.Conv2d(96, 96, 3, groups=96)
// Three kernels: tiled implicit GEMM (groups = 1), direct (grouped; everything on software adapters), depthwise.

import type { Convolution } from '../../../src/analysis/graph/operators.ts';
import type { Work } from '../backend.ts';
import { elementsOf, planesOf, type Shape } from '../shape.ts';
import depthwiseCode from './convDepthwise.wgsl';
import directCode from './convDirect.wgsl';
import gemmCode from './convGemm.wgsl';
import type { Adapter, Dispatch, KernelFamily, Shader } from './kernel.ts';
import paddingCode from './paddingMode.wgsl';
import { uniforms } from './uniforms.ts';
import { spatialAxes, type Window, windowOf } from './window.ts';

type Kernel = 'gemm' | 'direct' | 'depthwise';

/** Rows of the tile along K; below this many channels the taps are packed without gaps. */
const TILE_K = 16;

/** In the order of the shader's codes. */
const PADDING_MODES = ['zeros', 'reflect', 'replicate', 'circular'] as const;

export const convolution: KernelFamily<Convolution> = {
  ops: ['conv1d', 'conv2d', 'conv3d'],

  whyNot: (op) => (op.op === 'conv3d' ? 'no kernel for conv3d' : null),

  packing(op, role, shape, adapter) {
    if (role !== 'weight') return null;
    const kernel = chooseKernel(op, adapter);
    if (kernel === 'gemm') return { key: 'gemm', pack: (values) => packGemm(values, shape) };
    if (kernel === 'direct') {
      return { key: `direct ${op.groups}`, pack: (values) => packDirect(values, shape, op.groups) };
    }
    return null;
  },

  dispatches(work, adapter) {
    const kernel = chooseKernel(work.op, adapter);
    return [kernel === 'gemm' ? gemm(work) : kernel === 'direct' ? direct(work) : depthwise(work)];
  },
};

function chooseKernel(op: Convolution, adapter: Adapter): Kernel {
  if (op.groups > 1 && op.groups === op.inChannels) return 'depthwise';
  if (op.groups > 1) return 'direct';
  return adapter.convolution ?? (adapter.software ? 'direct' : 'gemm');
}

function gemm(work: Work<Convolution>): Dispatch {
  const { op, inputs, output } = work;
  const spatial = spatialAxes(op.op) as 1 | 2;
  const x = planesOf(inputs[0]!.shape, spatial);
  const y = planesOf(output.shape, spatial);
  const window = windowOf(op);
  const small = op.inChannels < TILE_K;
  return {
    shader: shaderOf('convGemm', gemmCode, op, small ? { SMALL_C: 1 } : {}),
    uniforms: geometry(uniforms().u32(x.channels, x.height, x.width, y.channels, y.height, y.width), window)
      .u32(gemmTiles(op.inChannels, window.kernel[0] * window.kernel[1]))
      .bool(work.params['bias'] !== undefined)
      .done(),
    reads: [inputs[0]!, work.params['weight']!, work.params['bias'] ?? null],
    write: output,
    workgroups: [Math.ceil((y.height * y.width) / 32), Math.ceil(y.channels / 32), y.batch],
  };
}

function direct(work: Work<Convolution>): Dispatch {
  const { op, inputs, output } = work;
  const spatial = spatialAxes(op.op) as 1 | 2;
  const x = planesOf(inputs[0]!.shape, spatial);
  const y = planesOf(output.shape, spatial);
  const outChannels = op.outChannels / op.groups;
  return {
    shader: shaderOf('convDirect', directCode, op),
    uniforms: geometry(
      uniforms().u32(op.groups, x.channels / op.groups, outChannels, x.height, x.width, y.height, y.width),
      windowOf(op),
    )
      .bool(work.params['bias'] !== undefined)
      .done(),
    reads: [inputs[0]!, work.params['weight']!, work.params['bias'] ?? null],
    write: output,
    workgroups: [Math.ceil((y.height * y.width) / 256), op.groups * Math.ceil(outChannels / 4), y.batch],
  };
}

function depthwise(work: Work<Convolution>): Dispatch {
  const { op, inputs, output } = work;
  const spatial = spatialAxes(op.op) as 1 | 2;
  const x = planesOf(inputs[0]!.shape, spatial);
  const y = planesOf(output.shape, spatial);
  return {
    shader: shaderOf('convDepthwise', depthwiseCode, op),
    uniforms: geometry(
      uniforms().u32(x.channels, op.outChannels / op.groups, x.height, x.width, y.height, y.width),
      windowOf(op),
    )
      .bool(work.params['bias'] !== undefined)
      .done(),
    reads: [inputs[0]!, work.params['weight']!, work.params['bias'] ?? null],
    write: output,
    workgroups: [Math.ceil((y.height * y.width) / 256), y.channels, y.batch],
  };
}

/** What all three shaders' structs have in common, in their order. */
function geometry(block: ReturnType<typeof uniforms>, { kernel, stride, before, dilation }: Window) {
  return block.u32(...kernel, ...stride, ...before, ...dilation);
}

function shaderOf(name: string, code: string, op: Convolution, extra: Record<string, number> = {}): Shader {
  const mode = PADDING_MODES.indexOf(op.paddingMode);
  const constants = { ...extra, ...(mode > 0 ? { PAD_MODE: mode } : {}) };
  const key = [name, ...Object.entries(constants).map(([constant, value]) => `${constant}=${value}`)].join(' ');
  return { key, code: paddingCode + code, constants };
}

/** Tiles of 16 along K: the taps one after another, or each tap's channels padded to whole tiles. */
function gemmTiles(channels: number, taps: number): number {
  return channels < TILE_K ? Math.ceil((channels * taps) / TILE_K) : Math.ceil(channels / TILE_K) * taps;
}

/** (O, C, kh, kw) → (O, tiles · 16) with K in (kh, kw, ci) order, zeros in the gaps. */
function packGemm(values: Float32Array, shape: Shape): Float32Array {
  const [outputs, channels] = [shape[0]!, shape[1]!];
  const taps = elementsOf(shape.slice(2));
  const row = gemmTiles(channels, taps) * TILE_K;
  const perTap = channels < TILE_K ? channels : row / taps;
  const packed = new Float32Array(outputs * row);
  for (let o = 0; o < outputs; o++) {
    for (let ci = 0; ci < channels; ci++) {
      const from = (o * channels + ci) * taps;
      for (let tap = 0; tap < taps; tap++) packed[o * row + tap * perTap + ci] = values[from + tap]!;
    }
  }
  return packed;
}

/** (O, C / groups, kh, kw) → (groups, O / groups / 4, kh, kw, C / groups) of vec4 over 4 output channels. */
function packDirect(values: Float32Array, shape: Shape, groups: number): Float32Array {
  const [outputs, channels] = [shape[0]! / groups, shape[1]!];
  const taps = elementsOf(shape.slice(2));
  const blocks = Math.ceil(outputs / 4);
  const packed = new Float32Array(groups * blocks * 4 * taps * channels);
  for (let o = 0; o < outputs * groups; o++) {
    const group = Math.floor(o / outputs);
    const inGroup = o % outputs;
    const block = group * blocks + Math.floor(inGroup / 4);
    for (let ci = 0; ci < channels; ci++) {
      const from = (o * channels + ci) * taps;
      for (let tap = 0; tap < taps; tap++) {
        packed[((block * taps + tap) * channels + ci) * 4 + (inGroup % 4)] = values[from + tap]!;
      }
    }
  }
  return packed;
}
