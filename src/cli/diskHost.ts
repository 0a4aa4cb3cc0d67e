// DiskHost: what the CLI's analysis sees of the file system; `--stdin-file` puts one text in front of it.

import { readFileSync, statSync } from 'node:fs';
import type { Host, HostFile } from '../analysis/host.ts';

export function diskHost(inMemory: ReadonlyMap<string, string> = new Map()): Host {
  const known = new Map<string, HostFile>();
  return {
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
