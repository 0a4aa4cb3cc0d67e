// One analysis of one file: its module is run, then its roots, best first.

import type { Interpreter } from '../interp/interpreter.ts';
import { describeException } from '../interp/modules.ts';
import { moduleParams, type Observer } from '../interp/observer.ts';
import { OutOfBudget, Raise } from '../interp/signals.ts';
import { type AnalyseOptions, BuildError } from '../options.ts';
import type { Program } from '../syntax/program.ts';
import { isModule, walk } from '../torch/module.ts';
import { list, NONE } from '../values/make.ts';
import type { ClassValue, InstanceValue, ModuleValue, SourceSpot, Value } from '../values/value.ts';
import { type AnalysedRoot, analyseRoot, type Symbolic } from './analyseRoots.ts';
import { CallRoots, initialisationOf } from './callRoots.ts';
import { evaluateIn } from './expressions.ts';
import {
  buildBy,
  buildsWithoutArguments,
  classesIn,
  definitions,
  type Made,
  maybeFactory,
  moduleClasses,
  pinFor,
  runMainBlocks,
  type TopLevelDefinition,
} from './find.ts';
import { type FunctionRoot, functionRoot } from './functionRoots.ts';
import { isWholeWritten } from './given/feed.ts';
import {
  isComplete,
  isFilled,
  type MadeInstance,
  madeInstances,
  type UndoneInstance,
  undoneInstances,
} from './madeInstances.ts';
import { buildWithSymbols } from './openArguments.ts';
import { malformedPin, type PinFound, pinThatBuildsNothing, settingPin } from './pinSources.ts';
import { type Pin, readPins } from './pins.ts';
import { aside, isModel, modelNames, runUncalled } from './uncalled.ts';
import { type Barren, runImporters } from './workspace.ts';

/** One analysis of one file: its module, then its roots. */
export class FileAnalysis {
  readonly roots: AnalysedRoot[] = [];
  models: { cls: ClassValue; name: string }[] = [];
  readonly #ip: Interpreter;
  readonly #observer: Observer;
  readonly #program: Program;
  readonly #name: string;
  readonly #parseExpression: (text: string) => Program;
  readonly #covered = new Set<ClassValue>();
  /** What pins and settings say of definitions, by name. */
  readonly #pinned = new Map<string, PinFound>();
  readonly #barren: Barren;

  constructor(
    ip: Interpreter,
    observer: Observer,
    program: Program,
    name: string,
    parseExpression: (text: string) => Program,
    barren: Barren,
  ) {
    this.#barren = barren;
    this.#ip = ip;
    this.#observer = observer;
    this.#program = program;
    this.#name = name;
    this.#parseExpression = parseExpression;
  }

