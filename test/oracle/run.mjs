// Holds the analysis against what real PyTorch printed (test/oracle/truth), in process.
//   node test/oracle/run.mjs                       # all models
//   node test/oracle/run.mjs --only resnet         # those with `resnet` in their name
//   node test/oracle/run.mjs --update              # adds what passes now to held.json; never takes anything away
//   node test/oracle/run.mjs --verbose             # every model on a line, with what is wrong or not known
// A model passes when its params and output are exact and nothing that is said of it is wrong. A model in held.json that
// no longer passes is a failure, and so is any wrong answer; what is merely not known yet is skipped.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { diskHost, loadAnalyser, repository } from './analyser.mjs';
import { compareLine, compareShapes } from './compare.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    update: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

/** A truth file and the import root that its modules lie in. */
const suites = [
  { truth: 'truth/torchvision-0.14.truth.json.gz', root: 'test/fixtures/torchvision' },
  { truth: 'own/truth.json.gz', root: 'test/oracle/models' },
];

/** Of these, every submodule's shape has to be exact as well. */
const WHOLE = new Set(
  [
    ...['resnet18', 'resnet50', 'resnet152', 'resnext50_32x4d', 'vgg16', 'vgg16_bn', 'alexnet', 'mobilenet_v2'],
    ...['densenet121', 'googlenet', 'squeezenet1_0'],
  ].map((name) => `torchvision/${name}`),
);

const heldFile = join(repository, 'test', 'oracle', 'held.json');
const held = new Set(JSON.parse(readFileSync(heldFile, 'utf8')));

/** kind → verdict → count, over all models. */
const tally = {};
const { analyser, outfile } = await loadAnalyser();
const host = diskHost();
const rows = [];
try {
  for (const { truth, root } of suites) {
    const path = join(repository, 'test', 'oracle', truth);
    for (const model of JSON.parse(gunzipSync(readFileSync(path)).toString()))
      if (!model.error && model.id.includes(options.only)) rows.push(await judge(model, join(repository, root)));
  }
} finally {
  rmSync(outfile, { force: true });
}
conclude();

async function judge(truth, root) {
  const row = { id: truth.id, wrong: [], unknown: [], milliseconds: 0 };
  const judged = (kind, verdict, where, got, want) => {
    tally[kind] ??= { exact: 0, unknown: 0, wrong: 0 };
    tally[kind][verdict]++;
    if (verdict !== 'exact') row[verdict].push({ kind, text: `${kind} ${where}: ${show(got)} for ${show(want)}` });
  };
  const answer = await analyse(truth, root, row);
  const fact = answer?.snapshot.roots[0];
  judged(
    'params',
    fact?.params == null ? 'unknown' : fact.params === truth.params ? 'exact' : 'wrong',
    '',
    fact?.params,
    truth.params,
  );
  const output = answer?.roots[0]?.output;
  judged('output', compareShapes(output, truth.output), '', output, truth.output);
  for (const p of answer?.snapshot.problems.filter((each) => each.severity === 'error') ?? [])
    judged('error', 'wrong', `${p.range.file}:${p.range.line + 1}`, `${p.code} ${p.message}`, 'no error');
  const scopes = new Map(fact?.graph?.scopes.map((s) => [s.path, s.output]));
  for (const [path, { out }] of Object.entries(truth.modules))
    if (out !== null) judged('submodule', compareShapes(scopes.get(path), out), path, scopes.get(path), out);
  for (const { file, line, name, path, seen } of linesOf(truth)) {
    const got = answer?.lines.get(`${root}/${file}`)?.get(line)?.get(name)?.get(path) ?? [];
    judged('line', compareLine(got, seen), `${file}:${line} ${name} @${path}`, got, seen);
  }
  row.whole = !row.unknown.some((each) => each.kind === 'submodule');
  row.passed =
    !row.wrong.length &&
    !row.failure &&
    !row.unknown.some((each) => each.kind === 'params' || each.kind === 'output') &&
    (row.whole || !WHOLE.has(row.id));
  if (options.verbose)
    console.log(
      `${row.passed ? 'passes' : '      '} ${row.id.padEnd(44)} ${row.milliseconds.toFixed(0).padStart(6)} ms` +
        `${row.wrong.length ? `  ${row.wrong.length} WRONG` : ''}${row.unknown.length ? `  ${row.unknown.length} unknown` : ''}${row.failure ? `  ${row.failure}` : ''}`,
    );
  return row;
}

async function analyse(truth, root, row) {
  const base = join(root, ...truth.module.split('.'));
  const file = existsSync(`${base}.py`) ? `${base}.py` : join(base, '__init__.py');
  const began = performance.now();
  try {
    const answer = await analyser.analyseInDetail(file, host, {
      build: truth.build.replace(/\bm\./g, ''),
      inputs: truth.input,
      ...(truth.dtype && { dtype: truth.dtype }),
      ...(truth.call && { call: truth.call }),
      lines: true,
    });
    row.failure = answer.roots[0]?.failure ?? null;
    if (answer.snapshot.incomplete) row.failure ??= answer.snapshot.gaps.at(-1)?.reason ?? 'it ran out of its budget';
    return answer;
  } catch (error) {
    row.failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (error?.constructor?.name !== 'BuildError') row.wrong.push({ kind: 'throw', text: row.failure });
    return null;
  } finally {
    row.milliseconds = performance.now() - began;
  }
}

function* linesOf(truth) {
  for (const [file, lines] of Object.entries(truth.lines ?? {}))
    for (const [line, names] of Object.entries(lines))
      for (const [name, paths] of Object.entries(names))
        for (const [path, shapes] of Object.entries(paths)) {
          const seen = (shapes ?? []).filter((shape) => shape !== null);
          if (seen.length > 0) yield { file, line: Number(line), name, path, seen };
        }
}

function show(value) {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

function conclude() {
  const result = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const row of rows) {
    if (row.passed) result.passed++;
    else if (held.has(row.id) || row.wrong.length > 0) {
      result.failed++;
      const texts = [...row.wrong, ...row.unknown].map((each) => each.text);
      result.failures.push({ title: row.id, message: [row.failure, ...texts].filter(Boolean).slice(0, 6).join('\n') });
    } else result.skipped++;
  }
  for (const { title, message } of result.failures)
    console.log(`FAILED ${title}\n  ${message.replaceAll('\n', '\n  ')}`);
  const newly = rows.filter((row) => row.passed && !held.has(row.id)).map((row) => row.id);
  if (options.update && newly.length > 0)
    writeFileSync(heldFile, `${JSON.stringify([...held, ...newly].sort(), null, 2)}\n`);
  else if (newly.length > 0) console.log(`Pass, but are not held yet (--update holds them): ${newly.join(', ')}`);

  const milliseconds = rows.reduce((sum, row) => sum + row.milliseconds, 0);
  console.log(
    `\n${rows.length} models, ${result.passed} right in params and output, ${(milliseconds / Math.max(1, rows.length)).toFixed(0)} ms each`,
  );
  for (const [kind, { exact, unknown, wrong }] of Object.entries(tally)) {
    const all = exact + unknown + wrong;
    console.log(
      `${kind.padEnd(10)} exact ${exact}/${all} (${((100 * exact) / all).toFixed(1)} %)  unknown ${unknown}  WRONG ${wrong}`,
    );
  }
  if (process.env.LAYERLENS_RESULTS) writeFileSync(process.env.LAYERLENS_RESULTS, JSON.stringify(result));
  console.log(`${result.passed} passed, ${result.failed} failed${result.skipped ? `, ${result.skipped} skipped` : ''}`);
  process.exitCode = result.failed > 0 ? 1 : 0;
}
