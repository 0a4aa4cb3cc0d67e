// Interpreter: the state of one analysis, and what library rules may ask of it. Statements, expressions, calls and
// classes live in files of their own and take the interpreter as their first argument.

import { type Dim, symbol } from '../dims/dim.ts';
import type { GraphRecorder } from '../graph/recorder.ts';
import type { Cancellation, Host } from '../host.ts';
import type { Problem } from '../rules/problem.ts';
import type { FunctionCode } from '../syntax/program.ts';
import { instance, str, tuple, unknown } from '../values/make.ts';
import type { InitRecord } from '../values/tensor.ts';
import type {
  Arguments,
  ClassValue,
  DictValue,
  FunctionValue,
  InstanceValue,
  Lazy,
  ListValue,
  ModuleValue,
  SetValue,
  SourceSpot,
  UnknownValue,
  Value,
} from '../values/value.ts';
import { callValue } from './calls.ts';
import { type Constraint, type ConstraintLog, constraintOf } from './constraints.ts';
import { type Frame, spotOf } from './frame.ts';
import { Journal } from './journal.ts';
import type { ModuleLoader } from './modules.ts';
import type { Observer } from './observer.ts';
import { Registries } from './registries.ts';
import { OutOfBudget, Raise } from './signals.ts';

/** What an analysis may spend. */
export interface Budget {
  steps: number;
  milliseconds: number;
  /** Nested calls. */
  depth: number;
}

export const DEFAULT_BUDGET: Budget = { steps: 4_000_000, milliseconds: 4_000, depth: 160 };

/** What the library of a language or framework gives the interpreter: its own types' behaviour. */
export interface Library {
  builtins: Map<string, Value | Lazy>;
  /** A module that is known without source: `torch.nn`, `math`. Null where there is none. */
  module(interpreter: Interpreter, name: string): ModuleValue | null;
  /** What stands for a module of which no source is found; null where nothing does. */
  standIn(interpreter: Interpreter, name: string): ModuleValue | null;
  /** Python text of a module that the library writes in Python; null where it has none. */
  source(name: string): string | null;
  exception(name: string): ClassValue;
  typeOf(value: Value): ClassValue;
  /** A method or attribute of a value that is no instance; null where it has none. */
  attribute(interpreter: Interpreter, value: Value, name: string): Value | null;
  /** A method behind an operator, read from a type: dict.__getitem__; null where it has none. */
  typeAttribute(cls: ClassValue, name: string): Value | null;
  tensorBinary(interpreter: Interpreter, operator: string, left: Value, right: Value): Value;
  tensorIndex(interpreter: Interpreter, tensor: Value, index: Value): Value;
  callModule(interpreter: Interpreter, self: InstanceValue, args: Arguments): Value;
  /** Attribute access of nn.Module: its parameters, buffers and children. */
  moduleAttribute(self: InstanceValue, name: string): Value | null;
  setModuleAttribute(interpreter: Interpreter, self: InstanceValue, name: string, value: Value): boolean;
}

