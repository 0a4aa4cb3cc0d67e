// What most rules of operators have in common: a tensor argument, axes, and a result that the graph knows by name only.

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import { type MaybeDim, showDim, showShape } from '../dims/display.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { Bound, NativeTable } from '../interp/native.ts';
import { TUPLE } from '../python/types.ts';
import { agree, fail } from '../rules/report.ts';
import { classValue, isNone, tuple } from '../values/make.ts';
import {
  category,
  type DType,
  isComplex,
  isFloating,
  promote,
  type Shape,
  type TensorValue,
  tensor,
} from '../values/tensor.ts';
import type { ClassValue, Value } from '../values/value.ts';
import { dimList } from './arguments.ts';
import { type Broadcast, broadcast, mismatchText } from './broadcast.ts';
import { asTensor, emit, record, unknownResult } from './emit.ts';

/** A rule that needs its first argument to be a tensor. */
export const on =
  (rule: (ip: Interpreter, t: TensorValue, a: Bound) => Value): NativeTable[string][1] =>
  (ip, a) => {
    const t = asTensor(a['input']);
    return t ? rule(ip, t, a) : unknownResult([a['input']]);
  };

/** One output, of an operator that the graph knows by name only. */
export const opaque = (
  ip: Interpreter,
  name: string,
  inputs: readonly TensorValue[],
  shape: Shape,
  dtype?: DType | null,
): TensorValue =>
  emit(ip, {
    op: { op: 'opaque', name },
    inputs,
    shape,
    dtype: dtype === undefined ? (inputs[0]?.dtype ?? null) : dtype,
    name,
  });

const returnTypes = new Map<string, ClassValue>();

/** torch.return_types.max and its kin: a tuple whose items have names. */
export function returnType(name: string, items: readonly Value[], fields: readonly string[]): Value {
  let cls = returnTypes.get(name);
  if (!cls) returnTypes.set(name, (cls = classValue(name, [TUPLE], [], { module: 'torch.return_types' })));
  return { kind: 'tuple', items, cls, fields };
}

/** Several outputs, with the names of their fields where PyTorch gives a named tuple. */
export function several(
  ip: Interpreter,
  name: string,
  inputs: readonly TensorValue[],
  outputs: readonly (readonly [shape: Shape, dtype: DType | null])[],
  fields?: readonly string[],
): Value {
  const made = outputs.map(([shape, dtype]) => tensor(shape, dtype));
  record(ip, { op: { op: 'opaque', name }, inputs, name }, made);
  return fields ? returnType(name.replace('torch.', ''), made, fields) : tuple(made);
}

/** Integers become floats, as in sin, mean or softmax. */
export const asFloat = (d: DType | null): DType | null => (d === null || isFloating(d) || isComplex(d) ? d : 'float32');

/** The float under a complex number: abs, real, and back. */
export const realOf = (d: DType | null): DType | null =>
  d === 'complex64' ? 'float32' : d === 'complex128' ? 'float64' : d;
export const complexOf = (d: DType | null): DType | null =>
  d === null ? null : d === 'float64' || d === 'complex128' ? 'complex128' : 'complex64';

/** Axes counted from the front; all of them for None; null where they are not known. */
export function axesOf(dim: Value | undefined, rank: number): number[] | null {
  const all = Array.from({ length: rank }, (_, i) => i);
  if (isNone(dim)) return all;
  const list = dimList(dim);
  if (!list?.every((d): d is number => typeof d === 'number')) return null;
  const out = (list as number[]).map((d) => (d < 0 ? d + rank : d));
  if (out.some((d) => d < 0 || d >= Math.max(rank, 1))) return null;
  return out.length === 0 ? all : out;
}

export function withoutAxes(shape: Shape, over: readonly number[] | null, keepdim: boolean | null): Shape {
  if (!shape || !over || keepdim === null) return null;
  return keepdim ? shape.map((d, i) => (over.includes(i) ? 1 : d)) : shape.filter((_, i) => !over.includes(i));
}

export const productOf = (axes: readonly MaybeDim[]): MaybeDim =>
  axes.includes(null) ? null : dims.product(axes as readonly Dim[]);
export const sumOf = (axes: readonly MaybeDim[]): MaybeDim =>
  axes.includes(null) ? null : (axes as readonly Dim[]).reduce<Dim>((a, b) => dims.add(a, b), 0);

/** The shape with one axis of another length. */
export const withAxis = (shape: readonly MaybeDim[], axis: number, size: MaybeDim): MaybeDim[] =>
  shape.map((d, i) => (i === axis ? size : d));

/** The dtype of several operands: a tensor without axes, and a Python number, widen only the kind of number. */
export function commonDtype(values: readonly Value[]): DType | null {
  let found: DType | null | undefined;
  const meet = (d: DType | null): void => {
    found = found === undefined ? d : promote(found, d);
  };
  const tensors = values.flatMap((v) => (v.kind === 'tensor' ? [v] : []));
  const full = tensors.filter((t) => t.shape === null || t.shape.length > 0);
  for (const t of full.length > 0 ? full : tensors) meet(t.dtype);
  for (const t of full.length > 0 ? tensors : []) if (category(t.dtype) > category(found ?? null)) meet(t.dtype);
  for (const v of values) {
    const d: DType | null = v.kind === 'float' ? 'float32' : v.kind === 'int' ? 'int64' : null;
    if (d && category(d) > category(found ?? null)) found = found == null ? d : d;
  }
  return found ?? null;
}

/** Sizes that two operands have to share, where it depends on symbols whether they do. */
export function agreeAll(
  ip: Interpreter,
  operator: string,
  a: Pick<TensorValue, 'shape'>,
  b: Pick<TensorValue, 'shape'>,
  met: Broadcast & { mismatch: null },
): void {
  const shapes = `${showShape(a.shape)} and ${showShape(b.shape)}`;
  for (const { left, right, certain } of met.open)
    agree(
      ip,
      left,
      right,
      () => `${operator} meets ${shapes}`,
      () => ({
        code: 'broadcast',
        message: `${shapes} do not broadcast: ${showDim(left)} and ${showDim(right)} differ (${operator}).`,
      }),
      certain,
    );
}

/** Operands that broadcast: tensors, and numbers, which have no axes. */
export function broadcasting(
  ip: Interpreter,
  name: string,
  values: readonly (Value | undefined)[],
  dtype: (common: DType | null) => DType | null = (d) => d,
): Value {
  const given = values.filter((v): v is Value => v !== undefined && !isNone(v));
  if (given.some((v) => v.kind === 'unknown')) return unknownResult(given);
  const tensors = given.flatMap((v) => (v.kind === 'tensor' ? [v] : []));
  if (tensors.length === 0) return unknownResult(given);
  let shape: Shape = tensors[0]!.shape;
  const result = dtype(commonDtype(given));
  for (const t of tensors.slice(1)) {
    const met = broadcast(shape, t.shape);
    if (met.mismatch) {
      const message = `${mismatchText(shape, t.shape, met.mismatch)} (torch.${name}).`;
      return fail(ip, { code: 'broadcast', message }, tensor(null, result));
    }
    agreeAll(ip, `torch.${name}`, { shape }, t, met);
    shape = met.shape;
  }
  return opaque(ip, `torch.${name}`, tensors, shape, result);
}
