// The invariants of docs/architecture.md that imports can break, checked on the imports themselves.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';

const repository = join(__dirname, '..');

interface Import {
  /** A file of ours as a path from the repository's root, or a package's name: `src/analysis/host.ts`, `node:fs`. */
  target: string;
  typeOnly: boolean;
}

interface Source {
  path: string;
  text: string;
  imports: readonly Import[];
}

interface Rule {
  what: string;
  /** The files it is about. */
  of: (path: string) => boolean;
  allows: (imported: Import, path: string) => boolean;
}

const within =
  (...folders: string[]) =>
  (path: string): boolean =>
    folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

const analysis = within('src/analysis');
const protocol = within('src/protocol');
const graph = within('src/analysis/graph');
const toolkit = /^@vscode\/webview-ui-toolkit/;
const isPackage = (target: string): boolean => !/^(src|webview|test)\//.test(target);

const rules: readonly Rule[] = [
  {
    what: 'the analysis imports nothing but itself, and web-tree-sitter in syntax/',
    of: analysis,
    allows: ({ target }, path) =>
      analysis(target) || (target === 'web-tree-sitter' && within('src/analysis/syntax')(path)),
  },
  {
    what: 'the protocol imports only types of itself and of the graph',
    of: protocol,
    allows: ({ target, typeOnly }) => protocol(target) || (typeOnly && graph(target)),
  },
  {
    what: 'of src, the webview imports the protocol, types of the graph, and how numbers are written',
    of: within('webview'),
    allows: ({ target, typeOnly }) =>
      !target.startsWith('src/') ||
      protocol(target) ||
      (graph(target) && typeOnly) ||
      target === 'src/analysis/graph/numbers.ts',
  },
  {
    what: 'the engine imports no views',
    of: within('webview/engine'),
    allows: ({ target }) => isPackage(target) || within('webview/engine', 'src')(target),
  },
  {
    what: 'the server imports neither the client nor the webview, nor vscode',
    of: within('src/server'),
    allows: ({ target }) => target !== 'vscode' && !within('src/client', 'src/cli', 'webview')(target),
  },
  {
    what: 'the client shares only the protocol with the server, and of the webview knows only its HTML',
    of: within('src/client'),
    allows: ({ target, typeOnly }) =>
      isPackage(target) ||
      within('src/client')(target) ||
      protocol(target) ||
      target === 'webview/html.ts' ||
      (typeOnly && graph(target)),
  },
  {
    what: 'only the entry of Node and the disk files know Node',
    of: (path) => within('src/server', 'src/client')(path) && !/\/(node|diskFiles)\.ts$/.test(path),
    allows: ({ target }) => !target.startsWith('node:') && !/^vscode-language(server|client)\/node$/.test(target),
  },
  {
    what: 'only the controls import the toolkit',
    of: (path) => path !== 'webview/views/controls.ts',
    allows: ({ target }) => !toolkit.test(target),
  },
  {
    what: 'the command line imports no server, client or webview page',
    of: within('src/cli'),
    allows: ({ target }) => !within('src/server', 'src/client', 'webview/views')(target) && target !== 'vscode',
  },
];

