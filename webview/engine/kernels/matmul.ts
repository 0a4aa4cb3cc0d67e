// Products of matrices: linear layers on any leading axes, and batched matmul with broadcasting.
//   nn.Linear(512, 1000)(x)      q @ k.transpose(-2, -1)

import type { Linear, Matmul } from '../../../src/analysis/graph/operators.ts';
import type { Operand } from '../backend.ts';
import { broadcastShapes, broadcastStrides, elementsOf, type Shape } from '../shape.ts';
import { type Dispatch, foldGroups, type KernelFamily } from './kernel.ts';
import tiledCode from './matmul.wgsl';
import vectorCode from './matvec.wgsl';
import { MAX_AXES, uniforms } from './uniforms.ts';

const tiled = { key: 'matmul', code: tiledCode };
const vector = { key: 'matvec', code: vectorCode };

/** Up to this many rows, one output a group beats tiles of 32 rows. */
const FEW_ROWS = 8;

export const linear: KernelFamily<Linear> = {
  ops: ['linear'],
  dispatches({ op, inputs, params, output }) {
    const x = inputs[0]!;
    const weight = params['weight']!;
    const bias = params['bias'] ?? null;
    const rows = elementsOf(x.shape) / op.inFeatures;
    if (rows <= FEW_ROWS) {
      return [
        {
          shader: vector,
          uniforms: uniforms()
            .u32(rows, op.outFeatures, op.inFeatures)
            .bool(bias !== null)
            .done(),
          reads: [x, weight, bias],
          write: output,
          workgroups: foldGroups(rows * op.outFeatures),
        },
      ];
    }
    return [
      product({
        a: x,
        b: weight,
        bias,
        output,
        sizes: [rows, op.outFeatures, op.inFeatures],
        aStrides: [op.inFeatures, 1],
        bStrides: [1, op.inFeatures],
        batch: { shape: [], a: [], b: [] },
      }),
    ];
  },
};

export const matmul: KernelFamily<Matmul> = {
  ops: ['matmul'],
  whyNot: (_op, inputs) =>
    Math.max(...inputs.map((shape) => shape.length)) > MAX_AXES
      ? `no kernel for matmul of more than ${MAX_AXES} axes`
      : null,
  dispatches({ inputs, output }) {
    // As torch.matmul: a vector on the left is one row, a vector on the right one column.
    const aShape = inputs[0]!.shape.length === 1 ? [1, ...inputs[0]!.shape] : inputs[0]!.shape;
    const bShape = inputs[1]!.shape.length === 1 ? [...inputs[1]!.shape, 1] : inputs[1]!.shape;
    const [rows, depth] = aShape.slice(-2) as [number, number];
    const columns = bShape.at(-1)!;
    const batch = broadcastShapes(aShape.slice(0, -2), bShape.slice(0, -2));
    const strides = (shape: Shape, matrix: number) =>
      broadcastStrides(shape.slice(0, -2), batch).map((stride) => stride * matrix);
    return [
      product({
        a: inputs[0]!,
        b: inputs[1]!,
        bias: null,
        output,
        sizes: [rows, columns, depth],
        aStrides: [depth, 1],
        bStrides: [columns, 1],
        batch: { shape: batch, a: strides(aShape, rows * depth), b: strides(bShape, depth * columns) },
      }),
    ];
  },
};

interface Product {
  a: Operand;
  b: Operand;
  bias: Operand | null;
  output: Operand;
  sizes: readonly [rows: number, columns: number, depth: number];
  aStrides: readonly [row: number, depth: number];
  bStrides: readonly [depth: number, column: number];
  batch: { shape: Shape; a: readonly number[]; b: readonly number[] };
}

function product({ a, b, bias, output, sizes, aStrides, bStrides, batch }: Product): Dispatch {
  return {
    shader: tiled,
    uniforms: uniforms()
      .u32(...sizes)
      .bool(bias !== null)
      .u32(...aStrides, ...bStrides)
      .axes(batch.shape, 1)
      .axes(batch.a, 0)
      .axes(batch.b, 0)
      .done(),
    reads: [a, b, bias],
    write: output,
    workgroups: [Math.ceil(sizes[1] / 32), Math.ceil(sizes[0] / 32), elementsOf(batch.shape)],
  };
}
