// Remote files: where the server has no disk (a web worker, a virtual workspace) it asks the client, and says 'pending' until the answer comes.
//   from .blocks import Bottleneck      # first analysis: pending; the text arrives; second analysis: there

import type { HostFile } from '../analysis/host.ts';
import type { ReadFileResult } from '../protocol/server.ts';
import type { FileAccess } from './workspaceFiles.ts';

type Known = { answer: ReadFileResult; version: string };

export interface RemoteFilesOptions {
  request(uri: string): Promise<ReadFileResult>;
  /** The answer about a path that was pending is here. */
  arrived(path: string): void;
}

export function createRemoteFiles({ request, arrived }: RemoteFilesOptions): FileAccess {
  const known = new Map<string, Known>();
  const asked = new Set<string>();
  let readings = 0;

  async function ask(path: string): Promise<void> {
    if (asked.has(path)) return;
    asked.add(path);
    // A client that does not know the request has no such file for us.
    const answer = await request(path).catch((): ReadFileResult => ({ kind: 'absent' }));
    // Forgotten while it was on its way: what was asked for may be stale, and the next analysis asks again.
    if (!asked.delete(path)) return arrived(path);
    known.set(path, { answer, version: `r${++readings}` });
    arrived(path);
  }

  function look(path: string): Known | undefined {
    if (!isUri(path) || path.startsWith('untitled:')) return { answer: { kind: 'absent' }, version: 'none' };
    const found = known.get(path);
    if (found === undefined) void ask(path);
    return found;
  }

  return {
    toPath: (uri) => uri,
    toUri: (path) => path,
    read(path): HostFile {
      const found = look(path);
      if (found === undefined) return { kind: 'pending' };
      if (found.answer.kind !== 'file') return { kind: 'absent' };
      return { kind: 'file', text: found.answer.text, version: found.version };
    },
    isDirectory(path) {
      const found = look(path);
      return found === undefined ? 'pending' : found.answer.kind === 'directory';
    },
    forget(path) {
      known.delete(path);
      asked.delete(path);
    },
  };
}

/** `vscode-vfs://github/ada/net.py`, `untitled:Untitled-1`; but not `C:/net.py`. */
export function isUri(path: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(path);
}
