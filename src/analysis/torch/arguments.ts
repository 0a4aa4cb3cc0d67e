// Arguments of library functions, read as numbers, sizes and flags, as PyTorch accepts them.

import { type Dim, isExact } from '../dims/dim.ts';
import { asDim, asItems, asNumber, isNone, isUnknownItems } from '../values/make.ts';
import type { Value } from '../values/value.ts';

/** One number for all axes or one per axis; null where it is not known. */
export function sizesOf(value: Value | undefined, rank: number): Dim[] | null {
  const one = asDim(value);
  if (one !== null) return Array.from({ length: rank }, () => one);
  const items = asItems(value);
  if (!items) return null;
  const dims = items.map((v) => asDim(v));
  if (dims.includes(null)) return null;
  if (dims.length === 1) return Array.from({ length: rank }, () => dims[0]!);
  return dims.length === rank ? (dims as Dim[]) : null;
}

/** A list of dims: (1, 3, 224) or 1, 3, 224 as *args; null where one is not known. */
export function dimList(values: Value | undefined): (Dim | null)[] | null {
  const items = asItems(values);
  if (!items) {
    const one = asDim(values);
    return one === null ? null : [one];
  }
  // One thing that is not known may be a whole list: expand(other.shape).
  if (items.some(isUnknownItems) || (items.length === 1 && asDim(items[0]) === null && !asItems(items[0]))) return null;
  if (items.length === 1 && asItems(items[0])) return dimList(items[0]);
  return items.map((v) => asDim(v));
}

export const exactInt = (value: Value | undefined): number | null => {
  const d = asDim(value);
  return d !== null && isExact(d) ? d : null;
};

/** A flag; null where it is not known. */
export const flag = (value: Value | undefined): boolean | null => {
  if (value?.kind === 'bool') return value.value;
  if (isNone(value)) return false;
  const n = asNumber(value);
  return n === null ? null : n !== 0;
};

/** An axis counted from the front; null where it is not known or out of range. */
export function axisOf(value: Value | undefined, rank: number): number | null {
  const d = exactInt(value);
  if (d === null) return null;
  const axis = d < 0 ? d + rank : d;
  return axis >= 0 && axis < rank ? axis : null;
}
