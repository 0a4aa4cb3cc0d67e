// `npm run package`: a production build, packed into a .vsix, with a list of what is in it.
// Fails where something is inside that users do not need, something is missing, or it outgrew its budget.

import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Complaint, root, runQuietly, runTool, shown } from './system.mjs';

const budget = 3 * 1024 * 1024;

/** Never in a .vsix. */
const unwanted = [
  /\.map$/,
  /\.tsx?$/,
  /\.mts$/,
  /(^|\/)(src|test|node_modules|\.cache|\.ci|docs)\//,
  /package-lock|tsconfig|biome|esbuild\.js/,
  /\.py[co]$/,
];

/** Always: the extension does not start without them. */
const wanted = [
  'package.json',
  'readme.md',
  'changelog.md',
  'LICENSE.txt',
  'media/icon.png',
  'dist/client.js',
  'dist/client.web.js',
  'dist/server.js',
  'dist/server.worker.js',
  'dist/cli.js',
  'dist/web-tree-sitter.wasm',
  'dist/tree-sitter-python.wasm',
  'dist/webview/page.js',
  'dist/webview/page.css',
  'dist/webview/engineWorker.js',
  'media/images/chelsea.jpg',
  'samples/lenet.py',
];

/** Packs the extension and checks what is inside; gives the .vsix's path. */
export async function packageExtension({
  output = join(root, `${manifest().name}-${manifest().version}.vsix`),
  list = true,
} = {}) {
  mkdirSync(join(output, '..'), { recursive: true });
  const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
  // vsce builds by itself: it runs vscode:prepublish.
  runQuietly(process.execPath, [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--out', output]);

  const files = filesIn(readFileSync(output));
  if (list) {
    for (const { name, size, packed } of files) console.log(`${kilobytes(size)} ${kilobytes(packed)}  ${name}`);
  }
  const total = statSync(output).size;
  console.log(`${shown(output)}: ${files.length} files, ${(total / 1024 / 1024).toFixed(2)} MB`);

  const names = files.map(({ name }) => name.replace(/^extension\//, ''));
  const intruders = names.filter((name) => unwanted.some((pattern) => pattern.test(name)));
  if (intruders.length > 0)
    throw new Complaint(`These do not belong into the .vsix (see .vscodeignore):\n  ${intruders.join('\n  ')}`);
  const lower = new Set(names.map((name) => name.toLowerCase()));
  const missing = wanted.filter((name) => !lower.has(name.toLowerCase()));
  if (missing.length > 0) throw new Complaint(`These are missing from the .vsix:\n  ${missing.join('\n  ')}`);
  if (total > budget) throw new Complaint(`The .vsix has ${total} bytes, more than its budget of ${budget}.`);
  return output;
}

function manifest() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

function kilobytes(bytes) {
  return `${(bytes / 1024).toFixed(1)} kB`.padStart(11);
}

/** The entries of a zip archive's central directory. */
export function filesIn(archive) {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0) throw new Complaint('The .vsix is no zip archive.');
  const files = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = archive.readUInt16LE(at + 28);
    files.push({
      name: archive.toString('utf8', at + 46, at + 46 + nameLength),
      size: archive.readUInt32LE(at + 24),
      packed: archive.readUInt32LE(at + 20),
    });
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return files;
}

if (process.argv[1] === import.meta.filename) await runTool(async () => void (await packageExtension()));
