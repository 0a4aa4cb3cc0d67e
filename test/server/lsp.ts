// A language client for tests: speaks to a built server over whatever carries its messages, as any editor does.

import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type {
  CodeAction,
  CodeLens,
  Diagnostic,
  Hover,
  InlayHint,
  PublishDiagnosticsParams,
  TextEdit,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  type AnalysedParams,
  analysedMethod,
  type ReadFileParams,
  type ReadFileResult,
  readFileMethod,
} from '../../src/protocol/server.ts';

export const repository = join(__dirname, '..', '..');

/** Builds dist/ where a bundle is missing: tests of a fresh clone need no step before them. */
export async function built(name: string): Promise<string> {
  const path = join(repository, 'dist', name);
  if (!existsSync(path)) await promisify(execFile)(process.execPath, ['esbuild.js'], { cwd: repository });
  return path;
}

export class TestClient {
  readonly connection: MessageConnection;
  readonly uri: (name: string) => string;
  readonly #documents = new Map<string, TextDocument>();
  readonly #diagnostics: PublishDiagnosticsParams[] = [];
  readonly #analysed: AnalysedParams[] = [];
  readonly #close: () => void;
  /** Requests of the server to us: refreshes, registrations, files. */
  readonly requests: string[] = [];
  /** What a server without a disk finds when it asks us. */
  readonly files = new Map<string, string>();
  /** To the server's other requests; without one it is null. */
  readonly answers = new Map<string, () => unknown>();

  constructor(connection: MessageConnection, root: string, close: () => void) {
    this.connection = connection;
    this.#close = close;
    this.uri = (name) => `${root}/${name}`;
    connection.onNotification('textDocument/publishDiagnostics', (params) => void this.#diagnostics.push(params));
    connection.onNotification(analysedMethod, (params) => void this.#analysed.push(params));
    connection.onRequest((method: string, params: unknown) => {
      this.requests.push(method);
      if (method === readFileMethod) return this.#readFile(params as ReadFileParams);
      return this.answers.get(method)?.() ?? null;
    });
    connection.listen();
  }

  /** `node dist/server.js --stdio`, its documents in a folder. */
  static async overStdio(folder: string): Promise<TestClient> {
    const child = spawn(process.execPath, [await built('server.js'), '--stdio'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const connection = createMessageConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    return new TestClient(connection, pathToFileURL(folder).href, () => child.kill());
  }

  async initialize(capabilities: object = {}, initializationOptions: object = {}): Promise<unknown> {
    const params = { processId: null, rootUri: this.uri('').slice(0, -1), capabilities, initializationOptions };
    const result = await this.connection.sendRequest('initialize', params);
    await this.connection.sendNotification('initialized', {});
    return result;
  }

  async stop(): Promise<void> {
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    this.leave();
  }

  /** Without asking the server to end its process. */
  leave(): void {
    this.connection.dispose();
    this.#close();
  }

  async open(name: string, text: string): Promise<void> {
    const uri = this.uri(name);
    this.#documents.set(name, TextDocument.create(uri, 'python', 1, text));
    const textDocument = { uri, languageId: 'python', version: 1, text };
    await this.connection.sendNotification('textDocument/didOpen', { textDocument });
  }

  async close(name: string): Promise<void> {
    this.#documents.delete(name);
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri: this.uri(name) } });
  }

  text(name: string): string {
    return this.#document(name).getText();
  }

  /** Replaces the first such words by others, as an incremental change. */
  async edit(name: string, words: string, by: string): Promise<number> {
    const document = this.#document(name);
    const start = document.getText().indexOf(words);
    if (start < 0) throw new Error(`${name} has no ${words}`);
    const range = { start: document.positionAt(start), end: document.positionAt(start + words.length) };
    return this.apply(name, [{ range, newText: by }]);
  }

  async apply(name: string, edits: readonly TextEdit[]): Promise<number> {
    const document = this.#document(name);
    const version = document.version + 1;
    const contentChanges = edits.map((edit) => ({ range: edit.range, text: edit.newText }));
    this.#documents.set(name, TextDocument.update(document, contentChanges, version));
    const textDocument = { uri: this.uri(name), version };
    await this.connection.sendNotification('textDocument/didChange', { textDocument, contentChanges });
    return version;
  }

  request<T>(method: string, name: string, more: object = {}): Promise<T> {
    return this.connection.sendRequest<T>(method, { textDocument: { uri: this.uri(name) }, ...more });
  }

  hints(name: string): Promise<InlayHint[]> {
    return this.request('textDocument/inlayHint', name, { range: everything });
  }

  lenses(name: string): Promise<CodeLens[]> {
    return this.request('textDocument/codeLens', name);
  }

  /** At the first such words. */
  async hover(name: string, words: string): Promise<string | null> {
    const hover = await this.request<Hover | null>('textDocument/hover', name, {
      position: this.position(name, words),
    });
    const contents = hover?.contents;
    return typeof contents === 'object' && 'value' in contents ? contents.value : null;
  }

  fixes(name: string, diagnostic: Diagnostic): Promise<CodeAction[]> {
    const context = { diagnostics: [diagnostic], only: ['quickfix'] };
    return this.request('textDocument/codeAction', name, { range: diagnostic.range, context });
  }

  position(name: string, words: string): { line: number; character: number } {
    const document = this.#document(name);
    const start = document.getText().indexOf(words);
    if (start < 0) throw new Error(`${name} has no ${words}`);
    return document.positionAt(start + 1);
  }

  /** The diagnostics of a version, once they have been published; those without one take all back. */
  async diagnostics(name: string, version: number | undefined): Promise<Diagnostic[]> {
    const uri = this.uri(name);
    const found = await eventually(() =>
      this.#diagnostics.findLast((sent) => sent.uri === uri && sent.version === version),
    );
    return found.diagnostics;
  }

  /** How often a file has been analysed. */
  analyses(name: string): AnalysedParams[] {
    return this.#analysed.filter((sent) => sent.uri === this.uri(name));
  }

  #readFile({ uri }: ReadFileParams): ReadFileResult {
    const text = this.files.get(uri);
    if (text !== undefined) return { kind: 'file', text };
    const isFolder = [...this.files.keys()].some((path) => path.startsWith(`${uri}/`));
    return { kind: isFolder ? 'directory' : 'absent' };
  }

  #document(name: string): TextDocument {
    const document = this.#documents.get(name);
    if (document === undefined) throw new Error(`${name} is not open`);
    return document;
  }
}

const everything = { start: { line: 0, character: 0 }, end: { line: 10_000, character: 0 } };

type Eventual<T> = T | null | undefined | false;

/** Asks again until there is something. */
export async function eventually<T>(look: () => Eventual<T> | Promise<Eventual<T>>, limit = 5000): Promise<T> {
  for (let waited = 0; waited < limit; waited += 10) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`nothing came within ${limit} ms`);
}
