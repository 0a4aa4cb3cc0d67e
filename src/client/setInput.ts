// Setting an input: asks for a shape and writes it as a pin above the class.
//   # layerlens: input=(1, 3, 32, 32)      # what the box said
//   class Net(nn.Module):

import * as vscode from 'vscode';
import { type PinParams, type PinResult, pinMethod } from '../protocol/server.ts';
import type { Server } from './chooseUse.ts';

/** Asks what the class shall be fed; an empty answer takes the pin away. True where something was written. */
export async function setInput(server: Server, args: readonly unknown[]): Promise<PinTarget | null> {
  const params = pinParams(args);
  const asked = params && (await ask(server, params));
  if (!params || !asked) return null;
  const { name, current, hasPin } = asked;
  const target = { uri: params.uri, name };
  const text = await vscode.window.showInputBox({
    title: `What is ${name} fed?`,
    value: current,
    valueSelection: [0, current.length],
    prompt: `A shape, several (…), (…), or with names: (B, 3, H, W). Also dtype=int64 and build=${name}(…).${hasPin ? ' Empty: remove the pin.' : ''}`,
    validateInput: async (typed) => {
      if (typed.trim() === '') return null;
      return (await server.sendRequest<PinResult>(pinMethod, { ...target, text: typed }))?.problem ?? null;
    },
  });
  if (text === undefined) return null;
  return write(server, target, text.trim() === '' ? null : text);
}

export async function removeInput(server: Server, args: readonly unknown[]): Promise<PinTarget | null> {
  const params = pinParams(args);
  const asked = params && (await ask(server, params));
  if (!params || !asked) return null;
  if (asked.hasPin) return write(server, { uri: params.uri, name: asked.name }, null);
  void vscode.window.showInformationMessage(`LayerLens: ${asked.name} has no pin.`);
  return null;
}

interface PinTarget {
  uri: string;
  name: string;
}

async function ask(server: Server, params: PinParams): Promise<PinResult> {
  const result = await server.sendRequest<PinResult>(pinMethod, params);
  if (result === null)
    void vscode.window.showInformationMessage('LayerLens: there is no model here that could be given an input.');
  return result;
}

async function write(server: Server, target: PinTarget, text: string | null): Promise<PinTarget | null> {
  const result = await server.sendRequest<PinResult>(pinMethod, { ...target, text });
  if (!result || result.problem !== null) return null;
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, range, newText } of result.edits) {
    const { start, end } = range;
    const place = new vscode.Range(start.line, start.character, end.line, end.character);
    edit.replace(vscode.Uri.parse(uri), place, newText);
  }
  return (await vscode.workspace.applyEdit(edit)) ? target : null;
}

/** From a lens with a class' name; from a notebook's lens, too; else the place of the cursor. */
function pinParams([uri, name]: readonly unknown[]): PinParams | null {
  if (typeof uri === 'string' && typeof name === 'string') return { uri, name };
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== 'python') return null;
  const { line, character } = editor.selection.active;
  return { uri: editor.document.uri.toString(), position: { line, character } };
}
