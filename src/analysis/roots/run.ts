// Run: one model, built and called, with everything that its forward did written down.

import { type Dim, isExact, substitute, symbolsIn } from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import { buildGraph } from '../graph/build.ts';
import type { GraphSymbol, ModelGraph } from '../graph/modelGraph.ts';
import { GraphRecorder } from '../graph/recorder.ts';
import { getAttribute } from '../interp/attributes.ts';
import { ConstraintLog } from '../interp/constraints.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { describeException } from '../interp/modules.ts';
import { InputFound, Raise } from '../interp/signals.ts';
import { symbolicFloat } from '../interp/symbolicFloat.ts';
import { evaluationMode, walk } from '../torch/module.ts';
import { fieldOfInput } from '../values/receptiveField.ts';
import type { Found, InitRecord, InputProbe } from '../values/tensor.ts';
import { type DType, type TensorValue, tensor } from '../values/tensor.ts';
import type { FunctionValue, InstanceValue, SourceSpot, Value } from '../values/value.ts';
import { isBatchName } from './given/vocabulary.ts';

export interface InputSpec {
  name: string;
  /** Null: not known; the first layer that reads it tells. */
  shape: readonly MaybeDim[] | null;
  dtype: DType;
}

export interface Run {
  model: InstanceValue;
  recorder: GraphRecorder;
  inputs: readonly FedInput[];
  output: Value | null;
  /** Why the forward did not come to its end. */
  failure: { reason: string; spot: SourceSpot | null } | null;
}

export interface FedInput {
  name: string;
  value: TensorValue;
  /** What told its shape; null where it was given. */
  found: Found | null;
}

/** How to call the model, where it is not `model(*inputs)`. */
export type Caller = (model: InstanceValue, inputs: readonly TensorValue[]) => Value;

/** What is known of symbols before a run. */
export interface Symbols {
  /** Names that are something else's, such as arguments of the constructor that nobody gave. */
  taken: ReadonlySet<string>;
  /** What earlier runs said of them. */
  known: ReadonlyMap<string, Dim>;
}

export const NO_SYMBOLS: Symbols = { taken: new Set(), known: new Map() };

export function runForward(
  ip: Interpreter,
  model: InstanceValue,
  specs: readonly InputSpec[],
  caller?: Caller,
  { taken, known }: Symbols = NO_SYMBOLS,
): Run {
  evaluationMode(ip, model);
  const probes = specs.map((s, i): InputProbe | null =>
    s.shape === null
      ? { name: s.name, suffix: i === 0 ? '' : String(i + 1), taken, known, symbols: new Set(), found: null }
      : null,
  );
  // Every input whose shape a layer tells is one more try; the last one runs to the end.
  for (let attempt = 0; ; attempt++) {
    const inputs = specs.map((s, i): FedInput => {
      const probe = probes[i] ?? null;
      const shape = s.shape ?? probe?.found?.shape ?? null;
      const value = tensor(shape, probe?.found?.dtype ?? s.dtype);
      if (probe && !probe.found) value.input = probe;
      value.field = fieldOfInput(shape);
      return { name: s.name, value, found: probe?.found ?? null };
    });
    ip.observer?.begin();
    if (ip.constraints) ip.constraints = new ConstraintLog();
    try {
      // What a forward wrote before it asked for its input's shape is taken back.
      const run = (): Run => forward(ip, model, inputs, caller);
      return inputs.some(({ value }) => value.input) ? ip.rehearse(run).result : run();
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
          argumentsOf(
            ip,
            model,
            inputs.map((i) => i.value),
          ),
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
  return { model, recorder, inputs, output, failure: failure ?? ip.broken };
}

/** What forward's parameters ask for: one input per parameter without a default. */
export function inputsOfForward(ip: Interpreter, model: InstanceValue): InputSpec[] {
  const method = getAttribute(ip, model, 'forward');
  const f: Value = method.kind === 'method' ? method.function : method;
  if (f.kind !== 'function') return [{ name: 'x', shape: null, dtype: 'float32' }];
  const numbers = numberParameters(f);
  return requiredParameters(f).flatMap((name) => (numbers.has(name) ? [] : [{ name, shape: null, dtype: 'float32' }]));
}

/** Parameters that an annotation says to be a number: `start_pos: int`. Nobody feeds those a tensor. */
const numberParameters = (f: FunctionValue): ReadonlySet<string> =>
  new Set(
    f.code.params
      .filter((p) => p.annotation?.kind === 'Name' && /^(int|float|bool)$/.test(p.annotation.name))
      .map((p) => p.name),
  );

/** What forward is called with: its inputs, and between them numbers that are not known. */
function argumentsOf(ip: Interpreter, model: InstanceValue, inputs: readonly Value[]): readonly Value[] {
  const method = getAttribute(ip, model, 'forward');
  const f: Value = method.kind === 'method' ? method.function : method;
  if (f.kind !== 'function') return inputs;
  const [required, numbers] = [requiredParameters(f), numberParameters(f)];
  if (numbers.size === 0 || inputs.length !== required.filter((name) => !numbers.has(name)).length) return inputs;
  const rest = [...inputs];
  return required.map((name) => (numbers.has(name) ? symbolicFloat(null) : rest.shift()!));
}

/** Parameters after self that a call must give. */
export const requiredParameters = (f: FunctionValue): string[] =>
  f.code.params
    .slice(1)
    .filter((p) => (p.kind === 'normal' || p.kind === 'positionalOnly') && p.default === null)
    .map((p) => p.name);

/** Sizes that costs are stated at, where nobody gave any. */
const ASSUMED: Readonly<Record<string, number>> = { B: 1, H: 224, W: 224, D: 16, L: 1024, T: 128 };

export function symbolsOf(specs: readonly (readonly MaybeDim[] | null)[]): string[] {
  const names = new Set<string>();
  for (const shape of specs) {
    for (const d of shape ?? []) {
      if (d === null || isExact(d)) continue;
      for (const name of symbolsIn(d).keys()) names.add(name);
    }
  }
  return [...names];
}

/** Numbers for symbols: what is known to fit, else what people use. */
export const assumedSizes = (
  symbols: readonly string[],
  pixels: number,
  fitting: ReadonlyMap<string, number>,
): Map<string, number> =>
  new Map(
    symbols.map((s) => [
      s,
      fitting.get(s) ?? (isPixels(s) ? pixels : isBatch(s, symbols) ? 1 : (ASSUMED[s[0]!.toUpperCase()] ?? 8)),
    ]),
  );

/** Beside B, an N counts something else. */
const isBatch = (name: string, all: readonly string[]): boolean =>
  isBatchName(name) && !(/^n$/i.test(name) && all.some((other) => other !== name && isBatchName(other)));

/** Height and width, of a first or a further picture, however they are written. */
export const isPixels = (name: string): boolean => /^(h|w|height|width)\d?$/i.test(name);

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

/** Symbols that the inputs of a run are made of. */
export const symbolsOfInputs = (inputs: readonly FedInput[]): string[] => [
  ...new Set([
    ...symbolsOf(inputs.map((i) => i.value.shape)),
    ...inputs.flatMap((i) => [...(i.value.input?.symbols ?? [])]),
  ]),
];

/** What an input was fed, as it is to be fed again. */
export const specOf = ({ name, value }: FedInput, sizes: ReadonlyMap<string, Dim> = new Map()): InputSpec => ({
  name,
  shape: withSizes(value.shape, sizes),
  dtype: value.dtype ?? 'float32',
});
