// Choosing a use: a class runs in many places, and its hints show one of them. What was chosen is kept with the workspace.
//   as resnet18 › layer1.0 · 8 uses      # click: a list of all eight with their shapes

import * as vscode from 'vscode';
import {
  type ChoicesParams,
  choicesMethod,
  type UseChoice,
  type UseEntry,
  type UsesParams,
  type UsesResult,
  usesMethod,
} from '../protocol/server.ts';
import { documentUri } from './uris.ts';

/** The part of the language client that is used here. */
export interface Server {
  sendRequest<R>(method: string, params: unknown): Promise<R>;
  sendNotification(method: string, params: unknown): Promise<void>;
}

/** Where a restart of the editor finds the choices. */
const choicesKey = 'layerlens.choices';

type Item = vscode.QuickPickItem & ({ use: UseEntry } | { setInput: true });

export class UseChooser {
  readonly #memory: vscode.Memento;
  readonly #server: () => Promise<Server>;
  readonly #chosen: (uri: string, name: string) => void;

  constructor(memory: vscode.Memento, server: () => Promise<Server>, chosen: (uri: string, name: string) => void) {
    this.#memory = memory;
    this.#server = server;
    this.#chosen = chosen;
  }

  /** Tells a server that has just started what was chosen before. */
  async tell(server: Server): Promise<void> {
    const files = this.#files();
    if (Object.keys(files).length > 0) await server.sendNotification(choicesMethod, { files } satisfies ChoicesParams);
  }

  /** Lets the user choose among all uses; 'setInput' where what is fed shall change instead. */
  async choose(args: readonly unknown[]): Promise<{ setInput: { uri: string; name: string } } | null> {
    const asked = await this.#ask(args);
    if (asked === null) return null;
    const { uri, result } = asked;
    const picked = await vscode.window.showQuickPick(itemsOf(result), {
      title: `${result.name}: which use do the hints show?`,
      matchOnDescription: true,
    });
    if (picked === undefined) return null;
    if ('setInput' in picked) return { setInput: { uri, name: result.name } };
    await this.#remember(uri, picked.use.choice, result.isModel);
    return null;
  }

  /** The use after the one that is shown; after the last, the first again. */
  async next(args: readonly unknown[]): Promise<void> {
    const asked = await this.#ask(args);
    const use = asked?.result.uses[(asked.result.shown + 1) % asked.result.uses.length];
    if (asked && use) await this.#remember(asked.uri, use.choice, asked.result.isModel);
  }

  /** The class shows its first use again. */
  async forget(uri: string, name: string): Promise<void> {
    const key = documentUri(uri);
    const files = this.#files();
    const others = (files[key] ?? []).filter((choice) => choice.name !== name);
    if (others.length === (files[key] ?? []).length) return;
    await this.#memory.update(choicesKey, { ...files, [key]: others });
    await this.tell(await this.#server());
  }

  /** From a lens with a class' name, or from the palette with the cursor's place. */
  async #ask([uri, name]: readonly unknown[]): Promise<{ uri: string; result: NonNullable<UsesResult> } | null> {
    const params = usesParams(uri, name);
    if (params === null) return null;
    const result = await (await this.#server()).sendRequest<UsesResult>(usesMethod, params);
    if (result === null) {
      void vscode.window.showInformationMessage('LayerLens: no class or function here runs in a model.');
      return null;
    }
    return { uri: documentUri(params.uri), result };
  }

  async #remember(uri: string, choice: UseChoice, isModel: boolean): Promise<void> {
    const files = this.#files();
    const others = (files[uri] ?? []).filter(({ name }) => name !== choice.name);
    await this.#memory.update(choicesKey, { ...files, [uri]: [...others, choice] });
    await this.tell(await this.#server());
    if (isModel) this.#chosen(uri, choice.name);
  }

  #files(): ChoicesParams['files'] {
    return this.#memory.get<ChoicesParams['files']>(choicesKey, {});
  }
}

function usesParams(uri: unknown, name: unknown): UsesParams | null {
  if (typeof uri === 'string' && typeof name === 'string') return { uri, name };
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== 'python') return null;
  const { line, character } = editor.selection.active;
  return { uri: editor.document.uri.toString(), position: { line, character } };
}

function itemsOf({ uses, shown, isModel }: NonNullable<UsesResult>): Item[] {
  const items = uses.map(
    (use, index): Item => ({
      label: `${index === shown ? '$(check) ' : ''}${use.label}`,
      description: use.flow,
      use,
    }),
  );
  const separator: Item = { label: '', kind: vscode.QuickPickItemKind.Separator, setInput: true };
  return isModel ? [...items, separator, { label: '$(edit) Set input shape…', setInput: true }] : items;
}
