// Draws a value of the graph as a grid of maps, one tile a channel, from the GPU's memory straight to a canvas.
//   const painter = new FeatureMapPainter(backend, canvas.getContext('webgpu'), gpu.getPreferredCanvasFormat());
//   const stats = await painter.show(storage, shape);   painter.draw(view);
// Only what is looked at comes back to the CPU: four numbers of the layer, and one value under the pointer.

import type { ValueStats } from '../../src/protocol/panel.ts';
import type { Storage } from './backend.ts';
import { bufferOf, type WebGpuBackend } from './backends/webgpu.ts';
import drawCode from './featureMapsDraw.wgsl';
import rangeCode from './featureMapsRange.wgsl';
import { uniforms } from './kernels/uniforms.ts';
import { elementsOf, type Shape } from './shape.ts';

/** A value as pictures: `channels` planes of `height` × `width`. Of a batch the first sample is shown. */
export interface Maps {
  channels: number;
  height: number;
  width: number;
}

/**
 * (N, C, H, W) → C maps; (N, C, L) and (L, D) → one map of C × L, or L × D; (N, F) → F maps of a single value.
 */
export function mapsOf(shape: Shape): Maps {
  const rank = shape.length;
  if (rank <= 2) return { channels: shape.at(-1) ?? 1, height: 1, width: 1 };
  if (rank === 3) return { channels: 1, height: shape[1]!, width: shape[2]! };
  return { channels: elementsOf(shape.slice(1, -2)), height: shape.at(-2)!, width: shape.at(-1)! };
}

/** Position in these lists is the shader's code. */
export const COLOURS = ['viridis', 'gray', 'diverging'] as const;
export const RANGES = ['channel', 'layer'] as const;

/** What part of the grid the canvas shows; everything in device pixels. */
export interface MapView {
  canvasWidth: number;
  canvasHeight: number;
  /** First tile of the grid, and how many there are: all channels, or one that is enlarged. */
  first: number;
  count: number;
  columns: number;
  tileWidth: number;
  tileHeight: number;
  gap: number;
  /** How far the grid is scrolled up. */
  scroll: number;
  colours: (typeof COLOURS)[number];
  /** Over which values the colours span. */
  range: (typeof RANGES)[number];
}

/** How many first values the stats hold. */
const FIRST = 8;

export class FeatureMapPainter {
  readonly #backend: WebGpuBackend;
  readonly #context: GPUCanvasContext;
  readonly #drawing: Promise<GPURenderPipeline>;
  readonly #ranging: Promise<GPUComputePipeline>;
  readonly #uniforms: GPUBuffer;
  #shown: { storage: Storage; maps: Maps; ranges: Storage } | null = null;

  constructor(backend: WebGpuBackend, context: GPUCanvasContext, format: GPUTextureFormat) {
    const { device } = backend;
    this.#backend = backend;
    this.#context = context;
    context.configure({ device, format, alphaMode: 'premultiplied' });
    const drawing = device.createShaderModule({ label: 'featureMapsDraw', code: drawCode });
    this.#drawing = device.createRenderPipelineAsync({
      layout: 'auto',
      vertex: { module: drawing, entryPoint: 'corner' },
      fragment: { module: drawing, entryPoint: 'colour', targets: [{ format }] },
    });
    const ranging = device.createShaderModule({ label: 'featureMapsRange', code: rangeCode });
    this.#ranging = device.createComputePipelineAsync({
      layout: 'auto',
      compute: { module: ranging, entryPoint: 'main' },
    });
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    this.#uniforms = device.createBuffer({ size: 64, usage });
  }

  /** Takes a computed value as what `draw` shows, and finds its range by channel and as a whole. */
  async show(storage: Storage, shape: Shape): Promise<{ maps: Maps; stats: ValueStats }> {
    const maps = mapsOf(shape);
    const { channels } = maps;
    const plane = maps.height * maps.width;
    const ranges = this.#backend.allocate((channels + 1) * 4);
    const pipeline = await this.#ranging;
    const encoder = this.#backend.device.createCommandEncoder();
    const blocks: GPUBuffer[] = [];
    // The channels' ranges first, then the layer's from theirs.
    for (const whole of [false, true]) {
      const block = this.#block(uniforms().u32(plane, channels).bool(whole).done());
      blocks.push(block);
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, this.#bind(pipeline, [block, bufferOf(storage), bufferOf(ranges)]));
      const groups = whole ? 1 : channels;
      pass.dispatchWorkgroups(Math.min(groups, 65535), Math.ceil(groups / 65535));
      pass.end();
    }
    this.#backend.device.queue.submit([encoder.finish()]);
    for (const block of blocks) block.destroy();
    if (this.#shown) this.#backend.release(this.#shown.ranges);
    this.#shown = { storage, maps, ranges };
    const [[min, max, sum, notFinite], first] = await Promise.all([
      this.#backend.read(ranges, channels * 4, 4) as unknown as Promise<[number, number, number, number]>,
      this.#backend.read(storage, 0, Math.min(FIRST, elementsOf(shape))),
    ]);
    const finite = channels * plane - notFinite;
    const stats = { min, max, mean: finite > 0 ? sum / finite : Number.NaN, notFinite, first: [...first] };
    return { maps, stats };
  }

  /** Forgets the value: its memory may be used for another one. */
  clear(): void {
    if (this.#shown) this.#backend.release(this.#shown.ranges);
    this.#shown = null;
  }

  /** Needs `show` before; without it the canvas stays empty. */
  async draw(view: MapView): Promise<void> {
    const pipeline = await this.#drawing;
    const { device } = this.#backend;
    const shown = this.#shown;
    const block = uniforms()
      .u32(shown?.maps.channels ?? 0, shown?.maps.height ?? 1, shown?.maps.width ?? 1)
      .u32(view.first, shown ? view.count : 0, view.columns, view.tileWidth, view.tileHeight, view.gap)
      .u32(view.scroll, COLOURS.indexOf(view.colours), RANGES.indexOf(view.range));
    device.queue.writeBuffer(this.#uniforms, 0, block.done());
    const encoder = device.createCommandEncoder();
    const target = this.#context.getCurrentTexture().createView();
    const pass = encoder.beginRenderPass({
      colorAttachments: [{ view: target, loadOp: 'clear', storeOp: 'store', clearValue: [0, 0, 0, 0] }],
    });
    if (shown) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, this.#bind(pipeline, [this.#uniforms, bufferOf(shown.storage), bufferOf(shown.ranges)]));
      pass.draw(3);
    }
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  /** The value at one place of the shown maps. */
  async valueAt(channel: number, y: number, x: number): Promise<number | null> {
    const shown = this.#shown;
    if (!shown) return null;
    const { height, width } = shown.maps;
    const values = await this.#backend.read(shown.storage, (channel * height + y) * width + x, 1);
    return values[0] ?? null;
  }

  #block(data: ArrayBuffer): GPUBuffer {
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const buffer = this.#backend.device.createBuffer({ size: data.byteLength, usage });
    this.#backend.device.queue.writeBuffer(buffer, 0, data);
    return buffer;
  }

  #bind(pipeline: GPURenderPipeline | GPUComputePipeline, buffers: readonly GPUBuffer[]): GPUBindGroup {
    return this.#backend.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
  }
}
