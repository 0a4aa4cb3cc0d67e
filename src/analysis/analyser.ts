// Analyser: text in, Snapshot out. Holds what is worth keeping between analyses (parsers, converted statements, modules).

import type { Cancellation, Host } from './host.ts';
import type { Snapshot } from './snapshot.ts';

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
}

export class Analyser {
  static async create(_grammars: Grammars): Promise<Analyser> {
    return new Analyser();
  }

  /** Never throws. A cancelled analysis gives null. */
  async analyse(file: string, _host: Host, _options: AnalyseOptions = {}): Promise<Snapshot | null> {
    return {
      file,
      version: 0,
      values: [],
      calls: [],
      layers: [],
      models: [],
      roots: [],
      problems: [],
      gaps: [],
      dependencies: [],
      pending: [],
      incomplete: false,
      milliseconds: 0,
    };
  }
}
