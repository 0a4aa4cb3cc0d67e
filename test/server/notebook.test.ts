// A notebook over stdio, as any editor sends it: what is answered in its cells.

import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CodeAction, CodeLens, Diagnostic, Hover, InlayHint } from 'vscode-languageserver';
import {
  choicesMethod,
  type GraphResult,
  graphMethod,
  type LayerAtResult,
  layerAtMethod,
  type PinResult,
  pinMethod,
  type UsesResult,
  usesMethod,
} from '../../src/protocol/server.ts';
import { eventually, TestClient } from './lsp.ts';
import { shown } from './shown.ts';

const imports = '%matplotlib inline\nimport torch\nfrom torch import nn';
const model = `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.fc = nn.Linear(288, 10)

    def forward(self, x):
        y = self.conv(x)
        return self.fc(y.flatten(1))`;
const use = '%%time\nz = Net()(torch.randn(2, 3, 8, 8))';

/** An editor's notebook: its cells are documents of their own. */
class OpenNotebook {
  readonly uri: string;
  readonly #client: TestClient;
  readonly #texts = new Map<string, string>();
  #version = 1;

  private constructor(client: TestClient, name: string) {
    this.#client = client;
    this.uri = client.uri(name);
  }

  static async open(client: TestClient, name: string, cells: readonly string[]): Promise<OpenNotebook> {
    const notebook = new OpenNotebook(client, name);
    const cellTextDocuments = cells.map((text, index) => notebook.#document(`${index}`, text));
    await client.connection.sendNotification('notebookDocument/didOpen', {
      notebookDocument: {
        uri: notebook.uri,
        notebookType: 'jupyter-notebook',
        version: 1,
        cells: cellTextDocuments.map(({ uri }) => ({ kind: 2, document: uri })),
      },
      cellTextDocuments,
    });
    return notebook;
  }

  cell(id: number | string): string {
    return `${this.uri.replace(/^file:/, 'vscode-notebook-cell:')}#${id}`;
  }

  text(id: number | string): string {
    return this.#texts.get(this.cell(id)) ?? '';
  }

  async edit(id: number | string, words: string, by: string): Promise<void> {
    const text = this.text(id).replace(words, by);
    this.#texts.set(this.cell(id), text);
    const document = { uri: this.cell(id), version: ++this.#version };
    await this.#change({ textContent: [{ document, changes: [{ text }] }] });
  }

  async insert(at: number, id: string, text: string): Promise<void> {
    const didOpen = [this.#document(id, text)];
    const array = { start: at, deleteCount: 0, cells: [{ kind: 2, document: this.cell(id) }] };
    await this.#change({ structure: { array, didOpen } });
  }

  async remove(at: number, id: number | string): Promise<void> {
    const didClose = [{ uri: this.cell(id) }];
    await this.#change({ structure: { array: { start: at, deleteCount: 1 }, didClose } });
  }

  async close(): Promise<void> {
    const cellTextDocuments = [...this.#texts.keys()].map((uri) => ({ uri }));
    const notebookDocument = { uri: this.uri };
    await this.#client.connection.sendNotification('notebookDocument/didClose', {
      notebookDocument,
      cellTextDocuments,
    });
  }

  ask<T>(method: string, id: number | string, more: object = {}): Promise<T> {
    return this.#client.connection.sendRequest<T>(method, { textDocument: { uri: this.cell(id) }, ...more });
  }

  async hints(id: number | string): Promise<Record<string, unknown>> {
    const range = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
    return shown(this.text(id), await this.ask<InlayHint[]>('textDocument/inlayHint', id, { range }));
  }

  position(id: number | string, words: string): { line: number; character: number } {
    const before = this.text(id).slice(0, this.text(id).indexOf(words)).split('\n');
    return { line: before.length - 1, character: (before.at(-1)?.length ?? 0) + 1 };
  }

  #document(id: string, text: string): { uri: string; languageId: string; version: number; text: string } {
    this.#texts.set(this.cell(id), text);
    return { uri: this.cell(id), languageId: 'python', version: 1, text };
  }

  #change(cells: object): Promise<void> {
    const notebookDocument = { uri: this.uri, version: ++this.#version };
    return this.#client.connection.sendNotification('notebookDocument/didChange', {
      notebookDocument,
      change: { cells },
    });
  }
}

