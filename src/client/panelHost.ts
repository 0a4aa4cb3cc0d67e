// The panel's host: one webview beside the editor, which shows the layers of one file's model and follows its edits.
//   click on conv1 in the panel      → the editor shows `self.conv1 = nn.Conv2d(…)`
//   cursor on `self.conv1(x)`        → the panel chooses conv1

import * as vscode from 'vscode';
import { panelHtml } from '../../webview/html.ts';
import type { SourceRange } from '../analysis/graph/modelGraph.ts';
import type { FromPanel, PanelStatus, SampleImage, ToPanel } from '../protocol/panel.ts';
import type { AnalysedParams, GraphParams, GraphResult, LayerAtParams, LayerAtResult } from '../protocol/server.ts';
import { documentUri, fileToUri, sameUri } from './uris.ts';

export const panelViewType = 'layerlens.layers';

/** What the panel asks of the language server. */
export interface PanelServer {
  graph(params: GraphParams): Promise<GraphResult>;
  layerAt(params: LayerAtParams): Promise<LayerAtResult>;
}

/** Whose layers are shown. */
export interface PanelTarget {
  uri: string;
  className?: string;
  root?: number;
}

/** The pictures in media/images, the cat first. Listed here: an extension that is served over the web cannot list its folders. */
const samples = ['chelsea', 'astronaut', 'coffee', 'rocket', 'camera'];

/** Where a reload finds what was shown. */
const targetKey = 'layerlens.panel.target';

/** A cursor that runs over lines asks only where it rests. */
const cursorRest = 120;

