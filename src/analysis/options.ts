// What an analysis may be asked for, and what it answers where that is not there.

import type { Cancellation } from './host.ts';

/** What the CLI's options ask for; without `build`, every root that the file shows is analysed. */
export interface AnalyseOptions {
  /** Evaluated in the file's namespace plus `torch` and `nn`: `resnet18(weights=None)`. */
  build?: string;
  inputs?: readonly (readonly number[])[];
  dtype?: string;
  /** An expression over `model` and `inputs`; default `model(*inputs)`. */
  call?: string;
  /** What the settings say of classes, as pins: `{"Net": "(1, 3, 224, 224)"}`. Pins in the source come before them. */
  pins?: Readonly<Record<string, string>>;
  /** Folders in which imports are looked up, after the file's own root. */
  extraPaths?: readonly string[];
  cancellation?: Cancellation;
  /** Awaited between parts of the work, so that a server can take newer messages. */
  pause?: () => Promise<void>;
  /** Keep what every line of every file under the import root assigned, for the CLI's --lines. */
  lines?: boolean;
}

/** The build expression could not be evaluated, or gave no model: a message for people. */
export class BuildError extends Error {
  override name = 'BuildError';
}
