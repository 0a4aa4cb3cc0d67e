// Disk files: in Node, what lies below the open documents. Texts are kept until the file's time or size changes.
//   /home/ada/net/blocks.py      # read once, then one `stat` an analysis

import { readFileSync, type Stats, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { HostFile } from '../analysis/host.ts';
import { isSkippedFolder, LARGEST_FILE } from '../analysis/roots/importers.ts';
import { isUri } from './remoteFiles.ts';
import type { FileAccess } from './workspaceFiles.ts';

/** A source larger than this is data; it is not read. */
const largestSource = 4 * 1024 * 1024;

/** Documents that live elsewhere (`vscode-vfs://…`, `untitled:…`) keep their URI as path, and `elsewhere` answers for them. */
export function createDiskFiles(elsewhere: FileAccess): FileAccess {
  const texts = new Map<string, { stamp: string; text: string }>();

  return {
    toPath(uri) {
      if (!uri.startsWith('file:')) return elsewhere.toPath(uri);
      try {
        return fileURLToPath(uri).replaceAll('\\', '/');
      } catch {
        return uri;
      }
    },
    toUri(path) {
      return isUri(path) ? elsewhere.toUri(path) : pathToFileURL(path).href;
    },
    read(path): HostFile {
      if (isUri(path)) return elsewhere.read(path);
      const stats = stat(path);
      if (stats === undefined || !stats.isFile() || stats.size > largestSource) {
        texts.delete(path);
        return { kind: 'absent' };
      }
      const stamp = `${stats.mtimeMs}:${stats.size}`;
      const known = texts.get(path);
      if (known?.stamp === stamp) return { kind: 'file', text: known.text, version: stamp };
      try {
        const text = readFileSync(path, 'utf8');
        texts.set(path, { stamp, text });
        return { kind: 'file', text, version: stamp };
      } catch {
        return { kind: 'absent' };
      }
    },
    isDirectory(path) {
      return isUri(path) ? elsewhere.isDirectory(path) : (stat(path)?.isDirectory() ?? false);
    },
    sources: pythonSources,
    forget(path) {
      if (isUri(path)) elsewhere.forget(path);
      else texts.delete(path);
    },
  };
}

/** Python files below folders; those nearer to the top come first. */
async function* pythonSources(folders: readonly string[]): AsyncGenerator<{ path: string; text: string }> {
  const waiting = folders.filter((folder) => !isUri(folder));
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory() && !isSkippedFolder(entry.name)) waiting.push(path);
      if (!entry.isFile() || !entry.name.endsWith('.py') || (stat(path)?.size ?? LARGEST_FILE + 1) > LARGEST_FILE)
        continue;
      const text = await readFile(path, 'utf8').catch(() => null);
      if (text !== null) yield { path, text };
    }
  }
}

/** Undefined where there is nothing, or nothing that we may see. */
function stat(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
