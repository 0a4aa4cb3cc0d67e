// `npm test`: builds, then runs every layer in order and ends with one line, "N passed, N failed".
//   npm test                           all layers
//   npm test -- --only unit            one layer (or several: --only unit,vscode)
// A layer counts what its results file says, or else its own last "N passed, N failed" line, or else itself as one.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  Complaint,
  cache,
  findBrowser,
  howToGetABrowser,
  isContinuousIntegration,
  root,
  run,
  runAndRead,
  runTool,
} from './system.mjs';

const results = join(cache, 'results');
const node = process.execPath;
const mocha = join('node_modules', 'mocha', 'bin', 'mocha.js');

/** In the order they run: the quick ones first. `spec`: a folder or file without which the layer is skipped. */
const layers = [
  { name: 'lint', what: 'formatting, lint rules and types', command: ['npm', 'run', '--silent', 'lint'] },
  { name: 'unit', what: 'unit tests', command: [node, mocha, '--config', 'test/unit.mocharc.json'] },
  {
    name: 'oracle',
    what: 'real PyTorch as the oracle',
    command: [node, 'test/oracle/run.mjs'],
    spec: 'test/oracle/run.mjs',
  },
  {
    name: 'opened',
    what: 'files as a user opens them, nothing given, against real PyTorch',
    command: [node, 'test/oracle/opened.mjs'],
    spec: 'test/oracle/opened.mjs',
  },
  {
    name: 'pages',
    what: 'the engine and its page',
    command: [node, mocha, '--config', 'test/pages.mocharc.json'],
    spec: ['test/engine', 'test/webview'],
    needsBrowser: true,
  },
  {
    name: 'vscode',
    what: 'the packaged extension in a real VS Code',
    command: [node, 'test/vscode/run.mjs'],
    needsBrowser: true,
  },
];

await runTool(async () => {
  const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
  const chosen = only ? only.split(',').map(layerNamed) : layers;
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });

  const total = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const times = [];
  const buildCode = await run(node, ['esbuild.js']);
  if (buildCode !== 0)
    add(total, { failed: 1, failures: [{ title: 'build', message: `node esbuild.js ended with ${buildCode}` }] });
  else {
    for (const layer of chosen) {
      const began = Date.now();
      const result = await runLayer(layer);
      add(total, result);
      times.push(
        `${layer.name.padEnd(8)} ${counted(result).padEnd(36)} ${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s`,
      );
    }
  }
  for (const { title, message } of total.failures)
    console.log(`\nFAILED ${title}\n  ${message.split('\n').slice(0, 6).join('\n  ')}`);
  console.log(`\n${times.join('\n')}\n`);
  console.log(counted(total));
  return total.failed > 0 ? 1 : 0;
});

function layerNamed(name) {
  const layer = layers.find((each) => each.name === name);
  if (!layer)
    throw new Complaint(`No test layer is called "${name}". There are: ${layers.map((each) => each.name).join(', ')}.`);
  return layer;
}

async function runLayer({ name, what, command, spec = [], needsBrowser = false }) {
  console.log(`\n── ${name}: ${what}`);
  if (spec.length > 0 && ![spec].flat().some((path) => existsSync(join(root, path)))) {
    console.log(`Skipped: ${[spec].flat().join(' and ')} not there yet.`);
    return { skipped: 1 };
  }
  const browser = needsBrowser ? findBrowser() : null;
  if (needsBrowser && !browser) {
    console.log(howToGetABrowser);
    return isContinuousIntegration
      ? { failed: 1, failures: [{ title: name, message: howToGetABrowser }] }
      : { skipped: 1 };
  }
  const file = join(results, `${name}.json`);
  const [program, ...args] = command;
  const { code, output } = await runAndRead(program, args, {
    env: {
      ...process.env,
      LAYERLENS_RESULTS: file,
      ...(browser && { CHROME: browser }),
      ...(process.stdout.isTTY && { FORCE_COLOR: '1' }),
    },
    shell: process.platform === 'win32',
  });
  const result = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : (closingLine(output) ?? { [code === 0 ? 'passed' : 'failed']: 1 });
  const failedUncounted = code !== 0 && !result.failed;
  if (failedUncounted) result.failed = 1;
  if (result.failed && !result.failures?.length)
    result.failures = [{ title: name, message: `${command.slice(1).join(' ')} ended with ${code}` }];
  return result;
}

/** The counts of a layer that prints its own last line. */
function closingLine(output) {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  const match = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/.exec(line);
  return match && { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3] ?? 0) };
}

function add(total, { passed = 0, failed = 0, skipped = 0, failures = [] }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  total.failures.push(...failures);
}

function counted({ passed = 0, failed = 0, skipped = 0 }) {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}
