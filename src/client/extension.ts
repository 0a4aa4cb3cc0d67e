// The extension: starts the language server when the first file that uses our libraries is opened, and ties commands, status and panel to it.
//   import torch      # a Python file with this line wakes us; any other costs one look at its text

import * as vscode from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import type { PanelStatus } from '../protocol/panel.ts';
import {
  type AnalysedParams,
  analysedMethod,
  chooseUseCommand,
  type EnvironmentParams,
  environmentMethod,
  type GraphResult,
  graphMethod,
  type LayerAtResult,
  layerAtMethod,
  nextUseCommand,
  openLayersCommand,
  type ReadFileParams,
  type ReadFileResult,
  readFileMethod,
  setInputCommand,
  usesLibrary,
} from '../protocol/server.ts';
import { UseChooser } from './chooseUse.ts';
import { openLayersTarget } from './commands.ts';
import { watchEnvironment } from './environment.ts';
import { PanelHost } from './panelHost.ts';
import { readFile } from './readFile.ts';
import { removeInput, setInput } from './setInput.ts';
import { ModelStatus } from './status.ts';

/** Makes the client of a server that is not started yet; the language client's own code is only loaded here. */
export type MakeClient = (options: LanguageClientOptions) => Promise<BaseLanguageClient>;

/** What `activate` returns: for other extensions, and for our tests. */
export interface LayerLensApi {
  /** The server is up; starts it if need be. */
  ready(): Promise<void>;
  /** After each analysis. */
  onAnalysed: vscode.Event<AnalysedParams>;
  /** What the panel shows; null while there is none. */
  panelStatus(): PanelStatus | null;
}

/** How long one waits for a text to come to rest before looking in it for our libraries again. */
const textRest = 300;

export function activateLayerLens(context: vscode.ExtensionContext, makeClient: MakeClient): LayerLensApi {
  const log = vscode.window.createOutputChannel('LayerLens', { log: true });
  const analysedEvent = new vscode.EventEmitter<AnalysedParams>();
  const status = new ModelStatus();
  let starting: Promise<BaseLanguageClient> | null = null;

  function server(): Promise<BaseLanguageClient> {
    starting ??= start().catch((error: unknown) => {
      starting = null;
      void tellFailure(error, log);
      throw error;
    });
    return starting;
  }

  async function start(): Promise<BaseLanguageClient> {
    const client = await makeClient(clientOptions(log));
    client.onNotification(analysedMethod, (params: AnalysedParams) => {
      status.analysed(params);
      panel.analysed(params);
      analysedEvent.fire(params);
    });
    client.onRequest<ReadFileResult, void>(readFileMethod, ({ uri }: ReadFileParams) =>
      readFile(vscode.Uri.parse(uri)),
    );
    await client.start();
    await uses.tell(client);
    const environment = watchEnvironment((packages) => {
      if (client.isRunning()) void client.sendNotification(environmentMethod, { packages } satisfies EnvironmentParams);
    });
    context.subscriptions.push(environment, { dispose: () => void client.stop() });
    return client;
  }

  const panel = new PanelHost(
    context,
    {
      graph: async (params) => (await server()).sendRequest<GraphResult>(graphMethod, params),
      layerAt: async (params) => (await server()).sendRequest<LayerAtResult>(layerAtMethod, params),
    },
    log,
  );

  const uses = new UseChooser(context.workspaceState, server, (uri, name) => panel.chosen(uri, name));

  async function openLayers(...args: readonly unknown[]): Promise<void> {
    const target = openLayersTarget(args);
    if (target === null) {
      void vscode.window.showInformationMessage('LayerLens shows the layers of a model: open its Python file first.');
      return;
    }
    await server();
    await panel.show(target);
  }

  /** Whoever changes what a class is fed wants to see that. */
  async function changeInput(change: typeof setInput, args: readonly unknown[]): Promise<void> {
    const changed = await change(await server(), args);
    if (changed !== null) await uses.forget(changed.uri, changed.name);
  }

  async function restart(): Promise<void> {
    status.clear();
    if (starting === null) {
      await server();
    } else {
      const client = await starting;
      // One that has crashed cannot be stopped, and need not be.
      if (client.isRunning()) await client.stop();
      await client.start();
      await uses.tell(client);
    }
    log.info('The analysis was restarted.');
  }

  context.subscriptions.push(
    log,
    analysedEvent,
    status,
    panel,
    vscode.commands.registerCommand(openLayersCommand, openLayers),
    vscode.commands.registerCommand(chooseUseCommand, async (...args: readonly unknown[]) => {
      const other = await uses.choose(args);
      if (other !== null) await changeInput(setInput, [other.setInput.uri, other.setInput.name]);
    }),
    vscode.commands.registerCommand(setInputCommand, (...args: readonly unknown[]) => changeInput(setInput, args)),
    vscode.commands.registerCommand('layerlens.removeInput', (...args: readonly unknown[]) =>
      changeInput(removeInput, args),
    ),
    vscode.commands.registerCommand(nextUseCommand, (...args: readonly unknown[]) => uses.next(args)),
    vscode.commands.registerCommand('layerlens.showOutput', () => log.show()),
    vscode.commands.registerCommand('layerlens.restartServer', restart),
    wakeOnLibrary(() => void server().catch(() => {})),
  );

  return {
    ready: async () => void (await server()),
    onAnalysed: analysedEvent.event,
    panelStatus: () => panel.status,
  };
}

function clientOptions(log: vscode.LogOutputChannel): LanguageClientOptions {
  return {
    documentSelector: [{ language: 'python' }],
    outputChannel: log,
    diagnosticCollectionName: 'layerlens',
    middleware: {
      // The old side of a diff keeps its shapes, but its problems are no problems any more.
      handleDiagnostics: (uri, diagnostics, next) => next(uri, uri.scheme === 'git' ? [] : diagnostics),
    },
  };
}

/** Calls `wake` once, as soon as an open Python file uses one of our libraries. */
function wakeOnLibrary(wake: () => void): vscode.Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const uses = (document: vscode.TextDocument): boolean =>
    document.languageId === 'python' && usesLibrary(document.getText());
  const look = (document: vscode.TextDocument): void => {
    if (!uses(document)) return;
    listeners.dispose();
    wake();
  };
  const listeners = vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      clearTimeout(timer);
      timer = setTimeout(() => look(document), textRest);
    }),
    { dispose: () => clearTimeout(timer) },
  );
  const open = vscode.workspace.textDocuments.find(uses);
  if (open) look(open);
  return listeners;
}

async function tellFailure(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const choice = await vscode.window.showErrorMessage('LayerLens could not start its analysis.', 'Show Log');
  if (choice !== undefined) log.show();
}