describe('a notebook over stdio', function () {
  this.timeout(30_000);
  let folder: string;
  let client: TestClient;
  const published = new Map<string, Diagnostic[]>();

  before(async () => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'layerlens-'));
    client = await TestClient.overStdio(folder);
    client.connection.onNotification(
      'textDocument/publishDiagnostics',
      ({ uri, diagnostics }) => void published.set(uri, diagnostics),
    );
    const refreshSupport = true;
    const result = await client.initialize({
      workspace: { inlayHint: { refreshSupport }, codeLens: { refreshSupport } },
    });
    assert.deepEqual((result as { capabilities: Record<string, unknown> }).capabilities['notebookDocumentSync'], {
      notebookSelector: [{ notebook: '*', cells: [{ language: 'python' }] }],
    });
  });

  after(async () => {
    await client.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('hints, hovers and lenses in cells, each in its own lines', async () => {
    const notebook = await OpenNotebook.open(client, 'a.ipynb', [imports, model, use]);
    assert.deepEqual(await notebook.hints(0), {});
    const hints = await notebook.hints(1);
    assert.equal(hints['        y'], ': (2, 8, 6, 6)');
    assert.equal(hints['        self.conv = nn.Conv2d(3, 8, 3)'], '224 params');
    assert.equal((await notebook.hints(2))['z'], ': (2, 10)');

    const position = notebook.position(1, 'self.conv(x)');
    const hover = await notebook.ask<Hover>('textDocument/hover', 1, { position });
    assert.match(JSON.stringify(hover.contents), /\(2, 3, 8, 8\) → \(2, 8, 6, 6\)/);
    assert.equal(hover.range?.start.line, position.line);

    const lenses = await notebook.ask<CodeLens[]>('textDocument/codeLens', 1);
    assert.deepEqual(
      lenses.map(({ command, range }) => [range.start.line, command?.title, command?.arguments]),
      [
        [0, 'Net · 3.1 K params · 21.3 KMACs · Open layers', [notebook.uri, 'Net', 0]],
        [0, 'input (2, 3, 8, 8) from a call · Set…', [notebook.uri, 'Net']],
      ],
    );
    assert.deepEqual(await notebook.ask('textDocument/codeLens', 2), []);
  });

  it('an edit in one cell is seen in the others, and the client is told to ask again', async () => {
    const notebook = await OpenNotebook.open(client, 'b.ipynb', [imports, model, use]);
    assert.equal((await notebook.hints(1))['        y'], ': (2, 8, 6, 6)');
    client.requests.length = 0;
    await notebook.edit(2, 'randn(2,', 'randn(5,');
    assert.equal((await notebook.hints(1))['        y'], ': (5, 8, 6, 6)');
    await eventually(() => client.requests.includes('workspace/inlayHint/refresh'));
    await notebook.edit(1, 'nn.Conv2d(3, 8, 3)', 'nn.Conv2d(3, 8, 3, padding=1');
    assert.equal((await notebook.hints(2))['z'], undefined);
    await notebook.edit(1, 'padding=1', 'padding=0)');
    assert.equal((await notebook.hints(2))['z'], ': (5, 10)');
  });

  it('cells come and go', async () => {
    const notebook = await OpenNotebook.open(client, 'c.ipynb', [imports, model]);
    assert.equal((await notebook.hints(1))['        y'], ': (B, 8, 6, 6)');
    await notebook.insert(2, 'new', 'z = Net()(torch.randn(4, 3, 8, 8))');
    assert.equal((await notebook.hints(1))['        y'], ': (4, 8, 6, 6)');
    assert.equal((await notebook.hints('new'))['z'], ': (4, 10)');
    await notebook.remove(2, 'new');
    assert.equal((await notebook.hints(1))['        y'], ': (B, 8, 6, 6)');
  });

  it('a cell without our library is asked as part of the whole', async () => {
    const notebook = await OpenNotebook.open(client, 'd.ipynb', ['x = 1', 'y = 2']);
    assert.deepEqual(await notebook.hints(0), {});
    await notebook.insert(0, 'first', 'import torch');
    await notebook.edit(1, 'y = 2', 'y = torch.zeros(2)');
    assert.equal((await notebook.hints(1))['y'], ': (2,)');
  });

  it('a problem in the cell where it is, its path in others, its fix', async () => {
    const wrong = model.replace('288', '200');
    const notebook = await OpenNotebook.open(client, 'e.ipynb', [imports, wrong, use]);
    const [problem, ...others] = await eventually(() => {
      const found = published.get(notebook.cell(1));
      return found?.length ? found : null;
    });
    assert.ok(problem);
    assert.deepEqual(others, []);
    assert.equal(problem.code, 'linear-features');
    assert.equal(problem.range.start.line, 8);
    assert.ok(problem.relatedInformation?.every(({ location }) => location.uri.startsWith('vscode-notebook-cell:')));
    assert.deepEqual(published.get(notebook.cell(0)), []);
    assert.deepEqual(published.get(notebook.cell(2)), []);

    const asked = { range: problem.range, context: { diagnostics: [problem] } };
    const [action] = await notebook.ask<CodeAction[]>('textDocument/codeAction', 1, asked);
    const edits = action?.edit?.changes?.[notebook.cell(1)];
    assert.deepEqual(edits, [
      { range: { start: { line: 4, character: 28 }, end: { line: 4, character: 31 } }, newText: '288' },
    ]);
    await notebook.close();
    await eventually(() => published.get(notebook.cell(1))?.length === 0);
  });

  it('the panel, the layer at the cursor, uses and choices', async () => {
    const two = `${use}\nw = Net()(torch.randn(7, 3, 8, 8))`;
    const notebook = await OpenNotebook.open(client, 'f.ipynb', [imports, model, two]);
    const graph = await client.connection.sendRequest<GraphResult>(graphMethod, { uri: notebook.cell(1) });
    assert.ok('graph' in graph);
    const conv = graph.graph.scopes.find(({ path }) => path === 'conv')?.source;
    assert.deepEqual([conv?.file, conv?.line], [notebook.cell(1), 3]);
    const position = notebook.position(1, 'self.conv(x)');
    const at = await client.connection.sendRequest<LayerAtResult>(layerAtMethod, { uri: notebook.cell(1), position });
    assert.deepEqual(at, { path: 'conv' });

    const uses = await client.connection.sendRequest<UsesResult>(usesMethod, { uri: notebook.cell(1), position });
    assert.deepEqual(
      uses?.uses.map(({ flow }) => flow),
      ['(2, 3, 8, 8) → (2, 10)', '(7, 3, 8, 8) → (7, 10)'],
    );
    const files = { [notebook.uri]: uses?.uses.slice(1).map(({ choice }) => choice) ?? [] };
    await client.connection.sendNotification(choicesMethod, { files });
    assert.equal((await notebook.hints(1))['        y'], ': (7, 8, 6, 6) +1');
  });

  it('a pin is written into the cell', async () => {
    const notebook = await OpenNotebook.open(client, 'g.ipynb', [imports, `# A model.\n@final\n${model}`, use]);
    const asked = { uri: notebook.uri, name: 'Net', text: '(1, 3, 8, 8)' };
    const result = await client.connection.sendRequest<PinResult>(pinMethod, asked);
    const at = { line: 1, character: 0 };
    const newText = '# layerlens: input=(1, 3, 8, 8)\n';
    assert.deepEqual(result?.edits, [{ uri: notebook.cell(1), range: { start: at, end: at }, newText }]);
  });
});
