// Feeding a model what its author wrote: forward's parameters get the shapes that annotations, comments and docstrings give.
//   def forward(self, x: Float[Tensor, "b c h w"])     → x: (b, 3, h, w), where the first layer wants 3 channels

import { type Dim, isExact, substitute, symbol } from '../../dims/dim.ts';
import { type MaybeDim, showDim, showShape } from '../../dims/display.ts';
import { getAttribute, lookInClass } from '../../interp/attributes.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { InputFound } from '../../interp/signals.ts';
import { evaluationMode } from '../../torch/module.ts';
import { type InputProbe, tensor } from '../../values/tensor.ts';
import type { FunctionValue, InstanceValue, Value } from '../../values/value.ts';
import { attempt } from '../find.ts';
import { type Caller, forward, type InputSpec, type Run, runForward } from '../run.ts';
import { collectGiven, moduleAliases } from './collect.ts';
import { type GivenShape, type GivenSource, namesIn, plainName } from './givenShape.ts';
import { isBatchName } from './vocabulary.ts';

/** What is fed where nothing else was asked for: the specs of forward's parameters, with what is written about them. */
export interface GivenInputs {
  specs: readonly InputSpec[];
  /** By position, as the specs. */
  given: readonly (GivenShape | null)[];
}

export function givenInputs(ip: Interpreter, model: InstanceValue, specs: readonly InputSpec[]): GivenInputs | null {
  const method = attempt(ip, () => getAttribute(ip, model, 'forward'));
  const f = method?.kind === 'method' ? method.function : method;
  if (f?.kind !== 'function') return null;
  const { parameters } = givenOf(ip, f);
  if (parameters.size === 0) return null;
  const given = specs.map((s) => (s.shape === null ? (parameters.get(s.name) ?? null) : null));
  return given.some((g) => g !== null) ? { specs, given } : null;
}

function givenOf(ip: Interpreter, f: FunctionValue): ReturnType<typeof collectGiven> {
  const { file } = f.scope.module;
  const program = file === null ? undefined : ip.loader.programs.get(file);
  return collectGiven(f.code, program ? moduleAliases(program) : new Map());
}

type Found = NonNullable<InputProbe['found']>;

/**
 * Runs a model on what is written about its inputs. Sizes that the first layer fixes are put in for their names; where
 * that layer contradicts what is written and the run fails, the model is fed what its layers want instead.
 */
export function runGiven(
  ip: Interpreter,
  model: InstanceValue,
  { specs, given }: GivenInputs,
  caller: Caller | undefined,
): { run: Run; source: GivenSource | null } {
  const sizes = sizesOfModel(ip, model, given);
  const plain = specs.map((s, i) => specOf(s, given[i] ?? null, sizes, null));
  const wanted = given.map((g, i) => (g === null ? null : askLayer(ip, model, plain, i, caller)));
  const notes = new Map<string, string>();
  given.forEach((g, i) => {
    if (g) unify(g, wanted[i] ?? null, sizes, notes);
  });
  const fed = specs.map((s, i) => specOf(s, given[i] ?? null, sizes, wanted[i] ?? null, notes));
  const problems = ip.problems.length;
  const gaps = ip.gaps.length;
  const run = runForward(ip, model, fed, caller);
  const source = given.find((g) => g !== null)?.source ?? null;
  const fails = run.output === null || ip.problems.slice(problems).some((p) => p.severity === 'error');
  // Too few axes may well run, with the batch taken for channels.
  const wrong = given.map((g, i) => {
    const against = g === null ? 'no' : contradicts(fed[i]!.shape, wanted[i] ?? null);
    return against === 'axes' || (against === 'sizes' && fails);
  });
  if (!wrong.includes(true)) return { run, source };
  ip.observer?.takeBack();
  ip.problems.length = problems;
  ip.gaps.length = gaps;
  const mended = fed.map((s, i): InputSpec => {
    if (!wrong[i]) return s;
    const note = `${showShape(s.shape)}, as the ${given[i]!.source} says, does not fit: ${wanted[i]!.because}`;
    return { ...s, shape: null, notes: [note] };
  });
  const kept = given.find((g, i) => g !== null && !wrong[i])?.source ?? null;
  return { run: runForward(ip, model, mended, caller), source: kept };
}