describe('architecture', () => {
  const sources = ['src', 'webview'].flatMap((folder) => readSources(join(repository, folder)));

  it('there is something to check', () => assert.ok(sources.some(({ imports }) => imports.length > 0)));

  for (const { what, of, allows } of rules) {
    it(what, () => {
      const broken = sources
        .filter(({ path }) => of(path))
        .flatMap(({ path, imports }) =>
          imports.filter((imported) => !allows(imported, path)).map(({ target }) => `${path} imports ${target}`),
        );
      assert.deepEqual(broken, []);
    });
  }

  it('the analysis and the engine use no globals of a page', () => {
    // Members that only a page's globals have: `window.stride` may well be a pooling's.
    const globals =
      /(?<![\w.'"`$#])(?:document\.(?:create|get|query|body|head|add|documentElement)|window\.(?:document|location|parent|add|postMessage|request|devicePixelRatio|inner|matchMedia)|localStorage\.|navigator\.clipboard)/;
    const broken = sources
      .filter(({ path }) => within('src/analysis', 'webview/engine')(path))
      .filter(({ text }) => globals.test(withoutComments(text)))
      .map(({ path }) => path);
    assert.deepEqual(broken, []);
  });

  it('the analysis asks the outside only through its Host', () => {
    const outside = /(?<![\w.'"`$#])(?:process\s*\.|fetch\s*\(|require\s*\(|XMLHttpRequest|console\s*\.)/;
    const broken = sources
      .filter(({ path, text }) => analysis(path) && outside.test(withoutComments(text)))
      .map(({ path }) => path);
    assert.deepEqual(broken, []);
  });

  it('no file is longer than 450 lines', () => {
    const long = sources
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > 450);
    assert.deepEqual(long, []);
  });

  it('nothing is exported by default', () => {
    const broken = sources.filter(({ text }) => /^export default\b/m.test(text)).map(({ path }) => path);
    assert.deepEqual(broken, []);
  });
});

describe('architecture: how imports are read', () => {
  function check(text: string, expected: readonly Import[]): void {
    assert.deepEqual(readImports('src/server/hover.ts', text), expected);
  }

  it('relative ones and packages', () =>
    check("import { a } from '../analysis/host.ts';\nimport * as fs from 'node:fs';", [
      { target: 'src/analysis/host.ts', typeOnly: false },
      { target: 'node:fs', typeOnly: false },
    ]));
  it('types', () =>
    check(
      "import type { A } from './a.ts';\nimport { type A, type B } from './b.ts';\nimport { type A, b } from './c.ts';",
      [
        { target: 'src/server/a.ts', typeOnly: true },
        { target: 'src/server/b.ts', typeOnly: true },
        { target: 'src/server/c.ts', typeOnly: false },
      ],
    ));
  it('over several lines, re-exports, bare, dynamic and required ones', () =>
    check(
      "import {\n  a,\n} from './a.ts';\nexport * from './b.ts';\nimport './c.css';\nawait import('./d.ts');\nrequire('e');",
      [
        { target: 'src/server/a.ts', typeOnly: false },
        { target: 'src/server/b.ts', typeOnly: false },
        { target: 'src/server/c.css', typeOnly: false },
        { target: 'src/server/d.ts', typeOnly: false },
        { target: 'e', typeOnly: false },
      ],
    ));
  it('not in comments', () => check("// import { a } from './a.ts';\n/* import './b.ts' */", []));
});

function readSources(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => {
      const file = join(folder, name);
      const path = relative(repository, file).replaceAll('\\', '/');
      const text = readFileSync(file, 'utf8');
      return { path, text, imports: readImports(path, text) };
    });
}

function readImports(path: string, source: string): Import[] {
  const text = withoutComments(source);
  const found: { at: number; imported: Import }[] = [];
  const add = (at: number, target: string, typeOnly: boolean) => {
    const resolved = target.startsWith('.') ? posix.join(dirname(path), target) : target;
    found.push({ at, imported: { target: resolved, typeOnly } });
  };
  for (const match of text.matchAll(/^\s*(?:import|export)\s+([^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm)) {
    const [, clause = '', target = ''] = match;
    add(match.index, target, isTypeOnly(clause));
  }
  for (const match of text.matchAll(/\b(?:import|require)\s*\(\s*['"]([^'"]+)['"]\s*\)/g)) {
    add(match.index, match[1] ?? '', false);
  }
  return found.toSorted((a, b) => a.at - b.at).map(({ imported }) => imported);
}

/** `type { A }`, or braces in which every name is a type. */
function isTypeOnly(clause: string): boolean {
  if (/^type\b/.test(clause)) return true;
  const names = /^\{([^}]*)\}/
    .exec(clause.trim())?.[1]
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names !== undefined && names.length > 0 && names.every((name) => name.startsWith('type '));
}

/** Strings stay as they are: an import is one. */
function withoutComments(text: string): string {
  return text.replace(
    /('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (_, string) => string ?? ' ',
  );
}
