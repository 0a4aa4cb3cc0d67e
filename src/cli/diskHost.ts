// DiskHost: what the CLI's analysis sees of the file system; `--stdin-file` puts one text in front of it.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Host, HostFile } from '../analysis/host.ts';
import { ImportIndex, isSkippedFolder, LARGEST_FILE, MOST_FILES } from '../analysis/roots/importers.ts';

export function diskHost(inMemory: ReadonlyMap<string, string> = new Map()): Host {
  const known = new Map<string, HostFile>();
  const indexes = new Map<string, ImportIndex>();
  return {
    importers(names, of) {
      const root = projectRoot(of.slice(0, of.lastIndexOf('/')));
      let index = indexes.get(root);
      if (!index) indexes.set(root, (index = indexOf(root, inMemory)));
      return index.find(names, of);
    },
    read(path) {
      const text = inMemory.get(path);
      if (text !== undefined) return { kind: 'file', text, version: 'stdin' };
      let file = known.get(path);
      if (!file) {
        try {
          file = { kind: 'file', text: readFileSync(path, 'utf8'), version: 0 };
        } catch {
          file = { kind: 'absent' };
        }
        known.set(path, file);
      }
      return file;
    },
    isDirectory: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
  };
}

/** The nearest folder upward that holds a project, else the folder itself. */
function projectRoot(folder: string): string {
  for (let at = folder; at.lastIndexOf('/') > 0; at = at.slice(0, at.lastIndexOf('/'))) {
    if (['.git', 'pyproject.toml', 'setup.py', 'setup.cfg'].some((name) => existsSync(`${at}/${name}`))) return at;
  }
  return folder;
}

/** What the files of a project import. */
function indexOf(root: string, inMemory: ReadonlyMap<string, string>): ImportIndex {
  const index = new ImportIndex();
  const visit = (folder: string): void => {
    for (const entry of list(folder)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory() && !isSkippedFolder(entry.name)) visit(path);
      if (index.size >= MOST_FILES || !entry.isFile() || !entry.name.endsWith('.py')) continue;
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? Infinity) > LARGEST_FILE) continue;
      index.set(path, inMemory.get(path) ?? textOf(path));
    }
  };
  visit(root);
  return index;
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
