// `npm run bench`: how long things take, as measured on this machine, beside the design's budgets. Nothing is asserted.
//   analysis per model, warm and in process · an edit to new hints, through the server · a cold process · memory

import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { Analyser } from '../../src/analysis/analyser.ts';
import type { Host, HostFile } from '../../src/analysis/host.ts';
import { Parsers } from '../../src/analysis/syntax/parsers.ts';

const repository = join(__dirname, '..', '..');
const torchvision = join(repository, 'test', 'fixtures', 'torchvision');
const models = join(torchvision, 'torchvision', 'models');
const wasm = (name: string): Uint8Array => readFileSync(join(repository, 'node_modules', name, `${name}.wasm`));
const grammars = { runtime: wasm('web-tree-sitter'), python: wasm('tree-sitter-python') };

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}\n`);
  await analysisTimes();
  await editTimes();
  coldTimes();
}

/** Warm, in process: what a server pays where the parsed files are kept. */
async function analysisTimes(): Promise<void> {
  const cases: [name: string, file: string, build: string | null][] = [
    ...(
      [
        ['resnet18', 'resnet'],
        ['resnet50', 'resnet'],
        ['resnet152', 'resnet'],
        ['vgg16', 'vgg'],
        ['densenet121', 'densenet'],
        ['mobilenet_v2', 'mobilenetv2'],
        ['googlenet', 'googlenet'],
      ] as const
    ).map(([name, file]): [string, string, string] => [name, join(models, `${file}.py`), `${name}(weights=None)`]),
    ...readdirSync(join(repository, 'samples'))
      .filter((name) => name.endsWith('.py'))
      .map((name): [string, string, null] => [`samples/${name}`, join(repository, 'samples', name), null]),
  ];
  const parsers = await Parsers.load(grammars);
  const analyser = await Analyser.create(grammars);
  const host = diskHost();
  const rows: string[][] = [['analysis, warm', 'median', 'p95', 'of parsing its file', 'budget']];
  for (const [name, file, build] of cases) {
    const text = readFileSync(file, 'utf8');
    const inputs = build === null ? {} : { build, inputs: [[1, 3, 224, 224]] };
    const times = await repeat(40, async () => void (await analyser.analyse(file, host, inputs)), 8);
    const parsing = await repeat(20, async () => void parsers.python(file, text), 4);
    rows.push([
      name,
      ms(median(times)),
      ms(p95(times)),
      `${(median(times) / median(parsing)).toFixed(1)} ×`,
      name === 'resnet152' ? '≤ 30 ms' : '',
    ]);
  }
  globalThis.gc?.();
  print(rows);
  console.log(`heap after these: ${mb(process.memoryUsage().heapUsed)}, resident ${mb(process.memoryUsage().rss)}\n`);
}

/** Through `dist/server.js --stdio`, as an editor: a change, then the hints of the new version. */
async function editTimes(): Promise<void> {
  const rows: string[][] = [['an edit to new hints, through the server', 'median', 'p95', 'first', 'budget']];
  const lines = readFileSync(join(models, 'resnet.py'), 'utf8').split('\n');
  const cases: [string, string, string][] = [
    ['resnet.py, its first 500 lines', lines.slice(0, 500).join('\n'), models],
    [`resnet.py, all ${lines.length} lines`, lines.join('\n'), models],
    ['samples/resnet.py', readFileSync(join(repository, 'samples', 'resnet.py'), 'utf8'), join(repository, 'samples')],
  ];
  for (const [name, text, place] of cases) {
    const server = new Server(place);
    await server.start();
    const began = performance.now();
    await server.open('resnet.py', text);
    const first = await server.hintsAfter(began);
    const times: number[] = [];
    for (let edit = 0; edit < 48; edit++) {
      const start = performance.now();
      await server.edit(edit);
      times.push(await server.hintsAfter(start));
    }
    rows.push([name, ms(median(times.slice(8))), ms(p95(times.slice(8))), ms(first), 'p95 ≤ 30 ms']);
    if (text.length === lines.join('\n').length) {
      for (const other of pythonFiles(models))
        await server.open(other.slice(models.length + 1), readFileSync(other, 'utf8'));
      await server.hintsAfter(performance.now());
      rows.push([`… memory with ${pythonFiles(models).length} files open`, server.memory(), '', '', '≤ 300 MB']);
    }
    await server.stop();
  }
  print(rows);
  console.log();
}

/** A whole process, from nothing: what the command line's users wait for. */
function coldTimes(): void {
  const rows: string[][] = [['layerlens summary, a cold process', 'median', 'p95', 'of an empty Node', 'budget']];
  const empty = Array.from({ length: 11 }, () => timed(() => execFileSync(process.execPath, ['-e', '0'])));
  const cases: [string, string, string][] = [
    ['resnet18', 'resnet.py', '≤ 400 ms'],
    ['resnet152', 'resnet.py', ''],
  ];
  for (const [name, file, budget] of cases) {
    const args = [
      join(repository, 'dist', 'cli.js'),
      'summary',
      join(models, file),
      '--build',
      `${name}(weights=None)`,
    ];
    args.push('--input', '1,3,224,224');
    const times = Array.from({ length: 11 }, () => timed(() => execFileSync(process.execPath, args)));
    rows.push([name, ms(median(times)), ms(p95(times)), `${(median(times) / median(empty)).toFixed(1)} ×`, budget]);
  }
  print(rows);
}

/** A language server on a pipe. */
class Server {
  readonly #folder: string;
  readonly #child;
  readonly #connection: MessageConnection;
  #version = 1;
  #analysed: (() => void)[] = [];
  #seen = 0;
  #uri = '';

  constructor(folder: string) {
    this.#folder = folder;
    this.#child = spawn(process.execPath, [join(repository, 'dist', 'server.js'), '--stdio'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#connection = createMessageConnection(
      new StreamMessageReader(this.#child.stdout),
      new StreamMessageWriter(this.#child.stdin),
    );
    this.#connection.onRequest(() => null);
    this.#connection.onNotification('layerlens/analysed', (params: { version?: number; uri?: string }) => {
      if (params.uri === this.#uri) this.#seen = Math.max(this.#seen, params.version ?? 0);
      for (const wake of this.#analysed.splice(0)) wake();
    });
    this.#connection.listen();
  }

  async start(): Promise<void> {
    const rootUri = pathToFileURL(this.#folder).href;
    await this.#connection.sendRequest('initialize', { processId: null, rootUri, capabilities: {} });
    await this.#connection.sendNotification('initialized', {});
  }

  async open(name: string, text: string): Promise<void> {
    const uri = pathToFileURL(join(this.#folder, name)).href;
    if (this.#uri === '') this.#uri = uri;
    const textDocument = { uri, languageId: 'python', version: 1, text };
    await this.#connection.sendNotification('textDocument/didOpen', { textDocument });
  }

  /** Writes and deletes a blank on a line inside a forward. */
  async edit(round: number): Promise<void> {
    const start = { line: 90, character: 0 };
    const change =
      round % 2 === 0
        ? { range: { start, end: start }, text: '\n' }
        : { range: { start, end: { line: 91, character: 0 } }, text: '' };
    const textDocument = { uri: this.#uri, version: ++this.#version };
    await this.#connection.sendNotification('textDocument/didChange', { textDocument, contentChanges: [change] });
  }

  /** Milliseconds until the current version's hints are here. */
  async hintsAfter(start: number): Promise<number> {
    while (this.#seen < this.#version) await new Promise<void>((wake) => this.#analysed.push(wake));
    const everything = { start: { line: 0, character: 0 }, end: { line: 100_000, character: 0 } };
    await this.#connection.sendRequest('textDocument/inlayHint', {
      textDocument: { uri: this.#uri },
      range: everything,
    });
    return performance.now() - start;
  }

  memory(): string {
    const status = `/proc/${this.#child.pid}/status`;
    const resident = statSync(status, { throwIfNoEntry: false })
      ? /VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1]
      : undefined;
    return resident ? mb(Number(resident) * 1024) : 'not known here';
  }

  async stop(): Promise<void> {
    await this.#connection.sendRequest('shutdown');
    await this.#connection.sendNotification('exit');
    this.#connection.dispose();
    this.#child.kill();
  }
}

