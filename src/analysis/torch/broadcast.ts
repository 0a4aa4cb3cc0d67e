// Broadcasting: two shapes, aligned at their last axes; an axis of 1 stretches. Source: PyTorch, "Broadcasting semantics".
//   (B, 64, 56, 56) + (64, 1, 1) → (B, 64, 56, 56)

import * as dims from '../dims/dim.ts';
import { type MaybeDim, showShape } from '../dims/display.ts';
import type { Shape } from '../values/tensor.ts';

export type Broadcast =
  | { shape: Shape; mismatch: null; open: readonly OpenPair[] }
  | { shape: null; mismatch: { axis: number; left: MaybeDim; right: MaybeDim } };

/** Two sizes that have to be equal, as far as is known; `certain`: neither of them can be 1 and stretch instead. */
export interface OpenPair {
  left: dims.Dim;
  right: dims.Dim;
  certain: boolean;
}

/** The common shape; or the first pair of axes (counted from the end, from 1) that cannot be aligned. */
export function broadcast(a: Shape, b: Shape): Broadcast {
  if (a === null || b === null) return { shape: null, mismatch: null, open: [] };
  const rank = Math.max(a.length, b.length);
  const out: MaybeDim[] = [];
  const open: OpenPair[] = [];
  for (let i = 1; i <= rank; i++) {
    const x = i <= a.length ? a[a.length - i]! : 1;
    const y = i <= b.length ? b[b.length - i]! : 1;
    const d = meet(x, y);
    if (d === undefined) return { shape: null, mismatch: { axis: i, left: x, right: y } };
    if (x !== null && y !== null && x !== 1 && y !== 1 && dims.equal(x, y) === null)
      open.push({ left: x, right: y, certain: dims.bounds(x).low > 1 && dims.bounds(y).low > 1 });
    out.unshift(d);
  }
  return { shape: out, mismatch: null, open };
}

/** Undefined: they cannot meet. */
function meet(x: MaybeDim, y: MaybeDim): MaybeDim | undefined {
  if (x === 1) return y;
  if (y === 1) return x;
  if (x === null || y === null)
    return dims.isExact(x ?? 0) && x !== null ? x : y !== null && dims.isExact(y) ? y : null;
  const equal = dims.equal(x, y);
  if (equal === true) return x;
  if (equal === false) {
    // A symbol that could be 1 may still stretch.
    const couldBeOne = (d: dims.Dim) => !dims.isExact(d) && dims.bounds(d).low <= 1;
    return couldBeOne(x) || couldBeOne(y) ? null : undefined;
  }
  // One of them may turn out to be 1: then the exact one is right either way.
  return dims.isExact(x) ? x : dims.isExact(y) ? y : null;
}

export const mismatchText = (a: Shape, b: Shape, m: { axis: number; left: MaybeDim; right: MaybeDim }): string =>
  `${showShape(a)} and ${showShape(b)} do not broadcast: axis −${m.axis} is ${show(m.left)} on the left and ${show(m.right)} on the right`;

const show = (d: MaybeDim): string => (d === null ? '?' : dims.isExact(d) ? String(d) : showShape([d]).slice(1, -2));
