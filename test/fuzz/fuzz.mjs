// npm run fuzz: cut and mangled Python files must never make the analysis throw, break off or outlast its budget.
//   npm run fuzz                             # 20,000 files from the seed 1
//   npm run fuzz -- --seed 7 --count 500     # another run; the numbers are printed, so that it can be repeated
// Files come from test/fixtures/torchvision, samples and the oracle's models.

import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadAnalyser, repository } from '../oracle/analyser.mjs';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '20000' } },
});
const seed = Number(values.seed);
const count = Number(values.count);
/** Milliseconds that one analysis may take: its budgets end it well before. */
const LIMIT = 15_000;

/** mulberry32: small and repeatable. */
function generator(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const random = generator(seed);
const below = (n) => Math.floor(random() * n);
const pick = (items) => items[below(items.length)];

function pythonFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? pythonFiles(path) : name.endsWith('.py') ? [path] : [];
  });
}

const folders = ['test/fixtures/torchvision', 'test/fixtures/tinynet', 'samples', 'test/oracle/models'];
const files = folders
  .flatMap((folder) => pythonFiles(join(repository, folder)))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
  .filter(({ text }) => text.length < 60_000 && /\bclass\b|\bdef\b/.test(text));

const TOKENS = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ':',
  ',',
  '=',
  '==',
  '*',
  '**',
  '//',
  '@',
  '.',
  '...',
  'None',
  '-1',
  '0',
  '1e9',
  '10**12',
  'self',
  'super()',
  'lambda x: x',
  'yield',
  'await',
  'return',
  'raise',
  'while True:',
  'for i in range(10**9):',
  'if x:',
  'try:',
  'x',
  "'",
  '"""',
  'f"{x',
  '#',
  '\\',
  '\t',
  'import torch',
  'nn.Linear(0, 0)',
  'del x',
  'global x',
  'match x:',
  'é',
  '\u0000',
];

const MUTATIONS = [
  (text) => text.slice(0, below(text.length)),
  (text) => text.slice(below(text.length)),
  (text) => {
    const lines = text.split('\n');
    lines.splice(below(lines.length), 1 + below(8));
    return lines.join('\n');
  },
  (text) => {
    const lines = text.split('\n');
    const [a, b] = [below(lines.length), below(lines.length)];
    [lines[a], lines[b]] = [lines[b], lines[a]];
    return lines.join('\n');
  },
  (text) => {
    const lines = text.split('\n');
    const at = below(lines.length);
    lines.splice(at, 0, ...lines.slice(at, at + 1 + below(5)));
    return lines.join('\n');
  },
  (text) => {
    const at = below(text.length);
    return text.slice(0, at) + pick(TOKENS) + text.slice(at + below(4));
  },
  (text) => {
    const words = [...text.matchAll(/\b\w+\b/g)];
    if (words.length === 0) return text;
    const [from, to] = [pick(words), pick(words)];
    return text.slice(0, from.index) + to[0] + text.slice(from.index + from[0].length);
  },
  (text) => {
    const numbers = [...text.matchAll(/\b\d+\b/g)];
    if (numbers.length === 0) return text;
    const n = pick(numbers);
    return (
      text.slice(0, n.index) +
      pick(['0', '-1', '1', '2', '7', '1000000007', '0.5', 'None', 'x']) +
      text.slice(n.index + n[0].length)
    );
  },
  (text) => {
    const lines = text.split('\n');
    const at = below(lines.length);
    lines[at] = pick([' ', '    ', '        ']) + lines[at].trimStart();
    return lines.join('\n');
  },
];

function mangle(text) {
  let out = text;
  for (let n = 1 + below(4); n > 0; n--) out = pick(MUTATIONS)(out);
  return out;
}

const { analyser, outfile } = await loadAnalyser();
const failures = [];
let slowest = { milliseconds: 0, name: '' };
let incomplete = 0;
const started = performance.now();
try {
  for (let n = 0; n < count; n++) {
    const { path, text } = pick(files);
    const mangled = mangle(text);
    const host = {
      read: (p) => {
        if (p === path) return { kind: 'file', text: mangled, version: n };
        const known = files.find((f) => f.path === p);
        return known ? { kind: 'file', text: known.text, version: 0 } : { kind: 'absent' };
      },
      isDirectory: () => false,
    };
    const before = performance.now();
    let wrong = null;
    try {
      const snapshot = await analyser.analyse(path, host);
      if (snapshot?.incomplete) incomplete++;
      wrong =
        snapshot?.gaps.find((g) =>
          /^the analysis stopped(?! \(out of (?:steps|time|memory)\))|^the rule for .* failed/.test(g.reason),
        )?.reason ?? null;
    } catch (error) {
      wrong = `threw ${error instanceof Error ? error.stack : JSON.stringify(error)}`;
    }
    const milliseconds = performance.now() - before;
    const name = `${path.slice(repository.length + 1)} (file ${n})`;
    if (milliseconds > LIMIT) wrong ??= `took ${Math.round(milliseconds)} ms`;
    if (milliseconds > slowest.milliseconds) slowest = { milliseconds, name };
    if (wrong) {
      failures.push(`${name}: ${wrong}`);
      writeFileSync(join(repository, '.cache', `fuzz-${seed}-${n}.py`), mangled);
    }
  }
} finally {
  rmSync(outfile, { force: true });
}

for (const failure of failures.slice(0, 40)) console.log(`FAILED ${failure}`);
const seconds = (performance.now() - started) / 1000;
console.log(
  `seed ${seed}, ${count} files from ${files.length} sources, ${seconds.toFixed(0)} s, ${((seconds / count) * 1000).toFixed(1)} ms each`,
);
console.log(`slowest ${Math.round(slowest.milliseconds)} ms: ${slowest.name}; ${incomplete} ended by a budget`);
console.log(`${count - failures.length} passed, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);
