// math: exact where Python is. The table is the whole module, so that a name that is not here is not there.

import * as dims from '../../dims/dim.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { elementsOf } from '../../interp/iteration.ts';
import { type NativeTable, natives } from '../../interp/native.ts';
import { binary } from '../../interp/operators.ts';
import { isNumeric, symbolicFloat, wholeNumber } from '../../interp/symbolicFloat.ts';
import { asItems, asNumber, bool, float, int, isNone, tuple, unknown } from '../../values/make.ts';
import type { Value } from '../../values/value.ts';

const notKnown = (): Value => unknown('a calculation with values that are not known');

/** Functions of one float. */
const REAL: Readonly<Record<string, (x: number) => number>> = {
  sqrt: Math.sqrt,
  exp: Math.exp,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  atan: Math.atan,
  asin: Math.asin,
  acos: Math.acos,
  tanh: Math.tanh,
  fabs: Math.abs,
  sinh: Math.sinh,
  cosh: Math.cosh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  expm1: Math.expm1,
  exp2: (x) => 2 ** x,
  cbrt: Math.cbrt,
  ulp: (x) => ulp(Math.abs(x)),
  radians: (x) => (x * Math.PI) / 180,
  degrees: (x) => (x * 180) / Math.PI,
};

const MATH: NativeTable = {
  ...Object.fromEntries(
    Object.entries(REAL).map(([name, f]) => [
      name,
      [
        'x',
        (ip: Interpreter, { x }: Readonly<Record<string, Value>>) => {
          const n = argument(ip, x!);
          if (n === null) return isNumeric(x!) ? symbolicFloat(null) : notKnown();
          const y = f(n);
          return Number.isNaN(y) && !Number.isNaN(n) ? ip.raise('ValueError', 'math domain error') : float(y);
        },
      ] as const,
    ]),
  ),
  log: [
    'x, base=None',
    (ip, { x, base }) => {
      const n = asNumber(x);
      if (n === null) return notKnown();
      if (n <= 0) return ip.raise('ValueError', 'math domain error');
      const b = asNumber(base);
      return float(
        isNone(base)
          ? Math.log(n)
          : b === 2
            ? Math.log2(n)
            : b === 10
              ? Math.log10(n)
              : Math.log(n) / Math.log(b ?? Math.E),
      );
    },
  ],
  floor: ['x', (_, { x }) => symbolicWhole(x!, 'floor') ?? whole(x!, Math.floor)],
  ceil: ['x', (_, { x }) => symbolicWhole(x!, 'ceil') ?? whole(x!, Math.ceil)],
  trunc: ['x', (_, { x }) => whole(x!, Math.trunc)],
  pow: ['x, y', (_, { x, y }) => real2(x!, y!, (a, b) => a ** b)],
  atan2: ['x, y', (_, { x, y }) => real2(x!, y!, Math.atan2)],
  fmod: ['x, y', (_, { x, y }) => real2(x!, y!, (a, b) => a % b)],
  isqrt: ['x', (_, { x }) => whole(x!, (n) => Math.floor(Math.sqrt(n)))],
  gcd: ['*values', (_, { values }) => folded(values!, gcd, 0)],
  lcm: [
    '*values',
    (_, { values }) => folded(values!, (a, b) => (a === 0 || b === 0 ? 0 : Math.abs(a * b) / gcd(a, b)), 1),
  ],
  hypot: ['*values', (_, { values }) => folded(values!, Math.hypot, 0, float)],
  dist: [
    'p, q',
    (_, { p, q }) => {
      const [a, b] = [asItems(p)?.map(asNumber), asItems(q)?.map(asNumber)];
      return !a || !b || a.includes(null) || b.includes(null)
        ? notKnown()
        : float(Math.hypot(...a.map((x, i) => x! - b[i]!)));
    },
  ],
  fsum: [
    'iterable',
    (ip, { iterable }) => {
      const xs = elementsOf(ip, iterable!)?.map((v) => asNumber(v));
      return !xs || xs.includes(null) ? notKnown() : float((xs as number[]).reduce((a, b) => a + b, 0));
    },
  ],
  copysign: [
    'x, y',
    (_, { x, y }) => real2(x!, y!, (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a))),
  ],
  ldexp: ['x, i', (_, { x, i }) => real2(x!, i!, (a, b) => a * 2 ** b)],
  remainder: ['x, y', (_, { x, y }) => real2(x!, y!, remainder)],
  modf: [
    'x',
    (_, { x }) => {
      const n = asNumber(x);
      return n === null ? notKnown() : tuple([float(n - Math.trunc(n)), float(Math.trunc(n))]);
    },
  ],
  frexp: ['x', (_, { x }) => (asNumber(x) === null ? notKnown() : mantissaOf(asNumber(x)!))],
  isfinite: ['x', (_, { x }) => (asNumber(x) === null ? notKnown() : bool(Number.isFinite(asNumber(x)!)))],
  perm: [
    'n, k=None',
    (_, { n, k }) => {
      const [a, b] = [asNumber(n), isNone(k) ? asNumber(n) : asNumber(k)];
      return a === null || b === null || b > 1000
        ? notKnown()
        : safe(Array.from({ length: b }, (_v, i) => a - i).reduce((p, q) => p * q, 1));
    },
  ],
  prod: [
    'iterable, *, start=1',
    (ip, { iterable, start }) => {
      const items = elementsOf(ip, iterable!);
      return items ? items.reduce((a, b) => binary(ip, '*', a, b), start!) : notKnown();
    },
  ],
  isnan: ['x', (_, { x }) => (asNumber(x) === null ? notKnown() : bool(Number.isNaN(asNumber(x))))],
  isinf: [
    'x',
    (_, { x }) => (asNumber(x) === null ? notKnown() : bool(Math.abs(asNumber(x)!) === Number.POSITIVE_INFINITY)),
  ],
  isclose: [
    'a, b, *, rel_tol=1e-9, abs_tol=0.0',
    (_, { a, b, rel_tol, abs_tol }) => {
      const [x, y, relative, absolute] = [a, b, rel_tol, abs_tol].map((v) => asNumber(v)) as (number | null)[];
      if (x == null || y == null || relative == null || absolute == null) return notKnown();
      return bool(x === y || Math.abs(x - y) <= Math.max(relative * Math.max(Math.abs(x), Math.abs(y)), absolute));
    },
  ],
  factorial: [
    'x',
    (ip, { x }) => {
      const n = asNumber(x);
      if (n === null) return notKnown();
      if (n < 0) return ip.raise('ValueError', 'factorial() not defined for negative values');
      return n > 1000 ? notKnown() : safe(Array.from({ length: n }, (_v, i) => i + 1).reduce((a, b) => a * b, 1));
    },
  ],
  comb: [
    'n, k',
    (_, { n, k }) => {
      const [a, b] = [asNumber(n), asNumber(k)];
      if (a === null || b === null || b > 1000) return notKnown();
      return safe(
        b > a ? 0 : Math.round(Array.from({ length: b }, (_v, i) => (a - i) / (i + 1)).reduce((p, q) => p * q, 1)),
      );
    },
  ],
  // Values that JavaScript has no function for.
  ...Object.fromEntries(
    ['erf', 'erfc', 'gamma', 'lgamma', 'nextafter', 'sumprod', 'fma'].map((name) => [
      name,
      ['*args', notKnown] as const,
    ]),
  ),
};

