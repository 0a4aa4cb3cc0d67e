// Analyser: text in, Snapshot out. Holds what is worth keeping between analyses (parsers, converted statements).

import type { ShapeJson } from './graph/modelGraph.ts';
import { GraphRecorder } from './graph/recorder.ts';
import { shapeOf } from './graph/shapes.ts';
import type { Cancellation, Host, HostFile } from './host.ts';
import { Interpreter } from './interp/interpreter.ts';
import { describeException, ModuleLoader } from './interp/modules.ts';
import { Observer } from './interp/observer.ts';
import { OutOfBudget, Raise } from './interp/signals.ts';
import { pythonLibrary } from './library.ts';
import { type AnalysedRoot, analyseRoot, rootFact } from './roots/analyseRoots.ts';
import { assembleSnapshot } from './roots/assemble.ts';
import { evaluateIn } from './roots/expressions.ts';
import {
  buildBy,
  buildsWithoutArguments,
  classesIn,
  definitions,
  maybeFactory,
  moduleClasses,
  pinFor,
  runMainBlocks,
} from './roots/find.ts';
import { type Pin, readPins } from './roots/pins.ts';
import { graphOf, type Run } from './roots/run.ts';
import { syntaxProblems } from './rules/syntax.ts';
import type { Snapshot } from './snapshot.ts';
import { Parsers } from './syntax/parsers.ts';
import type { Program } from './syntax/program.ts';
import type { PythonSource } from './syntax/python.ts';
import { isModule, walk } from './torch/module.ts';
import { list } from './values/make.ts';
import { fieldOfInput } from './values/receptiveField.ts';
import type { ClassValue, InstanceValue, ModuleValue, Value } from './values/value.ts';

/** The compiled grammars, as bytes: the analysis itself reads no files. */
export interface Grammars {
  /** web-tree-sitter.wasm */
  runtime: Uint8Array;
  /** tree-sitter-python.wasm */
  python: Uint8Array;
}

/** What the CLI's options ask for; without `build`, every root that the file shows is analysed. */
export interface AnalyseOptions {
  /** Evaluated in the file's namespace plus `torch` and `nn`: `resnet18(weights=None)`. */
  build?: string;
  inputs?: readonly (readonly number[])[];
  dtype?: string;
  /** An expression over `model` and `inputs`; default `model(*inputs)`. */
  call?: string;
  /** Folders in which imports are looked up, after the file's own root. */
  extraPaths?: readonly string[];
  cancellation?: Cancellation;
  /** Awaited between parts of the work, so that a server can take newer messages. */
  pause?: () => Promise<void>;
  /** Keep what every line of every file under the import root assigned, for the CLI's --lines. */
  lines?: boolean;
}

/** What the CLI prints beside the snapshot. */
export interface AnalysisDetail {
  snapshot: Snapshot;
  /** The folder that module names count from. */
  importRoot: string;
  roots: readonly { build: string; output: ShapeJson; failure: string | null }[];
  /** file → line (from 1) → name → module path → shapes. */
  lines: Observer['lines'];
}

/** The build expression could not be evaluated, or gave no model: a message for people. */
export class BuildError extends Error {
  override name = 'BuildError';
}

export class Analyser {
  readonly #parsers: Parsers;
  readonly #sources = new Map<string, { version: number | string; text: string; source: PythonSource }>();

  private constructor(parsers: Parsers) {
    this.#parsers = parsers;
  }

  static async create(grammars: Grammars): Promise<Analyser> {
    return new Analyser(await Parsers.load(grammars));
  }

  /** Never throws, but for a BuildError where `options.build` asks for what is not there. A cancelled analysis gives null. */
  async analyse(file: string, host: Host, options: AnalyseOptions = {}): Promise<Snapshot | null> {
    const detail = await this.analyseInDetail(file, host, options);
    return detail && detail.snapshot;
  }

