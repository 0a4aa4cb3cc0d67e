// Solving: what the constraints of a run say of its input and of the arguments that nobody gave.
//   LeNet with nothing given       →  H = W in 32…35; 32 leaves nothing over
//   a U-Net with four poolings     →  H and W are multiples of 16, or this concat fails
//   Attention(dim, heads=8)        →  dim is a multiple of 8

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import { showDim } from '../dims/display.ts';
import type { Constraint } from '../interp/constraints.ts';
import type { Problem } from '../rules/problem.ts';
import { COMMON_SIZES, commonFactor, type Fit, fitGroups, type Group, neverFits } from './fit.ts';
import { type Settled, type Solvable, unify } from './unify.ts';

export interface Solution {
  /** To be put in for symbols before the next run; empty where nothing new was found. */
  values: ReadonlyMap<string, Dim>;
  /** Sentences about the input, for hovers and tables. */
  notes: readonly Note[];
  /** Numbers that fit, for a run with numbers: `{H: 32, W: 32}`. */
  sizes: ReadonlyMap<string, number>;
  /** Hints where a fact bites, and errors where nothing fits. */
  problems: readonly Problem[];
}

export interface Note {
  /** The symbols that it is about. */
  about: string;
  text: string;
}

export function solve(constraints: readonly Constraint[], solvable: Solvable): Solution {
  const settled = unify(constraints, solvable);
  const values = new Map(settled.map(({ name, value }) => [name, value]));
  const notes = settled.map(noteOf);
  const problems: Problem[] = [];
  const sizes = new Map<string, number>();
  const open = constraints
    .map((c) => ({ ...c, left: dims.substitute(c.left, values), right: dims.substitute(c.right, values) }))
    .filter((c) => c.kind === 'even' || !dims.same(c.left, c.right));
  const free = new Set([...solvable.inputs].filter((name) => !values.has(name)));
  const groups = fitGroups(open, free, solvable);
  for (const group of groups) {
    const fitting = new Map(valuesOf(group));
    for (const [name, value] of values) values.set(name, dims.substitute(value, fitting));
    for (const [name, value] of fitting) values.set(name, value);
    for (const [name, size] of sizesOf(group)) sizes.set(name, size);
  }
  for (const { names, groups: same } of alike(groups)) {
    const text = noteOfFit(names, same[0]!, solvable.isPartial);
    if (text !== null) notes.push({ about: names.join(), text });
    problems.push(...same.flatMap((group) => problemsOf(names, group)));
  }
  return { values, notes, sizes, problems };
}

function noteOf({ name, value, divisor, most, constraint }: Settled): Note {
  const { because } = constraint;
  if (most !== undefined) return { about: name, text: `${name} ≤ ${most}, because ${because}` };
  if (divisor === null) return { about: name, text: `${name} = ${showDim(value)}, because ${because}` };
  const text = `${name} is taken to be a multiple of ${showDim(divisor)}, because ${because}`;
  return { about: `${name} ${dims.keyOf(divisor)}`, text };
}

/** What a group's fit puts in place of its symbols: a number, a multiple, or a symbol with bounds. */
function valuesOf({ names, fit, rectangle, constraints }: Group): [string, Dim][] {
  if (rectangle) {
    const [height, width] = names;
    return [
      [height!, bounded(height!, rectangle.height)],
      [width!, bounded(width!, rectangle.width)],
    ];
  }
  if (!fit || fit.kind === 'from' || fit.kind === 'periodic') return [];
  if (fit.kind === 'some') return fit.values.length === 1 ? names.map((name) => [name, fit.values[0]!]) : [];
  const all = names.map((name): [string, Dim] => [
    name,
    fit.kind === 'multiples' ? dims.multiple(name, fit.of, { low: fit.low }) : bounded(name, fit),
  ]);
  // Each may move by itself only where that satisfies everything: else they are tied, and stay as they are.
  const values = new Map(all);
  const hold = (c: Constraint): boolean => {
    const left = dims.substitute(c.left, values);
    const right = dims.substitute(c.right, values);
    return c.kind === 'equal' ? dims.equal(left, right) === true : dims.lessThan(left, right) === false;
  };
  return constraints.every((c) => c.kind === 'even' || hold(c)) ? all : [];
}

const bounded = (name: string, { low, high }: { low: number; high: number }): Dim =>
  low === high ? low : dims.symbol(name, { low, high });

