// Analyser: text in, Snapshot out. Holds what is worth keeping between analyses (parsers, converted statements).

import type { ShapeJson } from './graph/modelGraph.ts';
import { shapeOf } from './graph/shapes.ts';
import type { Host, HostFile } from './host.ts';
import { Interpreter } from './interp/interpreter.ts';
import { describeException, ModuleLoader } from './interp/modules.ts';
import { Observer } from './interp/observer.ts';
import { OutOfBudget, Raise } from './interp/signals.ts';
import { pythonLibrary } from './library.ts';
import { type AnalyseOptions, BuildError } from './options.ts';
import { assembleSnapshot } from './roots/assemble.ts';
import { FileAnalysis } from './roots/fileAnalysis.ts';
import { rankRoots } from './roots/rank.ts';
import type { Run } from './roots/run.ts';
import type { Barren } from './roots/workspace.ts';
import { contractProblems } from './rules/contracts.ts';
import { syntaxProblems } from './rules/syntax.ts';
import type { Snapshot } from './snapshot.ts';
import { Parsers } from './syntax/parsers.ts';
import type { Program } from './syntax/program.ts';
import type { PythonSource } from './syntax/python.ts';

/** The compiled grammars, as bytes: the analysis itself reads no files. */
export interface Grammars {
  /** web-tree-sitter.wasm */
  runtime: Uint8Array;
  /** tree-sitter-python.wasm */
  python: Uint8Array;
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

export class Analyser {
  readonly #parsers: Parsers;
  readonly #sources = new Map<string, { version: number | string; text: string; source: PythonSource }>();

  readonly #barren: Barren = new Map();

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
      this.#barren,
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
    const roots = rankRoots(analysis.roots, observer);
    ip.problems.push(
      ...contractProblems(
        program,
        observer.values.values(),
        roots.map((r) => r.fact),
      ),
    );
    const snapshot = assembleSnapshot({
      file,
      version: text.version,
      program,
      ip,
      observer,
      roots,
      models: analysis.models,
      dependencies: [...loader.dependencies],
      pending: [...loader.pending],
      milliseconds: performance.now() - started,
    });
    return {
      snapshot,
      importRoot,
      roots: roots.map((r) => ({
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

export { type AnalyseOptions, BuildError } from './options.ts';
