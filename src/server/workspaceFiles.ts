// Workspace files: what the analysis may ask of the outside. Open documents come first, then what lies below: a disk, or the client.
//   from .blocks import Bottleneck      # blocks.py is open and not saved: its text is the editor's, not the disk's

import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Host, HostFile } from '../analysis/host.ts';

/** Where files come from that no editor holds. A path is as the analysis has it: absolute, with forward slashes, or a URI. */
export interface FileAccess {
  toPath(uri: string): string;
  toUri(path: string): string;
  read(path: string): HostFile;
  isDirectory(path: string): boolean | 'pending';
  /** The file changed outside of the editor. */
  forget(path: string): void;
  /** The Python sources below folders, one after another; absent where there is no disk to read them from. */
  sources?(folders: readonly string[]): AsyncIterable<{ path: string; text: string }>;
}

/** The Host of one analysis, which remembers what it was asked: a change of any of it asks for a new analysis. */
export interface HostView extends Host {
  /** Paths that were read, there or not. */
  readonly touched: ReadonlySet<string>;
  /** Of these, the ones that nobody could tell about yet. */
  readonly pending: ReadonlySet<string>;
  /** What was asked about the workspace, with the answer: another answer asks for a new analysis. */
  readonly questions: readonly ImporterQuestion[];
}

export interface ImporterQuestion {
  names: readonly string[];
  of: string;
  answer: readonly string[];
}

export type FindImporters = (names: readonly string[], of: string) => readonly string[];

export function createHostView(
  access: Pick<FileAccess, 'read' | 'isDirectory'>,
  openDocument: (path: string) => TextDocument | undefined,
  importers: FindImporters = () => [],
): HostView {
  const touched = new Set<string>();
  const pending = new Set<string>();
  const questions: ImporterQuestion[] = [];
  return {
    touched,
    pending,
    questions,
    importers(names, of) {
      const answer = importers(names, of);
      questions.push({ names, of, answer });
      return answer;
    },
    read(path) {
      touched.add(path);
      const document = openDocument(path);
      if (document) return { kind: 'file', text: document.getText(), version: document.version };
      const file = access.read(path);
      if (file.kind === 'pending') pending.add(path);
      return file;
    },
    isDirectory(path) {
      const answer = access.isDirectory(path);
      if (answer !== 'pending') return answer;
      pending.add(path);
      return false;
    },
  };
}