  async analyseInDetail(file: string, host: Host, options: AnalyseOptions = {}): Promise<AnalysisDetail | null> {
    const started = performance.now();
    const read = host.read(file);
    const text = read.kind === 'file' ? read : { kind: 'file' as const, text: '', version: 0 };
    const program = this.#parse(file, text);
    const importRoot = importRootOf(file, host);
    const loader = new ModuleLoader([importRoot, ...(options.extraPaths ?? [])], (path, f) => this.#parse(path, f));
    const ip = new Interpreter({ library: pythonLibrary(), host, loader, cancellation: options.cancellation ?? null });
    const observer = new Observer((f) => f === file, options.lines ?? false);
    ip.observer = observer;
    const analysis = new FileAnalysis(
      ip,
      observer,
      program,
      loader.moduleName(file),
      (expression) => this.#parsers.python('<expression>', expression).program,
    );
    try {
      await analysis.run(options);
    } catch (signal) {
      if (signal instanceof OutOfBudget && signal.reason === 'cancelled') return null;
      if (signal instanceof BuildError) throw signal;
      // Whatever else goes wrong is our mistake: what was found so far still stands.
      ip.outOfBudget = true;
      ip.gaps.push({
        spot: { file, line: 0, column: 0, endLine: 0, endColumn: 0 },
        reason: `the analysis stopped (${signal instanceof Error ? signal.message : describe(signal)})`,
      });
    }
    if (options.cancellation?.cancelled) return null;
    ip.problems.push(...syntaxProblems(program));
    const snapshot = assembleSnapshot({
      file,
      version: text.version,
      ip,
      observer,
      roots: analysis.roots,
      models: analysis.models,
      dependencies: [...loader.dependencies],
      pending: [...loader.pending],
      milliseconds: performance.now() - started,
    });
    return {
      snapshot,
      importRoot,
      roots: analysis.roots.map((r) => ({
        build: r.fact.build,
        output: r.run?.output ? shapeOf(r.run.output) : null,
        failure: r.run?.failure ? failureText(r.run.failure) : null,
      })),
      lines: observer.lines,
    };
  }

  #parse(path: string, file: HostFile & { kind: 'file' }): Program {
    const known = this.#sources.get(path);
    if (known && known.text === file.text) return known.source.program;
    const source = this.#parsers.python(path, file.text, known?.source);
    this.#sources.set(path, { version: file.version, text: file.text, source });
    return source.program;
  }
}

/** `ValueError: … (net.py:12)` */
function failureText({ reason, spot }: NonNullable<Run['failure']>): string {
  return spot ? `${reason} (${spot.file.slice(spot.file.lastIndexOf('/') + 1)}:${spot.line + 1})` : reason;
}

const describe = (signal: unknown): string =>
  signal instanceof Raise
    ? describeException(signal)
    : signal instanceof OutOfBudget
      ? `out of ${signal.reason}`
      : String(signal);

/** The folder above the outermost package that holds the file. */
function importRootOf(file: string, host: Host): string {
  let folder = file.slice(0, Math.max(0, file.lastIndexOf('/')));
  for (let depth = 0; depth < 32; depth++) {
    if (host.read(`${folder}/__init__.py`).kind !== 'file') break;
    const up = folder.lastIndexOf('/');
    if (up <= 0) break;
    folder = folder.slice(0, up);
  }
  return folder;
}

/** One analysis of one file: its module, then its roots. */
class FileAnalysis {
  readonly roots: AnalysedRoot[] = [];
  models: { cls: ClassValue; name: string }[] = [];
  readonly #ip: Interpreter;
  readonly #observer: Observer;
  readonly #program: Program;
  readonly #name: string;
  readonly #parseExpression: (text: string) => Program;
  readonly #covered = new Set<ClassValue>();

  constructor(
    ip: Interpreter,
    observer: Observer,
    program: Program,
    name: string,
    parseExpression: (text: string) => Program,
  ) {
    this.#ip = ip;
    this.#observer = observer;
    this.#program = program;
    this.#name = name;
    this.#parseExpression = parseExpression;
  }

