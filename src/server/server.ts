// The language server: the LSP's requests to the features, one file each. It knows neither how it is connected nor where files lie.
//   startServer(createConnection(…), { analyser: () => Analyser.create(grammars), files: (remote) => createDiskFiles(remote) })

import {
  type CancellationToken,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  PositionEncodingKind,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  type AnalysedParams,
  analysedMethod,
  type ChoicesParams,
  choicesMethod,
  type EnvironmentParams,
  environmentMethod,
  type GraphParams,
  type GraphResult,
  graphMethod,
  type LayerAtParams,
  type LayerAtResult,
  layerAtMethod,
  type PinParams,
  type PinResult,
  pinMethod,
  type ReadFileParams,
  type ReadFileResult,
  readFileMethod,
  type TextPosition,
  type UseChoice,
  type UsesParams,
  type UsesResult,
  usesMethod,
} from '../protocol/server.ts';
import { cellGraph, cellSnapshot } from './cellSnapshot.ts';
import { choiceFromSetting } from './choices.ts';
import { codeActions } from './codeActions.ts';
import { codeLenses } from './codeLens.ts';
import { diagnostics } from './diagnostics.ts';
import { type Analysed, type Analysing, type Cause, Documents } from './documents.ts';
import { graphFor, mainRoot } from './graph.ts';
import { hover } from './hover.ts';
import { inlayHints } from './inlayHints.ts';
import { usesOf } from './instances.ts';
import { layerAt } from './layerAt.ts';
import { Notebooks } from './notebooks.ts';
import { pinEdit } from './pinEdit.ts';
import { createRemoteFiles } from './remoteFiles.ts';
import { defaultSettings, field, readSettings } from './settings.ts';
import { type View, viewOf } from './view.ts';
import type { FileAccess } from './workspaceFiles.ts';
import { WorkspaceIndex } from './workspaceIndex.ts';
import { writeShapeActions } from './writeShapes.ts';

export interface ServerOptions {
  /** Made once, when the first file is analysed. */
  analyser(): Promise<Analysing>;
  /** Where files lie that no editor holds; `remote` asks the client. */
  files(remote: FileAccess): FileAccess;
}

/** What the client said that it can do. */
interface Client {
  configuration: boolean;
  watchFiles: boolean;
  refreshHints: boolean;
  refreshLenses: boolean;
  folders: readonly string[];
}

