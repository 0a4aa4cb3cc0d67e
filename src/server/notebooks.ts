// Notebooks: the cells that an editor opens, as one document that is analysed as one module.
//   cell 1: class Net(nn.Module): …      cell 3: y = Net()(x)      # net.ipynb is one Python text, and each cell a part of it

import { type Connection, NotebookDocuments } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type JoinedCells, joinCells } from '../analysis/notebook/cells.ts';

/** Where the cells lie in a notebook's document. */
export interface Layout extends JoinedCells {
  /** Of each cell. */
  uris: readonly string[];
}

export interface NotebooksOptions {
  /** A notebook was opened, or one of its cells changed. */
  changed(document: TextDocument): void;
  closed(document: TextDocument): void;
  /** Cells that are there no more. */
  cellsClosed(uris: readonly string[]): void;
}

interface Open {
  document: TextDocument;
  layout: Layout;
}

export class Notebooks {
  readonly #options: NotebooksOptions;
  readonly #notebooks = new NotebookDocuments(TextDocument);
  /** By the notebook's URI. */
  readonly #open = new Map<string, Open>();
  readonly #layouts = new WeakMap<TextDocument, Layout>();
  #versions = 0;

  constructor(options: NotebooksOptions) {
    this.#options = options;
  }

  listen(connection: Connection): void {
    this.#notebooks.onDidOpen(({ uri }) => this.#changed(uri));
    this.#notebooks.onDidChange(({ notebookDocument: { uri } }) => this.#changed(uri));
    this.#notebooks.onDidClose(({ uri }) => this.#closed(uri));
    this.#notebooks.listen(connection);
  }

  /** The document that a URI is answered from: a cell's is its notebook. */
  documentUri(uri: string): string {
    return this.#notebooks.findNotebookDocumentForCell(uri)?.uri ?? uri;
  }

  /** Null where a document is no notebook. */
  layoutOf(document: TextDocument): Layout | null {
    return this.#layouts.get(document) ?? null;
  }

  #changed(uri: string): void {
    const notebook = this.#notebooks.getNotebookDocument(uri);
    if (notebook === undefined) return;
    const cells = notebook.cells.flatMap((cell) => this.#notebooks.getCellTextDocument(cell) ?? []);
    const joined = joinCells(cells.map((cell) => cell.getText()));
    const layout = { ...joined, uris: cells.map((cell) => cell.uri) };
    const before = this.#open.get(uri);
    const document = TextDocument.create(uri, 'python', ++this.#versions, joined.text);
    this.#layouts.set(document, layout);
    this.#open.set(uri, { document, layout });
    const gone = before?.layout.uris.filter((cell) => !layout.uris.includes(cell)) ?? [];
    if (gone.length > 0) this.#options.cellsClosed(gone);
    this.#options.changed(document);
  }

  #closed(uri: string): void {
    const open = this.#open.get(uri);
    if (open === undefined) return;
    this.#open.delete(uri);
    this.#options.closed(open.document);
    this.#options.cellsClosed(open.layout.uris);
  }
}
