// Calls as roots: a model that the source itself calls with something whose shape is known.
//   net = Net(10)
//   net(torch.randn(1, 3, 32, 32))      # a root: the forward that runs here is what the hints show

import { symbol } from '../dims/dim.ts';
import { showDim, showShape } from '../dims/display.ts';
import { GraphRecorder } from '../graph/recorder.ts';
import { hasTensor, shapeOf } from '../graph/shapes.ts';
import { findAttribute } from '../interp/attributes.ts';
import { DEFAULT_BUDGET, type Interpreter } from '../interp/interpreter.ts';
import { describeException } from '../interp/modules.ts';
import { moduleParams, type Observer } from '../interp/observer.ts';
import { Raise } from '../interp/signals.ts';
import type { InputFact } from '../snapshot.ts';
import { namedBuffers, namedParameters, walk } from '../torch/module.ts';
import { identityOf, unknown } from '../values/make.ts';
import { fieldOfInput } from '../values/receptiveField.ts';
import { type InitRecord, type TensorValue, tensor } from '../values/tensor.ts';
import type { Arguments, ClassValue, InstanceValue, Value } from '../values/value.ts';
import { type AnalysedRoot, type RootRequest, rootFact, runAtCommonSize } from './analyseRoots.ts';
import { attempt, classesIn } from './find.ts';
import { type Caller, type FedInput, graphOf, type Run, symbolsOf } from './run.ts';

/** So many roots are followed in one file. */
const MOST = 12;

/** What is looked for while functions run that nobody calls. */
export interface Speculation {
  /** Only models that hold one of these are roots; null: any of the user's. */
  wanted: ReadonlySet<ClassValue> | null;
  /** Where the problems and gaps end that are to stay. */
  problems: number;
  gaps: number;
}

export class CallRoots {
  readonly #ip: Interpreter;
  readonly #observer: Observer;
  readonly #roots: AnalysedRoot[];
  readonly #covered: Set<ClassValue>;
  /** What a model gave for what it was fed, where it is a root already: a training loop calls it again and again. */
  readonly #given = new Map<string, Value>();
  speculation: Speculation | null = null;

  constructor(ip: Interpreter, observer: Observer, roots: AnalysedRoot[], covered: Set<ClassValue>) {
    this.#ip = ip;
    this.#observer = observer;
    this.#roots = roots;
    this.#covered = covered;
  }

  /** The interpreter calls this where a module is called outside of any other. */
  readonly hook = (self: InstanceValue, args: Arguments, run: () => Value): Value => {
    const { speculation } = this;
    if (!isOfUser(self)) return run();
    const fed = this.#inputs(self, args);
    const key = fed && callKey(self, args);
    const place = fed && speculation && placeKey(this.#ip, self, fed);
    const known = (key === null ? undefined : this.#given.get(key)) ?? (place ? this.#given.get(place) : undefined);
    this.#ip.modelCalls.all++;
    if (known !== undefined || fed === null || !this.#isNew(self, fed)) {
      this.#ip.modelCalls.known++;
      if (known !== undefined) return again(known);
      if (speculation && fed === null) return unknown('what this model is fed is not followed');
      const same = run();
      if (key !== null && speculation) this.#given.set(key, same);
      return same;
    }
    const output = this.#run(self, args, fed, run);
    if (key !== null) this.#given.set(key, output);
    if (place) this.#given.set(place, output);
    return output;
  };

  /** Fed the same in another mode, in training and evaluation, a model is one root. */
  #isNew(self: InstanceValue, fed: Run['inputs']): boolean {
    const text = (inputs: Run['inputs']): string => inputs.map((i) => showShape(i.value.shape) + i.value.dtype).join();
    const given = text(fed);
    return (
      this.#roots.length < MOST &&
      this.#isWanted(self) &&
      !this.#roots.some((r) => r.model === self && r.run?.output && text(r.run.inputs) === given)
    );
  }

  #isWanted(self: InstanceValue): boolean {
    const wanted = this.speculation?.wanted;
    if (!wanted) return true;
    for (const cls of classesIn(self)) if (wanted.has(cls)) return true;
    return false;
  }

