// Fitting: which numbers satisfy constraints that cannot be solved for a symbol, found by trying them.
//   16·(⌊H/4⌋ − 3)·(⌊W/4⌋ − 3) = 400       →  H = W in 32…35
//   2·⌊H/2⌋ = H, 2·⌊H/4⌋ = ⌊H/2⌋          →  H is a multiple of 4

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import { compile, type Evaluated } from '../dims/evaluate.ts';
import type { Constraint } from '../interp/constraints.ts';
import type { Solvable } from './unify.ts';

/** The numbers that fit, all symbols of a group being equal. */
export type Fit =
  | { kind: 'from'; low: number }
  | { kind: 'range'; low: number; high: number }
  | { kind: 'multiples'; of: number; low: number }
  | { kind: 'periodic'; of: number; rest: number; low: number }
  | { kind: 'some'; values: readonly number[] };

/** Symbols that constraints tie together, and what was found for them. */
export interface Group {
  names: readonly string[];
  constraints: readonly Constraint[];
  /** Null: no square fits. */
  fit: Fit | null;
  /** Where no square fits: the nearest to one of the rectangles that do, with what may be put in its place. */
  rectangle: Rectangle | null;
  /** The smallest size that fits and leaves nothing over anywhere; null where every one does, or none. */
  even: number | null;
}

export interface Rectangle {
  height: { low: number; high: number };
  width: { low: number; high: number };
}

/** Square pictures that models are commonly made for; the first that fits is what costs are stated at. */
export const COMMON_SIZES: readonly number[] = [224, 32, 28, 64, 96, 128, 227, 256, 299, 384, 512];

/** Larger pictures than this are not tried. */
const LARGEST = 1024;

/** Every group of symbols that the constraints speak of, among those that may be chosen. */
export function fitGroups(constraints: readonly Constraint[], free: ReadonlySet<string>, solvable: Solvable): Group[] {
  const usable = constraints.map(withoutCommonFactors).flatMap((c) => {
    const names = namesOf(c);
    return names.length > 0 && names.every((name) => free.has(name)) ? [{ c, names }] : [];
  });
  return components(usable.filter(({ c }) => c.kind !== 'even').map(({ names }) => names)).map((names) => {
    const inside = usable.filter((u) => u.names.every((name) => names.includes(name))).map(({ c }) => c);
    // Only the sides of one picture are taken to be equal; other sizes have nothing to do with each other.
    const isOne = names.length === 1 && !solvable.batches.has(names[0]!);
    const isPicture = solvable.pictures.some((sides) => names.every((name) => sides.includes(name)));
    if (isOne || isPicture) return fitGroup(names, inside);
    return { names, constraints: inside.filter((c) => c.kind !== 'even'), fit: null, rectangle: null, even: null };
  });
}

/** B·⌊H/8⌋ = B·4 says ⌊H/8⌋ = 4, whatever B is. */
function withoutCommonFactors(c: Constraint): Constraint {
  if (c.kind !== 'equal' || dims.isExact(c.right)) return c;
  const { left, right } = dims.withoutCommonSymbols(c.left, c.right);
  return { ...c, left, right };
}

const namesOf = (c: Constraint): string[] => [
  ...new Set([...dims.symbolsIn(c.left).keys(), ...dims.symbolsIn(c.right).keys()]),
];

/** Names that occur together, directly or through others. */
function components(sets: readonly (readonly string[])[]): string[][] {
  const groups: Set<string>[] = [];
  for (const names of sets) {
    const touched = groups.filter((g) => names.some((name) => g.has(name)));
    for (const g of touched) groups.splice(groups.indexOf(g), 1);
    groups.push(new Set([...touched.flatMap((g) => [...g]), ...names]));
  }
  return groups.map((g) => [...g].sort());
}

/** A constraint as a test of numbers. */
interface Test {
  constraint: Constraint;
  left: Evaluated;
  right: Evaluated;
}

const holds = ({ constraint, left, right }: Test, at: readonly number[]): boolean =>
  constraint.kind === 'atLeast' ? left(at) >= right(at) : left(at) === right(at);

function fitGroup(names: readonly string[], constraints: readonly Constraint[]): Group {
  const tests = constraints.flatMap((constraint): Test[] => {
    const left = compile(constraint.left, names);
    const right = compile(constraint.right, names);
    return left && right ? [{ constraint, left, right }] : [];
  });
  const hard = tests.filter((t) => t.constraint.kind !== 'even');
  const wished = tests.filter((t) => t.constraint.kind === 'even');
  const group = { names, constraints: hard.map((t) => t.constraint) };
  const at = (n: number): number[] => names.map(() => n);
  const isEven = (n: number): boolean => wished.every((t) => holds(t, at(n)));
  const fitting: number[] = [];
  // Where a size only has to be large enough, trying ends soon after.
  const last = hard.some((t) => t.constraint.kind === 'equal') ? LARGEST : 0;
  for (let n = 1; n <= LARGEST; n++) {
    if (hard.every((t) => holds(t, at(n)))) fitting.push(n);
    if (last === 0 && fitting.length > 8) {
      return { ...group, fit: { kind: 'from', low: fitting[0]! }, rectangle: null, even: null };
    }
  }
  const fit = describe(fitting);
  const rectangle = fit || names.length !== 2 ? null : nearestRectangle(hard, lowest(hard, names.length));
  const isTold = wished.length > 0 && fit?.kind === 'range' && fit.low < fit.high;
  const even = isTold ? (fitting.find(isEven) ?? null) : null;
  return { ...group, fit, rectangle, even };
}

