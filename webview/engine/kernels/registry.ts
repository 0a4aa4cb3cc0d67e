// Which kernel family runs which operator. An operator that is not here stops its own branch of the graph.

import type { Operator, OperatorName } from '../../../src/analysis/graph/operators.ts';
import type { Shape } from '../shape.ts';
import { adaptivePool } from './adaptivePool.ts';
import { arithmetic } from './arithmetic.ts';
import { batchNorm } from './batchNorm.ts';
import { convolution } from './conv.ts';
import { transposedConvolution } from './convTranspose.ts';
import { concat, permute, slice } from './copies.ts';
import { embedding } from './embedding.ts';
import { interpolate } from './interpolate.ts';
import type { KernelFamily } from './kernel.ts';
import { linear, matmul } from './matmul.ts';
import { pad } from './pad.ts';
import { pointwise } from './pointwise.ts';
import { pool } from './pool.ts';
import { reduce } from './reduce.ts';
import { rowNorm } from './rowNorm.ts';
import { softmax } from './softmax.ts';

const FAMILIES: readonly KernelFamily[] = [
  adaptivePool,
  arithmetic,
  batchNorm,
  concat,
  convolution,
  embedding,
  interpolate,
  linear,
  matmul,
  pad,
  permute,
  pointwise,
  pool,
  reduce,
  rowNorm,
  slice,
  softmax,
  transposedConvolution,
];

const BY_OPERATOR = new Map<OperatorName, KernelFamily>(
  FAMILIES.flatMap((family) => family.ops.map((op) => [op, family] as const)),
);

export function kernelFor(op: Operator): KernelFamily | undefined {
  return BY_OPERATOR.get(op.op);
}

/** Why this operator has no kernel for these shapes, in words for the node; null: it has one. */
export function whyNoKernel(op: Operator, inputs: readonly Shape[], output: Shape): string | null {
  const family = BY_OPERATOR.get(op.op);
  if (!family) return `no kernel for ${op.op === 'opaque' ? op.name : op.op}`;
  return family.whyNot?.(op, inputs, output) ?? null;
}
