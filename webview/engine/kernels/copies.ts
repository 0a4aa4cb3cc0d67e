// Operators that only move values: permute, slice, concat. Reshape and identity move nothing and have no kernel.
//   x.permute(0, 2, 3, 1)      x[:, ::2]      torch.cat([a, b], dim=1)

import type { Concat, Permute, Slice } from '../../../src/analysis/graph/operators.ts';
import type { Operand } from '../backend.ts';
import { elementsOf, type Shape, stridesOf } from '../shape.ts';
import { type Dispatch, flatGroups, type KernelFamily } from './kernel.ts';
import code from './stridedCopy.wgsl';
import { MAX_AXES, uniforms } from './uniforms.ts';

const shader = { key: 'stridedCopy', code };

/** Where a box begins in a tensor and how far its neighbours are apart. */
interface Layout {
  base: number;
  strides: readonly number[];
}

function stridedCopy(from: Operand, to: Operand, box: Shape, read: Layout, write: Layout): Dispatch {
  const count = elementsOf(box);
  return {
    shader,
    uniforms: uniforms()
      .u32(count, read.base, write.base)
      .axes(box, 1)
      .axes(read.strides, 0)
      .axes(write.strides, 0)
      .done(),
    reads: [from],
    write: to,
    workgroups: flatGroups(count),
  };
}

function tooManyAxes(op: { op: string }, output: Shape): string | null {
  return output.length > MAX_AXES ? `no kernel for ${op.op} of more than ${MAX_AXES} axes` : null;
}

export const permute: KernelFamily<Permute> = {
  ops: ['permute'],
  whyNot: (op, _inputs, output) => tooManyAxes(op, output),
  dispatches({ op, inputs, output }) {
    const x = inputs[0]!;
    const own = stridesOf(x.shape);
    const rank = x.shape.length;
    const strides = op.dims.map((dim) => own[dim < 0 ? dim + rank : dim]!);
    return [stridedCopy(x, output, output.shape, { base: 0, strides }, { base: 0, strides: stridesOf(output.shape) })];
  },
};

export const slice: KernelFamily<Slice> = {
  ops: ['slice'],
  whyNot: (op, inputs, output) =>
    inputs[0]!.length === output.length ? tooManyAxes(op, output) : 'no kernel for a slice that drops an axis',
  dispatches({ op, inputs, output }) {
    const x = inputs[0]!;
    const own = stridesOf(x.shape);
    const dim = op.dim < 0 ? op.dim + x.shape.length : op.dim;
    const start = op.start < 0 ? op.start + x.shape[dim]! : op.start;
    const strides = own.map((stride, axis) => (axis === dim ? stride * op.step : stride));
    const read = { base: start * own[dim]!, strides };
    return [stridedCopy(x, output, output.shape, read, { base: 0, strides: stridesOf(output.shape) })];
  },
};

export const concat: KernelFamily<Concat> = {
  ops: ['concat'],
  whyNot: (op, _inputs, output) => tooManyAxes(op, output),
  dispatches({ op, inputs, output }) {
    const strides = stridesOf(output.shape);
    let at = 0;
    const copies: Dispatch[] = [];
    for (const x of inputs) {
      if (elementsOf(x.shape) === 0) continue;
      const write = { base: at * strides[op.dim]!, strides };
      copies.push(stridedCopy(x, output, x.shape, { base: 0, strides: stridesOf(x.shape) }, write));
      at += x.shape[op.dim]!;
    }
    return copies;
  },
};
