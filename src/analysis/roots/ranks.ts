// How many axes an input has, where no layer says: each number of axes is tried, and the only one that goes through it is.
//   def forward(self, x):
//       y = self.tcn(x.transpose(1, 2))      # Conv1d below: with three axes it runs, with two or four it does not

import * as dims from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import { USUAL_NAMES } from '../interp/inputProbe.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { Problem } from '../rules/problem.ts';
import type { Value } from '../values/value.ts';
import { type FedInput, type InputSpec, type Run, specOf } from './run.ts';

/** How well a run went: the fewer of each the better, the first of them first. */
export interface Outcome {
  /** Its errors, by place and code; one more where it did not come to its end. */
  failures: ReadonlySet<string>;
  /** Places that could not be followed. */
  gaps: number;
  /** Tensors of which a size is not known. */
  unknown: number;
  /** Whether all that it gives is known: a module that nobody gives, say, gives what nobody knows. */
  isFollowed: boolean;
  /** Symbols that other sizes settle. */
  settled: number;
  /** Sizes that would have to be multiples of a batch, or a batch of something, and a −1 that is always 1: nobody writes for those. */
  strained: number;
}

/** What a run's solution says of how natural its input is. */
export type Naturalness = Pick<Outcome, 'settled' | 'strained'>;

/** One error, whatever sizes it speaks of. */
export const failureKey = ({ code, range }: Problem): string => `${code} ${range.file}:${range.line}:${range.column}`;

export function outcomeOf(
  run: Run | null,
  errors: readonly Problem[],
  gaps: number,
  { settled, strained }: Naturalness = { settled: 0, strained: 0 },
): Outcome {
  const failures = new Set(errors.filter((p) => p.severity === 'error').map(failureKey));
  if (run === null || run.output === null || run.failure) failures.add('it does not come to its end');
  return {
    failures,
    gaps,
    unknown: run?.recorder.unknownShapes ?? Number.POSITIVE_INFINITY,
    isFollowed: isKnown(run?.output ?? null),
    settled,
    strained: strained + (run?.recorder.idleAxes ?? 0),
  };
}

function isKnown(output: Value | null): boolean {
  if (output?.kind === 'tuple' || output?.kind === 'list') return output.items.every(isKnown);
  return output !== null && output.kind !== 'unknown';
}

const order = (a: Outcome, b: Outcome): number =>
  a.failures.size - b.failures.size || a.gaps - b.gaps || a.strained - b.strained || a.unknown - b.unknown;

/** More axes than this are not tried. */
const MOST_AXES = 5;

export interface Ranks {
  /** Null: nothing better was found. */
  specs: readonly InputSpec[] | null;
  /** Sentences on the inputs that have other shapes now. */
  notes: readonly string[];
  /** Where every number of axes fails: the failures that they share, which no number of axes avoids. Null: nothing was tried. */
  shared: ReadonlySet<string> | null;
}

/**
 * Shapes for the inputs that still have none, or whose first reader takes any number of axes and which fail with what it
 * told. `attempt` runs with other shapes, and leaves nothing behind; with a rival that goes through, it may stop at a failure.
 */