  /** What a call feeds; null where nothing of it, or not all that matters, is known. A batch of unknown size is `B`. */
  #inputs(self: InstanceValue, args: Arguments): Run['inputs'] | null {
    const names = parameterNames(this.#ip, self);
    const fed: FedInput[] = [];
    const take = (value: Value, name: string): Value => {
      if (value.kind !== 'tensor') return value;
      const batched = value.shape?.[0] === null ? { ...value, shape: [symbol('B'), ...value.shape.slice(1)] } : value;
      fed.push({ name, value: batched, found: null });
      return batched;
    };
    args.positional.forEach((value, i) => {
      args.positional[i] = take(value, names[i] ?? (i === 0 ? 'x' : `input ${i}`));
    });
    for (const [name, value] of args.keywords ?? []) args.keywords!.set(name, take(value, name));
    if (fed.length === 0 || fed.some(({ value }) => value.shape === null)) return null;
    // Of a function that nobody calls only what is known for sure is shown.
    return this.speculation && fed.some(({ value }) => value.shape!.includes(null)) ? null : fed;
  }

  #run(self: InstanceValue, args: Arguments, inputs: Run['inputs'], run: () => Value): Value {
    const ip = this.#ip;
    const site = ip.spot();
    const recorder = new GraphRecorder(++ip.recording, new Map([...walk(self)].map(([path, m]) => [m, path] as const)));
    for (const { value } of inputs) {
      recorder.idOf(value);
      value.field = fieldOfInput(value.shape);
    }
    const before = { recorder: ip.recorder, observer: ip.observer };
    this.#forget();
    const gapsBefore = ip.gaps.length;
    let output: Value | null = null;
    let failure: Run['failure'] = null;
    this.#observer.root = this.#roots.length;
    ip.observer = this.#observer;
    ip.recorder = recorder;
    this.#observer.begin();
    try {
      output = ip.withAllowance(DEFAULT_BUDGET, run);
      return output;
    } catch (signal) {
      if (signal instanceof Raise && ip.guarded === 0)
        failure = { reason: describeException(signal), spot: signal.trace[0] ?? null };
      else this.#observer.takeBack();
      throw signal;
    } finally {
      ip.recorder = before.recorder;
      ip.observer = null;
      const finished: Run = { model: self, recorder, inputs, output, failure };
      const reasons = ip.gaps.slice(gapsBefore).map((g) => g.reason);
      if (output !== null || failure) this.#roots.push(this.#rootOf(finished, site, args, reasons));
      ip.observer = before.observer;
      this.#keep(args);
    }
  }

  /** Drops what a function that nobody calls has led to so far. */
  #forget(): void {
    const { speculation } = this;
    if (!speculation) return;
    this.#ip.problems.length = speculation.problems;
    this.#ip.gaps.length = speculation.gaps;
  }

  /** Problems of a root stay only where everything that it was fed is known, and the error is not meant to be held back. */
  #keep({ positional, keywords }: Arguments): void {
    const { speculation } = this;
    if (!speculation) return;
    const ip = this.#ip;
    const sure =
      ip.unknownContexts === 0 && ![...positional, ...(keywords?.values() ?? [])].some((v) => v.kind === 'unknown');
    if (!sure) ip.problems.length = speculation.problems;
    speculation.problems = ip.problems.length;
    speculation.gaps = ip.gaps.length;
  }

  #rootOf(run: Run, site: AnalysedRoot['fact']['source'], args: Arguments, gaps: readonly string[]): AnalysedRoot {
    const ip = this.#ip;
    const { model, output } = run;
    const sample = run.inputs.find((i) => i.value.sample)?.value.sample;
    const inputSource = sample ? 'loader' : 'call';
    const initialisation = this.speculation ? initialisationOf(ip, model) : ip.initialisation;
    const request: RootRequest = {
      model,
      build: model.cls.name,
      initialisation,
      inputs: null,
      dtype: null,
      inputSource,
      source: site,
      caller: callerLike(ip, run, args),
    };
    if (output !== null) for (const cls of classesIn(model)) this.#covered.add(cls);
    const { graph, macs, at } = this.#costs(run, request, gaps);
    const fact = rootFact(request, run, graph, macs, at, inputSource);
    const loader = sample && { loader: { dataset: sample.dataset, source: sample.loader } };
    return {
      fact: { ...fact, ...loader, inputs: fact.inputs.map((f, i) => withNotes(f, run.inputs[i]!.value)) },
      model,
      run,
    };
  }

  #costs(run: Run, request: RootRequest, gaps: readonly string[]) {
    const { recorder, output, model } = run;
    const shapes = run.inputs.map((i) => i.value.shape);
    const symbols = symbolsOf(shapes);
    if (symbols.length > 0 && output !== null) {
      const sized = this.#undisturbed(model, () =>
        runAtCommonSize(this.#ip, request, run, symbols, { sizes: new Map(), gaps }),
      );
      return sized ?? { graph: null, macs: null, at: null };
    }
    const exact = shapes.every((s) => s?.every((d) => typeof d === 'number'));
    const graph = exact ? graphOf(run, request.build, request.initialisation, []) : null;
    return { graph, macs: output !== null && typeof recorder.total === 'number' ? recorder.total : null, at: null };
  }

  /** A run in the middle of another, which leaves everything as it is. */
  #undisturbed<T>(model: InstanceValue, run: () => T): T {
    const ip = this.#ip;
    const { frame, depth, journal, speculation, guarded, unknownContexts, outOfBudget } = ip;
    const stack = [...ip.moduleStack];
    const training = [...walk(model)].map(([, m]) => [m, m.attributes.get('training')] as const);
    ip.moduleStack.length = 0;
    try {
      return ip.withAllowance(DEFAULT_BUDGET, run);
    } finally {
      Object.assign(ip, { frame, depth, journal, speculation, guarded, unknownContexts, outOfBudget });
      ip.moduleStack.splice(0, ip.moduleStack.length, ...stack);
      for (const [m, value] of training) if (value) m.attributes.set('training', value);
    }
  }
}

