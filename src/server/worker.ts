// The server's entry in a web worker, as VS Code for the Web runs it.
//   worker.postMessage({ type: 'layerlens/grammars', runtime, python })      # first of all; every later message is the LSP's

import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { Analyser } from '../analysis/analyser.ts';
import { type GrammarsMessage, isGrammarsMessage } from '../protocol/worker.ts';
import { startServer } from './server.ts';

/** What we use of a worker's global scope: TypeScript's own type of it clashes with the page's. */
interface WorkerScope {
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void;
  removeEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void;
}

declare const self: WorkerScope & ConstructorParameters<typeof BrowserMessageReader>[0];

function boot(event: MessageEvent<unknown>): void {
  if (!isGrammarsMessage(event.data)) return;
  self.removeEventListener('message', boot);
  const grammars: GrammarsMessage = event.data;
  startServer(createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self)), {
    analyser: () => Analyser.create(grammars),
    files: (remote) => remote,
  });
}

self.addEventListener('message', boot);
