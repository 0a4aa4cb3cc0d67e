// Documents: the open files, one snapshot for each version of each, and which of them to analyse next.
//   edit net.py, edit it again      # the first analysis stops where it is, the second one's snapshot is shown
//   edit blocks.py                  # net.py, which imports it, is analysed after it

import type { CancellationToken } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { AnalyseOptions } from '../analysis/analyser.ts';
import type { Host } from '../analysis/host.ts';
import type { Snapshot } from '../analysis/snapshot.ts';
import { usesLibrary } from '../protocol/server.ts';
import { createPause, nextTurn } from './schedule.ts';
import { createHostView, type FileAccess, type FindImporters, type HostView } from './workspaceFiles.ts';

/** What we need of an Analyser. */
export interface Analysing {
  analyse(file: string, host: Host, options?: AnalyseOptions): Promise<Snapshot | null>;
}

/** Why a file was analysed: its own text changed, or something around it did. */
export type Cause = 'edit' | 'around';

/** A document with the snapshot of its version. */
export interface Analysed {
  document: TextDocument;
  snapshot: Snapshot;
}

export interface DocumentsOptions {
  analyser: () => Promise<Analysing>;
  access: FileAccess;
  extraPaths: () => readonly string[];
  /** What the settings say that classes are fed. */
  pins?: () => Readonly<Record<string, string>>;
  /** Which files of the workspace import a name. */
  importers?: FindImporters;
  analysed(result: Analysed, cause: Cause): void;
  log(line: string): void;
}

interface Entry {
  document: TextDocument;
  path: string;
  /** Set where the newest text has not been analysed yet, or must be again. */
  wanted: Cause | null;
  snapshot: Snapshot | null;
  /** Of the last analysis that ended. */
  view: HostView | null;
  awaited: Set<string>;
  waiters: Set<(result: Analysed | null) => void>;
}

export class Documents {
  readonly #options: DocumentsOptions;
  /** By path. */
  readonly #entries = new Map<string, Entry>();
  /** First come, first served, but an edit goes before everything else. */
  #queue: Entry[] = [];
  #working = false;
  #running: { entry: Entry; view: HostView; cancellation: { cancelled: boolean } } | null = null;

  constructor(options: DocumentsOptions) {
    this.#options = options;
  }

