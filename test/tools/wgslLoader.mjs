// Lets Node import shaders as text, as esbuild's text loader does in the bundles:
//   NODE_OPTIONS='--import tsx --import ./test/tools/wgslLoader.mjs' mocha 'test/engine/**/*.test.ts'
// Without "type": "module" in package.json tsx turns our modules into CommonJS, so both of Node's loaders are taught.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import Module, { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

// This file is both what registers the hooks (main thread) and the hooks themselves (loader thread).
if (isMainThread) {
  register(import.meta.url);
  Module._extensions['.wgsl'] = (module, file) => {
    module.exports = { __esModule: true, default: readFileSync(file, 'utf8') };
  };
}

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.wgsl')) return nextLoad(url, context);
  const text = await readFile(new URL(url), 'utf8');
  return { format: 'module', source: `export default ${JSON.stringify(text)};`, shortCircuit: true };
}
