// The analysis as it stands in src/, bundled (0.1 s) and loaded into this process.

import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import esbuild from 'esbuild';

export const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export async function loadAnalyser() {
  const outfile = join(repository, '.cache', 'oracle', `analyser-${process.pid}.mjs`);
  mkdirSync(dirname(outfile), { recursive: true });
  await esbuild.build({
    entryPoints: [join(repository, 'src', 'analysis', 'analyser.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  const { Analyser } = await import(pathToFileURL(outfile).href);
  const wasm = (name) => readFileSync(join(repository, 'node_modules', name, `${name}.wasm`));
  const analyser = await Analyser.create({ runtime: wasm('web-tree-sitter'), python: wasm('tree-sitter-python') });
  return { analyser, outfile };
}

/** Reads the disk once per path. */
export function diskHost() {
  const known = new Map();
  return {
    read(path) {
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
