// The status bar: the active file's model and how long its analysis took; and the context key that shows our button.
//   $(layers) ResNet · 14 ms

import * as vscode from 'vscode';
import { type AnalysedParams, openLayersCommand } from '../protocol/server.ts';
import { documentUri } from './uris.ts';

const hasModelKey = 'layerlens.hasModel';

export class ModelStatus implements vscode.Disposable {
  /** By the document's URI. */
  readonly #analysed = new Map<string, AnalysedParams>();
  readonly #item = vscode.window.createStatusBarItem('layerlens.model', vscode.StatusBarAlignment.Right, 90);
  readonly #listeners: vscode.Disposable;
  #hasModel: boolean | null = null;

  constructor() {
    this.#item.name = 'LayerLens model';
    this.#item.command = openLayersCommand;
    this.#listeners = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor(() => this.#show()),
      vscode.workspace.onDidCloseTextDocument((document) => this.#analysed.delete(document.uri.toString())),
      vscode.workspace.onDidCloseNotebookDocument((notebook) => this.#analysed.delete(notebook.uri.toString())),
    );
  }

  analysed(params: AnalysedParams): void {
    this.#analysed.set(vscode.Uri.parse(params.uri).toString(), params);
    this.#show();
  }

  /** The server starts anew: what it said does not hold any more. */
  clear(): void {
    this.#analysed.clear();
    this.#show();
  }

  dispose(): void {
    this.#item.dispose();
    this.#listeners.dispose();
  }

  #show(): void {
    const active = vscode.window.activeTextEditor?.document.uri.toString();
    const found = active === undefined ? undefined : this.#analysed.get(documentUri(active));
    const hasModel = found !== undefined && found.models > 0;
    if (hasModel !== this.#hasModel) {
      this.#hasModel = hasModel;
      void vscode.commands.executeCommand('setContext', hasModelKey, hasModel);
    }
    if (!hasModel) {
      this.#item.hide();
      return;
    }
    const time = `${Math.max(1, Math.round(found.milliseconds))} ms`;
    const classes = found.models === 1 ? '1 model class' : `${found.models} model classes`;
    this.#item.text = `$(layers) ${found.model ?? 'Model'} · ${time}`;
    this.#item.tooltip = `LayerLens: ${classes}, analysed in ${time}. Click to open the layers.`;
    this.#item.show();
  }
}
