// What the tools ask of the machine: where things lie, how to run a command, which browser there is.
// Imports only Node's own modules: install.mjs uses it before node_modules exist.

import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Everything that the tools download or write for themselves; ignored by git. */
export const cache = join(root, '.cache');

export const isContinuousIntegration = process.env.CI === 'true' || process.env.CI === '1';

/** A failure with a message for people: printed without a stack. */
export class Complaint extends Error {}

/** Runs a tool's main function; a Complaint, or an option that it does not know, prints its message alone. */
export async function runTool(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    const isForPeople = error instanceof Complaint || String(error?.code).startsWith('ERR_PARSE_ARGS');
    console.error(isForPeople ? error.message : error);
    process.exitCode = 1;
  }
}

/** A path as people read it: relative to the repository. */
export const shown = (path) => relative(root, path) || '.';

/** Runs a command to its end with its output on ours; gives its exit code. */
export function run(command, args, options = {}) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', failed);
    child.on('exit', (code, signal) => done(code ?? (signal ? 1 : 0)));
  });
}

/** Runs a command to its end, its output on ours and also returned. */
export function runAndRead(command, args, options = {}) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: root, ...options, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on('error', failed);
    child.on('close', (code) => done({ code: code ?? 1, output }));
  });
}

/** Runs a command quietly; where it fails, complains with what it printed. */
export function runQuietly(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (result.error) throw new Complaint(`Cannot run ${command}: ${result.error.message}`);
  if (result.status !== 0) {
    throw new Complaint(
      `${command} ${args.join(' ')} failed (exit code ${result.status}):\n${result.stdout}${result.stderr}`,
    );
  }
  return result.stdout;
}

/** Full path of the first of `names` that is on the PATH, or null. */
export function findOnPath(...names) {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
      for (const suffix of suffixes) {
        const path = join(folder, name + suffix);
        if (isExecutable(path)) return path;
      }
    }
  }
  return null;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Chromium or Chrome: the CHROME variable, else what the system has; null where there is none. */
export function findBrowser() {
  if (process.env.CHROME) {
    if (!isExecutable(process.env.CHROME)) throw new Complaint(`CHROME names no program: ${process.env.CHROME}`);
    return process.env.CHROME;
  }
  const usualPlaces = {
    darwin: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ],
    win32: [join(process.env.PROGRAMFILES ?? 'C:\\Program Files', 'Google\\Chrome\\Application\\chrome.exe')],
  };
  return (
    findOnPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable') ??
    (usualPlaces[process.platform] ?? []).find((path) => existsSync(path)) ??
    null
  );
}

export const howToGetABrowser =
  'No Chromium or Chrome was found. Debian and Ubuntu: sudo apt-get install chromium; ' +
  'elsewhere install Chrome, or set CHROME to the program.';
