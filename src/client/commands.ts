// The commands' arguments: from a CodeLens, from the editor's title bar, or from the palette with none at all.
//   layerlens.openLayers('file:///net.py', 'ResNet', 0)      layerlens.openLayers(Uri)      layerlens.openLayers()

import * as vscode from 'vscode';
import type { Build } from '../protocol/server.ts';
import type { PanelTarget } from './panelHost.ts';

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
  return active?.languageId === 'python' ? { uri: active.uri.toString() } : null;
}

/** Lets the user choose among the builds of one class: resnet18(), resnet34(), … */
export async function chooseBuild([uri, className, builds]: readonly unknown[]): Promise<PanelTarget | null> {
  if (typeof uri !== 'string' || typeof className !== 'string' || !Array.isArray(builds)) return null;
  const items = builds.filter(isBuild);
  const chosen = await vscode.window.showQuickPick(items, { title: `Layers of ${className}: which build?` });
  return chosen === undefined ? null : { uri, className, root: chosen.root };
}

function isBuild(value: unknown): value is Build {
  if (typeof value !== 'object' || value === null) return false;
  return 'label' in value && typeof value.label === 'string' && 'root' in value && typeof value.root === 'number';
}
