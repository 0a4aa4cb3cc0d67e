// The packaged .vsix in a real VS Code.
//   node test/vscode/run.mjs                   the suite inside the extension host, then the journey through the page
//   node test/vscode/run.mjs --only suite      one of them: suite, journey
//   node test/vscode/run.mjs --vsix FILE       an already packed extension
//   node test/vscode/run.mjs --electron        the suite in a desktop VS Code that @vscode/test-electron downloads

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format, parseArgs } from 'node:util';
import { build } from 'esbuild';
import { launchBrowser } from '../tools/browser.mjs';
import { packageExtension } from '../tools/package.mjs';
import { Complaint, cache, root, run, runTool } from '../tools/system.mjs';
import { installExtension, installHost, startServer } from './host.mjs';

const work = join(cache, 'vscode-test');
const workspace = join(work, 'workspace');
const runner = join(work, 'runner');
const extensions = join(work, 'extensions');
const reporter = join(root, 'test/tools/reporter.cjs');
const longestSuite = 240_000;

await runTool(async () => {
  const options = parseArgs({
    options: { only: { type: 'string' }, vsix: { type: 'string' }, electron: { type: 'boolean' } },
  }).values;
  if (options.only && !['suite', 'journey'].includes(options.only))
    throw new Complaint('--only takes: suite, journey.');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const vsix = options.vsix
    ? resolve(options.vsix)
    : await packageExtension({ output: join(work, 'layerlens.vsix'), list: false });
  layWorkspace();

  const parts = [];
  if (options.electron) {
    parts.push(await suiteOnDesktop(vsix));
  } else {
    const host = await installHost();
    installExtension(host, vsix, { extensions, userData: join(work, 'install') });
    if (options.only !== 'journey') parts.push(await suiteInServer(host));
    layWorkspace(); // the suite may have changed it
    if (options.only !== 'suite') parts.push(await journey(host));
  }
  return close(parts);
});

/** Copies of the samples and fixtures, for the tests to edit; torchvision's sources as somebody would have cloned them. */
function layWorkspace() {
  rmSync(workspace, { recursive: true, force: true });
  cpSync(join(root, 'samples'), join(workspace, 'samples'), { recursive: true });
  cpSync(join(root, 'test/fixtures/tinynet'), join(workspace, 'tinynet'), { recursive: true });
  cpSync(join(root, 'test/fixtures/torchvision/torchvision'), join(workspace, 'torchvision'), { recursive: true });
}

/** User settings: nothing on the screen but what the tests look at. */
function laySettings(userData) {
  const settings = {
    'workbench.startupEditor': 'none',
    'workbench.colorTheme': 'Default Dark Modern',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true,
    'workbench.quickOpen.closeOnFocusLost': false,
    'editor.minimap.enabled': false,
    'editor.hover.delay': 100,
    'git.enabled': false,
    'extensions.autoUpdate': false,
    'extensions.ignoreRecommendations': true,
    'telemetry.telemetryLevel': 'off',
  };
  mkdirSync(join(userData, 'User'), { recursive: true });
  writeFileSync(join(userData, 'User/settings.json'), JSON.stringify(settings));
}

