// Files and grammars for the CLI.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Analyser } from '../analysis/analyser.ts';

/** What the user asked for cannot be done: a message for people, and exit code 2. */
export class UsageError extends Error {}

/** The grammars lie beside the bundle. */
export async function createAnalyser(): Promise<Analyser> {
  const read = (name: string): Uint8Array => readFileSync(join(__dirname, name));
  return Analyser.create({ runtime: read('web-tree-sitter.wasm'), python: read('tree-sitter-python.wasm') });
}

/** An existing file's absolute path, with forward slashes. */
export function sourceFile(path: string): string {
  const absolute = resolve(path);
  const found = statSync(absolute, { throwIfNoEntry: false });
  if (!found) throw new UsageError(`there is no file ${path}`);
  if (found.isDirectory()) throw new UsageError(`${path} is a folder; summary wants one Python file`);
  return absolute.replaceAll('\\', '/');
}

/** What one option means only with another. */
export function refuseCallWithoutBuild({ build, call }: { build?: string; call?: string }): void {
  if (call !== undefined && build === undefined)
    throw new UsageError('--call says how to call the model of --build, and there is no --build');
}

/** Below it, files are named relative to it. */
export const workingFolder = (): string => process.cwd().replaceAll('\\', '/');

/** Installed packages of the environment that is active in this shell, read as source where a model imports them. */
export function environmentPackages(env: Readonly<Record<string, string | undefined>> = process.env): string[] {
  const prefix = env['VIRTUAL_ENV'] ?? env['CONDA_PREFIX'];
  if (!prefix) return [];
  const lib = join(prefix, 'lib');
  const versions = existsSync(lib) ? readdirSync(lib).filter((name) => /^python3\.\d+$/.test(name)) : [];
  return [...versions.map((name) => join(lib, name, 'site-packages')), join(prefix, 'Lib', 'site-packages')]
    .filter((folder) => existsSync(folder))
    .map((folder) => folder.replaceAll('\\', '/'));
}

const SKIPPED = new Set([
  '.ipynb_checkpoints',
  'node_modules',
  '.git',
  '__pycache__',
  '.venv',
  'venv',
  'site-packages',
]);

/** Python files and notebooks at or below the paths. */
export function sourceFiles(paths: readonly string[], virtual: string | null): string[] {
  const files: string[] = [];
  const visit = (path: string): void => {
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) if (!SKIPPED.has(name)) visit(join(path, name));
    } else if (/\.(py|ipynb)$/.test(path)) files.push(path.replaceAll('\\', '/'));
  };
  for (const path of paths) {
    const absolute = resolve(path);
    if (virtual !== null && absolute === virtual) files.push(absolute.replaceAll('\\', '/'));
    else if (!existsSync(absolute)) throw new UsageError(`there is no file or folder ${path}`);
    else if (statSync(absolute).isFile()) files.push(absolute.replaceAll('\\', '/'));
    else visit(absolute);
  }
  return files;
}