  async run(options: AnalyseOptions): Promise<void> {
    const ip = this.#ip;
    if (options.build === undefined)
      ip.onTopLevelCall = (self, args, run) => this.#topLevelCall(self, args.positional, run);
    const module = ip.loader.run(ip, this.#program, this.#name);
    ip.frame = null;
    await this.#pause(options);
    if (options.build !== undefined) {
      this.#buildRoot(module, options);
      return;
    }
    runMainBlocks(ip, this.#program, module);
    ip.onTopLevelCall = null;
    await this.#pause(options);
    await this.#ownRoots(module, options);
  }

  /** Lets a server take newer messages; ends here where one of them made this analysis stale. */
  async #pause(options: AnalyseOptions): Promise<void> {
    await options.pause?.();
    if (options.cancellation?.cancelled) throw new OutOfBudget('cancelled');
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

  /** A model that the file itself calls, `net(torch.randn(1, 3, 32, 32))`: that call is a root. */
  #topLevelCall(self: InstanceValue, args: readonly Value[], run: () => Value): Value {
    const ip = this.#ip;
    if (this.roots.length >= 12) return run();
    const site = ip.spot();
    const recorder = new GraphRecorder(++ip.recording, new Map([...walk(self)].map(([path, m]) => [m, path] as const)));
    const inputs = args.flatMap((v, i) =>
      v.kind === 'tensor' ? [{ name: i === 0 ? 'x' : `input ${i}`, value: v }] : [],
    );
    for (const { value } of inputs) {
      recorder.idOf(value);
      value.field = fieldOfInput(value.shape);
    }
    this.#observer.root = this.roots.length;
    const before = ip.recorder;
    ip.recorder = recorder;
    let output: Value;
    try {
      output = run();
    } finally {
      ip.recorder = before;
    }
    const finished = { model: self, recorder, inputs, output, failure: null };
    const build = self.cls.name;
    const known = inputs.length > 0 && inputs.every((i) => i.value.shape?.every((d) => typeof d === 'number'));
    const graph = known ? graphOf(finished, build, ip.initialisation, []) : null;
    const macs = typeof recorder.total === 'number' ? recorder.total : null;
    this.roots.push({
      fact: rootFact({ model: self, build, source: site }, finished, graph, macs, null, 'call'),
      model: self,
      run: finished,
    });
    for (const cls of classesIn(self)) this.#covered.add(cls);
    return output;
  }

  /** Pins, factories and constructors. */
  async #ownRoots(module: ModuleValue, options: AnalyseOptions): Promise<void> {
    const ip = this.#ip;
    const all = definitions(this.#program);
    const pins = readPins(this.#program.source);
    const classes = moduleClasses(ip, module, all);
    this.models = classes.map(({ cls, definition }) => ({ cls, name: definition.name }));
    const uncovered = () => classes.filter(({ cls }) => !this.#covered.has(cls));
    for (const definition of all) {
      const pin = pinFor(pins, definition, this.#program.source);
      if (pin) this.#pinned(module, definition.name, pin, options);
    }
    await this.#pause(options);
    // The biggest wholes first: a factory of one class covers the blocks inside it.
    for (const definition of all.filter(maybeFactory)) {
      if (uncovered().length === 0) break;
      await this.#pause(options);
      const made = buildBy(ip, () => ip.call(ip.read(module.variables, definition.name)!, []));
      if (
        !made ||
        ![...classesIn(made.model)].some((cls) => classes.some((c) => c.cls === cls && !this.#covered.has(cls)))
      )
        continue;
      this.#add({
        ...made,
        build: `${definition.name}()`,
        inputs: options.inputs ?? null,
        dtype: options.dtype ?? null,
        inputSource: options.inputs ? 'option' : 'layers',
        source: null,
      });
    }
    // A class that others are made of is better seen inside them: constructors last to first.
    for (const { cls, definition } of uncovered().reverse()) {
      if (this.#covered.has(cls) || !buildsWithoutArguments(ip, cls)) continue;
      await this.#pause(options);
      const made = buildBy(ip, () => ip.call(cls, []));
      if (!made) continue;
      this.#add({
        ...made,
        build: `${definition.name}()`,
        inputs: options.inputs ?? null,
        dtype: options.dtype ?? null,
        inputSource: options.inputs ? 'option' : 'layers',
        source: null,
      });
    }
  }

  #pinned(module: ModuleValue, name: string, pin: Pin, options: AnalyseOptions): void {
    const ip = this.#ip;
    const build = pin.build ?? `${name}()`;
    const program = this.#parseExpression(build);
    const made = buildBy(ip, () => evaluateIn(ip, program, module));
    if (!made) return;
    this.#add({
      ...made,
      build,
      inputs: options.inputs ?? (pin.inputs.length > 0 ? pin.inputs : null),
      dtype: options.dtype ?? pin.dtype,
      inputSource: 'pin',
      source: null,
    });
  }
}
