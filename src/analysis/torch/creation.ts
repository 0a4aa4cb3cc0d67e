// Making tensors: zeros, randn, arange, tensor([...]), and the ..._like ones.
//   torch.randn(2, 3, 224, 224)     torch.arange(0, 10, 2)  # → (5,)

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import type { NativeTable } from '../interp/native.ts';
import { asDim, asItems, asNumber, isNone, unknown } from '../values/make.ts';
import { type DType, type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { dimList } from './arguments.ts';
import { dtypeFrom } from './dtypes.ts';
import { asTensor } from './emit.ts';

const OPTIONS =
  'generator=None, out=None, dtype=None, layout=None, device=None, pin_memory=None, requires_grad=False, memory_format=None';

const make = (fallback: DType, values: ((n: number) => number) | null = null): NativeTable[string] => [
  `*size, ${OPTIONS}`,
  (_ip, a) => {
    // torch.zeros(size=(2, 3)) names it.
    const shape = dimList(a['size']);
    const t = tensor(shape, dtypeFrom(a['dtype']) ?? fallback);
    if (values) fill(t, values);
    return t;
  },
];

function fill(t: TensorValue, value: (i: number) => number): void {
  if (!t.shape?.every((d): d is number => typeof d === 'number')) return;
  const n = (t.shape as number[]).reduce((a, b) => a * b, 1);
  if (n <= 64) t.elements = Array.from({ length: n }, (_, i) => value(i));
}

const like: NativeTable[string] = [
  `input, ${OPTIONS}`,
  (_ip, a) => {
    const input = asTensor(a['input']);
    return input
      ? tensor(input.shape, dtypeFrom(a['dtype']) ?? input.dtype)
      : unknown('the tensor that it is like is not known');
  },
];

/** How many numbers arange gives. */
function steps(start: Value, end: Value, step: Value): MaybeDim {
  const [a, b, s] = [asDim(start), asDim(end), asDim(step)];
  if (a !== null && b !== null && s !== null) return s === 0 ? null : dims.ceilDiv(dims.sub(b, a), s);
  const [x, y, z] = [asNumber(start), asNumber(end), asNumber(step)];
  return x === null || y === null || z === null || z === 0 ? null : Math.max(0, Math.ceil((y - x) / z));
}

/** torch.tensor(data): its shape, and its numbers where they are few. */
function fromData(data: Value, dtype: DType | null): Value {
  const shape: Dim[] = [];
  const elements: number[] = [];
  let kind: DType = 'int64';
  let known = true;
  const visit = (v: Value, depth: number): boolean => {
    const items = v.kind === 'str' ? null : asItems(v);
    if (items) {
      if (shape[depth] === undefined) shape[depth] = items.length;
      else if (shape[depth] !== items.length) return false;
      return items.length > 100_000 ? false : items.every((x) => visit(x, depth + 1));
    }
    if (v.kind === 'tensor' && v.shape?.length === 0) known = false;
    else {
      const n = asNumber(v);
      if (n === null) known = false;
      else if (elements.length < 4096) elements.push(n);
    }
    if (v.kind === 'float') kind = 'float32';
    else if (v.kind === 'bool' && elements.length <= 1) kind = 'bool';
    else if (v.kind !== 'int' && v.kind !== 'bool') return v.kind === 'tensor';
    return true;
  };
  if (data.kind === 'tensor') return { ...tensor(data.shape, dtype ?? data.dtype), elements: data.elements };
  if (!visit(data, 0)) return unknown('the numbers of this tensor are not known');
  if (elements.length === 0 && known) kind = 'float32';
  const t = tensor(shape, dtype ?? kind);
  if (known && elements.length <= 64) t.elements = elements;
  return t;
}

const ZERO: Value = { kind: 'int', value: 0 };

export const CREATION: NativeTable = {
  zeros: make('float32', () => 0),
  ones: make('float32', () => 1),
  empty: make('float32'),
  rand: make('float32'),
  randn: make('float32'),
  zeros_like: like,
  ones_like: like,
  empty_like: like,
  rand_like: like,
  randn_like: like,
  full_like: [`input, fill_value, ${OPTIONS}`, like[1]],
  randint_like: [`input, low=0, high=None, ${OPTIONS}`, like[1]],
  full: [
    `size, fill_value, *, ${OPTIONS}`,
    (_ip, a) => {
      const t = tensor(
        dimList(a['size']),
        dtypeFrom(a['dtype']) ??
          (a['fill_value']!.kind === 'bool' ? 'bool' : a['fill_value']!.kind === 'int' ? 'int64' : 'float32'),
      );
      const value = asNumber(a['fill_value']);
      if (value !== null) fill(t, () => value);
      return t;
    },
  ],
  randint: [
    `low, high=None, size=None, ${OPTIONS}`,
    (_ip, a) => tensor(dimList(isNone(a['size']) ? a['high'] : a['size']), dtypeFrom(a['dtype']) ?? 'int64'),
  ],
  randperm: [`n, ${OPTIONS}`, (_ip, a) => tensor([asDim(a['n'])], 'int64')],
  eye: [
    `n, m=None, ${OPTIONS}`,
    (_ip, a) =>
      tensor([asDim(a['n']), isNone(a['m']) ? asDim(a['n']) : asDim(a['m'])], dtypeFrom(a['dtype']) ?? 'float32'),
  ],
  arange: [
    `start, end=None, step=1, *, ${OPTIONS}`,
    (_ip, a) => {
      const [start, end] = isNone(a['end']) ? [ZERO, a['start']!] : [a['start']!, a['end']!];
      const floats = [start, end, a['step']!].some((v) => v.kind === 'float');
      const t = tensor([steps(start, end, a['step']!)], dtypeFrom(a['dtype']) ?? (floats ? 'float32' : 'int64'));
      const [from, by] = [asNumber(start), asNumber(a['step'])];
      if (from !== null && by !== null) fill(t, (i) => from + i * by);
      return t;
    },
  ],
  linspace: [
    `start, end, steps, *, ${OPTIONS}`,
    (_ip, a) => {
      const n = asDim(a['steps']);
      const [from, to] = [asNumber(a['start']), asNumber(a['end'])];
      const t = tensor([n], dtypeFrom(a['dtype']) ?? 'float32');
      // float32, as PyTorch computes it: depths that multiply a drop rate are read back with .item().
      if (from !== null && to !== null && typeof n === 'number')
        fill(t, (i) => Math.fround(n === 1 ? from : from + (i * (to - from)) / (n - 1)));
      return t;
    },
  ],
  tensor: [`data, *, ${OPTIONS}`, (_ip, a) => fromData(a['data']!, dtypeFrom(a['dtype']))],
  as_tensor: [`data, dtype=None, device=None`, (_ip, a) => fromData(a['data']!, dtypeFrom(a['dtype']))],
  from_numpy: ['data', (_ip, a) => fromData(a['data']!, null)],
};
