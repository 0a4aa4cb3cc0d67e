// The workspace's index: which files import what, so that a model is seen as its tests and scripts use it.
// Built in the background when first asked for; until then the answer is none, and those who asked are told when it is there.
//   net.py is open; tests/test_net.py imports Net: an edit of either analyses net.py again

import { ImportIndex, MOST_FILES } from '../analysis/roots/importers.ts';
import { nextTurn } from './schedule.ts';
import type { FileAccess } from './workspaceFiles.ts';

export interface WorkspaceIndexOptions {
  /** Absent where the workspace is not on a disk: then nothing is known of it. */
  sources: FileAccess['sources'];
  folders: () => readonly string[];
  /** The text of an open document, which is newer than the disk's. */
  openText(path: string): string | undefined;
  /** Answers may be others than before. */
  changed(): void;
}

/** So long is a workspace read; what is not in by then stays out. */
const MOST_MILLISECONDS = 10_000;

export class WorkspaceIndex {
  readonly #options: WorkspaceIndexOptions;
  readonly #index = new ImportIndex();
  #state: 'unasked' | 'building' | 'built' = 'unasked';

  constructor(options: WorkspaceIndexOptions) {
    this.#options = options;
  }

  find(names: readonly string[], of: string): readonly string[] {
    if (this.#state === 'unasked') void this.#build();
    return this.#state === 'built' ? this.#index.find(names, of) : [];
  }

  /** A file was edited, saved, created or deleted (null). */
  update(path: string, text: string | null): void {
    if (this.#state !== 'built' || !this.#holds(path)) return;
    if (this.#index.set(path, text)) this.#options.changed();
  }

  #holds(path: string): boolean {
    return path.endsWith('.py') && this.#options.folders().some((folder) => path.startsWith(`${folder}/`));
  }

  async #build(): Promise<void> {
    this.#state = 'building';
    const { sources, folders, openText, changed } = this.#options;
    const started = performance.now();
    let slice = started;
    if (sources) {
      for await (const { path, text } of sources(folders())) {
        this.#index.set(path, openText(path) ?? text);
        if (this.#index.size >= MOST_FILES || performance.now() - started > MOST_MILLISECONDS) break;
        if (performance.now() - slice > 4) {
          await nextTurn();
          slice = performance.now();
        }
      }
    }
    this.#state = 'built';
    changed();
  }
}
