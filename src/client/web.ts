// The extension's entry in VS Code for the Web: the server runs in a web worker, and is given its grammars as bytes.

import * as vscode from 'vscode';
import type { GrammarsMessage } from '../protocol/worker.ts';
import { activateLayerLens, type LayerLensApi } from './extension.ts';

export function activate(context: vscode.ExtensionContext): LayerLensApi {
  let worker: Worker | null = null;
  context.subscriptions.push({ dispose: () => worker?.terminate() });

  return activateLayerLens(context, async (options) => {
    const built = (name: string) => vscode.Uri.joinPath(context.extensionUri, 'dist', name);
    const [{ LanguageClient }, runtime, python] = await Promise.all([
      import('vscode-languageclient/browser'),
      vscode.workspace.fs.readFile(built('web-tree-sitter.wasm')),
      vscode.workspace.fs.readFile(built('tree-sitter-python.wasm')),
    ]);
    /** Called again for a restart: a worker does not end by itself. */
    const serve = async (): Promise<Worker> => {
      worker?.terminate();
      worker = new Worker(built('server.worker.js').toString(true));
      worker.postMessage({ type: 'layerlens/grammars', runtime, python } satisfies GrammarsMessage);
      return worker;
    };
    return new LanguageClient('layerlens', 'LayerLens', serve, options);
  });
}
