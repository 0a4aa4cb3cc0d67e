// The workspace: files that import this one, and what they do with its models.
//   # tests/test_net.py
//   from net import Net
//   def test_shape(): Net(10)(torch.randn(1, 3, 32, 32))      # how net.py's Net is built and fed

import type { HostFile } from '../host.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { Observer } from '../interp/observer.ts';
import type { Program } from '../syntax/program.ts';
import type { ClassValue } from '../values/value.ts';
import type { CallRoots } from './callRoots.ts';
import { attempt, runMainBlocks } from './find.ts';
import { importedWords } from './importers.ts';
import { type MadeInstance, madeInstances } from './madeInstances.ts';
import { alone, aside, runUncalled } from './uncalled.ts';

/** For all files together. */
const MILLISECONDS = 150;

export interface WorkspaceQuestion {
  /** The file whose models are looked for. */
  file: string;
  /** Names of its model classes, and of the functions that give them. */
  names: ReadonlySet<string>;
  classes: ReadonlySet<ClassValue>;
  isCovered: () => boolean;
  pause: () => Promise<void>;
  seen: (observer: Observer) => void;
  barren: Barren;
}

/**
 * Importers that never came to run anything of the file, by what was asked: they are not tried again until their text is
 * another. Most of those that import a class only extend it, or name it in a type.
 */
export type Barren = Map<string, string>;

/** Runs the importers of a file. Calls become roots; what is only made there comes back. */
export async function runImporters(ip: Interpreter, calls: CallRoots, q: WorkspaceQuestion): Promise<MadeInstance[]> {
  const words = [...q.names, stemOf(q.file)];
  const paths = ip.host.importers?.(words, q.file) ?? [];
  const deadline = performance.now() + MILLISECONDS;
  const made: MadeInstance[] = [];
  for (const path of paths) {
    ip.loader.dependencies.add(path);
    if (performance.now() > deadline || q.isCovered()) continue;
    const file = ip.host.read(path);
    if (file.kind === 'pending') ip.loader.pending.add(path);
    const key = `${q.file} ${path} ${words.join()}`;
    if (file.kind !== 'file' || q.barren.get(key) === file.text || !importsOne(file.text, words)) continue;
    await q.pause();
    const program = ip.loader.programOf(path, file);
    const seen = aside(
      ip,
      calls,
      (f) => f === path || f === q.file,
      q.classes,
      () => runFile(ip, path, file, program, q),
    );
    if (seen.enteredFiles.has(q.file)) q.seen(seen);
    else q.barren.set(key, file.text);
    made.push(...madeInstances(seen.layers.values(), q.classes, (f) => (f === path ? file.text : null)));
  }
  return made;
}

/** The index may be a little older than the text. */
function importsOne(text: string, names: readonly string[]): boolean {
  const words = importedWords(text);
  return names.some((name) => words.has(name));
}

/** `net` of net.py; of a package, the folder's name. */
const stemOf = (file: string): string =>
  file
    .replace(/(\/__init__)?\.pyi?$/, '')
    .split('/')
    .pop() ?? file;

function runFile(
  ip: Interpreter,
  path: string,
  file: HostFile & { kind: 'file' },
  program: Program,
  q: WorkspaceQuestion,
): void {
  for (const root of rootsFor(file.text, q.file)) ip.loader.addRoot(root);
  ip.loader.addRoot(path.slice(0, path.lastIndexOf('/')));
  ip.cutLoopsOf?.add(path);
  alone(ip, () => ip.loader.runFile(ip, path, program));
  const module = ip.loader.moduleOf(path);
  if (!module) return;
  alone(ip, () => runMainBlocks(ip, program, module));
  const names = new Set([...q.names, ...aliases(program, [...q.names, stemOf(q.file)])]);
  attempt(ip, () => runUncalled(ip, program, module, names, new Set()));
}

/** Folders from which the imports of a text lead to the file: `from src.net import Net` → what holds src. */
function rootsFor(text: string, target: string): string[] {
  const place = `${target.replace(/\.pyi?$/, '')}/`;
  const roots = new Set<string>();
  for (const [, from, plain] of text.matchAll(/^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import|import[ \t]+([\w.]+))/gm)) {
    const module = from ?? plain ?? '';
    if (module === '' || module.startsWith('.')) continue;
    const at = place.lastIndexOf(`/${module.replaceAll('.', '/')}/`);
    if (at > 0) roots.add(place.slice(0, at));
  }
  return [...roots];
}

/** What a file calls the names: `from net import Net as Model`, `import models.net as nets`. */
function aliases(program: Program, names: readonly string[]): string[] {
  return program.chunks.flatMap((chunk) =>
    chunk.statements.flatMap((s) => {
      if (s.kind === 'ImportFrom' && s.names !== '*')
        return s.names.flatMap(({ name, alias }) => (names.includes(name) ? [alias ?? name] : []));
      if (s.kind !== 'Import') return [];
      return s.names.flatMap(({ name, alias }) => {
        const parts = name.split('.');
        return names.includes(parts[parts.length - 1]!) ? [alias ?? parts[0]!] : [];
      });
    }),
  );
}