/** What a list of numbers that fit has in common. */
function describe(fitting: readonly number[]): Fit | null {
  const [low, second] = fitting;
  if (low === undefined) return null;
  const high = fitting[fitting.length - 1]!;
  if (high - low === fitting.length - 1) return high === LARGEST ? { kind: 'from', low } : { kind: 'range', low, high };
  const of = second! - low;
  const isRegular = fitting.every((n, i) => n === low + i * of) && high + of > LARGEST;
  if (isRegular && low % of === 0) return { kind: 'multiples', of, low };
  if (isRegular) return { kind: 'periodic', of, rest: low % of, low };
  return { kind: 'some', values: fitting };
}

/** The rectangle nearest to a square, and how far either side may move without the other. */
function nearestRectangle(tests: readonly Test[], low: number): Rectangle | null {
  const fits = (h: number, w: number): boolean => tests.every((t) => holds(t, [h, w]));
  const equal = tests.find((t) => t.constraint.kind === 'equal');
  if (!equal) return null;
  let best: [number, number] | null = null;
  for (let h = low; h <= LARGEST; h++) {
    const first = firstWidth(equal, h, low, LARGEST);
    for (let w = first; w <= Math.min(LARGEST, first + 64) && equal.left([h, w]) <= equal.right([h, w]); w++) {
      if (fits(h, w) && (!best || oblong(h, w) < oblong(...best))) best = [h, w];
    }
  }
  if (!best) return null;
  const [h, w] = best;
  const along = (from: number, fit: (n: number) => boolean): { low: number; high: number } => {
    let low = from;
    let high = from;
    while (low > 1 && fit(low - 1)) low--;
    while (high < LARGEST && fit(high + 1)) high++;
    return { low, high };
  };
  return { height: along(h, (n) => fits(n, w)), width: along(w, (n) => fits(h, n)) };
}

const oblong = (h: number, w: number): number => Math.max(h, w) / Math.min(h, w);

/** The smallest size at which every kernel fits: below it sizes are negative, and mean nothing. */
function lowest(tests: readonly Test[], rank: number): number {
  const fitting = tests.filter((t) => t.constraint.kind === 'atLeast');
  let n = 1;
  while (n < LARGEST && !fitting.every((t) => holds(t, Array<number>(rank).fill(n)))) n++;
  return n;
}

/** The first width at which the left side is not below the right one any more: sizes do not shrink as pictures grow. */
function firstWidth(t: Pick<Test, 'left' | 'right'>, h: number, low: number, most: number): number {
  let high = most + 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (t.left([h, middle]) < t.right([h, middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** As far as it takes to be sure that nothing fits. */
const FARTHEST = 4096;

/**
 * True where no numbers at all satisfy the group's first equality: what its terms have in common does not divide the
 * number that it wants; or its left side, which never shrinks as pictures grow, passes that number without meeting it.
 */
export function neverFits({ names, constraints }: Group): Constraint | null {
  const certain = constraints.filter((c) => c.kind === 'equal' && c.problem !== null && dims.isExact(c.right));
  for (const c of certain) if ((c.right as number) % commonFactor(c.left) !== 0) return c;
  const tests = constraints.flatMap((constraint): Test[] => {
    const left = compile(constraint.left, names);
    const right = compile(constraint.right, names);
    return left && right ? [{ constraint, left, right }] : [];
  });
  const low = lowest(tests, names.length);
  return tests.find((t) => certain.includes(t.constraint) && passesOver(t, names.length, low))?.constraint ?? null;
}

function passesOver(t: Test, rank: number, low: number): boolean {
  if (rank > 2) return false;
  const grid = rank === 1 ? [[]] : [[low], [FARTHEST]];
  for (let axis = 0; axis < rank; axis++) {
    for (const other of grid) {
      const at = (n: number): number => t.left(axis === 0 ? [n, ...other] : [...other, n]);
      for (let n = low, before = Number.NEGATIVE_INFINITY; n <= FARTHEST; n++) {
        const value = at(n);
        if (value < before) return false;
        before = value;
      }
      // Where it does not pass the number within these sizes, it may meet it beyond them.
      if (at(FARTHEST) <= t.right([])) return false;
    }
  }
  for (let h = low; h <= FARTHEST; h++) {
    const met = rank === 1 ? holds(t, [h]) : holds(t, [h, firstWidth(t, h, low, FARTHEST)]);
    if (met) return false;
  }
  return true;
}

/** What the coefficients of a size have in common: 16 in 16·⌊H/4⌋·⌊W/4⌋. */
export function commonFactor(d: Dim): number {
  if (dims.isExact(d)) return Math.abs(d);
  return d.terms.reduce((g, t) => dims.greatestCommonDivisor(g, Math.abs(t.coefficient)), 0);
}