function diskHost(): Host {
  const known = new Map<string, HostFile>();
  const read = (path: string): HostFile => {
    try {
      return { kind: 'file', text: readFileSync(path, 'utf8'), version: 0 };
    } catch {
      return { kind: 'absent' };
    }
  };
  return {
    read(path) {
      const file = known.get(path) ?? read(path);
      known.set(path, file);
      return file;
    },
    isDirectory: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
  };
}

const pythonFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.py'))
    .map((name) => join(folder, name));

async function repeat(times: number, run: () => Promise<void>, warmUp: number): Promise<number[]> {
  const measured: number[] = [];
  for (let i = 0; i < times + warmUp; i++) {
    const start = performance.now();
    await run();
    if (i >= warmUp) measured.push(performance.now() - start);
  }
  return measured;
}

function timed(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

const sorted = (times: readonly number[]): number[] => [...times].sort((a, b) => a - b);
const median = (times: readonly number[]): number => sorted(times)[Math.floor(times.length / 2)]!;
const p95 = (times: readonly number[]): number => sorted(times)[Math.ceil(times.length * 0.95) - 1]!;
const ms = (time: number): string => `${time.toFixed(time < 10 ? 2 : 1)} ms`;
const mb = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;

function print(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  for (const [at, row] of rows.entries()) {
    console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('   '));
    if (at === 0) console.log(widths.map((w) => '─'.repeat(w)).join('   '));
  }
}