export class Interpreter {
  readonly library: Library;
  readonly host: Host;
  readonly loader: ModuleLoader;
  readonly budget: Budget;
  readonly cancellation: Cancellation | null;
  steps = 0;
  depth = 0;
  frame: Frame | null = null;
  journal: Journal | null = null;
  /** How many unknown conditions the run is inside of: what fails there may never run. */
  speculation = 0;
  /** How many `try` bodies with handlers surround the run. */
  guarded = 0;
  observer: Observer | null = null;
  recorder: GraphRecorder | null = null;
  /** A line of a model that raises because something is missing costs that line, not the model. */
  tolerant = false;
  /** The first such line of a build or run, and why: what comes after it may never run. */
  broken: { reason: string; spot: SourceSpot | null } | null = null;
  /** What has to hold of symbols in this run; null where nobody solves it. */
  constraints: ConstraintLog | null = null;
  readonly problems: Problem[] = [];
  readonly gaps: { spot: SourceSpot; reason: string }[] = [];
  /** Parameters' initial values, in the order in which they are drawn. */
  initialisation: InitRecord[] = [];
  /** Definitions that were not run yet, and may register something when they are. */
  readonly pendingDefinitions = new Set<Lazy>();
  readonly registries = new Registries();
  /** Called when a module is called outside any other: a root that the source itself shows. */
  onTopLevelCall: ((self: InstanceValue, args: Arguments, run: () => Value) => Value) | null = null;
  /** The modules whose forward is running, outermost first. */
  readonly moduleStack: InstanceValue[] = [];
  /** Counts graph recordings, so that tensors of an older one are not taken for values of this one. */
  recording = 0;
  /** True once a budget ran out: what was found is not all. */
  outOfBudget = false;
  /** Functions (and files, by path) that run to see what they do with a model: their long loops are cut short. */
  cutLoopsOf: Set<FunctionCode | string> | null = null;
  /** Calls of models so far, from outside of any; and those that showed nothing new. */
  readonly modelCalls = { all: 0, known: 0 };
  /** How many `with` statements over something that is not known surround the run: such a manager may hold back errors. */
  unknownContexts = 0;
  #limit: number;
  #deadline: number;
  readonly #end: number;
  #sizes = 0;
  readonly #forcing = new Set<Lazy>();

  constructor(parts: {
    library: Library;
    host: Host;
    loader: ModuleLoader;
    budget?: Budget;
    cancellation?: Cancellation | null;
  }) {
    this.library = parts.library;
    this.host = parts.host;
    this.loader = parts.loader;
    this.budget = parts.budget ?? DEFAULT_BUDGET;
    this.cancellation = parts.cancellation ?? null;
    this.#limit = this.budget.steps;
    this.#deadline = performance.now() + this.budget.milliseconds;
    this.#end = performance.now() + 3 * this.budget.milliseconds;
  }

  /** Back to the outermost level, after a signal went through everything that was running. */
  reset(): void {
    this.frame = null;
    this.depth = 0;
    this.journal = null;
    this.speculation = 0;
    this.guarded = 0;
    this.unknownContexts = 0;
    this.moduleStack.length = 0;
  }

  /** A fresh allowance of steps and time, for the next root; all roots together have three times that. */
  renewBudget(): void {
    if (this.cancellation?.cancelled) throw new OutOfBudget('cancelled');
    this.steps = 0;
    this.#limit = this.budget.steps;
    this.#deadline = Math.min(performance.now() + this.budget.milliseconds, this.#end);
  }

