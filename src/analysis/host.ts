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
}

/** Tells a running analysis to stop: a newer edit came, or its time is up. */
export interface Cancellation {
  readonly cancelled: boolean;
}
