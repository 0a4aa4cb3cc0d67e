// Reductions: fewer elements along some axes: mean, sum, max, argmax, norm.
//   x.mean([2, 3])     # x: (B, 512, 7, 7) → (B, 512)

import type { Operator } from '../graph/operators.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { Bound, NativeTable } from '../interp/native.ts';
import { isNone } from '../values/make.ts';
import { type DType, isFloating, type Shape, type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { dimList, flag } from './arguments.ts';
import { dtypeFrom } from './dtypes.ts';
import { tensorBinary } from './elementwise.ts';
import { asTensor, emit, record, unknownResult } from './emit.ts';
import { returnType } from './rule.ts';

/** Which axes go; null: not known. */
function axes(dim: Value | undefined, rank: number): number[] | null {
  if (isNone(dim)) return Array.from({ length: rank }, (_, i) => i);
  const list = dimList(dim);
  if (!list?.every((d): d is number => typeof d === 'number')) return null;
  const out = (list as number[]).map((d) => (d < 0 ? d + rank : d));
  if (out.some((d) => d < 0 || d >= rank)) return null;
  return out.length === 0 ? Array.from({ length: rank }, (_, i) => i) : out;
}

function reducedShape(shape: Shape, over: readonly number[] | null, keepdim: boolean | null): Shape {
  if (!shape || !over || keepdim === null) return null;
  return keepdim ? shape.map((d, i) => (over.includes(i) ? 1 : d)) : shape.filter((_, i) => !over.includes(i));
}

type Result = 'same' | 'float' | 'int64' | 'bool' | 'sum';

const dtypeOf = (input: TensorValue, result: Result): DType | null => {
  if (result === 'int64' || result === 'bool') return result;
  if (result === 'sum') return isFloating(input.dtype) || input.dtype === null ? input.dtype : 'int64';
  return input.dtype;
};

function reduce(ip: Interpreter, a: Bound, name: string, result: Result): Value {
  const input = asTensor(a['input']);
  if (!input) return unknownResult([a['input']]);
  const rank = input.shape?.length;
  const over = rank === undefined ? null : axes(a['dim'], rank);
  const keepdim = flag(a['keepdim']);
  const shape = isNone(a['dim']) && keepdim !== true ? [] : reducedShape(input.shape, over, keepdim);
  const op: Operator =
    over && (name === 'mean' || name === 'sum' || name === 'amax' || name === 'amin')
      ? { op: name, dims: over, keepdim: keepdim ?? false }
      : { op: 'opaque', name: `torch.${name}` };
  const elements = isNone(a['dim']) && shape?.length === 0 ? wholeOf(name, input) : null;
  return emit(ip, {
    op,
    inputs: [input],
    shape,
    dtype: dtypeFrom(a['dtype']) ?? dtypeOf(input, result),
    elements,
    name,
  });
}

const reduction = (name: string, result: Result): NativeTable[string] => [
  'input, dim=None, keepdim=False, *args, dtype=None, out=None, **kwargs',
  (ip, a) => reduce(ip, a, name, result),
];

/** What all known numbers of a small tensor come to. */
const WHOLE: Readonly<Record<string, (xs: readonly number[]) => number>> = {
  max: (xs) => Math.max(...xs),
  min: (xs) => Math.min(...xs),
  amax: (xs) => Math.max(...xs),
  amin: (xs) => Math.min(...xs),
  sum: (xs) => xs.reduce((p, q) => p + q, 0),
  prod: (xs) => xs.reduce((p, q) => p * q, 1),
  mean: (xs) => xs.reduce((p, q) => p + q, 0) / xs.length,
};

function wholeOf(name: string, t: TensorValue): number[] | null {
  const f = WHOLE[name];
  return f && t.elements && t.elements.length > 0 ? [f(t.elements)] : null;
}

const VALUES_AND_INDICES = ['values', 'indices'];

/** max, min, median, mode: with a dim they give values and indices. */
const valuesAndIndices = (name: string, elementwise: string | null): NativeTable[string] => [
  'input, dim=None, keepdim=False, *, out=None',
  (ip, a) => {
    const input = asTensor(a['input']);
    if (!input) return unknownResult([a['input']]);
    if (elementwise && a['dim']?.kind === 'tensor') return tensorBinary(ip, elementwise, input, a['dim']);
    if (isNone(a['dim'])) {
      const elements = wholeOf(name, input);
      return emit(ip, { op: { op: 'opaque', name: `torch.${name}` }, inputs: [input], shape: [], elements, name });
    }
    const rank = input.shape?.length;
    const shape = reducedShape(input.shape, rank === undefined ? null : axes(a['dim'], rank), flag(a['keepdim']));
    const [values, indices] = [tensor(shape, input.dtype), tensor(shape, 'int64')];
    record(ip, { op: { op: 'opaque', name: `torch.${name}` }, inputs: [input], name }, [values, indices]);
    return returnType(name, [values, indices], VALUES_AND_INDICES);
  },
];

export const REDUCTIONS: NativeTable = {
  mean: reduction('mean', 'float'),
  sum: reduction('sum', 'sum'),
  prod: reduction('prod', 'sum'),
  amax: reduction('amax', 'same'),
  amin: reduction('amin', 'same'),
  std: reduction('std', 'float'),
  var: reduction('var', 'float'),
  nanmean: reduction('nanmean', 'float'),
  argmax: reduction('argmax', 'int64'),
  argmin: reduction('argmin', 'int64'),
  all: reduction('all', 'bool'),
  any: reduction('any', 'bool'),
  logsumexp: reduction('logsumexp', 'float'),
  count_nonzero: reduction('count_nonzero', 'int64'),
  max: valuesAndIndices('max', 'maximum'),
  min: valuesAndIndices('min', 'minimum'),
  median: valuesAndIndices('median', null),
  mode: valuesAndIndices('mode', null),
  norm: ['input, p="fro", dim=None, keepdim=False, out=None, dtype=None', (ip, a) => reduce(ip, a, 'norm', 'float')],
  cumsum: ['input, dim, *, dtype=None, out=None', (ip, a) => cumulative(ip, a, 'cumsum')],
  cumprod: ['input, dim, *, dtype=None, out=None', (ip, a) => cumulative(ip, a, 'cumprod')],
  argsort: ['input, dim=-1, descending=False, stable=False', (ip, a) => same(ip, a, 'argsort', 'int64')],
  topk: [
    'input, k, dim=-1, largest=True, sorted=True, *, out=None',
    (ip, a) => {
      const input = asTensor(a['input']);
      if (!input) return unknownResult([a['input']]);
      const rank = input.shape?.length;
      const over = rank === undefined ? null : axes(a['dim'], rank);
      const k = dimList(a['k'])?.[0] ?? null;
      const shape = over ? input.shape!.map((d, i) => (i === over[0] ? k : d)) : null;
      const [values, indices] = [tensor(shape, input.dtype), tensor(shape, 'int64')];
      record(ip, { op: { op: 'opaque', name: 'torch.topk' }, inputs: [input] }, [values, indices]);
      return returnType('topk', [values, indices], VALUES_AND_INDICES);
    },
  ],
  sort: [
    'input, dim=-1, descending=False, stable=False',
    (ip, a) => {
      const input = asTensor(a['input']);
      if (!input) return unknownResult([a['input']]);
      const [values, indices] = [tensor(input.shape, input.dtype), tensor(input.shape, 'int64')];
      record(ip, { op: { op: 'opaque', name: 'torch.sort' }, inputs: [input] }, [values, indices]);
      return returnType('sort', [values, indices], VALUES_AND_INDICES);
    },
  ],
};

/** Whole numbers are summed as int64. */
function cumulative(ip: Interpreter, a: Bound, name: string): Value {
  const input = asTensor(a['input']);
  return same(ip, a, name, dtypeFrom(a['dtype']) ?? (input ? (dtypeOf(input, 'sum') ?? undefined) : undefined));
}

function same(ip: Interpreter, a: Bound, name: string, dtype?: DType): Value {
  const input = asTensor(a['input']);
  return input
    ? emit(ip, {
        op: { op: 'opaque', name: `torch.${name}` },
        inputs: [input],
        shape: input.shape,
        dtype: dtype ?? input.dtype,
        name,
      })
    : unknownResult([a['input']]);
}
