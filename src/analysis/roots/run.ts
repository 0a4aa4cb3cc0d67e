// Run: one model, built and called, with everything that its forward did written down.

import { type Dim, isExact, substitute } from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import { buildGraph } from '../graph/build.ts';
import type { GraphSymbol, ModelGraph } from '../graph/modelGraph.ts';
import { GraphRecorder } from '../graph/recorder.ts';
import { getAttribute } from '../interp/attributes.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { describeException } from '../interp/modules.ts';
import { InputFound, Raise } from '../interp/signals.ts';
import { evaluationMode, walk } from '../torch/module.ts';
import { fieldOfInput } from '../values/receptiveField.ts';
import type { InitRecord, InputProbe } from '../values/tensor.ts';
import { type DType, type TensorValue, tensor } from '../values/tensor.ts';
import type { FunctionValue, InstanceValue, SourceSpot, Value } from '../values/value.ts';
import { isBatchName } from './given/vocabulary.ts';

export interface InputSpec {
  name: string;
  /** Null: not known; the first layer that reads it tells. */
  shape: readonly MaybeDim[] | null;
  dtype: DType;
  /** Sentences on where the shape is from, for hovers. */
  notes?: readonly string[];
}

export interface Run {
  model: InstanceValue;
  recorder: GraphRecorder;
  inputs: readonly { name: string; value: TensorValue; notes?: readonly string[] }[];
  output: Value | null;
  /** Why the forward did not come to its end. */
  failure: { reason: string; spot: SourceSpot | null } | null;
}

/** How to call the model, where it is not `model(*inputs)`. */
export type Caller = (model: InstanceValue, inputs: readonly TensorValue[]) => Value;

export function runForward(ip: Interpreter, model: InstanceValue, specs: readonly InputSpec[], caller?: Caller): Run {
  evaluationMode(ip, model);
  const probes = specs.map((s): InputProbe | null => (s.shape === null ? { name: s.name, found: null } : null));
  // Every input whose shape a layer tells is one more try; the last one runs to the end.
  for (let attempt = 0; ; attempt++) {
    const inputs = specs.map((s, i): Run['inputs'][number] => {
      const probe = probes[i] ?? null;
      const shape = s.shape ?? probe?.found?.shape ?? null;
      const value = tensor(shape, probe?.found?.dtype ?? s.dtype);
      if (probe && !probe.found) value.input = probe;
      value.field = fieldOfInput(shape);
      return { name: s.name, value, ...(s.notes && { notes: s.notes }) };
    });
    ip.observer?.begin();
    try {
      return forward(ip, model, inputs, caller);
    } catch (signal) {
      if (!(signal instanceof InputFound) || attempt > specs.length) throw signal;
      ip.observer?.takeBack();
      ip.reset();
    }
  }
}

export function forward(ip: Interpreter, model: InstanceValue, inputs: Run['inputs'], caller: Caller | undefined): Run {
  const paths = new Map([...walk(model)].map(([path, m]) => [m, path] as const));
  const recorder = new GraphRecorder(++ip.recording, paths);
  const before = {
    recorder: ip.recorder,
    hook: ip.onTopLevelCall,
    frame: ip.frame,
    depth: ip.depth,
    guarded: ip.guarded,
  };
  ip.recorder = recorder;
  ip.onTopLevelCall = null;
  ip.guarded = 0;
  for (const { value } of inputs) recorder.idOf(value);
  let output: Value | null = null;
  let failure: Run['failure'] = null;
  try {
    output = caller
      ? caller(
          model,
          inputs.map((i) => i.value),
        )
      : ip.call(
          model,
          inputs.map((i) => i.value),
        );
  } catch (signal) {
    if (!(signal instanceof Raise)) throw signal;
    failure = { reason: describeException(signal), spot: signal.trace[0] ?? null };
    if (failure.spot && ip.gaps.length < 2000)
      ip.gaps.push({ spot: failure.spot, reason: `this raises ${failure.reason}` });
  } finally {
    ip.recorder = before.recorder;
    ip.onTopLevelCall = before.hook;
    ip.frame = before.frame;
    ip.depth = before.depth;
    ip.guarded = before.guarded;
    ip.moduleStack.length = 0;
  }
  return { model, recorder, inputs, output, failure };
}

/** What forward's parameters ask for: one input per parameter without a default. */
export function inputsOfForward(ip: Interpreter, model: InstanceValue): InputSpec[] {
  const method = getAttribute(ip, model, 'forward');
  const f: Value = method.kind === 'method' ? method.function : method;
  if (f.kind !== 'function') return [{ name: 'x', shape: null, dtype: 'float32' }];
  return requiredParameters(f).map((name) => ({ name, shape: null, dtype: 'float32' }));
}

/** Parameters after self that a call must give. */
export const requiredParameters = (f: FunctionValue): string[] =>
  f.code.params
    .slice(1)
    .filter((p) => (p.kind === 'normal' || p.kind === 'positionalOnly') && p.default === null)
    .map((p) => p.name);

/** Sizes that costs are stated at, where nobody gave any. */
const ASSUMED: Readonly<Record<string, number>> = { B: 1, H: 224, W: 224, D: 16, L: 1024, T: 128 };

/** Square pictures that models are commonly made for; the first that fits is what costs are stated at. */
export const COMMON_SIZES: readonly number[] = [224, 32, 28, 64, 96, 128, 227, 256, 299, 384, 512];

export function symbolsOf(specs: readonly (readonly MaybeDim[] | null)[]): string[] {
  const names = new Set<string>();
  for (const shape of specs) {
    for (const d of shape ?? []) {
      if (d === null || isExact(d)) continue;
      for (const t of d.terms) for (const a of t.atoms) if (a.kind === 'symbol') names.add(a.name);
    }
  }
  return [...names];
}

export const assumedSizes = (symbols: readonly string[], pixels: number): Map<string, Dim> =>
  new Map(symbols.map((s) => [s, isPictureSide(s) ? pixels : isBatch(s, symbols) ? 1 : (ASSUMED[s] ?? 8)]));

/** Beside B, an N counts something else. */
const isBatch = (name: string, all: readonly string[]): boolean =>
  isBatchName(name) && !(/^n$/i.test(name) && all.some((other) => other !== name && isBatchName(other)));

/** `H`, and what else people call it. */
export const isPictureSide = (name: string): boolean => /^([HWhw]|height|width|img_size|image_size)$/.test(name);

export const withSizes = (
  shape: readonly MaybeDim[] | null,
  sizes: ReadonlyMap<string, Dim>,
): readonly MaybeDim[] | null => shape && shape.map((d) => (d === null ? null : substitute(d, sizes)));

export function graphOf(
  run: Run,
  build: string,
  initialisation: readonly InitRecord[],
  gaps: readonly string[],
  symbols: readonly GraphSymbol[] = [],
): ModelGraph | null {
  if (run.output === null) return null;
  return buildGraph({
    model: run.model,
    build,
    recorder: run.recorder,
    inputs: run.inputs,
    output: run.output,
    initialisation,
    symbols,
    gaps,
  });
}
