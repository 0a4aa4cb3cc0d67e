// A real VS Code without a desktop: the server build that npm's `code-server` carries, with its own Node.
//   const host = await installHost();
//   const server = await startServer(host, { extensions, userData, port });
// 30 s and about 800 MB the first time, in .cache/vscode-host; nothing of it needs a compiler.

import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { join } from 'node:path';
import { Complaint, cache, runQuietly } from '../tools/system.mjs';

/** code-server 4.N carries VS Code 1.N; that build asks for Node 24. */
const codeServerVersion = '4.139.1';
const nodeVersion = '24.21.0';
const recipe = 1; // raise when the steps below change

const folder = join(cache, 'vscode-host');

/** True where this machine can run the server build. */
export const hostRunsHere = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);

/** Installs the server build where it is missing or of another version. */
export async function installHost() {
  if (!hostRunsHere) {
    throw new Complaint(
      `The local VS Code server runs on Linux (x64, arm64), not on ${process.platform} ${process.arch}: use a desktop VS Code (npm run test:vscode -- --electron).`,
    );
  }
  const stamp = join(folder, 'installed.json');
  const wanted = JSON.stringify({ codeServerVersion, nodeVersion, recipe, arch: process.arch });
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    console.log(
      `Installing VS Code ${codeServerVersion.replace(/^4/, '1')} as a local server (npm: code-server, once, about 800 MB) …`,
    );
    rmSync(folder, { recursive: true, force: true });
    const partial = `${folder}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    install(partial);
    writeFileSync(join(partial, 'installed.json'), wanted);
    renameSync(partial, folder);
  }
  return { node: nodeIn(folder), serverMain: join(folder, 'code-server/lib/vscode/out/server-main.js') };
}

const nodePackage = `node-linux-${process.arch}`;
const nodeIn = (base) => join(base, 'node_modules', nodePackage, 'bin/node');

function install(base) {
  writeFileSync(join(base, 'package.json'), '{"name":"vscode-host","private":true}\n');
  const env = { ...process.env, npm_config_audit: 'false', npm_config_fund: 'false', npm_config_loglevel: 'error' };
  for (const name of Object.keys(env)) if (/^npm_(package|lifecycle|command)/.test(name)) delete env[name];
  runQuietly('npm', ['install', '--ignore-scripts', `${nodePackage}@${nodeVersion}`], { cwd: base, env });

  // Unpacked, not installed: its own postinstall would compile modules that only its login front needs.
  const archive = runQuietly('npm', ['pack', `code-server@${codeServerVersion}`, '--silent'], {
    cwd: base,
    env,
  }).trim();
  mkdirSync(join(base, 'code-server'));
  runQuietly('tar', ['xzf', archive, '-C', 'code-server', '--strip-components=1'], { cwd: base });
  rmSync(join(base, archive));

  const vscode = join(base, 'code-server/lib/vscode');
  const withItsNode = { ...env, PATH: `${join(nodeIn(base), '..')}:${env.PATH}` };
  for (const cwd of [vscode, join(vscode, 'extensions')]) {
    runQuietly('npm', ['install', '--omit=dev', '--ignore-scripts'], { cwd, env: withItsNode });
  }
  replaceNativeModules(join(vscode, 'node_modules/@vscode'));
}

/** The two compiled modules that the server loads at its start, as plain JavaScript. */
function replaceNativeModules(scope) {
  const watchdog = join(scope, 'native-watchdog/build/Release');
  mkdirSync(watchdog, { recursive: true });
  writeFileSync(join(watchdog, 'watchdog.js'), 'module.exports = { start() {} };\n');
  writeFileSync(
    join(scope, 'spdlog/index.js'),
    `// A file logger with spdlog's interface. The server imports it by name, so each name is assigned on its own.
const fs = require('fs');
const path = require('path');
class Logger {
  constructor(name, file) { this.file = file; this.level = 2; fs.mkdirSync(path.dirname(file), { recursive: true }); }
  write(level, message) { if (level >= this.level) fs.appendFile(this.file, new Date().toISOString() + ' ' + message + '\\n', () => {}); }
  trace(m) { this.write(0, m); } debug(m) { this.write(1, m); } info(m) { this.write(2, m); }
  warn(m) { this.write(3, m); } error(m) { this.write(4, m); } critical(m) { this.write(5, m); }
  getLevel() { return this.level; } setLevel(level) { this.level = level; }
  clearFormatters() {} setPattern() {} flush() {} drop() {}
}
const create = async (name, file) => new Logger(name, file);
exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.shutdown = () => {};
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
exports.Logger = Logger;
`,
  );
}

/** Installs a .vsix into an extensions folder of its own. */
export function installExtension(host, vsix, { extensions, userData }) {
  const result = spawnSync(
    host.node,
    [
      host.serverMain,
      ...folders({ extensions, userData }),
      '--accept-server-license-terms',
      '--install-extension',
      vsix,
    ],
    { encoding: 'utf8' },
  );
  if (result.status !== 0 || !/successfully installed/.test(result.stdout)) {
    throw new Complaint(`VS Code did not install ${vsix}:\n${result.stdout}${result.stderr}`);
  }
}

const folders = ({ extensions, userData }) => [
  '--user-data-dir',
  userData,
  '--server-data-dir',
  join(userData, 'server'),
  '--extensions-dir',
  extensions,
];

/**
 * Starts the server on this machine only. `driver` lets a page run tests in the extension host
 * (without it `extensionTestsPath` is ignored); `secret` asks every page for a token.
 */
export async function startServer(host, { extensions, userData, port, driver = false, secret = false, env = {} }) {
  port ??= await freePort();
  const token = secret ? randomBytes(16).toString('hex') : null;
  mkdirSync(userData, { recursive: true });
  const args = [
    ...['--host', '127.0.0.1', '--port', String(port)],
    ...(token ? ['--connection-token', token] : ['--without-connection-token']),
    ...folders({ extensions, userData }),
    ...['--accept-server-license-terms', '--telemetry-level', 'off', '--disable-workspace-trust'],
    ...(driver ? ['--enable-smoke-test-driver'] : []),
  ];
  const child = spawn(host.node, [host.serverMain, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(join(userData, 'server.log'));
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const exited = new Promise((done) => child.on('exit', done));
  const stop = async () => {
    child.kill('SIGTERM');
    await Promise.race([exited, new Promise((done) => setTimeout(done, 5000).unref())]);
    if (child.exitCode === null) child.kill('SIGKILL');
  };
  const origin = `http://127.0.0.1:${port}`;
  await answers(`${origin}/version`, () => child.exitCode !== null, join(userData, 'server.log'));

  /** The page's address. `payload` is VS Code's own: [['openFile', …], ['skipWelcome', 'true']]. */
  const url = ({ folder: workspace, payload = [] }) => {
    const query = new URLSearchParams({
      folder: workspace,
      payload: JSON.stringify([['skipWelcome', 'true'], ['skipReleaseNotes', 'true'], ...payload]),
    });
    if (token) query.set('tkn', token);
    return `${origin}/?${query}`;
  };
  return { port, url, uri: (path) => `vscode-remote://127.0.0.1:${port}${path}`, stop, exited };
}

function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.on('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

async function answers(url, hasEnded, log) {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && !hasEnded()) {
    const ready = await new Promise((done) => {
      get(url, (response) => {
        response.resume();
        done(true);
      }).on('error', () => done(false));
    });
    if (ready) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Complaint(`The VS Code server did not come up; its log: ${log}`);
}