const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));
/** A whole number, where a double holds it. */
const safe = (n: number): Value => (Number.isSafeInteger(n) ? int(n) : unknown('a whole number too large to be exact'));

function folded(
  values: Value,
  f: (a: number, b: number) => number,
  start: number,
  make: (n: number) => Value = safe,
): Value {
  const ns = (asItems(values) ?? []).map((v) => asNumber(v));
  return ns.includes(null) ? notKnown() : make((ns as number[]).reduce((a, b) => f(a, b), start));
}

function ulp(x: number): number {
  if (!Number.isFinite(x)) return x;
  return x < 2 ** -1022 ? 2 ** -1074 : 2 ** (Math.floor(Math.log2(x)) - 52);
}

function remainder(a: number, b: number): number {
  const q = a / b;
  const low = Math.floor(q);
  const n = q - low === 0.5 ? (low % 2 === 0 ? low : low + 1) : Math.round(q);
  return a - n * b;
}

function mantissaOf(x: number): Value {
  if (x === 0 || !Number.isFinite(x)) return tuple([float(x), int(0)]);
  let exponent = Math.floor(Math.log2(Math.abs(x))) + 1;
  let m = x / 2 ** exponent;
  if (Math.abs(m) >= 1) {
    m /= 2;
    exponent++;
  }
  return tuple([float(m), int(exponent)]);
}

/** A number that a function asks for; a TypeError where it is none. */
function argument(ip: Interpreter, x: Value): number | null {
  if (x.kind === 'str' || x.kind === 'none' || x.kind === 'list')
    return ip.raise('TypeError', `must be real number, not ${ip.library.typeOf(x).name}`);
  return asNumber(x);
}

/** Of a number that depends on symbols. */
function symbolicWhole(x: Value, rounding: 'floor' | 'ceil'): Value | null {
  const d = x.kind === 'int' ? x.value : x.kind === 'unknown' ? wholeNumber(x, rounding) : null;
  return d === null || dims.isExact(d) ? null : int(d);
}

function whole(x: Value, f: (n: number) => number): Value {
  const n = asNumber(x);
  return n === null || !Number.isFinite(n) ? notKnown() : safe(f(n) + 0);
}

function real2(x: Value, y: Value, f: (a: number, b: number) => number): Value {
  const a = asNumber(x);
  const b = asNumber(y);
  return a === null || b === null ? notKnown() : float(f(a, b));
}

export const math = (): [string, Value][] => [
  ...natives(MATH, false),
  ['pi', float(Math.PI)],
  ['e', float(Math.E)],
  ['tau', float(2 * Math.PI)],
  ['inf', float(Number.POSITIVE_INFINITY)],
  ['nan', float(Number.NaN)],
];
