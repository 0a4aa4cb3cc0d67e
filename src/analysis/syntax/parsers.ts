// Parsers: tree-sitter's runtime and grammars, loaded from bytes.

import { Language, Parser } from 'web-tree-sitter';
import { PythonSource } from './python.ts';

export interface GrammarBytes {
  runtime: Uint8Array;
  python: Uint8Array;
}

let runtime: Promise<void> | null = null;

/** Parses Python. One per thread is enough. */
export class Parsers {
  readonly #python: Parser;

  private constructor(python: Parser) {
    this.#python = python;
  }

  static async load(bytes: GrammarBytes): Promise<Parsers> {
    runtime ??= Parser.init({ wasmBinary: bytes.runtime } as unknown as Parameters<typeof Parser.init>[0]);
    await runtime;
    const python = new Parser();
    python.setLanguage(await Language.load(bytes.python));
    return new Parsers(python);
  }

  python(file: string, source: string, previous?: PythonSource): PythonSource {
    return PythonSource.parse(this.#python, file, source, previous);
  }
}
