// Builds every part of LayerLens into dist/.
//   node esbuild.js                  # with source maps; parts that have no source yet are skipped, and said
//   node esbuild.js --watch
//   node esbuild.js --production     # minified, no maps; a missing part is an error

const esbuild = require('esbuild');
const { copyFileSync, existsSync, mkdirSync, rmSync } = require('node:fs');
const { dirname, join } = require('node:path');

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

const unknown = process.argv.slice(2).find((argument) => !['--production', '--watch'].includes(argument));
if (unknown !== undefined) {
  console.error(`esbuild.js: unknown option ${unknown} (there are --production and --watch)`);
  process.exit(2);
}

/** web-tree-sitter asks for its own address even where it is given its bytes; a CommonJS bundle has none of that name. */
const ownAddress = "const __layerlensUrl = require('node:url').pathToFileURL(__filename).href;";

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  sourcesContent: false,
  legalComments: 'none',
  loader: { '.wgsl': 'text' },
  target: 'es2022',
  logLevel: 'warning',
  absWorkingDir: __dirname,
};

/** @type {import('esbuild').BuildOptions} */
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  define: { 'import.meta.url': '__layerlensUrl' },
  banner: { js: ownAddress },
};

/** A program: the shebang has to be the first line. */
const program = { ...node, banner: { js: `#!/usr/bin/env node\n${ownAddress}` } };

/** @type {import('esbuild').BuildOptions} */
const browser = {
  ...common,
  platform: 'browser',
  format: 'iife',
  // Only has to be an address that others can be relative to; nothing is fetched from it.
  define: { 'import.meta.url': '"https://layerlens.invalid/"' },
};

/** @type {import('esbuild').BuildOptions[]} */
const targets = [
  { ...node, entryPoints: ['src/client/node.ts'], outfile: 'dist/client.js', external: ['vscode'] },
  {
    ...browser,
    format: 'cjs',
    entryPoints: ['src/client/web.ts'],
    outfile: 'dist/client.web.js',
    external: ['vscode'],
  },
  { ...program, entryPoints: ['src/server/node.ts'], outfile: 'dist/server.js' },
  { ...browser, entryPoints: ['src/server/worker.ts'], outfile: 'dist/server.worker.js' },
  { ...browser, entryPoints: ['webview/page.ts'], outfile: 'dist/webview/page.js' },
  { ...browser, entryPoints: ['webview/engineWorker.ts'], outfile: 'dist/webview/engineWorker.js' },
  { ...program, entryPoints: ['src/cli/main.ts'], outfile: 'dist/cli.js' },
];

/** The grammars, which are loaded as they are. */
const copies = [
  ['node_modules/web-tree-sitter/web-tree-sitter.wasm', 'dist/web-tree-sitter.wasm'],
  ['node_modules/tree-sitter-python/tree-sitter-python.wasm', 'dist/tree-sitter-python.wasm'],
];

/** The targets whose source is there. */
function buildable() {
  return targets.filter((target) => {
    const [entry] = target.entryPoints;
    if (existsSync(join(__dirname, entry))) return true;
    if (production) throw new Error(`${entry} is missing, and a production build needs every part`);
    console.warn(`esbuild.js: skipped ${target.outfile}: there is no ${entry} yet`);
    return false;
  });
}

function copyGrammars() {
  for (const [from, to] of copies) {
    const source = join(__dirname, from);
    if (!existsSync(source)) throw new Error(`${from} is missing: run npm install`);
    mkdirSync(dirname(join(__dirname, to)), { recursive: true });
    copyFileSync(source, join(__dirname, to));
  }
}

async function main() {
  const building = buildable();
  // A map of an earlier build would be packaged with this one.
  if (production) rmSync(join(__dirname, 'dist'), { recursive: true, force: true });
  copyGrammars();
  if (!watch) {
    await Promise.all(building.map((target) => esbuild.build(target)));
    return;
  }
  for (const target of building) {
    const context = await esbuild.context({ ...target, logLevel: 'info' });
    await context.watch();
  }
  console.log('esbuild.js: watching');
}

main().catch((error) => {
  // esbuild has printed its own errors by then.
  if (!error.errors) console.error(`esbuild.js: ${error.message}`);
  process.exitCode = 1;
});
