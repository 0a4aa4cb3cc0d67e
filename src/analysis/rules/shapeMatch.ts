// Does a value have the shape that somebody wrote? Only what is certain counts against it.
//   "b 3 h//2"  against  (8, 3, 16), where h is 30      → 16 is not h//2 = 15

import * as dims from '../dims/dim.ts';
import { showDim } from '../dims/display.ts';
import type { SizeJson } from '../graph/modelGraph.ts';
import { type GivenAxis, plainName } from '../roots/given/givenShape.ts';
import { parseSize } from '../roots/given/sizeText.ts';

/** What names stand for in one call: sizes, and for `*batch` several. */
export interface Bindings {
  sizes: Map<string, dims.Dim>;
  many: Map<string, readonly (dims.Dim | null)[]>;
}

export const noBindings = (): Bindings => ({ sizes: new Map(), many: new Map() });

/** Null where they agree, or may; else why not, to be put behind the two shapes. May be empty: they speak for themselves. */
export function mismatch(axes: readonly GivenAxis[], shape: readonly SizeJson[], bound: Bindings): string | null {
  // torch.empty(0) stands for what is not there.
  if (shape.length === 1 && shape[0] === 0) return null;
  const sizes = shape.map(toDim);
  const at = axes.findIndex((a) => a.kind === 'many');
  if (at < 0) return axes.length === sizes.length ? mismatchOfSizes(axes, sizes, bound) : '';
  const behind = axes.length - at - 1;
  // Two of them, and nobody knows where the one ends.
  if (axes.slice(at + 1).some((a) => a.kind === 'many')) return null;
  if (sizes.length < at + behind) return '';
  const middle = sizes.slice(at, sizes.length - behind);
  const fixed = [...axes.slice(0, at), ...axes.slice(at + 1)];
  const rest = [...sizes.slice(0, at), ...sizes.slice(sizes.length - behind)];
  const name = (axes[at] as GivenAxis & { kind: 'many' }).name;
  return (name === null ? null : mismatchOfMany(name, middle, bound)) ?? mismatchOfSizes(fixed, rest, bound);
}

/** Texts of sizes come again and again, from one analysis to the next. */
const read = new Map<string, dims.Dim | null>();
const MOST_READ = 2000;

/** As its JSON has it: a number, an expression, or null. */
function toDim(size: SizeJson): dims.Dim | null {
  if (typeof size !== 'string') return size;
  const known = read.get(size);
  if (known !== undefined) return known;
  const parsed = parseSize(size);
  const dim = parsed === null || parsed.rounded ? null : parsed.size;
  if (read.size >= MOST_READ) read.clear();
  read.set(size, dim);
  return dim;
}

function mismatchOfMany(name: string, sizes: readonly (dims.Dim | null)[], bound: Bindings): string | null {
  const known = bound.many.get(name);
  if (known === undefined) {
    bound.many.set(name, sizes);
    return null;
  }
  const differ = known.length !== sizes.length || known.some((d, i) => differs(d, sizes[i] ?? null));
  return differ ? `*${name} is (${known.map(showDim).join(', ')}) elsewhere` : null;
}

function mismatchOfSizes(
  axes: readonly GivenAxis[],
  sizes: readonly (dims.Dim | null)[],
  { sizes: bound }: Bindings,
): string | null {
  // Names first: an expression may stand before the name that it needs.
  for (const [i, axis] of axes.entries()) {
    const size = sizes[i] ?? null;
    if (axis.kind !== 'size' || size === null || (axis.broadcasts && size === 1)) continue;
    const name = plainName(axis.size);
    if (name === null) continue;
    const known = bound.get(name);
    if (known === undefined) bound.set(name, size);
    else if (differs(known, size)) return showDim(known) === name ? '' : `${name} is ${showDim(known)} elsewhere`;
  }
  for (const [i, axis] of axes.entries()) {
    const size = sizes[i] ?? null;
    if (axis.kind !== 'size' || size === null || (axis.broadcasts && size === 1)) continue;
    if (dims.isExact(axis.size)) {
      if (differs(axis.size, size)) return '';
      continue;
    }
    if (plainName(axis.size) !== null || ![...dims.symbolsIn(axis.size).keys()].every((name) => bound.has(name)))
      continue;
    const wanted = dims.substitute(axis.size, bound);
    if (differs(wanted, size, axis.rounded ? 1 : 0)) return `${showDim(axis.size)} is ${showDim(wanted)}`;
  }
  return null;
}

/** Do they differ for certain, and by more than `tolerance`? */
function differs(a: dims.Dim | null, b: dims.Dim | null, tolerance = 0): boolean {
  if (a === null || b === null) return false;
  const { low, high } = dims.bounds(dims.sub(a, b));
  return low > tolerance || high < -tolerance;
}
