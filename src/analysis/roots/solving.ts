// Running and solving: a model's forward, and where sizes are symbols, again with what the run said of them.
//   round 1: x is (B, C, H, W); conv1 wants 3 channels, and fc1 400 features, which H and W of 32 to 35 give
//   round 2: x is (B, 3, H, W), and after the second pooling (B, 16, 5, 5)

import { type Dim, isExact, substitute, symbolsIn } from '../dims/dim.ts';
import { showDim, showShape } from '../dims/display.ts';
import { ConstraintLog } from '../interp/constraints.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { Journal } from '../interp/journal.ts';
import type { Problem } from '../rules/problem.ts';
import { isAt } from '../rules/report.ts';
import { type Solution, solve } from '../solve/solve.ts';
import type { RootRequest, Symbolic } from './analyseRoots.ts';
import type { Made } from './find.ts';
import { failureKey, type Naturalness, type Outcome, outcomeOf, type Ranks, settleRanks } from './ranks.ts';
import { type InputSpec, type Run, runForward, type Symbols, specOf, symbolsOf, symbolsOfInputs } from './run.ts';
import { guardBudget, tryOut, unseen } from './unseen.ts';

/** A model that was run, with what its run said of the symbols that it was fed. */
export interface Solved {
  made: Made;
  run: Run | null;
  notes: readonly string[];
  /** Numbers that fit. */
  sizes: ReadonlyMap<string, number>;
  gaps: readonly string[];
}

/** A model that nobody builds may spend less: what it costs is time that the others' hints wait for. */
const OF_SYMBOLS = { steps: 1_000_000, milliseconds: 600 };

/** Each run may settle symbols, upon which the model runs again with what it said; a few rounds settle all of them. */
const MOST_ROUNDS = 4;

/**
 * Runs the model's forward, and where sizes are symbols, again with what that said of them, until it says nothing new:
 * only the last run leaves hints, problems and gaps behind.
 */
export function runSolving(ip: Interpreter, request: RootRequest, specs: readonly InputSpec[]): Solved {
  const { symbolic } = request;
  const taken = symbolic?.names ?? new Set<string>();
  const known = new Map<string, Dim>();
  const notes = new Map<string, string>();
  const sizes = new Map<string, number>();
  const found: Problem[] = [];
  let made: Made = { model: request.model, initialisation: [...request.initialisation] };
  let fed = specs;
  for (let round = 1; ; round++) {
    const [problems, gaps] = [ip.problems.length, ip.gaps.length];
    const symbols = { taken, known };
    const once = (): Logged => rehearsed(ip, made.model, fed, request, symbols);
    const { run, log, journal } =
      guardBudget(ip, () => (symbolic ? ip.withAllowance(OF_SYMBOLS, once) : once())) ?? NO_RUN;
    const takeBack = (): void => {
      journal?.undo();
      ip.observer?.takeBack();
      ip.problems.length = problems;
      ip.gaps.length = gaps;
    };
    const ranks =
      run && round === 1 && !request.inputs
        ? otherRanks(ip, request, run, solutionOf(run, log, taken), taken, problems, gaps)
        : null;
    if (ranks?.specs) {
      takeBack();
      for (const note of ranks.notes) notes.set(note, note);
      fed = ranks.specs;
      continue;
    }
    // Another number of axes may do without the others.
    if (ranks?.shared) keepProblems(ip, problems, (p) => p.severity !== 'error' || ranks.shared!.has(failureKey(p)));
    const solution = solutionOf(run, log, taken);
    noteSolution(solution, run, notes, sizes);
    found.push(...(solution?.problems ?? []));
    const rebuilt =
      solution && solution.values.size > 0 && round < MOST_ROUNDS
        ? again(made, known, solution.values, symbolic)
        : null;
    if (!run || !rebuilt) {
      for (const p of found) if (!ip.problems.some((other) => isAt(other, p.code, p.range))) ip.problems.push(p);
      const texts = ip.gaps.slice(gaps).map((g) => `${g.reason} (${shortFile(g.spot.file)}:${g.spot.line + 1})`);
      return { made, run, notes: [...notes.values()], sizes, gaps: texts };
    }
    takeBack();
    made = rebuilt;
    fed = run.inputs.map((i) => specOf(i, known));
  }
}

interface Logged {
  run: Run | null;
  log: ConstraintLog;
  /** What it wrote; null where nothing of it will be taken back. */
  journal: Journal | null;
}

const NO_RUN: Logged = { run: null, log: new ConstraintLog(), journal: null };

/** A run that may have to be taken back, because what it says of its symbols asks for another. */
function rehearsed(ip: Interpreter, ...rest: RunArguments): Logged {
  const [, specs, , { taken }] = rest;
  const isOpen = taken.size > 0 || specs.some((s) => s.shape === null || symbolsOf([s.shape]).length > 0);
  if (!isOpen) return runLogged(ip, ...rest);
  const { result, journal } = ip.rehearse(() => runLogged(ip, ...rest));
  return { ...result, journal };
}

type RunArguments = [model: Made['model'], specs: readonly InputSpec[], request: RootRequest, symbols: Symbols];

function runLogged(ip: Interpreter, ...[model, specs, { caller, broken }, symbols]: RunArguments): Logged {
  ip.constraints = new ConstraintLog();
  ip.broken = broken ?? null;
  try {
    const run = runForward(ip, model, specs, caller, symbols);
    return { run, log: ip.constraints, journal: null };
  } finally {
    ip.constraints = null;
    ip.broken = null;
  }
}

