// The WebGPU backend: dispatches of the kernel families become commands of a device.
//   const backend = new WebGpuBackend(device, describeAdapter(adapter));
// Pipelines are made asynchronously and kept by shader key; uniforms of a submission share one buffer; a forward is
// one submission, or a few where it is so long that one would block the GPU (and could not be cancelled).

import type { Operator } from '../../../src/analysis/graph/operators.ts';
import type { Backend, BackendInfo, Operand, Packing, RunOptions, Storage, Work } from '../backend.ts';
import type { Adapter, Dispatch, Shader } from '../kernels/kernel.ts';
import { kernelFor, whyNoKernel } from '../kernels/registry.ts';
import type { Shape } from '../shape.ts';

/** Multiply-accumulates of one submission: some 50 ms on an integrated GPU, some 100 ms on a software adapter. */
const MACS_PER_SUBMISSION = { hardware: 10e9, software: 0.2e9 };

/** WebGPU's guaranteed alignment of uniform offsets. */
const UNIFORM_ALIGNMENT = 256;

class GpuStorage implements Storage {
  readonly elements: number;
  readonly buffer: GPUBuffer;
  constructor(buffer: GPUBuffer) {
    this.buffer = buffer;
    this.elements = buffer.size / 4;
  }
}

/** Other options of the choice between kernels, for tests and measurements. */
export type WebGpuOptions = Pick<Adapter, 'convolution'>;

export class WebGpuBackend implements Backend {
  readonly info: BackendInfo;
  readonly device: GPUDevice;
  readonly #adapter: Adapter;
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();
  readonly #layouts = new Map<number, GPUBindGroupLayout>();
  /** Bound where an optional tensor is absent. */
  readonly #nothing: GpuStorage;
  #failure: string | null = null;

  constructor(device: GPUDevice, { name, software }: { name: string; software: boolean }, options: WebGpuOptions = {}) {
    this.device = device;
    this.#adapter = { software, ...options };
    const bytes = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
    this.info = { kind: 'webgpu', name, software, maxElements: Math.floor(bytes / 4) };
    this.#nothing = this.allocate(4);
    device.addEventListener('uncapturederror', (event) => {
      this.#failure ??= event.error.message;
    });
  }

  whyNot(op: Operator, inputs: readonly Shape[], output: Shape): string | null {
    return whyNoKernel(op, inputs, output);
  }

  packing(op: Operator, role: string, shape: Shape): Packing | null {
    return kernelFor(op)?.packing?.(op, role, shape, this.#adapter) ?? null;
  }

  allocate(elements: number): GpuStorage {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    return new GpuStorage(this.device.createBuffer({ size: Math.max(16, elements * 4), usage }));
  }

  upload(values: Float32Array): GpuStorage {
    const storage = this.allocate(values.length);
    this.write(storage, values);
    return storage;
  }

  write(storage: Storage, values: Float32Array): void {
    this.device.queue.writeBuffer(bufferOf(storage), 0, values.buffer, values.byteOffset, values.byteLength);
  }

  async read(storage: Storage, first: number, count: number): Promise<Float32Array> {
    const size = count * 4;
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const staging = this.device.createBuffer({ size, usage });
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(bufferOf(storage), first * 4, staging, 0, size);
    this.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const values = new Float32Array(staging.getMappedRange().slice(0));
    staging.destroy();
    this.#throwFailure();
    return values;
  }

  release(storage: Storage): void {
    bufferOf(storage).destroy();
  }

  async run(works: readonly Work[], { signal, onProgress }: RunOptions = {}): Promise<void> {
    const dispatches = works.map((work) => kernelFor(work.op)!.dispatches(work, this.#adapter));
    // All pipelines at once: the driver compiles them in parallel.
    const shaders = new Map(
      dispatches.flat().map(({ shader, reads }) => [shader.key, { shader, reads: reads.length }]),
    );
    const pipelines = new Map<string, GPUComputePipeline>();
    await Promise.all(
      [...shaders].map(async ([key, { shader, reads }]) => pipelines.set(key, await this.#pipeline(shader, reads))),
    );
    signal?.throwIfAborted();

    const limit = this.#adapter.software ? MACS_PER_SUBMISSION.software : MACS_PER_SUBMISSION.hardware;
    let from = 0;
    while (from < works.length) {
      let to = from;
      for (let macs = 0; to < works.length && (to === from || macs + works[to]!.macs <= limit); to++) {
        macs += works[to]!.macs;
      }
      this.#submit(dispatches.slice(from, to).flat(), pipelines);
      if (to < works.length) {
        await this.device.queue.onSubmittedWorkDone();
        signal?.throwIfAborted();
      }
      onProgress?.(to);
      from = to;
    }
    this.#throwFailure();
  }

  destroy(): void {
    this.device.destroy();
  }

  /** Binding 0 the uniforms, then `reads` read-only storages, then the one written. */
  #layout(reads: number): GPUBindGroupLayout {
    const there = this.#layouts.get(reads);
    if (there) return there;
    const types: GPUBufferBindingType[] = [
      'uniform',
      ...Array<'read-only-storage'>(reads).fill('read-only-storage'),
      'storage',
    ];
    const layout = this.device.createBindGroupLayout({
      entries: types.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } })),
    });
    this.#layouts.set(reads, layout);
    return layout;
  }

