// What a kernel family is: for one kind of operator, which shader to run, with which numbers, over which tensors.
// It knows nothing of devices, pipelines or buffers; `backends/webgpu.ts` turns a Dispatch into commands.

import type { Operator } from '../../../src/analysis/graph/operators.ts';
import type { Operand, Packing, Work } from '../backend.ts';
import type { Shape } from '../shape.ts';

/** One pipeline: shapes are uniforms, so a model needs few of them. */
export interface Shader {
  /** Equal keys, equal pipelines: "convGemm", "convGemm reflect". */
  readonly key: string;
  readonly code: string;
  /** Values of the shader's `override` declarations. */
  readonly constants?: Readonly<Record<string, number>>;
}

/** Bindings: 0 the uniforms, then `reads` (null: an absent optional, such as no bias), then `write`. */
export interface Dispatch {
  readonly shader: Shader;
  readonly uniforms: ArrayBuffer;
  readonly reads: readonly (Operand | null)[];
  readonly write: Operand;
  readonly workgroups: Workgroups;
}

export type Workgroups = readonly [x: number, y: number, z: number];

/** What the choice between kernels may depend on. */
export interface Adapter {
  readonly software: boolean;
  /** Forces one convolution kernel; tests use it to reach all of them. */
  readonly convolution?: 'gemm' | 'direct';
}

export interface KernelFamily<O extends Operator = Operator> {
  readonly ops: readonly O['op'][];
  /** Why this one cannot run; absent or null: it can. */
  whyNot?(op: O, inputs: readonly Shape[], output: Shape): string | null;
  packing?(op: O, role: string, shape: Shape, adapter: Adapter): Packing | null;
  /** No dispatch at all means that the output is the input (reshape, identity). */
  dispatches(work: Work<O>, adapter: Adapter): Dispatch[];
}

/** WebGPU's default for maxComputeWorkgroupsPerDimension. */
const MAX_GROUPS = 65535;

/** Groups of `size` threads for `count` elements, folded into two dimensions where one is too short. */
export function flatGroups(count: number, size = 256): Workgroups {
  return foldGroups(Math.ceil(count / size));
}

/** One group for each of `count` rows; the shader finds its row as `wg.y * groups.x + wg.x`. */
export function foldGroups(count: number): Workgroups {
  const y = Math.ceil(count / MAX_GROUPS);
  return [Math.ceil(count / y), y, 1];
}
