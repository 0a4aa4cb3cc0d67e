// The roots of a file, run one after another: each gives shapes to the lines it passes, costs, and a graph.

import { type Dim, isExact, substitute } from '../dims/dim.ts';
import { type MaybeDim, showDim, showShape } from '../dims/display.ts';
import type { ModelGraph } from '../graph/modelGraph.ts';
import { sizeJson } from '../graph/shapes.ts';
import { ConstraintLog } from '../interp/constraints.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { moduleParams } from '../interp/observer.ts';
import { OutOfBudget } from '../interp/signals.ts';
import type { Problem } from '../rules/problem.ts';
import { isAt } from '../rules/report.ts';
import type { InputSource, RootFact } from '../snapshot.ts';
import { COMMON_SIZES } from '../solve/fit.ts';
import { type Solution, solve } from '../solve/solve.ts';
import { namedBuffers } from '../torch/module.ts';
import type { DType, InitRecord } from '../values/tensor.ts';
import type { InstanceValue, SourceSpot } from '../values/value.ts';
import { attempt, type Made } from './find.ts';
import {
  assumedSizes,
  type Caller,
  graphOf,
  type InputSpec,
  inputsOfForward,
  isPixels,
  type Run,
  runForward,
  symbolsOf,
  withSizes,
} from './run.ts';

export interface RootRequest {
  model: InstanceValue;
  build: string;
  initialisation: readonly InitRecord[];
  inputs: readonly (readonly number[])[] | null;
  dtype: string | null;
  inputSource: InputSource;
  source: SourceSpot | null;
  caller?: Caller;
  /** Where arguments of the constructor are symbols: their names, and how to build the model with others in their place. */
  symbolic?: Symbolic;
}

export interface Symbolic {
  names: ReadonlySet<string>;
  rebuild(values: ReadonlyMap<string, Dim>): Made | null;
}

export interface AnalysedRoot {
  fact: RootFact;
  model: InstanceValue;
  run: Run | null;
}

const exact = (d: MaybeDim | null): number | null => (d !== null && isExact(d) ? d : null);

/** A model that was run, with what its run said of the symbols that it was fed. */
interface Solved {
  made: Made;
  run: Run | null;
  notes: readonly string[];
  /** Numbers that fit. */
  sizes: ReadonlyMap<string, number>;
  gaps: readonly string[];
}

export function analyseRoot(ip: Interpreter, request: RootRequest): AnalysedRoot {
  ip.renewBudget();
  const dtype = (request.dtype ?? 'float32') as DType;
  const specs: InputSpec[] = request.inputs
    ? request.inputs.map((shape, i) => ({ name: nameOfInput(ip, request.model, i), shape, dtype }))
    : (attempt(ip, () => inputsOfForward(ip, request.model)) ?? []);
  const solved = runSolving(ip, request, specs);
  const { run, gaps, made } = solved;
  const symbols = symbolsOf(run?.inputs.map((i) => i.value.shape) ?? []);
  let graph: ModelGraph | null = null;
  let macs = run && run.output !== null ? exact(run.recorder.total) : null;
  let macsAt: Record<string, number> | null = null;
  if (run && symbols.length > 0) {
    const sized = request.symbolic ? null : runAtCommonSize(ip, request, run, symbols, solved);
    if (sized) {
      graph = sized.graph;
      macs = sized.macs;
      macsAt = sized.at;
    }
  } else if (run) graph = graphOf(run, request.build, made.initialisation, gaps);
  const isOpen = symbols.length > 0 || specs.some((s) => s.shape === null);
  const inputSource = request.inputs ? request.inputSource : isOpen ? 'layers' : request.inputSource;
  const fact = rootFact({ ...request, model: made.model }, run, graph, macs, macsAt, inputSource, solved.notes);
  return { fact, model: made.model, run };
}

/** Each run may settle symbols, upon which the model runs again with what it said; a few rounds settle all of them. */
const MOST_ROUNDS = 4;

/**
 * Runs the model's forward, and where sizes are symbols, again with what that said of them, until it says nothing new:
 * only the last run leaves hints, problems and gaps behind.
 */
function runSolving(ip: Interpreter, request: RootRequest, specs: readonly InputSpec[]): Solved {
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
    const { run, log } = guardBudget(ip, () => runLogged(ip, made.model, fed, request.caller, taken)) ?? NO_RUN;
    const inputs = new Set(symbolsOf(run?.inputs.map((i) => i.value.shape) ?? []));
    for (const name of taken) inputs.delete(name);
    const solution: Solution | null =
      run && inputs.size + taken.size > 0 ? solve(log.all, { inputs, arguments: taken }) : null;
    noteSolution(solution, run, notes, sizes);
    found.push(...(solution?.problems ?? []));
    const rebuilt =
      solution && solution.values.size > 0 && round < MOST_ROUNDS
        ? again(made, known, solution.values, symbolic)
        : null;
    if (!run || !rebuilt) {
      for (const p of found) if (!ip.problems.some((other) => isAt(other, p.code, p.range))) ip.problems.push(p);
      const gapTexts = ip.gaps.slice(gaps).map((g) => `${g.reason} (${shortFile(g.spot.file)}:${g.spot.line + 1})`);
      return { made, run, notes: [...notes.values()], sizes, gaps: gapTexts };
    }
    ip.observer?.takeBack();
    ip.problems.length = problems;
    ip.gaps.length = gaps;
    made = rebuilt;
    fed = run.inputs.map(
      ({ name, value }): InputSpec => ({ name, shape: withSizes(value.shape, known), dtype: value.dtype ?? 'float32' }),
    );
  }
}

