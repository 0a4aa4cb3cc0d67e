// Host: the one door through which the analysis asks for what lies outside it. The analysis itself does no IO.

/** What the outside knows of a path. 'pending': not known yet; the host will ask for a new analysis when it is. */
export type HostFile =
  | { kind: 'file'; text: string; version: number | string }
  | { kind: 'absent' }
  | { kind: 'pending' };

/** Paths are absolute, with forward slashes (or URIs: the analysis only appends `/name.py` and compares). */
export interface Host {
  read(path: string): HostFile;
  isDirectory(path: string): boolean;
  /**
   * Python files of the workspace whose import statements hold one of these words, tests and near ones first. A host that
   * does not know (yet) leaves it out, or answers with none.
   */
  importers?(names: readonly string[], of: string): readonly string[];
}

/** Tells a running analysis to stop: a newer edit came, or its time is up. */
export interface Cancellation {
  readonly cancelled: boolean;
}
