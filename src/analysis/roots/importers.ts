// Importers: which files of a workspace import a name, so that a model is seen as its tests and scripts use it.
//   from models.net import Net        # in tests/test_net.py: words models, net, Net
// Only the words of import statements are kept: a lookup costs nothing, and an edit elsewhere changes nothing.

const IMPORT = /^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)|import[ \t]+([^\n#]*))/gm;

/** So many files are looked into for one. */
const MOST = 12;

/** The words that a file's import statements hold. */
export function importedWords(text: string): Set<string> {
  const words = new Set<string>();
  for (const [, module = '', names = '', plain = ''] of text.matchAll(IMPORT)) {
    for (const word of `${module} ${names} ${plain}`.split(/[^\w]+/)) if (word !== '' && word !== 'as') words.add(word);
  }
  return words;
}

/** Whether a path lies in a folder of tests, or is one by its name. */
const isTest = (path: string): boolean => /(?:^|\/)tests?\/|(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/.test(path);

export class ImportIndex {
  readonly #words = new Map<string, ReadonlySet<string>>();
  readonly #files = new Map<string, Set<string>>();

  /** A file's text is known, or the file is gone (null). False where its imports are what they were. */
  set(path: string, text: string | null): boolean {
    const before = this.#words.get(path);
    const words = text === null ? null : importedWords(text);
    if (before?.size === words?.size && (!words || [...words].every((word) => before!.has(word)))) return false;
    for (const word of before ?? []) this.#files.get(word)?.delete(path);
    this.#words.delete(path);
    if (words === null) return true;
    this.#words.set(path, words);
    for (const word of words) {
      const files = this.#files.get(word);
      if (files) files.add(path);
      else this.#files.set(word, new Set([path]));
    }
    return true;
  }

  get size(): number {
    return this.#words.size;
  }

  /** Files that import one of the names, tests first, then those that lie near. */
  find(names: readonly string[], of: string): string[] {
    const found = new Set<string>();
    for (const name of names) for (const path of this.#files.get(name) ?? []) if (path !== of) found.add(path);
    const near = (path: string): number => {
      let shared = 0;
      while (shared < of.length && path[shared] === of[shared]) shared++;
      return shared;
    };
    return [...found]
      .map((path) => ({ path, test: Number(isTest(path)), near: near(path) }))
      .sort((a, b) => b.test - a.test || b.near - a.near || (a.path < b.path ? -1 : 1))
      .slice(0, MOST)
      .map(({ path }) => path);
  }
}

/** Folders that hold no source of the user's own. */
export const isSkippedFolder = (name: string): boolean =>
  name.startsWith('.') ||
  ['node_modules', '__pycache__', 'venv', 'env', 'site-packages', 'build', 'dist'].includes(name);

/** A workspace with more files than this is looked at in part, and so are files larger than this. */
export const MOST_FILES = 2_000;
export const LARGEST_FILE = 1024 * 1024;
