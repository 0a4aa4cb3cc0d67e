// Feeding a model what its author wrote: forward's parameters get the shapes that annotations, comments and docstrings give.
//   def forward(self, x: Float[Tensor, "b c h w"])     → x: (b, c, h, w), of which the layers then say that c = 3

import { type Dim, isExact, substitute, symbol } from '../../dims/dim.ts';
import { type MaybeDim, showShape } from '../../dims/display.ts';
import { getAttribute, lookInClass } from '../../interp/attributes.ts';
import { USUAL_NAMES } from '../../interp/inputProbe.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { InputFound } from '../../interp/signals.ts';
import { evaluationMode } from '../../torch/module.ts';
import { type Found, type InputProbe, tensor } from '../../values/tensor.ts';
import type { FunctionValue, InstanceValue, Value } from '../../values/value.ts';
import type { RootRequest } from '../analyseRoots.ts';
import { attempt } from '../find.ts';
import { forward, type InputSpec, inputsOfForward } from '../run.ts';
import { tryOut, unseen } from '../unseen.ts';
import { collectGiven, moduleAliases } from './collect.ts';
import { type GivenShape, type GivenSource, namesIn, plainName } from './givenShape.ts';
import { isBatchName } from './vocabulary.ts';

export interface Fed {
  specs: readonly InputSpec[];
  /** The best source among what is fed; null where nothing that is written fits. */
  source: GivenSource | null;
  /** By input's name: sentences on where its shape is from. */
  notes: ReadonlyMap<string, readonly string[]>;
}

type Asked = Pick<RootRequest, 'model' | 'caller' | 'symbolic' | 'function'>;

/** Whether all that a model is fed is written down, and fits its layers. */
export function isWholeWritten(ip: Interpreter, model: InstanceValue): boolean {
  const specs = attempt(ip, () => inputsOfForward(ip, model)) ?? [];
  const fed = feedGiven(ip, { model }, specs);
  return fed !== null && fed.specs.every((s) => s.shape !== null);
}

/**
 * What is fed instead of what nobody gave. Where the first layer that reads an input contradicts what is written, the
 * shape is left to the layers. Null where nothing is written.
 */
export function feedGiven(ip: Interpreter, request: Asked, specs: readonly InputSpec[]): Fed | null {
  const { model } = request;
  const written = request.function ? givenOf(ip, request.function.function).parameters : shapesOfForward(ip, model);
  const given = specs.map((s) => (s.shape === null ? (written?.get(s.name) ?? null) : null));
  if (given.every((g) => g === null)) return null;
  const sizes = sizesOfModel(ip, model, given);
  const notes = new Map<string, readonly string[]>();
  let fed = specs.map((s, i) => fedSpec(s, given[i] ?? null, sizes, null, notes));
  let source: GivenSource | null = null;
  for (const [i, g] of given.entries()) {
    if (g === null) continue;
    const spec = specs[i]!;
    const wanted = askLayer(ip, request, fed, i);
    const own = fedSpec(spec, g, sizes, wanted, notes);
    const fits = !contradicts(own.shape, wanted);
    if (fits) source ??= g.source;
    else notes.set(spec.name, [`${showShape(own.shape)}, as the ${g.source} says, does not fit: ${wanted!.because}`]);
    fed = fed.map((f, j) => (j === i ? (fits ? own : spec) : f));
  }
  return { specs: fed, source, notes };
}

/** Notes by input: what solving says, and where shapes are from. */
export function withNotes(
  solved: readonly string[],
  { notes }: Fed,
  specs: readonly InputSpec[],
): readonly (readonly string[])[] {
  return specs.map((s, i) => [...(notes.get(s.name) ?? []), ...(i === 0 ? solved : [])]);
}

function shapesOfForward(ip: Interpreter, model: InstanceValue): ReadonlyMap<string, GivenShape> | null {
  const method = attempt(ip, () => getAttribute(ip, model, 'forward'));
  const f = method?.kind === 'method' ? method.function : method;
  return f?.kind === 'function' ? givenOf(ip, f).parameters : null;
}

/** What a function's own text says of its shapes. */
export function givenOf(ip: Interpreter, f: FunctionValue): ReturnType<typeof collectGiven> {
  const { file } = f.scope.module;
  const program = file === null ? undefined : ip.loader.programs.get(file);
  return collectGiven(f.code, program ? moduleAliases(program) : new Map());
}

