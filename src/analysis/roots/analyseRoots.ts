// The roots of a file, run one after another: each gives shapes to the lines it passes, costs, and a graph.

import { type Dim, isExact } from '../dims/dim.ts';
import { type MaybeDim, showDim, showShape } from '../dims/display.ts';
import type { ModelGraph } from '../graph/modelGraph.ts';
import { outlineOf } from '../graph/outline.ts';
import { sizeJson } from '../graph/shapes.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { moduleParams } from '../interp/observer.ts';
import type { InputSource, RootFact } from '../snapshot.ts';
import { COMMON_SIZES } from '../solve/fit.ts';
import { namedBuffers } from '../torch/module.ts';
import type { DType, InitRecord } from '../values/tensor.ts';
import type { InstanceValue, SourceSpot } from '../values/value.ts';
import { attempt, type Made } from './find.ts';
import type { FunctionRoot } from './functionRoots.ts';
import { feedGiven, withNotes } from './given/feed.ts';
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
import { runSolving, type Solved } from './solving.ts';
import { guardBudget, unseen } from './unseen.ts';

export interface RootRequest {
  model: InstanceValue;
  build: string;
  initialisation: readonly InitRecord[];
  /** What its constructor raised, where the analysis went on all the same. */
  broken?: Made['broken'];
  inputs: readonly (readonly Dim[])[] | null;
  dtype: string | null;
  /** One for each input, or one for all; they stand before `dtype`. */
  dtypes?: readonly DType[];
  inputSource: InputSource;
  source: SourceSpot | null;
  caller?: Caller;
  /** Where it is no model but a function that is run. */
  function?: FunctionRoot;
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
  /** It is no model but a function. */
  isFunction?: boolean;
}

const exact = (d: MaybeDim | null): number | null => (d !== null && isExact(d) ? d : null);

export function analyseRoot(ip: Interpreter, request: RootRequest): AnalysedRoot {
  ip.renewBudget();
  const dtype = (request.dtype ?? 'float32') as DType;
  const specs: InputSpec[] = request.inputs
    ? request.inputs.map((shape, i) => ({
        name: request.function?.names[i] ?? nameOfInput(ip, request.model, i),
        shape,
        dtype: request.dtypes?.[i] ?? request.dtypes?.[0] ?? dtype,
      }))
    : (request.function?.names.map((name): InputSpec => ({ name, shape: null, dtype })) ??
      attempt(ip, () => inputsOfForward(ip, request.model)) ??
      []);
  const given = request.inputs ? null : feedGiven(ip, request, specs);
  const solved = runSolving(ip, request, given?.specs ?? specs);
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
  } else if (run && !request.symbolic) graph = graphOf(run, request.build, made.initialisation, gaps);
  const isOpen = symbols.length > 0 || specs.some((s) => s.shape === null);
  const inputSource = request.inputs
    ? request.inputSource
    : (given?.source ?? (isOpen ? 'layers' : request.inputSource));
  const notes = given ? withNotes(solved.notes, given, specs) : [solved.notes];
  const fact = rootFact({ ...request, model: made.model }, run, graph, macs, macsAt, inputSource, notes);
  return { fact, model: made.model, run, isFunction: request.function !== undefined };
}

/** An input that has only symbols: run once more, unseen, at sizes that people use, for costs and the visualiser. */
export function runAtCommonSize(
  ip: Interpreter,
  request: RootRequest,
  run: Run,
  symbols: readonly string[],
  solved: Pick<Solved, 'sizes' | 'gaps'>,
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
    if (!result || result.output === null || problems.some((p) => p.severity === 'error')) continue;
    return {
      graph: graphOf(result, request.build, request.initialisation, solved.gaps),
      macs: exact(result.recorder.total),
      at: Object.fromEntries(sizes),
    };
  }
  return null;
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
  notes: readonly (readonly string[])[] = [],
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
        notes: notes[n] ?? [],
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
    outline: run && !graph ? outlineOf(model, run.recorder) : null,
  };
}
