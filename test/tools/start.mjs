// `npm start`: a first look at LayerLens. Summarises a sample in the terminal, then opens VS Code on samples/.
//   npm start                  the installed `code`, else a local VS Code server and its address
//   npm start -- --server      the local server in any case
//   npm start -- --no-open     the summary alone (also with CI=true, or LAYERLENS_NO_OPEN set and no terminal)

import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hostRunsHere, installExtension, installHost, startServer } from '../vscode/host.mjs';
import { packageExtension } from './package.mjs';
import { Complaint, cache, findOnPath, isContinuousIntegration, root, run, runTool } from './system.mjs';

const samples = join(root, 'samples');

await runTool(async () => {
  const options = parseArgs({ options: { 'no-open': { type: 'boolean' }, server: { type: 'boolean' } } }).values;
  await buildIfNeeded();
  console.log('node dist/cli.js summary samples/lenet.py\n');
  const code = await run(process.execPath, ['dist/cli.js', 'summary', 'samples/lenet.py']);
  if (code !== 0) throw new Complaint(`The summary failed (exit code ${code}).`);

  const quiet = process.env.LAYERLENS_NO_OPEN && !process.stdout.isTTY;
  if (options['no-open'] || isContinuousIntegration || quiet) return 0;

  const desktop = hasDesktop() && !options.server ? findOnPath('code', 'code-insiders', 'codium') : null;
  if (desktop) return openDesktop(desktop);
  if (hostRunsHere) return serve();
  console.log('\nInstall VS Code with its `code` command, then run npm start again: it opens samples/ with LayerLens.');
  return 0;
});

/** Builds where a source is newer than what was built from it. */
async function buildIfNeeded() {
  const built = join(root, 'dist/cli.js');
  const sources = ['src', 'webview', 'esbuild.js', 'package.json'].map((name) => join(root, name));
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(...sources.map(newest))) return;
  if ((await run(process.execPath, ['esbuild.js'])) !== 0)
    throw new Complaint('The build failed; its message is above.');
}

function newest(path) {
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(status.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function hasDesktop() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

async function openDesktop(program) {
  // VS Code refuses to run as root without a profile of its own.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox', '--user-data-dir', join(cache, 'start-user')] : [];
  console.log('\nOpening VS Code on samples/ with LayerLens …');
  return run(
    program,
    [...asRoot, `--extensionDevelopmentPath=${root}`, samples, '--goto', `${join(samples, 'lenet.py')}:20`],
    {
      shell: process.platform === 'win32',
    },
  );
}

/** A VS Code in the browser, for machines without a desktop one. Only whoever has the printed address gets in. */
async function serve() {
  const extensions = join(cache, 'start-extensions');
  const userData = join(cache, 'start-user');
  const host = await installHost();
  const vsix = await packageExtension({ output: join(cache, 'start.vsix'), list: false });
  rmSync(extensions, { recursive: true, force: true });
  installExtension(host, vsix, { extensions, userData });
  const server = await startServer(host, { extensions, userData, secret: true });
  const address = server.url({ folder: samples, payload: [['openFile', server.uri(join(samples, 'lenet.py'))]] });
  console.log(`\nVS Code with LayerLens, in a browser on this machine (Ctrl+C ends it):\n\n  ${address}\n`);
  console.log('In Chrome or Edge the layers run on your GPU.');
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void server.stop());
  await server.exited;
  return 0;
}
