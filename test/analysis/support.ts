// What tests of the analysis share: an analyser with its grammars, files in memory, and check().
//   check(`
//   class Net(nn.Module):
//       def __init__(self):
//           super().__init__()
//           self.conv = nn.Conv2d(3, 8, 5)
//       def forward(self, x):
//           x = self.conv(x)        #^ (B, 8, H - 4, W - 4)
//           return x                #^ (B, 8, H - 4, W - 4)
//   `);

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AnalyseOptions, Analyser, type AnalysisDetail, type Grammars } from '../../src/analysis/analyser.ts';
import type { Host } from '../../src/analysis/host.ts';
import { type Budget, Interpreter } from '../../src/analysis/interp/interpreter.ts';
import { ModuleLoader } from '../../src/analysis/interp/modules.ts';
import { pythonLibrary } from '../../src/analysis/library.ts';
import { ImportIndex } from '../../src/analysis/roots/importers.ts';
import type { Problem } from '../../src/analysis/rules/problem.ts';
import { Parsers } from '../../src/analysis/syntax/parsers.ts';
import type { ModuleValue } from '../../src/analysis/values/value.ts';

export const repository = join(__dirname, '..', '..');
export const fixture = (path: string): string => readFileSync(join(repository, 'test', 'fixtures', path), 'utf8');

const wasm = (name: string): Uint8Array => readFileSync(join(repository, 'node_modules', name, `${name}.wasm`));
const grammars = (): Grammars => ({ runtime: wasm('web-tree-sitter'), python: wasm('tree-sitter-python') });

let loadedParsers: Promise<Parsers> | null = null;
let loadedAnalyser: Promise<Analyser> | null = null;
export const parsers = (): Promise<Parsers> => (loadedParsers ??= Parsers.load(grammars()));
export const analyser = (): Promise<Analyser> => (loadedAnalyser ??= Analyser.create(grammars()));

/** Text by path below /work. */
export type Files = Readonly<Record<string, string>>;

export function memoryHost(files: Files): Host {
  const paths = Object.keys(files).map((name) => `/work/${name}`);
  const index = new ImportIndex();
  for (const [name, text] of Object.entries(files)) index.set(`/work/${name}`, text);
  return {
    importers: (names, of) => index.find(names, of),
    read(path) {
      const text = files[path.replace(/^\/work\//, '')];
      return text === undefined ? { kind: 'absent' } : { kind: 'file', text, version: text };
    },
    isDirectory: (path) => paths.some((each) => each.startsWith(`${path}/`)),
  };
}

/** The first file's analysis. */
export async function analyse(source: string | Files, options: AnalyseOptions = {}): Promise<AnalysisDetail> {
  const files = typeof source === 'string' ? { 'net.py': source } : source;
  const detail = await (await analyser()).analyseInDetail(`/work/${Object.keys(files)[0]}`, memoryHost(files), options);
  assert(detail, 'the analysis was cancelled');
  return detail;
}

/** Every sample begins with these. */
export const imports = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

/** Minus signs as one types them; a size that two branches disagree on is `?`, whatever it is called. */
export const plain = (text: string): string =>
  text
    .replaceAll('−', '-')
    .replace(/\beither\d+/g, '?')
    .trim();

interface Expected {
  line: number;
  /** `#^ (B, 8)`, or several uses of one line: `#^ (B, 8) | (B, 16)`. */
  shapes: string[] | null;
  /** `#! linear-features: 400`: a problem of this code on this line, whose message holds the words. */
  problem: { code: string; words: string } | null;
}

function expectations(text: string): Expected[] {
  return text.split('\n').flatMap((content, line): Expected[] => {
    const shapes = /#[\^:] (.*?)(?: #!.*)?$/.exec(content)?.[1];
    const problem = /#! ([\w-]+)(?:: (.*))?$/.exec(content);
    if (shapes === undefined && !problem) return [];
    return [
      {
        line,
        shapes: shapes === undefined ? null : shapes.split('|').map(plain),
        problem: problem ? { code: problem[1]!, words: problem[2] ?? '' } : null,
      },
    ];
  });
}

/** Holds a sample's hints and problems against what its comments expect; an error that none expects is a failure. */
export async function check(source: string, options: AnalyseOptions = {}): Promise<AnalysisDetail> {
  const text = imports + source;
  const detail = await analyse(text, options);
  holdTo(text, detail);
  return detail;
}

/** Holds an analysed text against what its comments expect. */
export function holdTo(text: string, detail: AnalysisDetail): void {
  const { problems } = detail.snapshot;
  const values = detail.snapshot.values.filter((v) => v.kind !== 'read');
  const lines = text.split('\n');
  const expected = expectations(text);
  const found: string[] = [];
  const wanted: string[] = [];
  for (const { line, shapes } of expected) {
    if (shapes === null) continue;
    const facts = values.filter((v) => v.range.line === line && v.kind !== 'parameter');
    const parameters = values.filter((v) => v.range.line === line && v.kind === 'parameter');
    const uses = (facts.length > 0 ? facts : parameters).flatMap((f) => f.uses.map((u) => plain(u.text)));
    found.push(`${lines[line]!.split('#')[0]!.trim()}  →  ${uses.slice(0, shapes.length).join(' | ') || 'nothing'}`);
    wanted.push(`${lines[line]!.split('#')[0]!.trim()}  →  ${shapes.join(' | ')}`);
  }
  for (const { line, problem } of expected) {
    if (!problem) continue;
    const at = problems.filter((p) => p.range.line === line);
    const hit = at.some((p) => p.code === problem.code && plain(p.message).includes(plain(problem.words)));
    wanted.push(`line ${line + 1}: ${problem.code}: ${problem.words}`);
    found.push(hit ? wanted.at(-1)! : `line ${line + 1}: ${at.map(describe).join('; ') || 'no problem'}`);
  }
  const unexpected = problems.filter(
    (p) => p.severity === 'error' && !expected.some((e) => e.problem && e.line === p.range.line),
  );
  found.push(...unexpected.map((p) => `unexpected: ${describe(p)}`));
  assert.deepEqual(found, wanted);
}

export const describe = (p: Problem): string => `${p.code}: ${p.message} (line ${p.range.line + 1})`;

/** Runs a text as a module, for its variables. */
export async function runModule(
  text: string,
  budget?: Budget,
): Promise<{ ip: Interpreter; module: ModuleValue; read: (name: string) => ReturnType<Interpreter['read']> }> {
  const all = await parsers();
  const loader = new ModuleLoader(['/work'], (path, file) => all.python(path, file.text).program);
  const ip = new Interpreter({ library: pythonLibrary(), host: memoryHost({}), loader, ...(budget && { budget }) });
  const module = loader.run(ip, all.python('/work/snippet.py', text).program, 'snippet');
  return { ip, module, read: (name) => ip.read(module.variables, name) };
}

/** A seeded generator (mulberry32): numbers in [0, 1). */
export function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const between = (next: () => number, low: number, high: number): number =>
  low + Math.floor(next() * (high - low + 1));
