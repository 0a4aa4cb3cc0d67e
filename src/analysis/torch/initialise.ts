// Initial values: what fills a parameter when it is made, and what torch.nn.init does to it later. Kept in order, since a
// seed gives the same weights only if the same numbers are drawn in the same order.

import type { Fill } from '../graph/modelGraph.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { NativeTable } from '../interp/native.ts';
import { asNumber, asString, NONE } from '../values/make.ts';
import type { TensorValue } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { asTensor } from './emit.ts';

export function recordFill(ip: Interpreter, t: TensorValue, fill: Fill): void {
  const count = exactCount(t);
  ip.initialisation.push({ tensor: t, count: count ?? 0, fill: count === null ? { kind: 'unknown' } : fill });
}

function exactCount(t: TensorValue): number | null {
  return t.shape?.every((d): d is number => typeof d === 'number') ? t.shape.reduce((a, b) => a * b, 1) : null;
}

/** Inputs and outputs per unit. Source: torch.nn.init._calculate_fan_in_and_fan_out. */
export function fans(t: TensorValue): { in: number; out: number } | null {
  const shape = t.shape;
  if (!shape || shape.length < 2 || !shape.every((d): d is number => typeof d === 'number')) return null;
  const field = shape.slice(2).reduce((a, b) => a * b, 1);
  return { in: shape[1]! * field, out: shape[0]! * field };
}

/** The gain that nn.init recommends for a nonlinearity. Source: torch.nn.init.calculate_gain. */
function gain(nonlinearity: string, slope: number): number {
  switch (nonlinearity) {
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.sqrt(2);
    case 'leaky_relu':
      return Math.sqrt(2 / (1 + slope ** 2));
    case 'selu':
      return 3 / 4;
    default:
      return 1;
  }
}

/** Kaiming's bound, in the order of operations of torch.nn.init.kaiming_uniform_, so that it is the same double. */
export function kaimingStd(
  t: TensorValue,
  slope: number,
  mode: 'fan_in' | 'fan_out',
  nonlinearity: string,
): number | null {
  const f = fans(t);
  if (!f) return null;
  const fan = mode === 'fan_in' ? f.in : f.out;
  return fan === 0 ? null : gain(nonlinearity, slope) / Math.sqrt(fan);
}

export const uniform = (bound: number | null): Fill =>
  bound === null ? { kind: 'unknown' } : { kind: 'uniform', low: -bound, high: bound };
export const normal = (std: number | null, mean = 0): Fill =>
  std === null ? { kind: 'unknown' } : { kind: 'normal', mean, std };
export const constant = (value: number | null): Fill =>
  value === null ? { kind: 'unknown' } : { kind: 'constant', value };

type MakeFill = (t: TensorValue, a: Readonly<Record<string, Value>>) => Fill;

const entry = (rest: string, make: MakeFill): NativeTable[string] => [
  `tensor${rest}`,
  (ip, a) => {
    const t = asTensor(a['tensor']);
    if (t) recordFill(ip, t, make(t, a));
    return a['tensor'] ?? NONE;
  },
];

const mode = (v: Value | undefined): 'fan_in' | 'fan_out' => (asString(v) === 'fan_out' ? 'fan_out' : 'fan_in');
const kaiming = (t: TensorValue, a: Readonly<Record<string, Value>>): number | null =>
  kaimingStd(t, asNumber(a['a']) ?? 0, mode(a['mode']), asString(a['nonlinearity']) ?? 'leaky_relu');

/** Xavier's standard deviation. Source: torch.nn.init.xavier_normal_. */
function xavier(t: TensorValue, g: number): number | null {
  const f = fans(t);
  return f ? g * Math.sqrt(2 / (f.in + f.out)) : null;
}

const KAIMING = ', a=0, mode="fan_in", nonlinearity="leaky_relu"';

const IN_PLACE: NativeTable = {
  uniform_: entry(', a=0.0, b=1.0', (_t, a) => {
    const [low, high] = [asNumber(a['a']), asNumber(a['b'])];
    return low === null || high === null ? { kind: 'unknown' } : { kind: 'uniform', low, high };
  }),
  normal_: entry(', mean=0.0, std=1.0', (_t, a) => normal(asNumber(a['std']), asNumber(a['mean']) ?? 0)),
  constant_: entry(', val', (_t, a) => constant(asNumber(a['val']))),
  ones_: entry('', () => constant(1)),
  zeros_: entry('', () => constant(0)),
  kaiming_uniform_: entry(KAIMING, (t, a) => {
    const std = kaiming(t, a);
    return uniform(std === null ? null : Math.sqrt(3) * std);
  }),
  kaiming_normal_: entry(KAIMING, (t, a) => normal(kaiming(t, a))),
  xavier_uniform_: entry(', gain=1.0', (t, a) => {
    const std = xavier(t, asNumber(a['gain']) ?? 1);
    return uniform(std === null ? null : Math.sqrt(3) * std);
  }),
  xavier_normal_: entry(', gain=1.0', (t, a) => normal(xavier(t, asNumber(a['gain']) ?? 1))),
  trunc_normal_: entry(', mean=0.0, std=1.0, a=-2.0, b=2.0', (_t, a) => {
    const [mean, std, low, high] = ['mean', 'std', 'a', 'b'].map((k) => asNumber(a[k]));
    return mean == null || std == null || low == null || high == null
      ? { kind: 'unknown' }
      : { kind: 'trunc_normal', mean, std, low, high };
  }),
  orthogonal_: entry(', gain=1', () => ({ kind: 'unknown' })),
  dirac_: entry(', groups=1', () => ({ kind: 'unknown' })),
  eye_: entry('', () => ({ kind: 'unknown' })),
  sparse_: entry(', sparsity, std=0.01', () => ({ kind: 'unknown' })),
};

/** torch.nn.init, by the names of its functions; older code calls them without the underscore, which still works. */
export const INIT_FUNCTIONS: NativeTable = {
  ...IN_PLACE,
  ...Object.fromEntries(Object.entries(IN_PLACE).map(([name, rule]) => [name.replace(/_$/, ''), rule])),
};

/** The same as methods of a tensor: weight.data.normal_(0, 0.02). */
export const FILL_METHODS: NativeTable = {
  uniform_: entry(', a=0.0, b=1.0', (_t, a) => ({
    kind: 'uniform',
    low: asNumber(a['a']) ?? 0,
    high: asNumber(a['b']) ?? 1,
  })),
  normal_: entry(', mean=0.0, std=1.0', (_t, a) => normal(asNumber(a['std']), asNumber(a['mean']) ?? 0)),
  fill_: entry(', value', (_t, a) => constant(asNumber(a['value']))),
  zero_: entry('', () => constant(0)),
};