const NO_RUN: { run: Run | null; log: ConstraintLog } = { run: null, log: new ConstraintLog() };

function runLogged(ip: Interpreter, ...rest: RunArguments): { run: Run; log: ConstraintLog } {
  ip.constraints = new ConstraintLog();
  try {
    const run = runForward(ip, ...rest);
    return { run, log: ip.constraints };
  } finally {
    ip.constraints = null;
  }
}

type RunArguments = Parameters<typeof runForward> extends [Interpreter, ...infer Rest] ? Rest : never;

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
  for (const { because, value } of run?.inputs ?? [])
    if (because !== null && !notes.has('axes')) notes.set('axes', `${showShape(value.shape)}, because ${because}`);
  for (const { about, text } of solution?.notes ?? []) if (!notes.has(about)) notes.set(about, text);
  for (const [name, size] of solution?.sizes ?? []) if (!sizes.has(name)) sizes.set(name, size);
}

/** An input that has only symbols: run once more, unseen, at sizes that people use, for costs and the visualiser. */
function runAtCommonSize(
  ip: Interpreter,
  request: RootRequest,
  run: Run,
  symbols: readonly string[],
  solved: Solved,
): { graph: ModelGraph | null; macs: number | null; at: Record<string, number> } | null {
  const pictures = symbols.some((name) => isPixels(name) && !solved.sizes.has(name));
  for (const pixels of pictures ? COMMON_SIZES : [224]) {
    const sizes = assumedSizes(symbols, pixels, solved.sizes);
    const specs = run.inputs.map(
      (i): InputSpec => ({ name: i.name, shape: withSizes(i.value.shape, sizes), dtype: i.value.dtype ?? 'float32' }),
    );
    const { result, problems } = unseen(ip, () =>
      guardBudget(ip, () => runForward(ip, request.model, specs, request.caller)),
    );
    if (!result || result.output === null || problems > 0) continue;
    return {
      graph: graphOf(result, request.build, request.initialisation, solved.gaps),
      macs: exact(result.recorder.total),
      at: Object.fromEntries(sizes),
    };
  }
  return null;
}

/** Runs without leaving hints, problems or gaps behind; tells how many errors there would have been. */
function unseen<T>(ip: Interpreter, run: () => T): { result: T; problems: number } {
  const { observer } = ip;
  const problems = ip.problems.length;
  const gaps = ip.gaps.length;
  ip.observer = null;
  try {
    const result = run();
    return { result, problems: ip.problems.slice(problems).filter((p) => p.severity === 'error').length };
  } finally {
    ip.observer = observer;
    ip.problems.length = problems;
    ip.gaps.length = gaps;
  }
}

function guardBudget<T>(ip: Interpreter, run: () => T): T | null {
  try {
    return run();
  } catch (signal) {
    if (!(signal instanceof OutOfBudget) || signal.reason === 'cancelled') throw signal;
    ip.reset();
    ip.outOfBudget = true;
    return null;
  }
}

function nameOfInput(ip: Interpreter, model: InstanceValue, i: number): string {
  const names = attempt(ip, () => inputsOfForward(ip, model)) ?? [];
  return names[i]?.name ?? (i === 0 ? 'x' : `input ${i}`);
}

export function rootFact(
  request: Pick<RootRequest, 'model' | 'build' | 'source'>,
  run: Run | null,
  graph: ModelGraph | null,
  macs: number | null,
  macsAt: Readonly<Record<string, number>> | null,
  inputSource: InputSource,
  notes: readonly string[] = [],
): RootFact {
  const { model } = request;
  let buffers = 0;
  for (const [, b] of namedBuffers(model))
    buffers += b.shape?.every((d): d is number => typeof d === 'number')
      ? (b.shape as number[]).reduce((a, n) => a * n, 1)
      : 0;
  const params = moduleParams(model);
  return {
    className: model.cls.name,
    build: request.build,
    inputs:
      run?.inputs.map((i, n) => ({
        name: i.name,
        text: showShape(i.value.shape),
        shape: i.value.shape?.map(sizeJson) ?? null,
        notes: n === 0 ? notes : [],
      })) ?? [],
    inputSource,
    source: request.source,
    params: exact(params),
    paramsText: params === null ? null : showDim(params),
    trainable: exact(moduleParams(model, new Set(), true)),
    buffers,
    macs,
    macsText: run && run.output !== null && run.recorder.total !== null ? showDim(run.recorder.total) : null,
    macsAt,
    graph,
  };
}

const shortFile = (file: string): string => file.slice(file.lastIndexOf('/') + 1);
