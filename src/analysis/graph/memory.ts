// Memory of activations: the values that a forward makes, and what training keeps of them.
//   ResNet-18, one picture of 224 × 224: 31.4 MiB forward, twice that with the gradients of the same values

import type { ModelGraph } from './modelGraph.ts';

const BYTES: Readonly<Record<string, number>> = {
  float64: 8,
  int64: 8,
  complex64: 8,
  complex128: 16,
  float16: 2,
  bfloat16: 2,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};

/** Operators whose output is their input's own storage. */
const VIEWS = new Set(['identity', 'reshape', 'permute', 'slice']);

/**
 * Bytes of all values that operators make in one forward, each once; views and what works in place share
 * the storage of what they show. Null
 * where a size is not known. `training`: the same values are kept for the backward pass, and each has a gradient.
 */
export function activationBytes(graph: ModelGraph): { forward: number; training: number } | null {
  let forward = 0;
  for (const node of graph.nodes) {
    if (VIEWS.has(node.op.op) || ('inPlace' in node.op && node.op.inPlace)) continue;
    for (const id of node.outputs) {
      const value = graph.values[id];
      if (!value?.shape?.every((d): d is number => typeof d === 'number')) return null;
      forward += value.shape.reduce((a, b) => a * b, 1) * (BYTES[value.dtype] ?? 4);
    }
  }
  return { forward, training: 2 * forward };
}