  async run(options: AnalyseOptions): Promise<void> {
    const ip = this.#ip;
    const calls = new CallRoots(ip, this.#observer, this.roots, this.#covered);
    if (options.build === undefined) ip.onTopLevelCall = calls.hook;
    const module = this.#runModule();
    ip.frame = null;
    await this.#pause(options);
    if (options.build !== undefined) {
      this.#buildRoot(module, options);
      return;
    }
    runMainBlocks(ip, this.#program, module);
    await this.#pause(options);
    this.#uncalled(module, calls);
    ip.onTopLevelCall = null;
    await this.#pause(options);
    ip.tolerant = true;
    await this.#ownRoots(module, calls, options);
  }

  /** Lets a server take newer messages; ends here where one of them made this analysis stale. */
  async #pause(options: AnalyseOptions): Promise<void> {
    await options.pause?.();
    if (options.cancellation?.cancelled) throw new OutOfBudget('cancelled');
  }

  /** The file as a module. One that never ends (`while True:` at the top) is left where its budget ran out. */
  #runModule(): ModuleValue {
    const ip = this.#ip;
    try {
      return ip.loader.run(ip, this.#program, this.#name);
    } catch (signal) {
      if (!(signal instanceof OutOfBudget) || signal.reason === 'cancelled') throw signal;
      ip.outOfBudget = true;
      ip.reset();
      ip.renewBudget();
      return ip.loader.load(ip, this.#name) ?? ip.loader.missing(this.#name);
    }
  }

  #expression(text: string, what: string): Program {
    const program = this.#parseExpression(text);
    if (program.errors.length > 0 || program.chunks[0]?.statements[0]?.kind !== 'Expression')
      throw new BuildError(`${what} is not a Python expression: ${text}`);
    return program;
  }

  /** --build: one root, as asked. */
  #buildRoot(module: ModuleValue, options: AnalyseOptions): void {
    const ip = this.#ip;
    const build = options.build!;
    const program = this.#expression(build, '--build');
    let model: Value;
    ip.initialisation = [];
    try {
      model = evaluateIn(ip, program, module);
    } catch (signal) {
      if (!(signal instanceof Raise)) throw signal;
      const at = signal.trace.find((s) => s.file.endsWith('.py'));
      throw new BuildError(`${build}: ${describeException(signal)}${at ? ` (${at.file}:${at.line + 1})` : ''}`);
    }
    if (!isModule(model))
      throw new BuildError(`${build} gives no nn.Module${model.kind === 'unknown' ? ` (${model.reason})` : ''}`);
    const call = options.call === undefined ? null : this.#expression(options.call, '--call');
    this.#add({
      model,
      build,
      initialisation: ip.initialisation,
      inputs: options.inputs && options.inputs.length > 0 ? options.inputs : null,
      dtype: options.dtype ?? null,
      inputSource: 'option',
      source: null,
      ...(call
        ? {
            caller: (m: InstanceValue, inputs: readonly Value[]) =>
              evaluateIn(
                ip,
                call,
                module,
                new Map<string, Value>([
                  ['model', m],
                  ['inputs', list([...inputs])],
                ]),
              ),
          }
        : {}),
    });
  }

  #add(request: Parameters<typeof analyseRoot>[1]): AnalysedRoot {
    this.#observer.root = this.roots.length;
    const root = analyseRoot(this.#ip, request);
    this.roots.push(root);
    for (const cls of classesIn(request.model)) this.#covered.add(cls);
    return root;
  }

  /** Functions of the file that nothing has called yet. */
  #uncalled(module: ModuleValue, calls: CallRoots): void {
    const ip = this.#ip;
    const isOwn = (v: Value): boolean => isModel(v) && (v.kind !== 'class' || v.module === module.name);
    const names = modelNames(ip, this.#program, module, isOwn);
    const wants = (file: string): boolean => file === this.#program.file;
    const seen = aside(ip, calls, wants, null, () =>
      runUncalled(ip, this.#program, module, names, this.#observer.entered),
    );
    this.#observer.addLayers(seen);
  }

  /** Pins, the file's own instances, factories and constructors. */
  async #ownRoots(module: ModuleValue, calls: CallRoots, options: AnalyseOptions): Promise<void> {
    const ip = this.#ip;
    const all = definitions(this.#program);
    const classes = moduleClasses(ip, module, all);
    this.models = classes.map(({ cls, definition }) => ({ cls, name: definition.name }));
    const uncovered = () => classes.filter(({ cls }) => !this.#covered.has(cls));
    const filePin = this.#pins(module, all, options);
    await this.#pause(options);
    const holds = (model: InstanceValue): boolean => {
      const parts = classesIn(model);
      return uncovered().some(({ cls }) => parts.has(cls));
    };
    const take = async (all: readonly MadeInstance[]): Promise<void> => {
      for (const { model, build, source } of all) {
        if (!holds(model)) continue;
        await this.#pause(options);
        this.#own({ model, initialisation: initialisationOf(ip, model) }, build, filePin, options, { source });
      }
    };
    await this.#writtenBesideCalls(options);
    await take(this.#instances(classes.map(({ cls }) => cls)));
    for (const undone of this.#undone(classes.map(({ cls }) => cls))) {
      if (this.#covered.has(undone.cls)) continue;
      await this.#pause(options);
      const made = buildBy(ip, () =>
        ip.call(undone.from.callee, undone.from.args.positional, undone.from.args.keywords),
      );
      if (made && isComplete(made.model)) this.#own(made, undone.build, filePin, options, { source: undone.source });
    }
    // The biggest wholes first: a factory of one class covers the blocks inside it.
    for (const definition of all.filter(maybeFactory)) {
      if (uncovered().length === 0) break;
      await this.#pause(options);
      const made = buildBy(ip, () => ip.call(ip.read(module.variables, definition.name) ?? NONE, []));
      if (made && holds(made.model)) this.#own(made, `${definition.name}()`, filePin, options);
    }
    if (uncovered().length > 0) await take(await this.#importers(module, calls, uncovered, options));
    // A class that others are made of is better seen inside them: constructors last to first.
    for (const { cls, definition } of uncovered().reverse()) {
      if (this.#covered.has(cls) || !buildsWithoutArguments(ip, cls)) continue;
      await this.#pause(options);
      const made = buildBy(ip, () => ip.call(cls, []));
      if (made) this.#own(made, `${definition.name}()`, filePin, options);
    }
    // Nobody builds these: arguments that have no default are symbols.
    for (const { cls } of uncovered().reverse()) {
      if (this.#covered.has(cls)) continue;
      await this.#pause(options);
      const gaps = ip.gaps.length;
      const open = buildWithSymbols(ip, cls, module, this.#program.source);
      // Lists of layers are no sizes: one that the file makes, with something in it that is not known, has them.
      const filled =
        open && isFilled(open.made.model)
          ? []
          : this.#instances([cls], (model) => model.cls === cls && isFilled(model));
      if (filled.length > 0) {
        ip.gaps.length = gaps;
        await take(filled);
      } else if (open) this.#own(open.made, open.build, filePin, options, { symbolic: open.symbolic });
    }
    this.#forwardsThatNeverRan(module, classes, options);
    for (const definition of all) {
      if (definition.statement.kind !== 'Function' || this.#observer.entered.has(definition.statement.code)) continue;
      await this.#pause(options);
      this.#function(functionRoot(ip, module, definition), null, options);
    }
  }

  /** A function that nobody calls, with what is written of it or pinned. */
  #function(root: FunctionRoot | null, pinned: PinFound | null, options: AnalyseOptions): void {
    if (!root) return;
    this.#add({
      model: root.model,
      caller: root.caller,
      function: root,
      symbolic: root.symbolic,
      build: root.build,
      initialisation: [],
      inputs: pinned?.pin.inputs ?? null,
      dtype: options.dtype ?? null,
      dtypes: options.dtype ? [] : (pinned?.pin.dtypes ?? []),
      inputSource: pinned?.source ?? 'layers',
      source: null,
    });
  }

  /** What is written about a model's inputs comes before what a call feeds it: such a model is run both ways. */
  async #writtenBesideCalls(options: AnalyseOptions): Promise<void> {
    if (options.inputs) return;
    const done = new Set(this.roots.flatMap((r) => (r.fact.inputSource === 'call' ? [] : [r.model.cls])));
    for (const { model, fact } of [...this.roots]) {
      if (done.has(model.cls) || model.cls.source?.file !== this.#program.file) continue;
      done.add(model.cls);
      if (!isWholeWritten(this.#ip, model)) continue;
      await this.#pause(options);
      this.#own({ model, initialisation: initialisationOf(this.#ip, model) }, fact.build, null, options, {
        source: fact.source,
      });
    }
  }

  /**
   * A part whose model does not run it (an auxiliary head that only trains, say) is run by itself, as it stands in the first
   * model that has it; where that tells nothing of its sizes, with symbols for its arguments.
   */
  #forwardsThatNeverRan(module: ModuleValue, classes: readonly { cls: ClassValue }[], options: AnalyseOptions): void {
    for (const { cls } of classes) {
      const forward = this.#ip.read(cls.dict, 'forward');
      if (forward?.kind !== 'function' || this.#observer.entered.has(forward.code)) continue;
      for (const { model, fact } of this.roots) {
        const [path, part] = [...walk(model)].find(([, m]) => m.cls === cls) ?? [];
        if (part === undefined || path === undefined || path === '') continue;
        const open = moduleParams(part) === null ? buildWithSymbols(this.#ip, cls, module, this.#program.source) : null;
        if (open) this.#own(open.made, open.build, null, options, { symbolic: open.symbolic });
        else this.#own({ model: part, initialisation: [] }, `${fact.build}.${path}`, null, options);
        break;
      }
    }
  }

  /** What other files of the workspace do with the classes that this one shows nothing of. */
  async #importers(
    module: ModuleValue,
    calls: CallRoots,
    uncovered: () => readonly { cls: ClassValue }[],
    options: AnalyseOptions,
  ): Promise<MadeInstance[]> {
    const ip = this.#ip;
    if (!ip.host.importers) return [];
    const classes = new Set(uncovered().map(({ cls }) => cls));
    return runImporters(ip, calls, {
      file: this.#program.file,
      names: modelNames(ip, this.#program, module, (v) => v.kind === 'class' && classes.has(v)),
      classes,
      isCovered: () => uncovered().length === 0,
      pause: () => this.#pause(options),
      seen: (observer) => this.#observer.addLayers(observer),
      barren: this.#barren,
    });
  }

  /** The models that the file makes under a condition that is not known. */
  #undone(classes: readonly ClassValue[]): UndoneInstance[] {
    const { file, source } = this.#program;
    return undoneInstances(this.#observer.layers.values(), classes, (f) => (f === file ? source : null));
  }

  /** The models that the file itself makes, big ones before the parts of others. */
  #instances(classes: readonly ClassValue[], isGoodEnough = isComplete): MadeInstance[] {
    const { file, source } = this.#program;
    const sourceOf = (f: string): string | null => (f === file ? source : null);
    return madeInstances(this.#observer.layers.values(), new Set(classes), sourceOf, isGoodEnough);
  }

  /** A model that the file makes, or that a factory or a constructor gives. */
  #own(
    made: Made,
    build: string,
    filePin: Pin | null,
    options: AnalyseOptions,
    { source = null, symbolic = null }: { source?: SourceSpot | null; symbolic?: Symbolic | null } = {},
  ): void {
    const own = this.#pinned.get(made.model.cls.name);
    const pin = own?.pin ?? filePin;
    const pinned = pin && pin.inputs.length > 0 ? pin : null;
    this.#add({
      ...made,
      build,
      ...(symbolic ? { symbolic } : {}),
      inputs: options.inputs ?? pinned?.inputs ?? null,
      dtype: options.dtype ?? null,
      dtypes: options.dtype ? [] : (pinned?.dtypes ?? []),
      inputSource: options.inputs ? 'option' : pinned ? (own?.source ?? 'pin') : 'layers',
      source,
    });
  }

  /** Runs what pins and settings ask for; gives the one that stands above no definition, and so is for the whole file. */
  #pins(module: ModuleValue, all: readonly TopLevelDefinition[], options: AnalyseOptions): Pin | null {
    const { file, source } = this.#program;
    const { pins, malformed } = readPins(source);
    for (const pin of malformed) this.#ip.problems.push(malformedPin(file, pin));
    const claimed = new Set<Pin>();
    for (const definition of all) {
      const pin = pinFor(pins, definition, source);
      const found: PinFound | null = pin
        ? { pin, source: 'pin' }
        : settingPin(options.pins ?? {}, file, definition, this.#ip.problems);
      if (pin) claimed.add(pin);
      if (found === null) continue;
      this.#pinned.set(definition.name, found);
      this.#runPin(module, found.pin.build ?? `${definition.name}()`, found, options);
    }
    const free = pins.filter((pin) => !claimed.has(pin));
    for (const pin of free) if (pin.build !== null) this.#runPin(module, pin.build, { pin, source: 'pin' }, options);
    return free.find((pin) => pin.build === null) ?? null;
  }

  #runPin(module: ModuleValue, build: string, { pin, source }: PinFound, options: AnalyseOptions): void {
    const ip = this.#ip;
    const program = this.#parseExpression(build);
    const made = program.errors.length > 0 ? null : buildBy(ip, () => evaluateIn(ip, program, module));
    const definition = definitions(this.#program).find(({ name }) => build === `${name}()`);
    if (!made && definition?.statement.kind === 'Function' && pin.inputs.length > 0) {
      this.#function(functionRoot(ip, module, definition, pin.inputs.length), { pin, source }, options);
      return;
    }
    if (!made) {
      if (pin.build !== null && source === 'pin') ip.problems.push(pinThatBuildsNothing(this.#program, pin));
      return;
    }
    this.#add({
      ...made,
      build,
      inputs: options.inputs ?? (pin.inputs.length > 0 ? pin.inputs : null),
      dtype: options.dtype ?? null,
      dtypes: options.dtype ? [] : pin.dtypes,
      inputSource: source,
      source: null,
    });
  }
}
