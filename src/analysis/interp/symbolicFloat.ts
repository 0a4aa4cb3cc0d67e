// Floats that depend on symbols: their number is not known, but that they are numbers is, and often what they are a ratio of.
//   int(dim * 4.0)             →  4·dim
//   q * (dim // heads)**-0.5   →  keeps q's shape

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import type { BinaryOperator } from '../syntax/program.ts';
import { asDim, unknown } from '../values/make.ts';
import type { UnknownValue, Value } from '../values/value.ts';

/** over / under; under is positive. */
export interface Ratio {
  over: Dim;
  under: number;
}

/** A float of which only this ratio is known; null: nothing but that it is one. */
export const symbolicFloat = (ratio: Ratio | null): UnknownValue => ({
  ...unknown('a calculation with sizes that are symbols'),
  about: { kind: 'number', ratio },
});

/** Whether a value is a Python number, though perhaps not which. */
export const isNumeric = (v: Value): boolean =>
  v.kind === 'int' || v.kind === 'float' || v.kind === 'bool' || (v.kind === 'unknown' && v.about?.kind === 'number');

/** A number as a ratio; null where it is none, or none that is exact. */
export function ratioOf(v: Value): Ratio | null {
  if (v.kind === 'unknown') return v.about?.kind === 'number' ? v.about.ratio : null;
  if (v.kind !== 'float') {
    const d = asDim(v);
    return d === null ? null : { over: d, under: 1 };
  }
  for (let under = 1; under <= 1024; under *= 2)
    if (Number.isSafeInteger(v.value * under)) return { over: v.value * under, under };
  return null;
}

/** Python's arithmetic on two numbers of which one at least depends on symbols. */
export function calculate(operator: BinaryOperator, left: Value, right: Value): UnknownValue {
  const a = ratioOf(left);
  const b = ratioOf(right);
  if (!a || !b) return symbolicFloat(null);
  switch (operator) {
    case '+':
      return symbolicFloat(lowest(dims.add(dims.mul(a.over, b.under), dims.mul(b.over, a.under)), a.under * b.under));
    case '-':
      return symbolicFloat(lowest(dims.sub(dims.mul(a.over, b.under), dims.mul(b.over, a.under)), a.under * b.under));
    case '*':
      return symbolicFloat(lowest(dims.mul(a.over, b.over), a.under * b.under));
    case '/': {
      const whole = dims.isExact(b.over) ? null : dims.divideExactly(dims.mul(a.over, b.under), b.over);
      if (whole !== null) return symbolicFloat(lowest(whole, a.under));
      if (!dims.isExact(b.over) || b.over <= 0) return symbolicFloat(null);
      return symbolicFloat(lowest(dims.mul(a.over, b.under), a.under * b.over));
    }
    default:
      return symbolicFloat(null);
  }
}

const lowest = (over: Dim, under: number): Ratio => {
  const whole = dims.divideExactly(over, under);
  return whole === null ? { over, under } : { over: whole, under: 1 };
};

/** int(x), math.floor(x), math.ceil(x) of a ratio that is not negative; null where it is not known. */
export function wholeNumber(v: Value, rounding: 'floor' | 'ceil'): Dim | null {
  const ratio = ratioOf(v);
  if (!ratio || dims.bounds(ratio.over).low < 0) return null;
  return rounding === 'floor' ? dims.floorDiv(ratio.over, ratio.under) : dims.ceilDiv(ratio.over, ratio.under);
}
