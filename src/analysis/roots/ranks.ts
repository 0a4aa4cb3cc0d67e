// How many axes an input has, where no layer says: each number of axes is tried, and the only one that goes through it is.
//   def forward(self, x):
//       y = self.tcn(x.transpose(1, 2))      # Conv1d below: with three axes it runs, with two or four it does not

import * as dims from '../dims/dim.ts';
import { USUAL_NAMES } from '../interp/inputProbe.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { Problem } from '../rules/problem.ts';
import type { Shape } from '../values/tensor.ts';
import { type FedInput, type InputSpec, type Run, specOf } from './run.ts';

/** How well a run went: the fewer of each the better, the first of them first. */
export interface Outcome {
  /** Its errors, by place and code; one more where it did not come to its end. */
  failures: ReadonlySet<string>;
  /** Places that could not be followed. */
  gaps: number;
  /** Tensors of which a size is not known. */
  unknown: number;
}

/** One error, whatever sizes it speaks of. */
export const failureKey = ({ code, range }: Problem): string => `${code} ${range.file}:${range.line}:${range.column}`;

export function outcomeOf(run: Run | null, errors: readonly Problem[], gaps: number): Outcome {
  const failures = new Set(errors.filter((p) => p.severity === 'error').map(failureKey));
  if (run === null || run.output === null) failures.add('it does not come to its end');
  return { failures, gaps, unknown: run?.recorder.unknownShapes ?? Number.POSITIVE_INFINITY };
}

const order = (a: Outcome, b: Outcome): number =>
  a.failures.size - b.failures.size || a.gaps - b.gaps || a.unknown - b.unknown;

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
 * told. `attempt` runs with other shapes, and leaves nothing behind.
 */
export function settleRanks(
  ip: Interpreter,
  run: Run,
  outcome: Outcome,
  taken: ReadonlySet<string>,
  attempt: (specs: readonly InputSpec[]) => Outcome,
): Ranks {
  const specs = run.inputs.map((i) => specOf(i));
  const started = ip.steps;
  let best = outcome;
  let found = false;
  let shared: ReadonlySet<string> | null = null;
  const notes: string[] = [];
  for (const [i, input] of run.inputs.entries()) {
    const isOpen = input.value.shape === null;
    const mayDiffer = input.found?.anyRank === true && best.failures.size > 0;
    if (!isOpen && !mayDiffer) continue;
    const tried = candidates(input, i, taken).map((shape) => ({
      shape,
      outcome: attempt(specs.map((s, j) => (j === i ? { ...s, shape } : s))),
    }));
    const first = theOne(tried);
    if (first && first.outcome.failures.size === 0 && order(first.outcome, best) < 0) {
      specs[i] = { ...specs[i]!, shape: first.shape };
      notes.push(`${input.name} is taken to have ${first.shape!.length} ${axes(first.shape!.length)}: ${first.why}`);
      best = first.outcome;
      found = true;
    } else if (best.failures.size > 0) {
      const all = tried.map((t) => t.outcome.failures);
      const before: ReadonlySet<string> = shared ?? best.failures;
      shared = new Set([...before].filter((key) => all.every((failures) => failures.has(key))));
    }
    if (ip.steps - started > ip.budget.steps / 8) break;
  }
  return { specs: found ? specs : null, notes, shared: best.failures.size > 0 ? shared : null };
}

interface Tried {
  shape: Shape;
  outcome: Outcome;
}

/**
 * The one that goes best. Where several go equally well nothing tells them apart, and none is known; but where the code
 * reads a third axis or a later one, and any number from there on goes, it is written for just so many.
 */
function theOne(tried: readonly Tried[]): (Tried & { why: string }) | null {
  const [first, ...others] = [...tried].sort((a, b) => order(a.outcome, b.outcome));
  if (!first) return null;
  const tied = [first, ...others.filter((t) => order(t.outcome, first.outcome) === 0)];
  if (tied.length === 1) return { ...first, why: 'with any other number this does not go through' };
  const ranks = tied.map((t) => t.shape!.length).sort((a, b) => a - b);
  const [fewest] = ranks as [number];
  const isOpenEnded = fewest >= 3 && ranks.every((rank, i) => rank === fewest + i) && ranks.at(-1) === MOST_AXES;
  const chosen = tied.find((t) => t.shape!.length === fewest)!;
  return isOpenEnded ? { ...chosen, why: 'as many as are read' } : null;
}

const axes = (n: number): string => (n === 1 ? 'axis' : 'axes');

function candidates({ value, found }: FedInput, index: number, taken: ReadonlySet<string>): Shape[] {
  const suffix = index === 0 ? '' : String(index + 1);
  const name = (axis: string): dims.Dim => {
    let own = axis + suffix;
    while (taken.has(own)) own += '′';
    return dims.symbol(own);
  };
  const shapes: Shape[] = [];
  for (let rank = 1; rank <= MOST_AXES; rank++) {
    const usual = USUAL_NAMES[rank]!.map(name);
    const last = found?.shape[found.shape.length - 1];
    if (value.shape === null) shapes.push(usual);
    else if (rank !== value.shape.length && last !== undefined) shapes.push([...usual.slice(0, -1), last]);
  }
  return shapes;
}
