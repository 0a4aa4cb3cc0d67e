// Emit: what every operator's rule ends with: a tensor of the shape it found, written into the graph and the hovers.

import type { Dim } from '../dims/dim.ts';
import type { Operator } from '../graph/operators.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { numberArrays } from '../interp/iteration.ts';
import { unknown } from '../values/make.ts';
import { type DType, type ReceptiveField, type Shape, type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';

export interface Emission {
  op: Operator;
  inputs: readonly TensorValue[];
  shape: Shape;
  dtype?: DType | null;
  params?: Readonly<Record<string, TensorValue>>;
  /** Multiply-accumulates; null where they are not known. */
  macs?: Dim | null;
  /** How the sizes follow, with their numbers. */
  arithmetic?: readonly string[];
  parameterCount?: Dim | null;
  field?: ReceptiveField | null;
  elements?: readonly number[] | null;
  /** What the library calls it, for hovers, where it differs from the operator. */
  name?: string;
}

export function emit(ip: Interpreter, e: Emission): TensorValue {
  const made = tensor(e.shape, e.dtype === undefined ? (e.inputs[0]?.dtype ?? 'float32') : e.dtype);
  made.field = e.field ?? null;
  made.elements = e.elements ?? null;
  // x / 255 and relu(x) have the shape that x turns out to have.
  const [only, ...others] = e.inputs;
  if (e.shape === null && only?.input && others.length === 0 && KEEPS_SHAPE.has(e.op.op)) made.input = only.input;
  // Outside of models: a batch that is moved, cast or reshaped still is one.
  const { sample } = e.inputs[0] ?? {};
  if (sample && !ip.recorder) made.sample = sample;
  record(ip, e, [made]);
  return made;
}

/** Writes an operator with its outputs into the graph. */
export function record(ip: Interpreter, e: Omit<Emission, 'shape'>, outputs: readonly TensorValue[]): void {
  const { recorder } = ip;
  // What is made of arrays of numpy is one again.
  if (e.inputs.length > 0 && e.inputs.every((i) => numberArrays.has(i))) for (const o of outputs) numberArrays.add(o);
  if (recorder) {
    recorder.node(e.op, e.inputs, outputs, {
      params: e.params ?? {},
      macs: e.macs === undefined ? 0 : e.macs,
      modules: ip.moduleStack,
      source: ip.spot(),
    });
  }
  ip.observer?.emitted({
    operator: e.name ?? (e.op.op === 'opaque' ? e.op.name : e.op.op),
    arithmetic: e.arithmetic ?? [],
    params: e.parameterCount ?? null,
    output: outputs[0]!,
    field: e.field ?? null,
  });
}

/** The tensor in an argument; null where it is something else or unknown. */
export const asTensor = (v: Value | undefined): TensorValue | null => (v?.kind === 'tensor' ? v : null);

/** What an operator gives where its input is not known: a tensor of unknown shape, or the reason passed on. */
export function unknownResult(inputs: readonly (Value | undefined)[]): Value {
  const source = inputs.find((v) => v?.kind === 'unknown');
  if (source?.kind === 'unknown') return unknown(source.reason);
  return tensor(null, null);
}

/** Operators whose output has their one input's shape, by what they are called in the graph. */
const KEEPS_SHAPE: ReadonlySet<Operator['op']> = new Set<Operator['op']>([
  ...([
    'identity',
    'add',
    'sub',
    'mul',
    'div',
    'pow',
    'maximum',
    'minimum',
    'neg',
    'abs',
    'exp',
    'log',
    'sqrt',
  ] as const),
  ...([
    'rsqrt',
    'square',
    'sin',
    'cos',
    'erf',
    'reciprocal',
    'relu',
    'relu6',
    'leaky_relu',
    'elu',
    'celu',
    'gelu',
  ] as const),
  ...(['sigmoid', 'tanh', 'silu', 'hardtanh', 'softplus', 'softmax', 'log_softmax'] as const),
]);
