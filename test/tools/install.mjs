// Makes a fresh clone ready: the npm packages that package-lock.json names, and a word on what the system lacks.
// Runs before `npm start` and `npm test`, so before node_modules exist: Node's own modules only.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Complaint, findBrowser, howToGetABrowser, root, run, runTool } from './system.mjs';

const lowestNode = 20;

await runTool(async () => {
  if (Number(process.versions.node.split('.')[0]) < lowestNode) {
    throw new Complaint(`LayerLens is built with Node ${lowestNode} or newer; this is Node ${process.versions.node}.`);
  }
  if (!packagesAreInstalled()) {
    console.log('Installing the npm packages …');
    // No package's own scripts: esbuild and biome bring their programs as optional packages, one a platform.
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const code = await run('npm', ['ci', ...options], { shell: process.platform === 'win32' });
    if (code !== 0) throw new Complaint('npm ci failed; its message is above.');
  }
  if (!findBrowser()) console.log(`Note: ${howToGetABrowser} Only the tests that need a page want it.`);
});

/** True where node_modules hold what package-lock.json names (npm keeps its own lock of what it installed). */
function packagesAreInstalled() {
  const installedLock = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(installedLock);
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (path === '' || link) return true;
    return installed[path] ? installed[path].version === version : optional;
  });
}

function packagesOf(lock) {
  return JSON.parse(readFileSync(lock, 'utf8')).packages;
}