/** What a run's constraints say; null where nothing in it is open. */
function solutionOf(run: Run | null, log: ConstraintLog, taken: ReadonlySet<string>): Solution | null {
  const fed = run?.inputs ?? [];
  const inputs = new Set(symbolsOfInputs(fed));
  for (const name of taken) inputs.delete(name);
  if (!run || inputs.size + taken.size === 0) return null;
  const shapes = fed.flatMap((i) => (i.value.shape ? [i.value.shape.map((d) => symbolsOf([[d]]))] : []));
  const batches = new Set(shapes.filter((axes) => axes.length > 1).flatMap(([batch]) => batch ?? []));
  const pictures = shapes.filter((axes) => axes.length === 4 || axes.length === 5).map((axes) => axes.slice(2).flat());
  const isPartial = run.recorder.unknownShapes > 0;
  return solve(log.all, { inputs, arguments: taken, batches, pictures, isPartial });
}

/** Other numbers of axes for inputs of which that is not known, or with which this run failed. */
function otherRanks(
  ip: Interpreter,
  request: RootRequest,
  run: Run,
  said: Solution | null,
  taken: ReadonlySet<string>,
  problems: number,
  gaps: number,
): Ranks {
  const runWith = (specs: readonly InputSpec[], known: Symbols['known'] = new Map()) =>
    unseen(ip, () => tryOut(ip, () => runLogged(ip, request.model, specs, request, { taken, known })));
  const attempt = (specs: readonly InputSpec[], isRivalled: boolean): Outcome => {
    const first = runWith(specs);
    const { run: tried, log } = first.result ?? NO_RUN;
    const solution = solutionOf(tried, log, taken);
    const errors = [...first.problems, ...(solution?.problems ?? [])];
    const natural = naturalness(tried, solution);
    const once = outcomeOf(tried, errors, first.gaps, natural);
    if (!tried || !solution || solution.values.size === 0 || (isRivalled && once.failures.size > 0)) return once;
    // With what it says of its symbols, once more: they may contradict each other.
    const second = runWith(
      tried.inputs.map((i) => specOf(i, solution.values)),
      solution.values,
    );
    return outcomeOf(second.result?.run ?? null, [...errors, ...second.problems], second.gaps, natural);
  };
  const outcome = outcomeOf(run, ip.problems.slice(problems), ip.gaps.length - gaps, naturalness(run, said));
  return settleRanks(ip, run, outcome, taken, attempt);
}

/** How special an input's sizes have to be, and how much of it takes a batch of some special size. */
function naturalness(run: Run | null, solution: Solution | null): Naturalness {
  const inputs = (run?.inputs ?? []).map((i) => i.value.shape?.map((d) => symbolsOf([[d]])) ?? []);
  const batches = new Set(inputs.flatMap(([batch]) => batch ?? []));
  // Each number that sizes have to be, or be a multiple of, once: two inputs may share it, as they may share a size.
  const special = new Set<string>();
  let strained = 0;
  for (const [name, value] of solution?.values ?? []) {
    const inside = symbolsIn(value);
    const divisor = inside.get(name)?.facts.divisor;
    const others = [...inside.keys()].filter((other) => other !== name);
    const beside = inputs.find((axes) => axes.some((axis) => axis.includes(name)))?.flat() ?? [];
    if (isExact(value)) special.add(`= ${value}`);
    else if (divisor) special.add(`% ${divisor.coefficient}·${divisor.key}`);
    // An axis like another one of the same input, or a calculation with one.
    else if (!inside.has(name) && (showDim(value) !== others[0] || beside.includes(others[0]))) special.add(name);
    // A multiple of something is made of its own name, and of what it is a multiple of.
    if (inside.has(name) && others.some((other) => batches.has(name) || batches.has(other))) strained++;
  }
  return { settled: special.size, strained };
}

/** Of the problems from an index on, those that are wanted. */
function keepProblems(ip: Interpreter, from: number, wanted: (p: Problem) => boolean): void {
  const kept = ip.problems.slice(from).filter(wanted);
  ip.problems.length = from;
  ip.problems.push(...kept);
}

/** Adds newly settled symbols to those that are known; null where the model cannot be built with them. */
function again(
  made: Made,
  known: Map<string, Dim>,
  values: ReadonlyMap<string, Dim>,
  symbolic: Symbolic | undefined,
): Made | null {
  for (const [name, value] of known) known.set(name, substitute(value, values));
  for (const [name, value] of values) known.set(name, value);
  const rebuild = symbolic && [...values.keys()].some((name) => symbolic.names.has(name));
  return rebuild ? symbolic.rebuild(known) : made;
}

/** A later run's notes on the same symbols say less: those are settled. */
function noteSolution(
  solution: Solution | null,
  run: Run | null,
  notes: Map<string, string>,
  sizes: Map<string, number>,
): void {
  for (const { found, value } of run?.inputs ?? [])
    if (found && !notes.has('axes')) notes.set('axes', `${showShape(value.shape)}, because ${found.because}`);
  for (const { about, text } of solution?.notes ?? []) if (!notes.has(about)) notes.set(about, text);
  for (const [name, size] of solution?.sizes ?? []) if (!sizes.has(name)) sizes.set(name, size);
}

export const shortFile = (file: string): string => file.slice(file.lastIndexOf('/') + 1);