/** A layer of torch's alone, or a loss, is no model; a Sequential of layers is. */
const isOfUser = (self: InstanceValue): boolean =>
  !self.cls.module.startsWith('torch.') || (self.module?.children.size ?? 0) > 0;

function parameterNames(ip: Interpreter, self: InstanceValue): string[] {
  const method = attempt(ip, () => findAttribute(ip, self, 'forward'));
  const f = method?.kind === 'method' ? method.function : method;
  return f?.kind === 'function' ? f.code.params.slice(1).flatMap((p) => (p.kind === 'rest' ? [] : [p.name])) : [];
}

const withNotes = (fact: InputFact, { sample }: TensorValue): InputFact =>
  sample?.note ? { ...fact, notes: [...fact.notes, sample.note] } : fact;

/** The same call with tensors of other sizes in the places of those that it was made with. */
function callerLike(ip: Interpreter, { inputs }: Run, args: Arguments): Caller {
  return (model, given) => {
    const other = (v: Value): Value => {
      const at = inputs.findIndex((i) => i.value === v);
      return at < 0 ? v : given[at]!;
    };
    const keywords = args.keywords && new Map([...args.keywords].map(([k, v]) => [k, other(v)] as const));
    return ip.call(model, args.positional.map(other), keywords);
  };
}

/** The drawing of one model's weights, among all that were drawn. */
export function initialisationOf(ip: Interpreter, model: InstanceValue): InitRecord[] {
  const own = new Set<TensorValue>([...namedParameters(model), ...namedBuffers(model)].map(([, t]) => t));
  return ip.initialisation.filter((r) => own.has(r.tensor));
}

/** Equal where a call would do the same again: the same modules, in the same mode, fed the same sizes. Null: not known. */
function callKey(self: InstanceValue, args: Arguments): string | null {
  const text = (v: Value): string | null =>
    v.kind === 'tensor'
      ? `${showShape(v.shape)}${v.dtype}${v.elements ? identityOf(v) : ''}`
      : v.kind === 'none' || v.kind === 'bool'
        ? `${v.kind}${v.kind === 'bool' && v.value}`
        : null;
  const parts = [
    ...args.positional.map(text),
    ...[...(args.keywords ?? [])].map(([k, v]) => ((t) => t && `${k}=${t}`)(text(v))),
  ];
  if (parts.includes(null)) return null;
  const modules = [...walk(self)].map(([, m]) => identityOf(m)).join();
  const training = self.attributes.get('training');
  return `${modules} ${training?.kind === 'bool' && training.value} ${parts.join()}`;
}

/** A call that makes its model anew each time, in a recursion or a loop, is one root too. */
function placeKey(ip: Interpreter, self: InstanceValue, fed: Run['inputs']): string {
  const at = ip.spot();
  const shapes = fed.map(({ value }) => `${showShape(value.shape)}${value.dtype}`).join();
  return `${at?.file}:${at?.line}:${at?.column} ${identityOf(self.cls)} ${showDim(moduleParams(self))} ${shapes}`;
}

/** What a call gave, as a value of its own; a graph that is recorded must not take one for the other. */
function again(value: Value): Value {
  if (value.kind === 'tensor') return tensor(value.shape, value.dtype);
  if (value.kind === 'tuple') return { ...value, items: value.items.map(again) };
  return hasTensor(shapeOf(value)) ? unknown('what a model gave before') : value;
}
