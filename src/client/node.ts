// The extension's entry in Node: the server runs as a process of its own.

import * as vscode from 'vscode';
import { activateLayerLens, type LayerLensApi } from './extension.ts';

export function activate(context: vscode.ExtensionContext): LayerLensApi {
  return activateLayerLens(context, async (options) => {
    const { LanguageClient, TransportKind } = await import('vscode-languageclient/node');
    const module = vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.js').fsPath;
    const transport = TransportKind.ipc;
    const debug = { module, transport, options: { execArgv: ['--nolazy', '--inspect=6029'] } };
    return new LanguageClient('layerlens', 'LayerLens', { run: { module, transport }, debug }, options);
  });
}
