// Patterns of einops: 'b (h w) c -> b c h w', with what they say of sizes.

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import { type MaybeDim, showDim, showShape } from '../dims/display.ts';

/** One axis of one side: names multiplied together; '…' alone stands for the rest; a number is a size of its own. */
export type Group = readonly string[];

export const REST = '…';

/** `b (h w) c` → [['b'], ['h', 'w'], ['c']]; null where it is not a pattern. */
export function parseSide(text: string): Group[] | null {
  const groups: Group[] = [];
  for (const [, inner, name] of text.trim().matchAll(/\(([^()]*)\)|([^\s()]+)/g)) {
    const names = (inner ?? name ?? '')
      .trim()
      .split(/\s+/)
      .filter((n) => n !== '')
      .map((n) => (n === '...' ? REST : n));
    if (!names.every((n) => n === REST || /^[A-Za-z_]\w*$|^\d+$/.test(n))) return null;
    // `(...)` is one axis with the product of the rest; `...` alone is all of its axes.
    groups.push(inner !== undefined && names.length === 1 && names[0] === REST ? [REST, '1'] : names);
  }
  return groups;
}

export interface Binding {
  sizes: Map<string, MaybeDim>;
  rest: readonly MaybeDim[];
}

/** Binds the names of the left side to a shape; a message where they do not fit. */
export function bindShape(
  left: readonly Group[],
  shape: readonly MaybeDim[],
  given: ReadonlyMap<string, MaybeDim>,
): Binding | string {
  const sizes = new Map<string, MaybeDim>(given);
  const dots = left.findIndex((g) => g.length === 1 && g[0] === REST);
  const hidden = dots < 0 ? 0 : shape.length - (left.length - 1);
  if (dots < 0 ? left.length !== shape.length : hidden < 0)
    return `the pattern has ${left.length - (dots < 0 ? 0 : 1)} axes, the tensor ${shape.length}: ${showShape(shape)}`;
  let axis = 0;
  let rest: readonly MaybeDim[] = [];
  for (const [i, group] of left.entries()) {
    if (i === dots) {
      rest = shape.slice(axis, axis + hidden);
      axis += hidden;
      continue;
    }
    const wrong = bindGroup(group, shape[axis++]!, sizes);
    if (wrong) return wrong;
  }
  return { sizes, rest };
}

const sizeOf = (name: string, sizes: ReadonlyMap<string, MaybeDim>): MaybeDim | undefined =>
  /^\d+$/.test(name) ? Number(name) : sizes.get(name);

/** One axis: at most one of its names may still be open; it takes what is left. */
function bindGroup(group: Group, size: MaybeDim, sizes: Map<string, MaybeDim>): string | null {
  const open = group.filter((n) => sizeOf(n, sizes) === undefined);
  const known = group.map((n) => sizeOf(n, sizes)).filter((d) => d !== undefined);
  const product = known.includes(null) ? null : dims.product(known as Dim[]);
  if (open.length > 1) {
    for (const n of open) sizes.set(n, null);
    return null;
  }
  const [name] = open;
  if (name === undefined) {
    if (product !== null && size !== null && dims.equal(product, size) === false)
      return `(${group.join(' ')}) is ${showDim(product)}, the axis ${showDim(size)}`;
    return null;
  }
  if (size === null || product === null) {
    sizes.set(name, null);
    return null;
  }
  const share = dims.divideExactly(size, product);
  if (share === null && dims.isExact(size) && dims.isExact(product))
    return `an axis of ${size} does not divide into (${group.join(' ')}) with ${product}`;
  sizes.set(name, share ?? dims.floorDiv(size, product));
  return null;
}

/** The shape that the right side describes. */
export function shapeOfSide(right: readonly Group[], b: Binding): MaybeDim[] {
  return right.flatMap((group): readonly MaybeDim[] => {
    if (group.length === 1 && group[0] === REST) return b.rest;
    const parts = group.flatMap((n) => (n === REST ? b.rest : [sizeOf(n, b.sizes) ?? null]));
    return [parts.includes(null) ? null : dims.product(parts as Dim[])];
  });
}