  /** Runs with an allowance of its own, larger or smaller; what is around it pays nothing for it. */
  withAllowance<T>({ steps, milliseconds }: Pick<Budget, 'steps' | 'milliseconds'>, run: () => T): T {
    const before = { steps: this.steps, limit: this.#limit, deadline: this.#deadline };
    const started = performance.now();
    this.steps = 0;
    this.#limit = steps;
    this.#deadline = Math.min(started + milliseconds, this.#end);
    try {
      return run();
    } finally {
      this.steps = before.steps;
      this.#limit = before.limit;
      this.#deadline = before.deadline + (performance.now() - started);
    }
  }

  step(): void {
    this.steps++;
    if (this.steps > this.#limit) throw new OutOfBudget('steps');
    if ((this.steps & 1023) === 0) {
      if (this.cancellation?.cancelled) throw new OutOfBudget('cancelled');
      if (performance.now() > this.#deadline) throw new OutOfBudget('time');
    }
  }

  call(callee: Value, positional: readonly Value[], keywords: Map<string, Value> | null = null): Value {
    return callValue(this, callee, { positional: [...positional], keywords });
  }

  /** The innermost frame of the user's source: the library's own Python is passed over. */
  sourceFrame(): Frame | null {
    let frame = this.frame;
    while (frame && frame.module.file === null && frame.caller) frame = frame.caller;
    return frame;
  }

  /** Where the innermost frame of the user's source is. */
  spot(): SourceSpot | null {
    const frame = this.sourceFrame();
    return frame && spotOf(frame, frame.site);
  }

  /** The calls that led here, innermost first. */
  trace(): SourceSpot[] {
    const spots: SourceSpot[] = [];
    for (let f = this.frame; f && spots.length < 60; f = f.caller) {
      if (f.module.file !== null) spots.push(spotOf(f, f.site));
    }
    return spots;
  }

  /** Raises a Python exception with a message (or whatever its argument is). */
  raise(type: string, message: string | Value | null): never {
    return this.raiseOf(this.library.exception(type), typeof message === 'string' ? str(message) : message);
  }

  raiseOf(cls: ClassValue, argument: Value | null): never {
    throw new Raise(instance(cls, [['args', tuple(argument === null ? [] : [argument])]]), this.trace());
  }

  /** A value that the analysis cannot know, recorded where it arose. */
  gap(reason: string): UnknownValue {
    const spot = this.spot();
    if (spot && this.gaps.length < 2_000) this.gaps.push({ spot, reason });
    return unknown(reason);
  }

  /** A condition that depends on symbols turned out to hold, or not to: the other way raises. */
  established(value: Value, holds: boolean): void {
    const about = value.kind === 'unknown' && value.about?.kind === 'condition' ? value.about : null;
    for (const condition of (holds ? about?.all : about?.any) ?? []) {
      const constraint = constraintOf(condition, holds);
      if (constraint) this.demand({ ...constraint, because: `${this.#where()} asks for it`, problem: null });
    }
  }

  /** Notes what has to hold of symbols; under a condition that is not known, it need not. */
  demand(constraint: Omit<Constraint, 'spot'>): void {
    if (!this.constraints || this.speculation > 0 || this.guarded > 0) return;
    this.constraints.add({ ...constraint, spot: this.spot() });
  }

  #where(): string {
    const spot = this.spot();
    return spot ? `line ${spot.line + 1}` : 'the code';
  }

  setVariable(variables: Map<string, Value | Lazy>, name: string, value: Value | Lazy): void {
    this.journal?.noteVariable(variables, name);
    variables.set(name, value);
  }

  deleteVariable(variables: Map<string, Value | Lazy>, name: string): void {
    this.journal?.noteVariable(variables, name);
    variables.delete(name);
  }

  /** To be called before a container changes. */
  touch(container: ListValue | DictValue | SetValue): void {
    this.journal?.noteContainer(container);
    if (container.kind === 'list') container.repeat = undefined;
  }

  /** Reads a binding, working it out where that was put off. */
  read(variables: Map<string, Value | Lazy>, name: string): Value | undefined {
    const bound = variables.get(name);
    if (bound === undefined || bound.kind !== 'lazy') return bound;
    // Being worked out already: an import that goes round in a circle does not see the name yet.
    if (this.#forcing.has(bound)) return undefined;
    const value = this.force(bound);
    // The binding may have been replaced while it was worked out.
    if (variables.get(name) === bound) variables.set(name, value);
    return value;
  }

  force(bound: Value | Lazy): Value {
    if (bound.kind !== 'lazy') return bound;
    if (this.#forcing.has(bound)) return this.gap('its definition depends on itself');
    this.pendingDefinitions.delete(bound);
    this.#forcing.add(bound);
    try {
      return bound.force();
    } finally {
      this.#forcing.delete(bound);
    }
  }

  /** Runs definitions that were put off: one of them may have registered what is being looked for. */
  runPendingDefinitions(): boolean {
    if (this.pendingDefinitions.size === 0) return false;
    for (const lazy of [...this.pendingDefinitions]) this.force(lazy);
    return true;
  }

  /** Runs with a journal of what is written, by which all of it can be taken back. */
  rehearse<T>(run: () => T): { result: T; journal: Journal } {
    const outer = this.journal;
    const journal = this.newJournal();
    this.journal = journal;
    try {
      return { result: run(), journal };
    } catch (signal) {
      journal.undo();
      throw signal;
    } finally {
      this.journal = outer;
    }
  }

  newJournal(): Journal {
    return new Journal();
  }

  /** A size that depends on data (how many boxes are kept): a symbol of its own, taken to be at least 1. */
  freshSize(name: string): Dim {
    return symbol(`${name}${++this.#sizes}`);
  }

  functionLabel(f: FunctionValue): string {
    return f.owner ? `${f.owner.name}.${f.name}` : f.name;
  }
}
