// Putting tensors together and taking them apart: cat, stack, chunk, split, unbind.
//   torch.cat([branch1, branch2], 1)    # (B, 64, 28, 28), (B, 128, 28, 28) → (B, 192, 28, 28)

import * as dims from '../dims/dim.ts';
import { type MaybeDim, showDim, showShape } from '../dims/display.ts';
import { settleInput } from '../interp/inputProbe.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import type { NativeTable } from '../interp/native.ts';
import { agree, fail, wish } from '../rules/report.ts';
import { asItems, isNone, tuple, unknown } from '../values/make.ts';
import { mergeFields } from '../values/receptiveField.ts';
import { type DType, promote, type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { axisOf, dimList, exactInt } from './arguments.ts';
import { asTensor, emit, record, unknownResult } from './emit.ts';

function tensorsOf(ip: Interpreter, value: Value | undefined): TensorValue[] | null {
  const items = value && elementsOf(ip, value);
  return items?.every((v): v is TensorValue => v.kind === 'tensor') ? [...items] : null;
}

/** A list of which only the length is not known: one of its tensors, and how many there are. */
function repeatedTensor(value: Value | undefined): { tensor: TensorValue; count: dims.Dim } | null {
  const each = value?.kind === 'list' ? value.repeat : undefined;
  return each?.item.kind === 'tensor' ? { tensor: each.item, count: each.count } : null;
}

const commonDtype = (tensors: readonly TensorValue[]): DType | null =>
  tensors.reduce<DType | null>((d, t) => promote(d, t.dtype), tensors[0]?.dtype ?? null);

function cat(ip: Interpreter, value: Value | undefined, dim: Value | undefined): Value {
  const each = repeatedTensor(value);
  const along = each?.tensor.shape ? axisOf(dim, each.tensor.shape.length) : null;
  if (each?.tensor.shape && along !== null) {
    const shape = each.tensor.shape.map((d, i) => (i !== along ? d : d === null ? null : dims.mul(d, each.count)));
    return emit(ip, { op: { op: 'opaque', name: 'torch.cat' }, inputs: [each.tensor], shape });
  }
  const tensors = tensorsOf(ip, value);
  if (!tensors) return unknownResult([value, unknown('which tensors are joined is not known')]);
  const first = tensors[0];
  if (!first) return ip.raise('RuntimeError', 'torch.cat(): expected a non-empty list of Tensors');
  const dtype = commonDtype(tensors);
  // PyTorch skips empty vectors here, for old code's sake.
  const parts = tensors.filter((t) => !(t.shape?.length === 1 && t.shape[0] === 0));
  if (parts.length === 0) return first;
  const rank = parts.find((t) => t.shape)?.shape?.length;
  if (rank === undefined) return tensor(null, dtype);
  const axis = axisOf(dim, rank);
  if (axis === null) return tensor(null, dtype);
  const shape: MaybeDim[] = [...parts.find((t) => t.shape)!.shape!];
  let length: MaybeDim = 0;
  for (const [n, t] of parts.entries()) {
    if (!t.shape) {
      length = null;
      continue;
    }
    const clash =
      t.shape.length !== rank
        ? -1
        : t.shape.findIndex(
            (d, i) => i !== axis && d !== null && shape[i] !== null && dims.equal(d, shape[i]!) === false,
          );
    if (t.shape.length !== rank || clash >= 0) {
      const where =
        clash >= 0
          ? `axis ${clash} is ${showDim(shape[clash]!)} and ${showDim(t.shape[clash]!)}`
          : `they have ${rank} and ${t.shape.length} axes`;
      const message = `torch.cat joins along axis ${axis}, but tensor ${n + 1} of ${parts.length} differs elsewhere: ${where} (${showShape(parts[0]!.shape)} and ${showShape(t.shape)}).`;
      fail(ip, { code: 'concat-mismatch', message }, t);
      length = null;
      continue;
    }
    for (const [i, d] of t.shape.entries()) {
      if (i === axis) continue;
      const other = shape[i]!;
      agree(
        ip,
        other,
        d,
        () => `torch.cat joins ${showShape(parts[0]!.shape)} and ${showShape(t.shape)}`,
        () => ({
          code: 'concat-mismatch',
          message: `torch.cat joins along axis ${axis}, but axis ${i} is ${showDim(other)} and ${showDim(d)} (${showShape(parts[0]!.shape)} and ${showShape(t.shape)}).`,
        }),
      );
    }
    for (const [i, d] of t.shape.entries())
      if (i !== axis && d !== null && (shape[i] === null || (!dims.isExact(shape[i]!) && dims.isExact(d))))
        shape[i] = d;
    const size: MaybeDim = t.shape[axis]!;
    length = length === null || size === null ? null : dims.add(length, size);
  }
  shape[axis] = length;
  return emit(ip, {
    op: { op: 'concat', dim: axis },
    inputs: parts,
    shape,
    dtype,
    field: axis === 1 ? mergeFields(parts) : null,
    arithmetic: [
      `axis ${axis}: ${parts.map((t) => showDim(t.shape?.[axis] ?? null)).join(' + ')} = ${showDim(length)}`,
    ],
    name: 'cat',
  });
}

function stack(ip: Interpreter, value: Value | undefined, dim: Value | undefined): Value {
  const each = repeatedTensor(value);
  const at = each?.tensor.shape ? axisOf(dim, each.tensor.shape.length + 1) : null;
  if (each?.tensor.shape && at !== null) {
    const shape = [...each.tensor.shape.slice(0, at), each.count, ...each.tensor.shape.slice(at)];
    return emit(ip, { op: { op: 'opaque', name: 'torch.stack' }, inputs: [each.tensor], shape });
  }
  const tensors = tensorsOf(ip, value);
  if (!tensors) return unknownResult([value, unknown('which tensors are stacked is not known')]);
  const shape = tensors.find((t) => t.shape)?.shape;
  if (!shape) return tensor(null, commonDtype(tensors));
  const odd = tensors.find(
    (t) =>
      t.shape &&
      (t.shape.length !== shape.length ||
        t.shape.some((d, i) => d !== null && shape[i] !== null && dims.equal(d, shape[i]!) === false)),
  );
  if (odd)
    return fail(
      ip,
      {
        code: 'concat-mismatch',
        message: `torch.stack needs equal shapes, gets ${showShape(shape)} and ${showShape(odd.shape)}.`,
      },
      tensor(null, commonDtype(tensors)),
    );
  const axis = axisOf(dim, shape.length + 1);
  if (axis === null) return tensor(null, commonDtype(tensors));
  return emit(ip, {
    op: { op: 'opaque', name: 'torch.stack' },
    inputs: tensors,
    shape: [...shape.slice(0, axis), tensors.length, ...shape.slice(axis)],
    dtype: commonDtype(tensors),
    name: 'stack',
  });
}

/** Several slices of one tensor along an axis. */
function pieces(ip: Interpreter, input: TensorValue, axis: number, sizes: readonly MaybeDim[], drop = false): Value {
  let start: MaybeDim = 0;
  const outputs = sizes.map((size) => {
    const shape = [...input.shape!];
    if (drop) shape.splice(axis, 1);
    else shape[axis] = size;
    const out = tensor(shape, input.dtype);
    const op =
      typeof start === 'number' && !drop
        ? ({ op: 'slice', dim: axis, start, step: 1 } as const)
        : ({ op: 'opaque', name: 'torch.unbind' } as const);
    record(ip, { op, inputs: [input], name: drop ? 'unbind' : 'split' }, [out]);
    start = start === null || size === null ? null : dims.add(start, size);
    return out;
  });
  return tuple(outputs);
}

function split(ip: Interpreter, input: TensorValue, size: Value | undefined, dim: Value | undefined): Value {
  settleBySplitting(input, size, dim);
  const axis = input.shape ? axisOf(dim, input.shape.length) : null;
  if (axis === null) return unknown('the axis that is split is not known');
  const total = input.shape![axis]!;
  const items = asItems(size);
  if (items) {
    const sizes = dimList(size)!;
    const sum = sizes.includes(null) ? null : sizes.reduce<dims.Dim>((a, b) => dims.add(a, b!), 0);
    agree(
      ip,
      total,
      sum,
      () => `torch.split cuts ${showDim(total)} into ${showShape(sizes)}`,
      () => ({
        code: 'reshape-size',
        message: `split sizes ${showShape(sizes)} add up to ${showDim(sum)}, axis ${axis} has ${showDim(total)}.`,
      }),
    );
    return pieces(ip, input, axis, sizes);
  }
  const each = dimList(size)?.[0] ?? null;
  if (each === null || total === null) return unknown('how many parts it is split into is not known');
  const count = dims.ceilDiv(total, each);
  if (count === null || !dims.isExact(count) || count > 4096)
    return unknown('how many parts it is split into is not known');
  return pieces(
    ip,
    input,
    axis,
    Array.from({ length: count }, (_, i) => (i < count - 1 ? each : dims.sub(total, dims.mul(each, count - 1)))),
  );
}

/** `torch.split(x, [3, 6], dim=-1)`: an input that nobody gave has 9 features. */
function settleBySplitting(input: TensorValue, size: Value | undefined, dim: Value | undefined): void {
  const sizes = asItems(size) ? dimList(size) : null;
  if (!sizes || sizes.includes(null) || exactInt(dim) !== -1) return;
  const sum = sizes.reduce<dims.Dim>((a, b) => dims.add(a, b!), 0);
  settleInput(input, {
    shape: [dims.symbol('B'), sum],
    because: `torch.split cuts its last axis into ${showShape(sizes)}`,
    anyRank: true,
  });
}

function chunk(ip: Interpreter, input: TensorValue, chunks: Value | undefined, dim: Value | undefined): Value {
  const axis = input.shape ? axisOf(dim, input.shape.length) : null;
  const n = exactInt(chunks);
  if (axis === null || n === null || n < 1) return unknown('how many parts it is split into is not known');
  const total = input.shape![axis]!;
  if (total === null) return pieces(ip, input, axis, Array<null>(n).fill(null));
  const exact = dims.divideExactly(total, n);
  if (exact !== null) return pieces(ip, input, axis, Array<dims.Dim>(n).fill(exact));
  if (!dims.isExact(total)) {
    // Parts of different sizes are allowed; whoever writes this means equal ones.
    const over = dims.mod(total, n);
    if (over !== null) wish(ip, 'equal', over, 0, () => `${showDim(total)} is cut into ${n} parts`, null);
    const half = n === 2 && dims.bounds(total).low >= 2 ? dims.ceilDiv(total, 2) : null;
    return pieces(ip, input, axis, half ? [half, dims.sub(total, half)] : Array<null>(n).fill(null));
  }
  const each = Math.ceil(total / n);
  const count = Math.ceil(total / each);
  return pieces(
    ip,
    input,
    axis,
    Array.from({ length: count }, (_, i) => (i < count - 1 ? each : total - each * (count - 1))),
  );
}

export const JOINING: NativeTable = {
  cat: ['tensors, dim=0, *, out=None', (ip, a) => cat(ip, a['tensors'], a['dim'])],
  concat: ['tensors, dim=0, *, out=None', (ip, a) => cat(ip, a['tensors'], a['dim'])],
  concatenate: ['tensors, dim=0, *, out=None', (ip, a) => cat(ip, a['tensors'], a['dim'])],
  stack: ['tensors, dim=0, *, out=None', (ip, a) => stack(ip, a['tensors'], a['dim'])],
};

export const SPLITTING: NativeTable = {
  split: [
    // The method calls it split_size.
    'input, split_size_or_sections=None, dim=0, *, split_size=None',
    (ip, a) => {
      const size = isNone(a['split_size_or_sections']) ? a['split_size'] : a['split_size_or_sections'];
      return withTensor(a['input'], (t) => split(ip, t, size, a['dim']));
    },
  ],
  chunk: ['input, chunks, dim=0', (ip, a) => withTensor(a['input'], (t) => chunk(ip, t, a['chunks'], a['dim']))],
  unbind: [
    'input, dim=0',
    (ip, a) =>
      withTensor(a['input'], (t) => {
        const axis = t.shape ? axisOf(a['dim'], t.shape.length) : null;
        const n = axis === null ? null : t.shape![axis]!;
        return typeof n === 'number' && n <= 4096
          ? pieces(ip, t, axis!, Array<number>(n).fill(1), true)
          : unknown('how many parts there are is not known');
      }),
  ],
};

function withTensor(v: Value | undefined, rule: (t: TensorValue) => Value): Value {
  const t = asTensor(v);
  return t ? rule(t) : unknownResult([v]);
}