/** The suite as an extension of its own, so that what it tests is the installed .vsix and not a development copy. */
async function buildRunner() {
  mkdirSync(runner, { recursive: true });
  const manifest = {
    name: 'layerlens-test-runner',
    publisher: 'layerlens',
    version: '0.0.1',
    engines: { vscode: '*' },
  };
  writeFileSync(join(runner, 'package.json'), JSON.stringify(manifest));
  await build({
    entryPoints: [join(root, 'test/vscode/suite/index.ts')],
    outfile: join(runner, 'suite.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return join(runner, 'suite.js');
}

function suiteEnvironment(results) {
  return { LAYERLENS_REPORTER: reporter, LAYERLENS_SUITE_RESULTS: results };
}

async function suiteInServer(host) {
  console.log('\nInside the extension host');
  const suite = await buildRunner();
  const results = join(work, 'suite.json');
  const userData = join(work, 'suite-user');
  laySettings(userData);
  // First: where there is none, nothing is left running.
  const browser = await launchBrowser();
  const server = await startServer(host, { extensions, userData, driver: true, env: suiteEnvironment(results) });
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.route(/^https:\/\//, (route) => route.abort());
    // The test driver's own doors: what the extension host logs, and the suite's exit code.
    await page.exposeFunction('codeAutomationLog', (_level, args) => printSuiteLine(format(...args)));
    const exit = new Promise((done) => void page.exposeFunction('codeAutomationExit', done));
    const payload = [
      ['extensionDevelopmentPath', server.uri(runner)],
      ['extensionTestsPath', server.uri(suite)],
    ];
    await page.goto(server.url({ folder: workspace, payload }));
    const late = new Promise((done) => setTimeout(done, longestSuite, 'late').unref());
    const code = await Promise.race([exit, late]);
    if (code === 'late')
      console.log(`The suite did not end within ${longestSuite / 1000} s; see ${join(userData, 'server/data/logs')}`);
    if (code !== 0) await page.screenshot({ path: shot('suite-failed') });
    return readResults(results, 'suite');
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** The extension host logs much of its own; mocha's lines are the ones of interest. */
function printSuiteLine(line) {
  if (
    process.env.VERBOSE ||
    !/\[(trace|debug|info|warning|Extension|error)|Resolv|socket|reconnection|Service Worker|builtin extensions|AgentHost|Policy|open-vsx|Timed out waiting/i.test(
      line,
    )
  )
    console.log(line);
}

async function suiteOnDesktop(vsix) {
  const { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } = await import(
    '@vscode/test-electron'
  );
  let vscodeExecutablePath;
  try {
    vscodeExecutablePath = await downloadAndUnzipVSCode({ cachePath: join(cache, 'vscode-desktop') });
  } catch (error) {
    throw new Complaint(
      `A desktop VS Code cannot be downloaded here (${error.message}). Without --electron the tests use a local VS Code server.`,
    );
  }
  const suite = await buildRunner();
  const results = join(work, 'suite.json');
  const userData = join(work, 'desktop-user');
  laySettings(userData);
  const own = ['--extensions-dir', extensions, '--user-data-dir', userData];
  const [command, ...args] = resolveCliArgsFromVSCodeExecutablePath(vscodeExecutablePath, {
    reuseMachineInstall: true,
  });
  const installed = spawnSync(command, [...args, ...own, '--install-extension', vsix], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (installed.status !== 0) throw new Complaint('The desktop VS Code did not install the .vsix.');
  await runTests({
    vscodeExecutablePath,
    reuseMachineInstall: true,
    extensionDevelopmentPath: runner,
    extensionTestsPath: suite,
    extensionTestsEnv: suiteEnvironment(results),
    launchArgs: [workspace, ...own, '--skip-welcome', '--skip-release-notes', '--disable-workspace-trust'],
  }).catch((error) => console.log(error.message));
  return readResults(results, 'suite');
}

/** A person's way through the page, by mocha and a browser. */
async function journey(host) {
  console.log('\nThrough the page');
  const results = join(work, 'journey.json');
  const userData = join(work, 'journey-user');
  laySettings(userData);
  const server = await startServer(host, { extensions, userData });
  try {
    const address = { page: server.url({ folder: workspace }), files: server.uri(workspace) };
    await run(process.execPath, ['node_modules/mocha/bin/mocha.js', '--config', 'test/vscode/journey.mocharc.json'], {
      env: { ...process.env, LAYERLENS_RESULTS: results, LAYERLENS_VSCODE: JSON.stringify(address) },
    });
    return readResults(results, 'journey');
  } finally {
    await server.stop();
  }
}

function shot(name) {
  const folder = join(root, 'test/vscode/shots');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}

function readResults(file, part) {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const message = 'it ended before it reported its results';
  return { passed: 0, failed: 1, skipped: 0, failures: [{ title: `${part} in VS Code`, message }] };
}

/** Adds up the parts, for test.mjs (LAYERLENS_RESULTS) and for people; gives the exit code. */
function close(parts) {
  const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
  const total = {
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: sum('skipped'),
    failures: parts.flatMap((part) => part.failures),
  };
  if (process.env.LAYERLENS_RESULTS) writeFileSync(process.env.LAYERLENS_RESULTS, JSON.stringify(total));
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`);
  return total.failed > 0 ? 1 : 0;
}