function sizesOf({ names, fit, rectangle, even }: Group): [string, number][] {
  if (rectangle)
    return [
      [names[0]!, rectangle.height.low],
      [names[1]!, rectangle.width.low],
    ];
  if (!fit) return [];
  const least = fit.kind === 'some' ? fit.values[0]! : fit.low;
  return names.map((name) => [name, even ?? commonSize(fit, least)]);
}

/** A size that people use, where that fits. */
function commonSize(fit: Fit, least: number): number {
  const fits = (n: number): boolean =>
    n >= least &&
    (fit.kind === 'from' ||
      (fit.kind === 'range' && n <= fit.high) ||
      (fit.kind === 'multiples' && n % fit.of === 0) ||
      (fit.kind === 'periodic' && n % fit.of === fit.rest) ||
      (fit.kind === 'some' && fit.values.includes(n)));
  return COMMON_SIZES.find(fits) ?? least;
}

/** Groups with the same fit, which share a sentence: `H and W are multiples of 16`. */
function alike(groups: readonly Group[]): { names: string[]; groups: Group[] }[] {
  const shared = new Map<string, { names: string[]; groups: Group[] }>();
  for (const group of groups) {
    const key = JSON.stringify([group.fit, group.rectangle, group.names.length > 1 ? group.names : 1]);
    const same = shared.get(key);
    if (same) {
      same.names.push(...group.names);
      same.groups.push(group);
    } else shared.set(key, { names: [...group.names], groups: [group] });
  }
  return [...shared.values()];
}

function noteOfFit(names: readonly string[], group: Group, isPartial = false): string | null {
  const { fit, rectangle, even } = group;
  const reason = reasonOf(group);
  if (rectangle) {
    const [h, w] = names;
    return `${h} = ${span(rectangle.height)} and ${w} = ${span(rectangle.width)}, for one (no square fits)${reason}`;
  }
  if (!fit) return null;
  const tied = group.names.length > 1 ? names.join(' = ') : null;
  const which = names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  const [verb, plural] = names.length === 1 ? ['is', ''] : ['are', 's'];
  switch (fit.kind) {
    case 'from':
      return fit.low > 1 ? `${isPartial ? '' : 'any '}${names.join(', ')} ≥ ${fit.low}` : null;
    case 'range': {
      const leftover = even === null ? '' : `; ${even} leaves nothing over`;
      const range =
        fit.low === 1 && fit.high > 1 ? `≤ ${fit.high}` : `${fit.low === fit.high ? '=' : 'in'} ${span(fit)}`;
      return `${tied ?? names.join(', ')} ${range}${leftover}${reason}`;
    }
    case 'multiples':
      return `${which} ${verb} ${plural ? '' : 'a '}multiple${plural} of ${fit.of}${fit.low > fit.of ? `, at least ${fit.low}` : ''}${reason}`;
    case 'periodic':
      return `${which} ${verb} ${fit.rest} more than ${plural ? '' : 'a '}multiple${plural} of ${fit.of}${reason}`;
    case 'some': {
      const shown = fit.values.slice(0, 6).join(', ');
      return `${tied ?? which} ${fit.values.length === 1 ? `= ${shown}` : `is one of ${shown}${fit.values.length > 6 ? ', …' : ''}`}${reason}`;
    }
  }
}

const span = ({ low, high }: { low: number; high: number }): string => (low === high ? String(low) : `${low}…${high}`);

function reasonOf({ constraints }: Group): string {
  const first = constraints.find((c) => c.kind === 'equal');
  return first ? `, because ${first.because}` : '';
}

/** A fact as a hint where it bites; an error where no size at all fits. */
function problemsOf(names: readonly string[], group: Group): Problem[] {
  const equal = group.constraints.filter((c) => c.kind === 'equal' && c.problem);
  if (!group.fit && !group.rectangle) {
    const impossible = neverFits(group);
    return impossible?.problem
      ? [{ ...impossible.problem, message: `${impossible.problem.message} ${why(impossible)}` }]
      : [];
  }
  if (group.fit?.kind !== 'multiples' && group.fit?.kind !== 'periodic') return [];
  const note = noteOfFit(names, { ...group, constraints: [] });
  return equal.map(({ problem }) => ({
    ...problem!,
    severity: 'hint',
    message: `This fits only where ${note}: ${problem!.message}`,
    fixes: [],
  }));
}

/** The arithmetic that shows that no size gives the number. */
function why({ left, right }: Constraint): string {
  const factor = commonFactor(left);
  if (dims.isExact(right) && right % factor !== 0)
    return `No size of the input gives ${right}: ${right} = ${factor}·${Math.floor(right / factor)} + ${right % factor} is not a multiple of ${factor}.`;
  return `No size of the input gives ${showDim(right)}.`;
}