export class PanelHost implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #server: PanelServer;
  readonly #log: vscode.LogOutputChannel;
  readonly #disposables: vscode.Disposable[] = [];

  #panel: vscode.WebviewPanel | null = null;
  #target: PanelTarget | null = null;
  /** The page listens. */
  #ready = false;
  /** The page shows a model: what comes next may fail without taking it away. */
  #shown: { root: number } | null = null;
  #asked = 0;
  #status: PanelStatus | null = null;
  #cursor: ReturnType<typeof setTimeout> | undefined;
  /** The place that we moved the cursor to: the panel knows of it already. */
  #revealed: { uri: string; selection: vscode.Selection } | null = null;

  constructor(context: vscode.ExtensionContext, server: PanelServer, log: vscode.LogOutputChannel) {
    this.#context = context;
    this.#server = server;
    this.#log = log;
    this.#disposables.push(
      vscode.window.registerWebviewPanelSerializer(panelViewType, this),
      vscode.window.onDidChangeTextEditorSelection((event) => this.#cursorMoved(event)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('layerlens.visualiser')) void this.#update();
      }),
    );
  }

  /** What the page said last of what it shows; null where it has not yet. */
  get status(): PanelStatus | null {
    return this.#status;
  }

  /** Opens the panel, or turns the open one to another model. */
  async show(target: PanelTarget): Promise<void> {
    this.#retarget(target);
    if (this.#panel) {
      this.#panel.reveal(undefined, true);
      await this.#update();
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.#adopt(
      vscode.window.createWebviewPanel(panelViewType, 'Layers', column, {
        ...this.#webviewOptions(),
        retainContextWhenHidden: true,
      }),
    );
  }

  /** After a reload of the window: the page is built anew, and asks for its model as it did the first time. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    const target = this.#context.workspaceState.get<PanelTarget>(targetKey);
    if (target === undefined || this.#panel !== null) {
      panel.dispose();
      return;
    }
    this.#retarget(target);
    panel.webview.options = this.#webviewOptions();
    this.#adopt(panel);
  }

  /** Another use of a class was chosen: where the panel shows a model of that file, it turns to it. */
  chosen(uri: string, className: string): void {
    if (this.#panel === null || this.#target === null || !sameUri(uri, this.#target.uri)) return;
    this.#retarget({ uri, className });
    void this.#update(true);
  }

  analysed(params: AnalysedParams): void {
    if (this.#target !== null && sameUri(params.uri, this.#target.uri)) void this.#update();
  }

  dispose(): void {
    clearTimeout(this.#cursor);
    this.#panel?.dispose();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #retarget(target: PanelTarget): void {
    if (this.#target === null || !sameUri(this.#target.uri, target.uri)) this.#shown = null;
    this.#target = target;
    void this.#context.workspaceState.update(targetKey, target);
  }

  #webviewOptions(): vscode.WebviewOptions {
    const { extensionUri } = this.#context;
    return {
      enableScripts: true,
      localResourceRoots: [
        vscode.Uri.joinPath(extensionUri, 'dist', 'webview'),
        vscode.Uri.joinPath(extensionUri, 'media'),
      ],
    };
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    this.#ready = false;
    const page = (name: string) => this.#resource(panel, 'dist', 'webview', name);
    panel.iconPath = vscode.Uri.joinPath(this.#context.extensionUri, 'media', 'icon.png');
    panel.onDidDispose(() => this.#closed(panel));
    panel.webview.onDidReceiveMessage((message: FromPanel) => this.#received(message));
    panel.webview.html = panelHtml({
      scriptUri: page('page.js'),
      styleUri: page('page.css'),
      workerUri: page('engineWorker.js'),
      cspSource: panel.webview.cspSource,
      nonce: nonce(),
    });
  }

  #closed(panel: vscode.WebviewPanel): void {
    if (this.#panel !== panel) return;
    this.#panel = null;
    this.#ready = false;
    this.#shown = null;
    this.#status = null;
  }

  #resource(panel: vscode.WebviewPanel, ...path: string[]): string {
    return panel.webview.asWebviewUri(vscode.Uri.joinPath(this.#context.extensionUri, ...path)).toString();
  }

  #post(message: ToPanel): void {
    void this.#panel?.webview.postMessage(message);
  }

  #received(message: FromPanel): void {
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#post({ type: 'images', images: this.#images() });
        void this.#update();
        return;
      case 'reveal':
        this.#reveal(message.source).catch((error) => this.#log.error(`reveal ${message.path}: ${String(error)}`));
        return;
      case 'error':
        this.#log.error(`panel: ${message.message}`);
        return;
      case 'status':
        this.#status = message.status;
        return;
    }
  }

  #images(): SampleImage[] {
    const panel = this.#panel;
    if (panel === null) return [];
    return samples.map((name) => ({ name, uri: this.#resource(panel, 'media', 'images', `${name}.jpg`) }));
  }

  /** Asks for the newest graph and hands it to the page; an answer that a newer question has overtaken is dropped. */
  async #update(selects = false): Promise<void> {
    const target = this.#target;
    if (target === null || !this.#ready) return;
    const asked = ++this.#asked;
    const result = await this.#graph(target);
    if (asked !== this.#asked || this.#panel === null) return;
    if ('reason' in result) {
      this.#post({ type: this.#shown ? 'analysisFailed' : 'noModel', reason: result.reason });
      return;
    }
    const first = this.#shown === null;
    this.#shown = { root: result.root };
    this.#panel.title = `Layers: ${result.graph.name}`;
    const seed = vscode.workspace.getConfiguration('layerlens').get('visualiser.seed', 0);
    const file = vscode.workspace.asRelativePath(vscode.Uri.parse(target.uri));
    this.#post({ type: 'model', graph: result.graph, title: result.title, seed, file, version: result.version });
    if ((first || selects) && result.select !== null) this.#post({ type: 'select', path: result.select });
  }

  async #graph(target: PanelTarget): Promise<GraphResult> {
    try {
      // After a reload the file may not be open in any editor.
      await openDocument(vscode.Uri.parse(target.uri));
      return await this.#server.graph(target);
    } catch (error) {
      return { reason: error instanceof Error ? error.message : String(error) };
    }
  }

  async #reveal(source: SourceRange): Promise<void> {
    const uri = fileToUri(source.file);
    const range = new vscode.Range(source.line, source.column, source.endLine, source.endColumn);
    const selection = new vscode.Selection(range.start, range.start);
    this.#revealed = { uri: uri.toString(), selection };
    const visible = vscode.window.visibleTextEditors.find((editor) =>
      sameUri(editor.document.uri.toString(), uri.toString()),
    );
    const editor = await vscode.window.showTextDocument(uri, {
      viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
      preserveFocus: true,
      selection,
    });
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  #cursorMoved({ textEditor, selections }: vscode.TextEditorSelectionChangeEvent): void {
    const target = this.#target;
    const selection = selections[0];
    const uri = textEditor.document.uri.toString();
    if (selection === undefined || target === null || this.#shown === null || !sameUri(documentUri(uri), target.uri))
      return;
    clearTimeout(this.#cursor);
    if (this.#revealed?.uri === uri && this.#revealed.selection.isEqual(selection)) return;
    this.#revealed = null;
    const { line, character } = selection.active;
    this.#cursor = setTimeout(() => void this.#select(uri, { line, character }), cursorRest);
  }

  async #select(uri: string, position: { line: number; character: number }): Promise<void> {
    if (this.#target === null || this.#shown === null) return;
    const { root } = this.#shown;
    const near = this.#status?.path;
    const found = await this.#server.layerAt({ uri, position, root, near }).catch(() => null);
    if (found !== null && found.path !== near) this.#post({ type: 'select', path: found.path });
  }
}

/** The server only knows what an editor has open. */
async function openDocument(uri: vscode.Uri): Promise<void> {
  if (uri.path.endsWith('.ipynb')) await vscode.workspace.openNotebookDocument(uri);
  else await vscode.workspace.openTextDocument(uri);
}

/** A fresh word that only this page's own scripts carry. */
function nonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