  /** A document was opened, or its text changed: its older analysis is of no use any more. */
  changed(document: TextDocument): void {
    const path = this.#options.access.toPath(document.uri);
    let entry = this.#entries.get(path);
    if (entry === undefined) {
      entry = { document, path, wanted: null, snapshot: null, view: null, awaited: new Set(), waiters: new Set() };
      this.#entries.set(path, entry);
    }
    entry.document = document;
    if (this.#running?.entry === entry) this.#running.cancellation.cancelled = true;
    this.#want(entry, 'edit');
    this.filesChanged([path]);
  }

  closed(document: TextDocument): void {
    const path = this.#options.access.toPath(document.uri);
    const entry = this.#entries.get(path);
    if (entry === undefined) return;
    this.#entries.delete(path);
    this.#queue = this.#queue.filter((queued) => queued !== entry);
    if (this.#running?.entry === entry) this.#running.cancellation.cancelled = true;
    for (const resolve of entry.waiters) resolve(null);
    // Others saw the editor's text; from now on they see the disk's.
    this.filesChanged([path]);
  }

  /** Files changed, came or went: analyses again what read them, or looked for them. */
  filesChanged(paths: readonly string[]): void {
    for (const entry of this.#entries.values()) {
      const reads = (path: string): boolean =>
        path !== entry.path &&
        (entry.view?.touched.has(path) === true ||
          entry.snapshot?.dependencies.includes(path) === true ||
          (this.#running?.entry === entry && this.#running.view.touched.has(path)));
      if (paths.some(reads)) this.#want(entry, 'around');
    }
  }

  /** The workspace's imports changed: analyses again what would get another answer than it got. */
  importersChanged(): void {
    const { importers } = this.#options;
    if (!importers) return;
    for (const entry of this.#entries.values()) {
      const view = this.#running?.entry === entry ? this.#running.view : entry.view;
      const isStale = view?.questions.some(({ names, of, answer }) => importers(names, of).join() !== answer.join());
      if (isStale) this.#want(entry, 'around');
    }
  }

  /** A text that was pending is here: analyses again what waits for nothing else. */
  arrived(path: string): void {
    for (const entry of this.#entries.values()) {
      if (entry.awaited.delete(path) && entry.awaited.size === 0) this.#want(entry, 'around');
      // The running analysis asked for it, and was told 'pending'.
      if (this.#running?.entry === entry && this.#running.view.pending.has(path)) this.#want(entry, 'around');
    }
  }

  /** Settings changed. */
  analyseAll(): void {
    for (const entry of this.#entries.values()) this.#want(entry, 'around');
  }

  openDocument(path: string): TextDocument | undefined {
    return this.#entries.get(path)?.document;
  }

  /** The snapshot of the document's newest version, once there is one; null where the document is not open or the request is cancelled. */
  current(uri: string, token?: CancellationToken): Promise<Analysed | null> {
    const entry = this.#entries.get(this.#options.access.toPath(uri));
    if (entry === undefined || token?.isCancellationRequested) return Promise.resolve(null);
    if (entry.wanted === null && entry.snapshot !== null && this.#running?.entry !== entry) {
      return Promise.resolve({ document: entry.document, snapshot: entry.snapshot });
    }
    return new Promise((resolve) => {
      const settle = (result: Analysed | null): void => {
        entry.waiters.delete(settle);
        registration?.dispose();
        resolve(result);
      };
      const registration = token?.onCancellationRequested(() => settle(null));
      entry.waiters.add(settle);
    });
  }

  #want(entry: Entry, cause: Cause): void {
    const isEdit = cause === 'edit' || entry.wanted === 'edit';
    entry.wanted = isEdit ? 'edit' : 'around';
    if (cause === 'edit') this.#queue = [entry, ...this.#queue.filter((queued) => queued !== entry)];
    else if (!this.#queue.includes(entry)) this.#queue.push(entry);
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    // Several edits that came in one go are one.
    await nextTurn();
    for (let entry = this.#queue.shift(); entry !== undefined; entry = this.#queue.shift()) {
      await this.#analyse(entry).catch((error) => this.#options.log(`${entry?.path}: ${oneLine(error)}`));
    }
    this.#working = false;
  }

  async #analyse(entry: Entry): Promise<void> {
    const cause = entry.wanted ?? 'around';
    const { document, path } = entry;
    const cancellation = { cancelled: false };
    const view = createHostView(this.#options.access, (wanted) => this.openDocument(wanted), this.#options.importers);
    entry.wanted = null;
    this.#running = { entry, view, cancellation };
    const snapshot = await this.#run(entry, view, cancellation);
    this.#running = null;

    // Its text is not the newest any more: `changed` has asked for the next analysis already.
    if (cancellation.cancelled) return;
    // An analysis that gave up without being asked to must not leave its waiters for ever.
    if (snapshot === null) return this.#settle(entry, { ...emptySnapshot(path), version: document.version });
    entry.view = view;
    entry.awaited = new Set(
      [...view.pending].filter((pending) => this.#options.access.read(pending).kind === 'pending'),
    );
    if (view.pending.size > 0 && entry.awaited.size === 0) this.#want(entry, 'around');
    this.#settle(entry, snapshot);
    this.#options.analysed({ document, snapshot }, cause);
  }

  async #run(entry: Entry, view: HostView, cancellation: { cancelled: boolean }): Promise<Snapshot | null> {
    const { document, path } = entry;
    if (!usesLibrary(document.getText())) return { ...emptySnapshot(path), version: document.version };
    try {
      const analyser = await this.#options.analyser();
      const extraPaths = this.#options.extraPaths();
      const pins = this.#options.pins?.() ?? {};
      return await analyser.analyse(path, view, { cancellation, pause: createPause(), extraPaths, pins });
    } catch (error) {
      this.#options.log(`${path}: the analysis failed: ${oneLine(error)}`);
      return { ...emptySnapshot(path), version: document.version };
    }
  }

  /** Hands a snapshot to those who wait for it, unless a newer one is on its way. */
  #settle(entry: Entry, snapshot: Snapshot): void {
    entry.snapshot = snapshot;
    if (entry.wanted === 'edit') return;
    for (const resolve of [...entry.waiters]) resolve({ document: entry.document, snapshot });
  }
}

/** What is known of a file that uses none of our libraries. */
export function emptySnapshot(file: string): Snapshot {
  return {
    file,
    version: 0,
    values: [],
    calls: [],
    layers: [],
    models: [],
    instances: [],
    roots: [],
    problems: [],
    gaps: [],
    dependencies: [],
    pending: [],
    incomplete: false,
    milliseconds: 0,
  };
}

function oneLine(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.split('\n').slice(0, 3).join(' ').replace(/\s+/g, ' ');
}