  #pipeline(shader: Shader, reads: number): Promise<GPUComputePipeline> {
    let pipeline = this.#pipelines.get(shader.key);
    if (!pipeline) {
      const module = this.device.createShaderModule({ label: shader.key, code: shader.code });
      pipeline = this.device.createComputePipelineAsync({
        label: shader.key,
        layout: this.device.createPipelineLayout({ bindGroupLayouts: [this.#layout(reads)] }),
        compute: { module, entryPoint: 'main', constants: { ...shader.constants } },
      });
      this.#pipelines.set(shader.key, pipeline);
    }
    return pipeline;
  }

  #submit(dispatches: readonly Dispatch[], pipelines: ReadonlyMap<string, GPUComputePipeline>): void {
    if (dispatches.length === 0) return;
    const stride = uniformStride(dispatches);
    const uniforms = this.#uniformBuffer(dispatches, stride);
    const encoder = this.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    dispatches.forEach(({ shader, uniforms: block, reads, write, workgroups }, index) => {
      const storages = [...reads, write];
      pass.setPipeline(pipelines.get(shader.key)!);
      pass.setBindGroup(
        0,
        this.device.createBindGroup({
          layout: this.#layout(reads.length),
          entries: [
            {
              binding: 0,
              resource: { buffer: uniforms, offset: index * stride, size: block.byteLength },
            },
            ...storages.map((operand, at) => ({ binding: at + 1, resource: { buffer: this.#bufferFor(operand) } })),
          ],
        }),
      );
      pass.dispatchWorkgroups(...workgroups);
    });
    pass.end();
    this.device.queue.submit([encoder.finish()]);
    // The queue holds on to the buffer until the commands are done.
    uniforms.destroy();
  }

  #bufferFor(operand: Operand | null): GPUBuffer {
    return operand ? bufferOf(operand.storage) : this.#nothing.buffer;
  }

  #uniformBuffer(dispatches: readonly Dispatch[], stride: number): GPUBuffer {
    const size = dispatches.length * stride;
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const buffer = this.device.createBuffer({ size, usage });
    const bytes = new Uint8Array(size);
    dispatches.forEach(({ uniforms }, index) => {
      bytes.set(new Uint8Array(uniforms), index * stride);
    });
    this.device.queue.writeBuffer(buffer, 0, bytes);
    return buffer;
  }

  #throwFailure(): void {
    if (this.#failure === null) return;
    const message = this.#failure;
    this.#failure = null;
    throw new Error(message);
  }
}

/** Bytes between two blocks: the largest, rounded up to the alignment; most take one unit. */
function uniformStride(dispatches: readonly Dispatch[]): number {
  const largest = Math.max(...dispatches.map(({ uniforms }) => uniforms.byteLength));
  return Math.ceil(largest / UNIFORM_ALIGNMENT) * UNIFORM_ALIGNMENT;
}

export function bufferOf(storage: Storage): GPUBuffer {
  if (!(storage instanceof GpuStorage)) throw new TypeError('a storage of another backend');
  return storage.buffer;
}
