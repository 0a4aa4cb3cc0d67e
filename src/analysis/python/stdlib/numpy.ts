// numpy's small uses in model files: np.linspace(0, 0.2, 12).tolist(), np.prod(shape), np.cumsum(depths), np.sqrt(d).

import type { Interpreter } from '../../interp/interpreter.ts';
import { elementsOf } from '../../interp/iteration.ts';
import { type NativeTable, natives } from '../../interp/native.ts';
import { binary } from '../../interp/operators.ts';
import { CREATION } from '../../torch/creation.ts';
import { asTensor } from '../../torch/emit.ts';
import { REDUCTIONS } from '../../torch/reduce.ts';
import { TENSOR } from '../../torch/tensorAttributes.ts';
import {
  asDim,
  asItems,
  asNumber,
  bool,
  classValue,
  float,
  int,
  isNone,
  moduleValue,
  unknown,
} from '../../values/make.ts';
import { tensor } from '../../values/tensor.ts';
import type { Value } from '../../values/value.ts';
import { FLOAT, INT, OBJECT } from '../types.ts';
import { arrays } from './numpyArrays.ts';
import { numpyRandom } from './numpyRandom.ts';

const notKnown = (): Value => unknown('a calculation with values that are not known');

/** A number, or each number of an array. */
const each =
  (f: (x: number) => number, whole = false): NativeTable[string][1] =>
  (_ip, a) => {
    const t = asTensor(a['x']);
    if (t) return { ...tensor(t.shape, t.dtype), elements: t.elements?.map(f) ?? null };
    const items = asItems(a['x']);
    if (items) {
      const xs = items.map((v) => asNumber(v));
      return xs.includes(null)
        ? notKnown()
        : { ...tensor([xs.length], whole ? 'int64' : 'float64'), elements: (xs as number[]).map(f) };
    }
    const d = asDim(a['x']);
    if (whole && d !== null) return int(d);
    const n = asNumber(a['x']);
    return n === null ? notKnown() : whole ? int(f(n)) : float(f(n));
  };

/** Python's own numbers are kept as such, so that sizes stay exact. */
const fold =
  (start: number, operator: '+' | '*'): NativeTable[string][1] =>
  (ip, a) => {
    const t = asTensor(a['x']);
    if (t)
      return t.elements && isNone(a['axis'])
        ? int(t.elements.reduce((p, q) => (operator === '+' ? p + q : p * q), start))
        : operator === '+'
          ? REDUCTIONS['sum']![1](ip, { input: t, dim: a['axis']!, keepdim: bool(false) })
          : notKnown();
    const items = elementsOf(ip, a['x']!);
    return items ? items.reduce<Value>((p, q) => binary(ip, operator, p, q), int(start)) : notKnown();
  };

function cumulative(ip: Interpreter, x: Value): Value {
  const items = elementsOf(ip, x);
  const xs = items?.map((v) => asNumber(v));
  if (!xs || xs.includes(null)) return notKnown();
  let sum = 0;
  return { ...tensor([xs.length], 'int64'), elements: (xs as number[]).map((n) => (sum += n)) };
}

const TABLE: NativeTable = {
  linspace: [
    'start, stop, num=50, endpoint=True, dtype=None',
    (_ip, a) => {
      const [from, to, n] = [asNumber(a['start']), asNumber(a['stop']), asDim(a['num'])];
      const t = tensor([n], 'float64');
      if (from !== null && to !== null && typeof n === 'number' && n <= 512)
        t.elements = Array.from({ length: n }, (_, i) => (n === 1 ? from : from + (i * (to - from)) / (n - 1)));
      return t;
    },
  ],
  prod: ['x, axis=None, dtype=None', fold(1, '*')],
  sum: ['x, axis=None, dtype=None', fold(0, '+')],
  cumsum: ['x, axis=None', (ip, a) => cumulative(ip, a['x']!)],
  sqrt: ['x', each(Math.sqrt)],
  exp: ['x', each(Math.exp)],
  log: ['x', each(Math.log)],
  log2: ['x', each(Math.log2)],
  sin: ['x', each(Math.sin)],
  cos: ['x', each(Math.cos)],
  ceil: ['x', each(Math.ceil)],
  floor: ['x', each(Math.floor)],
  round: ['x, decimals=0', each(Math.round)],
  abs: ['x', each(Math.abs)],
  int64: ['x', each(Math.trunc, true)],
  int32: ['x', each(Math.trunc, true)],
  float32: ['x', each((x) => Math.fround(x))],
  float64: ['x', each((x) => x)],
  power: ['a, b', (ip, a) => binary(ip, '**', a['a']!, a['b']!)],
  array: ['data, dtype=None', (ip, a) => CREATION['tensor']![1](ip, { data: a['data']!, dtype: { kind: 'none' } })],
  asarray: ['data, dtype=None', (ip, a) => CREATION['tensor']![1](ip, { data: a['data']!, dtype: { kind: 'none' } })],
  arange: [
    'start, end=None, step=1, dtype=None',
    (ip, a) =>
      CREATION['arange']![1](ip, { start: a['start']!, end: a['end']!, step: a['step']!, dtype: { kind: 'none' } }),
  ],
  eye: [
    'n, m=None, k=0, dtype=None',
    (ip, a) => CREATION['eye']![1](ip, { n: a['n']!, m: a['m']!, dtype: { kind: 'none' } }),
  ],
  zeros: ['size, dtype=None', (ip, a) => CREATION['zeros']![1](ip, { size: a['size']!, dtype: { kind: 'none' } })],
  ones: ['size, dtype=None', (ip, a) => CREATION['ones']![1](ip, { size: a['size']!, dtype: { kind: 'none' } })],
};

export const numpy = (): [string, Value][] => [
  ...natives(arrays(TABLE), false),
  ['random', moduleValue('numpy.random', numpyRandom(), true)],
  ['pi', float(Math.PI)],
  ['e', float(Math.E)],
  ['inf', float(Number.POSITIVE_INFINITY)],
  ['nan', float(Number.NaN)],
  ['newaxis', { kind: 'none' }],
  ['ndarray', classValue('ndarray', [TENSOR])],
  ['integer', classValue('integer', [INT])],
  ['floating', classValue('floating', [FLOAT])],
  ['generic', classValue('generic', [OBJECT])],
];
