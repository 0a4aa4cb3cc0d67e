// The commands' arguments: from a CodeLens, from the editor's title bar, or from the palette with none at all.
//   layerlens.openLayers('file:///net.py', 'ResNet', 0)      layerlens.openLayers(Uri)      layerlens.openLayers()

import * as vscode from 'vscode';
import type { PanelTarget } from './panelHost.ts';
import { documentUri } from './uris.ts';

/** Whose layers are asked for; null where neither the arguments nor the active editor tell. */
export function openLayersTarget([uri, className, root]: readonly unknown[]): PanelTarget | null {
  if (typeof uri === 'string') {
    return {
      uri,
      className: typeof className === 'string' ? className : undefined,
      root: typeof root === 'number' ? root : undefined,
    };
  }
  if (uri instanceof vscode.Uri) return { uri: uri.toString() };
  const active = vscode.window.activeTextEditor?.document;
  return active?.languageId === 'python' ? { uri: documentUri(active.uri.toString()) } : null;
}