export function settleRanks(
  ip: Interpreter,
  run: Run,
  outcome: Outcome,
  taken: ReadonlySet<string>,
  attempt: (specs: readonly InputSpec[], isRivalled: boolean) => Outcome,
): Ranks {
  const given = run.inputs.map((i) => specOf(i));
  const started = ip.steps;
  let specs: readonly InputSpec[] = given;
  let best = outcome;
  let shared: ReadonlySet<string> | null = null;
  const notes: string[] = [];
  /** Tries every number of axes for some of the inputs, together. */
  const settle = (which: readonly number[]): void => {
    if (which.length === 0 || ip.steps - started > ip.budget.steps / 8) return;
    const tried: Tried[] = [];
    for (const t of candidates(run.inputs, which, specs, taken)) {
      const isRivalled = tried.some((other) => other.outcome.failures.size === 0);
      tried.push({ ...t, outcome: attempt(t.specs, isRivalled) });
    }
    const first = theOne(tried);
    // With an input that is not known at all, most of what could go wrong was not even reached.
    const isOpen = which.every((i) => specs[i]!.shape === null);
    const isBetter = first && (isOpen ? first.outcome.gaps <= best.gaps : order(first.outcome, best) < 0);
    // As many axes for each is a guess, which a run has to bear out that is followed everywhere.
    if (which.length > 1 && first && (first.outcome.gaps > 0 || !first.outcome.isFollowed)) return;
    if (first && isBetter && first.outcome.failures.size === 0) {
      const names = which.map((i) => run.inputs[i]!.name).join(' and ');
      notes.push(`${names} ${which.length > 1 ? 'are' : 'is'} taken to have ${counted(first.rank)}: ${first.why}`);
      specs = first.specs;
      best = first.outcome;
    } else if (best.failures.size > 0) {
      const before: ReadonlySet<string> = shared ?? best.failures;
      shared = new Set([...before].filter((key) => tried.every((t) => t.outcome.failures.has(key))));
    }
  };
  // One alone tells little where the other is not known: most have as many axes as each other.
  const open = specs.flatMap((s, i) => (s.shape === null ? [i] : []));
  if (open.length > 1) settle(open);
  const mayDiffer = (i: number): boolean =>
    run.inputs[i]!.found?.anyRank === true && (best.failures.size > 0 || best.strained > 0);
  const differing = specs.flatMap((_, i) => (mayDiffer(i) ? [i] : []));
  if (differing.length > 1) settle(differing);
  for (const i of run.inputs.keys()) if (specs[i]!.shape === null || mayDiffer(i)) settle([i]);
  return { specs: specs === given ? null : specs, notes, shared: best.failures.size > 0 ? shared : null };
}

interface Candidate {
  rank: number;
  specs: readonly InputSpec[];
}

type Tried = Candidate & { outcome: Outcome };

/**
 * The one that goes best. Where several go equally well nothing tells them apart, and none is known; but of two that differ
 * by a batch the one with it is meant, and where the code reads a third axis or a later one, and any number from there on
 * goes, it is written for just so many.
 */
function theOne(tried: readonly Tried[]): (Tried & { why: string }) | null {
  const [first, ...others] = [...tried].sort((a, b) => order(a.outcome, b.outcome));
  if (!first) return null;
  const tied = [first, ...others.filter((t) => order(t.outcome, first.outcome) === 0)];
  if (tied.length === 1) return { ...first, why: 'with any other number this does not go through' };
  // An axis that is really one may be of any size: `t[:, None] * freqs[None]` takes a second one, but only of as many.
  const least = Math.min(...tied.map((t) => t.outcome.settled));
  const free = tied.filter((t) => t.outcome.settled === least);
  if (free.length === 1) return { ...free[0]!, why: 'with any other number, sizes would have to be special' };
  const ranks = tied.map((t) => t.rank).sort((a, b) => a - b);
  const [fewest] = ranks as [number];
  const isOpenEnded = fewest >= 3 && ranks.every((rank, i) => rank === fewest + i) && ranks.at(-1) === MOST_AXES;
  if (isOpenEnded) return { ...tied.find((t) => t.rank === fewest)!, why: 'as many as are read' };
  // Layers take their input with or without a batch: one usually has one.
  const smallest = Math.min(...free.map((t) => t.rank));
  const larger = free.find((t) => t.rank === smallest + 1);
  return free.length === 2 && larger ? { ...larger, why: 'with a batch' } : null;
}

const counted = (n: number): string => `${n} ${n === 1 ? 'axis' : 'axes'}`;

/** The inputs with every number of axes for some of them, the same for each. */
function candidates(
  inputs: readonly FedInput[],
  which: readonly number[],
  specs: readonly InputSpec[],
  taken: ReadonlySet<string>,
): Candidate[] {
  const all: Candidate[] = [];
  for (let rank = 1; rank <= MOST_AXES; rank++) {
    if (which.some((i) => specs[i]!.shape?.length === rank)) continue;
    all.push({
      rank,
      specs: specs.map((s, i) => (which.includes(i) ? { ...s, shape: shapeOfRank(rank, i, inputs[i]!, taken) } : s)),
    });
  }
  return all;
}

/** Symbols for all axes, but for a last one that is known. */
function shapeOfRank(rank: number, index: number, { found }: FedInput, taken: ReadonlySet<string>): MaybeDim[] {
  const suffix = index === 0 ? '' : String(index + 1);
  const usual = USUAL_NAMES[rank]!.map((axis): MaybeDim => {
    let own = axis + suffix;
    while (taken.has(own)) own += '′';
    return dims.symbol(own);
  });
  const last = found?.shape[found.shape.length - 1];
  return last === undefined ? usual : [...usual.slice(0, -1), last];
}
