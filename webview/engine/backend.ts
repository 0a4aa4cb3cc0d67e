// What computes: the engine plans in terms of this interface, a backend owns the memory and the kernels.
//   const y = backend.allocate(64 * 112 * 112);
//   await backend.run([{ op, inputs: [x], params: { weight, bias }, output: { storage: y, shape } }]);
//   const numbers = await backend.read(y, 0, 10);
// WebGPU is one implementation (backends/webgpu.ts); a WebAssembly one fits behind the same interface.

import type { Operator } from '../../src/analysis/graph/operators.ts';

/** Memory of a backend: float32 values, row-major (NCHW). Only the backend that made it looks inside. */
export interface Storage {
  /** How many float32 values it holds at least. */
  readonly elements: number;
}

/** A tensor as kernels see it. */
export interface Operand {
  readonly storage: Storage;
  readonly shape: readonly number[];
}

/** One application of an operator, with everything placed. */
export interface Work<O extends Operator = Operator> {
  readonly op: O;
  readonly inputs: readonly Operand[];
  /** By role: `{ weight, bias }`, in the packing that the backend asked for. */
  readonly params: Readonly<Record<string, Operand | undefined>>;
  readonly output: Operand;
  /** Multiply-accumulates, to cut long forwards into pieces that can be cancelled. */
  readonly macs: number;
}

/** How a parameter wants to lie in memory for one operator. Weights are packed once, when they are first needed. */
export interface Packing {
  /** Parameters with equal keys share the packed copy. */
  readonly key: string;
  /** Row-major values as in the state dict → packed values. */
  pack(values: Float32Array): Float32Array;
}

export interface BackendInfo {
  readonly kind: 'webgpu' | 'wasm';
  /** For people: "NVIDIA RTX 4070", "SwiftShader". */
  readonly name: string;
  /** Runs on the CPU: right, but slow. */
  readonly software: boolean;
  /** The largest tensor, in elements. */
  readonly maxElements: number;
}

export interface RunOptions {
  signal?: AbortSignal;
  /** Called as pieces are done, with the number of works done so far. */
  onProgress?: (done: number) => void;
}

export interface Backend {
  readonly info: BackendInfo;
  /** Why this operator cannot run on these shapes ("no kernel for conv3d"); null: it can. */
  whyNot(op: Operator, inputs: readonly (readonly number[])[], output: readonly number[]): string | null;
  /** How the parameter `role` of this operator should be packed; null: as it is. */
  packing(op: Operator, role: string, shape: readonly number[]): Packing | null;
  allocate(elements: number): Storage;
  upload(values: Float32Array): Storage;
  write(storage: Storage, values: Float32Array): void;
  /** Reads `count` values from `first` on, after all work so far. */
  read(storage: Storage, first: number, count: number): Promise<Float32Array>;
  release(storage: Storage): void;
  /** Resolves when all is queued (short work) or done (long work); rejects with AbortError if `signal` stops it. */
  run(works: readonly Work[], options?: RunOptions): Promise<void>;
  destroy(): void;
}