/** One input as it is written, with numbers for the names that are known. */
function specOf(
  spec: InputSpec,
  given: GivenShape | null,
  sizes: ReadonlyMap<string, Dim>,
  wanted: Found | null,
  reasons: ReadonlyMap<string, string> = new Map(),
): InputSpec {
  if (given === null) return spec;
  const notes = [`from the ${given.source} ${given.text}`];
  const taken = new Set(namesIn(given.axes));
  const sameRank = wanted !== null && wanted.shape.length === given.axes.length;
  const shape = given.axes.map((axis, i): MaybeDim => {
    if (axis.kind === 'size') return substitute(axis.size, sizes);
    if (axis.kind === 'any') return (sameRank ? wanted.shape[i] : null) ?? usualName(given.axes.length, i, taken);
    const name = axis.name ?? (taken.has('B') ? 'batch' : 'B');
    notes.push(`${axis.name === null ? '…' : `*${axis.name}`} is fed as one axis, ${name}`);
    return symbol(name);
  });
  for (const name of new Set(taken)) {
    const reason = reasons.get(name);
    if (reason !== undefined) notes.push(reason);
  }
  return { ...spec, shape, dtype: given.dtype ?? wanted?.dtype ?? spec.dtype, notes };
}

const USUAL: Readonly<Record<number, string>> = { 1: 'B', 2: 'B D', 3: 'B N D', 4: 'B C H W', 5: 'B C D H W' };

/** A name for an axis that has none. */
function usualName(rank: number, axis: number, taken: ReadonlySet<string>): MaybeDim {
  const name = USUAL[rank]?.split(' ')[axis];
  return name === undefined || taken.has(name) ? null : symbol(name);
}

/** Names that the model has numbers for: `self.dim`, or `__init__`'s `dim=64`. One letter says too little for that. */
function sizesOfModel(ip: Interpreter, model: InstanceValue, given: GivenInputs['given']): Map<string, Dim> {
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
function askLayer(
  ip: Interpreter,
  model: InstanceValue,
  specs: readonly InputSpec[],
  asked: number,
  caller: Caller | undefined,
): Found | null {
  const probe: InputProbe = { name: specs[asked]!.name, found: null };
  const inputs = specs.map((s, i) => {
    const value = tensor(i === asked ? null : s.shape, s.dtype);
    if (i === asked) value.input = probe;
    return { name: s.name, value };
  });
  const { observer } = ip;
  const problems = ip.problems.length;
  const gaps = ip.gaps.length;
  ip.observer = null;
  try {
    evaluationMode(ip, model);
    forward(ip, model, inputs, caller);
  } catch (signal) {
    if (!(signal instanceof InputFound)) throw signal;
    ip.reset();
  } finally {
    ip.observer = observer;
    ip.problems.length = problems;
    ip.gaps.length = gaps;
  }
  return probe.found;
}

/** Numbers that the first layer fixes, for the names that stand in their place. */
function unify(given: GivenShape, wanted: Found | null, sizes: Map<string, Dim>, notes: Map<string, string>): void {
  if (wanted === null) return;
  const shape = given.axes.map((axis): MaybeDim => (axis.kind === 'size' ? axis.size : null));
  for (const [own, size] of aligned(shape, wanted.shape) ?? []) {
    if (own === null || size === null || !isExact(size)) continue;
    const name = plainName(own);
    if (name === null || sizes.has(name)) continue;
    sizes.set(name, size);
    notes.set(name, `${name} = ${showDim(size)}, because ${wanted.because}`);
  }
}

/**
 * Axes of both that belong together. A linear layer reads the last axis, whatever stands before it; a convolution also
 * takes one picture without a batch. Null where the numbers of axes do not fit.
 */
function aligned<B>(given: readonly MaybeDim[], wanted: readonly B[]): [MaybeDim, B][] | null {
  if (given.length === wanted.length) return given.map((g, i) => [g, wanted[i]!]);
  if (wanted.length === 2) return given.length > 0 ? [[given.at(-1)!, wanted[1]!]] : null;
  const [first = null] = given;
  const name = first === null ? null : plainName(first);
  const isSingle = wanted.length > 3 && given.length === wanted.length - 1 && !(name !== null && isBatchName(name));
  return isSingle ? given.map((g, i) => [g, wanted[i + 1]!]) : null;
}

/** Whether a layer wants something else than what it is fed: another number of axes, or of channels. */
function contradicts(shape: readonly MaybeDim[] | null, wanted: Found | null): 'no' | 'sizes' | 'axes' {
  if (shape === null || wanted === null) return 'no';
  const pairs = aligned(shape, wanted.shape);
  if (pairs === null) return 'axes';
  return pairs.some(([a, b]) => a !== null && b !== null && isExact(a) && isExact(b) && a !== b) ? 'sizes' : 'no';
}