/** One input as it is written, with numbers for the names that are known. */
function fedSpec(
  spec: InputSpec,
  given: GivenShape | null,
  sizes: ReadonlyMap<string, Dim>,
  wanted: Found | null,
  notes: Map<string, readonly string[]>,
): InputSpec {
  if (given === null) return spec;
  const said = [`from the ${given.source} ${given.text}`];
  const taken = new Set(namesIn(given.axes));
  const sameRank = wanted !== null && wanted.shape.length === given.axes.length;
  const shape = given.axes.map((axis, i): MaybeDim => {
    if (axis.kind === 'size') return substitute(axis.size, sizes);
    if (axis.kind === 'any') return (sameRank ? wanted.shape[i] : null) ?? usualName(given.axes.length, i, taken);
    const name = axis.name ?? (taken.has('B') ? 'batch' : 'B');
    said.push(`${axis.name === null ? '…' : `*${axis.name}`} is fed as one axis, ${name}`);
    return symbol(name);
  });
  notes.set(spec.name, said);
  return { ...spec, shape, dtype: given.dtype ?? wanted?.dtype ?? spec.dtype };
}

/** A name for an axis that has none. */
function usualName(rank: number, axis: number, taken: ReadonlySet<string>): MaybeDim {
  const name = USUAL_NAMES[rank]?.[axis];
  return name === undefined || taken.has(name) ? null : symbol(name);
}

/** Names that the model has sizes for: `self.dim`, or `__init__`'s `dim=64`. One letter says too little for that. */
function sizesOfModel(
  ip: Interpreter,
  model: InstanceValue,
  given: readonly (GivenShape | null)[],
): ReadonlyMap<string, Dim> {
  const names = new Set(given.flatMap((g) => (g ? namesIn(g.axes) : [])).filter((name) => name.length > 1));
  const sizes = new Map<string, Dim>();
  if (names.size === 0) return sizes;
  const init = attempt(ip, () => lookInClass(ip, model.cls, '__init__'))?.value;
  const asBuilt = (model.origin?.args?.length ?? 0) === 0;
  for (const name of names) {
    let value: Value | undefined = model.attributes.get(name);
    if (value === undefined && asBuilt && init?.kind === 'function') {
      const fallback = init.defaults.get(name);
      value = fallback && (attempt(ip, () => ip.force(fallback)) ?? undefined);
    }
    if (value?.kind === 'int') sizes.set(name, value.value);
  }
  return sizes;
}

/** What the first layer that reads an input wants of it; null where none says. Leaves nothing behind. */
function askLayer(ip: Interpreter, { model, caller, symbolic }: Asked, specs: readonly InputSpec[], asked: number) {
  const probe: InputProbe = {
    name: specs[asked]!.name,
    suffix: '',
    taken: symbolic?.names ?? new Set(),
    symbols: new Set(),
    known: new Map(),
    found: null,
  };
  const inputs = specs.map((s, i) => {
    const value = tensor(i === asked ? null : s.shape, s.dtype);
    if (i === asked) value.input = probe;
    return { name: s.name, value, found: null };
  });
  unseen(ip, () =>
    tryOut(ip, () => {
      evaluationMode(ip, model);
      try {
        ip.rehearse(() => forward(ip, model, inputs, caller)).journal.undo();
      } catch (signal) {
        if (!(signal instanceof InputFound)) throw signal;
        ip.reset();
      }
    }),
  );
  return probe.found;
}

/** Whether a layer wants something else than what is written: another number of axes, or of channels. */
function contradicts(shape: InputSpec['shape'], wanted: Found | null): boolean {
  if (shape === null || wanted === null) return false;
  const pairs = aligned(shape, wanted);
  return pairs === null || pairs.some(([a, b]) => a !== null && b !== null && isExact(a) && isExact(b) && a !== b);
}

/**
 * Axes of both that belong together. A linear layer reads the last axis, whatever stands before it; a convolution also
 * takes one picture without a batch. Null where the numbers of axes do not fit.
 */
function aligned(given: readonly MaybeDim[], { shape, anyRank }: Found): [MaybeDim, MaybeDim][] | null {
  if (given.length === shape.length) return given.map((g, i) => [g, shape[i]!]);
  if (anyRank) return given.length > 0 ? [[given.at(-1)!, shape.at(-1) ?? null]] : null;
  const [first = null] = given;
  const name = first === null ? null : plainName(first);
  const isSingle = shape.length > 3 && given.length === shape.length - 1 && !(name !== null && isBatchName(name));
  return isSingle ? given.map((g, i) => [g, shape[i + 1]!]) : null;
}
