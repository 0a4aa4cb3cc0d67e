// torchvision's own files as a user opens them: no --build, nothing given. How many of the lines on which real PyTorch saw
// a tensor being assigned carry a hint; every `forward` has at least one instance; and no error is reported.
//   node test/oracle/opened.mjs             # a row for each file, then the share
//   node test/oracle/opened.mjs --missing   # also the lines without a hint

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { diskHost, loadAnalyser, repository } from './analyser.mjs';

const { values: options } = parseArgs({ options: { missing: { type: 'boolean', default: false } } });

/** The files that the issue names: every classification model of torchvision 0.14. */
const FILES = [
  ...['alexnet', 'vgg', 'resnet', 'densenet', 'squeezenet', 'googlenet', 'inception', 'mobilenetv2', 'mobilenetv3'],
  ...[
    'shufflenetv2',
    'mnasnet',
    'efficientnet',
    'regnet',
    'convnext',
    'swin_transformer',
    'vision_transformer',
    'maxvit',
  ],
].map((name) => `torchvision/models/${name}.py`);

/** Of all lines that assign a tensor, these have a hint: anything less is a failure. */
const LEAST_SHARE = 0.9;

/** Truth files, the folder that their files lie in, and which files are opened. */
const SUITES = [
  {
    truth: 'truth/torchvision-0.14.truth.json.gz',
    root: 'test/fixtures/torchvision',
    files: FILES,
    least: LEAST_SHARE,
  },
  // Models in the styles that people write; most want arguments that nobody gives.
  { truth: 'own/truth.json.gz', root: 'test/oracle/models', files: null, least: 0.8, whole: false },
];

const { analyser, outfile } = await loadAnalyser();
const host = diskHost();
const result = { passed: 0, failed: 0, skipped: 0, failures: [] };
let all = 0;
let shown = 0;
try {
  for (const suite of SUITES) await judgeSuite(suite);
} finally {
  rmSync(outfile, { force: true });
}

if (process.env.LAYERLENS_RESULTS) writeFileSync(process.env.LAYERLENS_RESULTS, JSON.stringify(result));
console.log(`${result.passed} passed, ${result.failed} failed`);
process.exitCode = result.failed > 0 ? 1 : 0;

async function judgeSuite({ truth, root, files, least, whole }) {
  all = 0;
  shown = 0;
  const assigned = assignedLines(join(repository, 'test', 'oracle', truth));
  for (const file of files ?? [...assigned.keys()].sort())
    await judge(join(repository, root, file), file, [...(assigned.get(file)?.values() ?? [])], whole);
  const share = `${((100 * shown) / all).toFixed(1)} %`;
  console.log(`\n${shown} of ${all} lines that assign a tensor have a hint: ${share}\n`);
  hold(`${root}: at least ${100 * least} % of the lines have a hint`, shown / all >= least ? [] : [share]);
}

/** file → the lines (from 1) on which PyTorch saw a name being given a tensor. */
function assignedLines(truth) {
  const assigned = new Map();
  for (const model of JSON.parse(gunzipSync(readFileSync(truth)).toString()))
    for (const [file, lines] of Object.entries(model.lines ?? {}))
      for (const [line, names] of Object.entries(lines))
        for (const [name, paths] of Object.entries(names)) {
          if (!Object.values(paths).some((seen) => (seen ?? []).some((shape) => Array.isArray(shape)))) continue;
          if (!assigned.has(file)) assigned.set(file, new Map());
          const key = `${line} ${name}`;
          const known = assigned.get(file).get(key) ?? { line: Number(line), name, seen: [] };
          known.seen.push(...Object.values(paths).flatMap((seen) => (seen ?? []).filter(Array.isArray)));
          assigned.get(file).set(key, known);
        }
  return assigned;
}

async function judge(path, file, lines, whole) {
  const { snapshot } = await analyser.analyseInDetail(path, host, {});
  const hinted = new Map(
    snapshot.values.filter((v) => v.kind !== 'read').map((v) => [`${v.range.line + 1} ${v.name}`, v]),
  );
  const missing = lines.filter(({ line, name }) => !isShown(hinted.get(`${line} ${name}`)));
  const without = forwards(readFileSync(path, 'utf8')).filter(
    ({ from, to }) => ![...hinted.values()].some((v) => v.range.line >= from && v.range.line < to && isShown(v)),
  );
  const wrong = lines.filter(({ line, name, seen }) => contradicts(hinted.get(`${line} ${name}`), seen));
  const errors = snapshot.problems.filter((p) => p.severity === 'error');
  all += lines.length;
  shown += lines.length - missing.length;
  console.log(
    `${basename(file).padEnd(24)} ${String(lines.length - missing.length).padStart(4)}/${lines.length}` +
      `  forwards without: ${without.length}  errors: ${errors.length}  ${snapshot.milliseconds.toFixed(0)} ms` +
      `  roots: ${snapshot.roots
        .map((r) => `${r.build} ${r.inputs.map((i) => i.text).join(', ')}`)
        .slice(0, 3)
        .join('; ')}`,
  );
  if (options.missing) for (const { line, name } of missing) console.log(`    ${file}:${line} ${name}`);
  if (options.missing) for (const f of without) console.log(`    forward of line ${f.from + 1}`);
  hold(
    `${file}: no error`,
    errors.map((p) => `${p.range.line + 1}: ${p.message}`),
  );
  // The files of our own are built with other arguments than their truth was, here and there.
  if (!whole) return;
  hold(
    `${file}: no hint contradicts PyTorch`,
    wrong.map(({ line, name }) => `${line} ${name}`),
  );
  hold(
    `${file}: every forward has a hint`,
    without.map(({ from }) => `line ${from + 1}`),
  );
}

/** A fact with a shape in it: one whose sizes are all unknown shows nothing. */
function isShown(fact) {
  return fact?.uses.some((use) => /[^?(), …]/.test(use.text)) ?? false;
}

/** A hint with as many axes as PyTorch never saw there, or with a number that it never saw in its place. */
function contradicts(fact, seen) {
  const shapes = (fact?.uses ?? []).map((use) => use.shape).filter(Array.isArray);
  const fits = (shape) =>
    seen.some(
      (real) =>
        real.length === shape.length &&
        shape.every((d, i) => typeof d !== 'number' || real[i] === null || d === real[i]),
    );
  return shapes.length > 0 && !shapes.some(fits);
}

/** Lines (from 0) of every `def forward` with its body. */
function forwards(text) {
  const lines = text.split('\n');
  return lines.flatMap((line, from) => {
    const indent = /^(\s*)def forward\(/.exec(line)?.[1];
    if (indent === undefined) return [];
    let to = from + 1;
    while (
      to < lines.length &&
      (lines[to].trim() === '' || lines[to].startsWith(`${indent} `) || lines[to].startsWith(`${indent})`))
    )
      to++;
    // An overload that only names its types has no body to look into.
    const isStub = /^\s*(pass|\.\.\.|raise NotImplementedError.*)\s*$/.test(lines.slice(from + 1, to).join(''));
    return isStub ? [] : [{ from, to }];
  });
}

function hold(title, messages) {
  if (messages.length === 0) result.passed++;
  else {
    result.failed++;
    result.failures.push({ title, message: messages.join('\n') });
    console.log(`FAILED ${title}: ${messages.join('; ')}`);
  }
}