export function startServer(connection: Connection, options: ServerOptions): void {
  let client: Client = {
    configuration: false,
    watchFiles: false,
    refreshHints: false,
    refreshLenses: false,
    folders: [],
  };
  let settings = defaultSettings;
  /** Folders of installed packages of the selected environment. */
  let packages: readonly string[] = [];
  let making: Promise<Analysing> | null = null;
  /** Which uses of classes and functions the user chose, by the document's path. */
  let choices: ReadonlyMap<string, readonly UseChoice[]> = new Map();

  const log = (line: string): void => connection.console.error(line);
  const remote = createRemoteFiles({
    request: (uri) => connection.sendRequest<ReadFileResult>(readFileMethod, { uri } satisfies ReadFileParams),
    arrived: (path) => documents.arrived(path),
  });
  const files = options.files(remote);
  const documents = new Documents({
    analyser: () => {
      making ??= options.analyser();
      return making;
    },
    access: files,
    extraPaths: () => [...extraPaths(settings.extraPaths, client.folders), ...packages],
    pins: () => settings.inputs,
    importers: (names, of) => workspace.find(names, of),
    analysed,
    log,
  });
  const workspace = new WorkspaceIndex({
    sources: files.sources,
    folders: () => client.folders,
    openText: (path) => documents.openDocument(path)?.getText(),
    changed: () => documents.importersChanged(),
  });
  const texts = new TextDocuments(TextDocument);
  const notebooks = new Notebooks({
    changed: (document) => documents.changed(document),
    closed: (document) => documents.closed(document),
    cellsClosed: (uris) => {
      for (const uri of uris) void connection.sendDiagnostics({ uri, diagnostics: [] });
    },
  });

  /** The client's own URI of an open document, else one made from the path. */
  function toUri(path: string): string {
    return documents.openDocument(path)?.uri ?? files.toUri(path);
  }

  function analysed({ document, snapshot }: Analysed, cause: Cause): void {
    const { uri, version } = document;
    const layout = notebooks.layoutOf(document);
    if (layout === null) void connection.sendDiagnostics({ uri, version, diagnostics: diagnostics(snapshot, toUri) });
    for (const [cell, cellUri] of layout?.uris.entries() ?? []) {
      const found = diagnostics(cellSnapshot(snapshot, layout!, cell), toUri);
      void connection.sendDiagnostics({ uri: cellUri, diagnostics: found });
    }
    const main = mainRoot(snapshot);
    void connection.sendNotification(analysedMethod, {
      uri,
      version,
      models: snapshot.models.length,
      model: (main === null ? undefined : snapshot.roots[main]?.className) ?? snapshot.models[0]?.className ?? null,
      milliseconds: snapshot.milliseconds,
    } satisfies AnalysedParams);
    // After an edit the client asks by itself, and is waiting for us already; but of a notebook only for the edited cell.
    if (cause === 'around' || layout !== null) refresh();
  }

  function refresh(): void {
    if (client.refreshHints) connection.languages.inlayHint.refresh().catch(() => {});
    if (client.refreshLenses) connection.sendRequest('workspace/codeLens/refresh').catch(() => {});
  }

  /** The settings' choices hold for every file; what was chosen in one comes after them. */
  function choicesOf(document: TextDocument): readonly UseChoice[] {
    const fromSettings = Object.entries(settings.uses).map(([name, text]) => choiceFromSetting(name, text));
    return [...fromSettings, ...(choices.get(files.toPath(document.uri)) ?? [])];
  }

  /** Answers from the newest snapshot. One request that fails is logged, and answered with nothing. */
  async function answer<T>(
    what: string,
    uri: string,
    token: CancellationToken,
    from: (view: View) => T,
  ): Promise<T | null> {
    try {
      const result = await documents.current(notebooks.documentUri(uri), token);
      if (result === null) return null;
      const { document } = result;
      return from(viewOf(result, uri, choicesOf(document), notebooks.layoutOf(document)));
    } catch (error) {
      log(`${what} of ${uri} failed: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }

  async function loadSettings(): Promise<void> {
    if (!client.configuration) return;
    const section: unknown = await connection.workspace.getConfiguration('layerlens').catch(() => undefined);
    settings = readSettings(section);
  }

  connection.onInitialize((params): InitializeResult => {
    client = readClient(params, files);
    settings = readSettings(field(params.initializationOptions, 'settings'));
    return {
      serverInfo: { name: 'LayerLens' },
      capabilities: {
        positionEncoding: PositionEncodingKind.UTF16,
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        notebookDocumentSync: { notebookSelector: [{ notebook: '*', cells: [{ language: 'python' }] }] },
        hoverProvider: true,
        inlayHintProvider: true,
        codeLensProvider: {},
        codeActionProvider: { codeActionKinds: ['quickfix', 'refactor.rewrite'] },
        workspace: { workspaceFolders: { supported: true } },
      },
    };
  });

  connection.onInitialized(async () => {
    if (client.watchFiles) {
      const watchers = [{ globPattern: '**/*.py' }];
      connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch(() => {});
    }
    if (!client.configuration) return;
    connection.client.register(DidChangeConfigurationNotification.type, { section: 'layerlens' }).catch(() => {});
    const before = JSON.stringify(settings);
    await loadSettings();
    if (JSON.stringify(settings) !== before) settingsChanged();
  });

  connection.onDidChangeConfiguration(async (change) => {
    settings = readSettings(field(change.settings, 'layerlens'));
    await loadSettings();
    settingsChanged();
  });

  connection.onNotification(environmentMethod, (params: EnvironmentParams) => {
    const found = params.packages.map((uri) => files.toPath(uri));
    if (JSON.stringify(found) === JSON.stringify(packages)) return;
    packages = found;
    settingsChanged();
  });

  function textOnDisk(path: string): string | null {
    const file = files.read(path);
    return file.kind === 'file' ? file.text : null;
  }

  function settingsChanged(): void {
    documents.analyseAll();
    refresh();
  }

  connection.onDidChangeWatchedFiles(({ changes }) => {
    const paths = changes.map((change) => files.toPath(change.uri));
    for (const path of paths) {
      files.forget(path);
      if (documents.openDocument(path) === undefined) workspace.update(path, textOnDisk(path));
    }
    documents.filesChanged(paths.filter((path) => documents.openDocument(path) === undefined));
  });

  // Also comes when a document is opened.
  texts.onDidChangeContent(({ document }) => {
    if (!isPython(document)) return;
    documents.changed(document);
    workspace.update(files.toPath(document.uri), document.getText());
  });

  texts.onDidClose(({ document }) => {
    documents.closed(document);
    const path = files.toPath(document.uri);
    workspace.update(path, textOnDisk(path));
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
  });

  connection.onHover(({ textDocument: { uri }, position }, token) =>
    answer('hover', uri, token, (view) => hover(view.here, position, view.line(position.line))),
  );

  connection.languages.inlayHint.on(({ textDocument: { uri }, range }, token) =>
    answer('inlayHint', uri, token, (view) => inlayHints(view.here, range, settings.inlayHints, view)),
  );

  connection.onCodeLens(({ textDocument: { uri } }, token) =>
    answer('codeLens', uri, token, (view) => (settings.codeLens ? codeLenses(view.here, view.document.uri) : [])),
  );

  connection.onCodeAction((params, token) =>
    answer('codeAction', params.textDocument.uri, token, (view) => [
      ...codeActions(view.here, params, toUri),
      ...writeShapeActions(view.here, view.text(), params, params.textDocument.uri),
    ]),
  );

  connection.onRequest<GraphResult, void>(graphMethod, async (params: GraphParams, token: CancellationToken) => {
    const found = await answer('graph', params.uri, token, ({ whole, document, layout }) => {
      const result = graphFor(whole, document.version, params);
      return 'graph' in result && layout ? { ...result, graph: cellGraph(result.graph, whole.file, layout) } : result;
    });
    return found ?? { reason: 'The file is not open, or it is no Python file.' };
  });

  connection.onRequest(
    layerAtMethod,
    (params: LayerAtParams, token: CancellationToken): Promise<LayerAtResult> =>
      answer('layerAt', params.uri, token, (view) => layerAt(view.here, params.position, params)),
  );

  connection.onRequest(
    usesMethod,
    (params: UsesParams, token: CancellationToken): Promise<UsesResult> =>
      answer('uses', params.uri, token, (view) => usesOf(view.snapshot, inWhole(params, view), view.choices)),
  );

  connection.onRequest(
    pinMethod,
    (params: PinParams, token: CancellationToken): Promise<PinResult> =>
      answer('pin', params.uri, token, (view) => pinEdit(view, inWhole(params, view))),
  );

  connection.onNotification(choicesMethod, (params: ChoicesParams) => {
    choices = new Map(Object.entries(params.files).map(([uri, chosen]) => [files.toPath(uri), chosen]));
    refresh();
  });

  texts.listen(connection);
  notebooks.listen(connection);
  connection.listen();
}

function readClient({ capabilities, workspaceFolders, rootUri }: InitializeParams, files: FileAccess): Client {
  const folders = workspaceFolders?.map((folder) => folder.uri) ?? (rootUri ? [rootUri] : []);
  return {
    configuration: capabilities.workspace?.configuration === true,
    watchFiles: capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    refreshHints: capabilities.workspace?.inlayHint?.refreshSupport === true,
    refreshLenses: capabilities.workspace?.codeLens?.refreshSupport === true,
    folders: folders.map((uri) => files.toPath(uri)),
  };
}

/** `lib` in each workspace folder; an absolute path or a URI as it is. */
function extraPaths(paths: readonly string[], folders: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const plain = path.replaceAll('\\', '/').replace(/\/+$/, '');
    if (/^(\/|[a-z]:\/|[a-z][a-z0-9+.-]+:)/i.test(plain)) return [plain];
    return folders.map((folder) => `${folder.replace(/\/+$/, '')}/${plain.replace(/^\.\//, '')}`);
  });
}

function isPython(document: TextDocument): boolean {
  return document.languageId === 'python' || /\.pyi?$/.test(document.uri);
}

/** A question about a place in a cell is one about a place in its notebook. */
function inWhole<P extends { position?: TextPosition }>(params: P, view: View): P {
  return params.position ? { ...params, position: view.toWhole(params.position) } : params;
}
