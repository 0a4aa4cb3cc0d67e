// What the tests ask of the editor: open a file, wait until an answer is there, name places by their text.

import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';

/** Opens a file of the workspace (samples/ and fixtures/ lie in it as copies) and shows it. */
export async function open(path: string): Promise<vscode.TextDocument> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'the tests run in a workspace');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, path));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Makes a file in the workspace and opens it. */
export async function openNew(path: string, text: string): Promise<vscode.TextDocument> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'the tests run in a workspace');
  await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder.uri, path), new TextEncoder().encode(text));
  return open(path);
}

/** Makes a notebook of these code cells in the workspace, and shows it. */
export async function openNotebook(path: string, cells: readonly string[]): Promise<vscode.NotebookDocument> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'the tests run in a workspace');
  const uri = vscode.Uri.joinPath(folder.uri, path);
  const json = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { language_info: { name: 'python' } },
    cells: cells.map((source) => ({ cell_type: 'code', metadata: {}, execution_count: null, outputs: [], source })),
  };
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(JSON.stringify(json)));
  const notebook = await vscode.workspace.openNotebookDocument(uri);
  await vscode.window.showNotebookDocument(notebook);
  return notebook;
}

/** Asks until `isRight` holds: answers come when the analysis is done. The last answer is in the failure's message. */
export async function eventually<T>(
  ask: () => T | Thenable<T>,
  isRight: (answer: T) => boolean,
  what: string,
): Promise<T> {
  const deadline = Date.now() + 15_000;
  let answer: T;
  do {
    answer = await ask();
    if (isRight(answer)) return answer;
    await new Promise((done) => setTimeout(done, 100));
  } while (Date.now() < deadline);
  assert.fail(`${what}; last answer: ${JSON.stringify(answer, null, 1)?.slice(0, 2000)}`);
}

/** The place of `text`, or of what «» marks inside it: `place(document, 'x = «self.conv1»(x)')`. */
export function place(document: vscode.TextDocument, marked: string): vscode.Range {
  const text = marked.replace(/[«»]/g, '');
  const at = document.getText().indexOf(text);
  assert.ok(at >= 0, `no "${text}" in ${document.fileName}`);
  const start = marked.includes('«') ? marked.indexOf('«') : 0;
  const length = marked.includes('«') ? marked.indexOf('»') - start - 1 : text.length;
  return new vscode.Range(document.positionAt(at + start), document.positionAt(at + start + length));
}

export async function hoverText(document: vscode.TextDocument, marked: string): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    place(document, marked).start,
  );
  return hovers
    .flatMap((hover) => hover.contents)
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n');
}

export interface Hint {
  line: number;
  label: string;
}

export async function inlayHints(document: vscode.TextDocument): Promise<Hint[]> {
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
    'vscode.executeInlayHintProvider',
    document.uri,
    whole,
  );
  return hints.map((hint) => ({
    line: hint.position.line,
    label: typeof hint.label === 'string' ? hint.label : hint.label.map((part) => part.value).join(''),
  }));
}

/** The labels of the hints on the line that holds `text`. */
export function hintsOn(hints: readonly Hint[], document: vscode.TextDocument, text: string): string[] {
  const { line } = place(document, text).start;
  return hints.filter((hint) => hint.line === line).map((hint) => hint.label.trim());
}

export async function codeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
  return vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 50);
}

/** Ours alone: another extension may have its own opinion of the file. */
export function problems(document: vscode.TextDocument): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(document.uri).filter((diagnostic) => diagnostic.source === 'LayerLens');
}

export function codeOf(diagnostic: vscode.Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : code);
}

/** Replaces `text` in the document, as typing would. */
export async function replace(document: vscode.TextDocument, text: string, by: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, place(document, text), by);
  assert.ok(await vscode.workspace.applyEdit(edit), 'the edit was applied');
}
