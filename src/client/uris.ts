// Files as the analysis names them, and as VS Code does.
//   /home/ada/net.py, C:/ada/net.py → file:///…      vscode-vfs://github/ada/net.py stays what it is

import * as vscode from 'vscode';

export function fileToUri(file: string): vscode.Uri {
  return /^[a-z][a-z0-9+.-]+:/i.test(file) ? vscode.Uri.parse(file) : vscode.Uri.file(file);
}

/** The server's spelling of a URI may differ from the editor's: `c:` and `c%3A`. */
export function sameUri(a: string, b: string): boolean {
  return a === b || vscode.Uri.parse(a).toString() === vscode.Uri.parse(b).toString();
}

/** The file that a document belongs to: a notebook's cells are documents of their own, with URIs of their own. */
export function documentUri(uri: string): string {
  if (!uri.startsWith('vscode-notebook-cell:')) return uri;
  const holds = ({ document }: vscode.NotebookCell): boolean => sameUri(document.uri.toString(), uri);
  const notebook = vscode.workspace.notebookDocuments.find((candidate) => candidate.getCells().some(holds));
  return notebook?.uri.toString() ?? uri;
}
