// The roots of a file, run one after another: each gives shapes to the lines it passes, costs, and a graph.

import { isExact } from '../dims/dim.ts';
import { type MaybeDim, showShape } from '../dims/display.ts';
import type { ModelGraph } from '../graph/modelGraph.ts';
import { sizeJson } from '../graph/shapes.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { moduleParams } from '../interp/observer.ts';
import { OutOfBudget } from '../interp/signals.ts';
import type { InputSource, RootFact } from '../snapshot.ts';
import { namedBuffers } from '../torch/module.ts';
import type { DType, InitRecord } from '../values/tensor.ts';
import type { InstanceValue, SourceSpot } from '../values/value.ts';
import { attempt } from './find.ts';
import {
  assumedSizes,
  type Caller,
  COMMON_SIZES,
  graphOf,
  type InputSpec,
  inputsOfForward,
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
}

export interface AnalysedRoot {
  fact: RootFact;
  model: InstanceValue;
  run: Run | null;
}

const exact = (d: MaybeDim | null): number | null => (d !== null && isExact(d) ? d : null);

export function analyseRoot(ip: Interpreter, request: RootRequest): AnalysedRoot {
  ip.renewBudget();
  const { model } = request;
  const dtype = (request.dtype ?? 'float32') as DType;
  const specs: InputSpec[] = request.inputs
    ? request.inputs.map((shape, i) => ({ name: nameOfInput(ip, model, i), shape, dtype }))
    : (attempt(ip, () => inputsOfForward(ip, model)) ?? []);
  const gapsBefore = ip.gaps.length;
  const run = guardBudget(ip, () => runForward(ip, model, specs, request.caller));
  const fed = run?.inputs.map((i) => i.value.shape) ?? [];
  const symbols = symbolsOf(fed);
  const gaps = ip.gaps.slice(gapsBefore).map((g) => `${g.reason} (${shortFile(g.spot.file)}:${g.spot.line + 1})`);
  let graph: ModelGraph | null = null;
  let macs = run && run.output !== null ? exact(run.recorder.total) : null;
  let macsAt: Record<string, number> | null = null;
  if (run && symbols.length > 0) {
    const sized = runAtCommonSize(ip, request, run, symbols, gaps);
    if (sized) {
      graph = sized.graph;
      macs = sized.macs;
      macsAt = sized.at;
    }
  } else if (run) graph = graphOf(run, request.build, request.initialisation, gaps);
  const inputSource = request.inputs ? request.inputSource : symbols.length > 0 ? 'layers' : request.inputSource;
  return { fact: rootFact(request, run, graph, macs, macsAt, inputSource), model, run };
}

/** An input that has only symbols: run once more, unseen, at sizes that people use, for costs and the visualiser. */
export function runAtCommonSize(
  ip: Interpreter,
  request: RootRequest,
  run: Run,
  symbols: readonly string[],
  gaps: readonly string[],
): { graph: ModelGraph | null; macs: number | null; at: Record<string, number> } | null {
  const pictures = symbols.includes('H') || symbols.includes('W');
  for (const pixels of pictures ? COMMON_SIZES : [224]) {
    const sizes = assumedSizes(symbols, pixels);
    const specs = run.inputs.map(
      (i): InputSpec => ({ name: i.name, shape: withSizes(i.value.shape, sizes), dtype: i.value.dtype ?? 'float32' }),
    );
    const { result, problems } = unseen(ip, () =>
      guardBudget(ip, () => runForward(ip, request.model, specs, request.caller)),
    );
    if (!result || result.output === null || problems > 0) continue;
    const at = Object.fromEntries([...sizes].map(([k, v]) => [k, v as number]));
    return {
      graph: graphOf(result, request.build, request.initialisation, gaps),
      macs: exact(result.recorder.total),
      at,
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
): RootFact {
  const { model } = request;
  let buffers = 0;
  for (const [, b] of namedBuffers(model))
    buffers += b.shape?.every((d): d is number => typeof d === 'number')
      ? (b.shape as number[]).reduce((a, n) => a * n, 1)
      : 0;
  return {
    className: model.cls.name,
    build: request.build,
    inputs:
      run?.inputs.map((i) => ({
        name: i.name,
        text: showShape(i.value.shape),
        shape: i.value.shape?.map(sizeJson) ?? null,
        notes: [],
      })) ?? [],
    inputSource,
    source: request.source,
    params: exact(moduleParams(model)),
    trainable: exact(moduleParams(model, new Set(), true)),
    buffers,
    macs,
    macsAt,
    graph,
  };
}

const shortFile = (file: string): string => file.slice(file.lastIndexOf('/') + 1);
