import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type DataCallback,
  type Message,
} from 'vscode-jsonrpc/node';
import { built, eventually, TestClient } from './lsp.ts';
import { block, lenet, lenetHints, usesBlock } from './samples.ts';
import { shown } from './shown.ts';

type Listener = (event: { data: unknown }) => void;

/** A web worker's global scope, without Node's: what the bundle finds in a browser. */
class FakeWorker {
  readonly #listeners = new Set<Listener>();
  onmessage: Listener | null = null;
  received: (data: unknown) => void = () => {};

  run(code: string): void {
    const scope: Record<string, unknown> = {
      addEventListener: (type: string, listener: Listener) => type === 'message' && this.#listeners.add(listener),
      removeEventListener: (_type: string, listener: Listener) => this.#listeners.delete(listener),
      postMessage: (data: unknown) => setImmediate(() => this.received(structuredClone(data))),
      WorkerGlobalScope: class {},
      // Bytes come from our realm: in a browser there is just one.
      ...{ Uint8Array, ArrayBuffer, WebAssembly, console, performance, TextDecoder, TextEncoder, URL, MessageChannel },
      ...{ setTimeout, clearTimeout, setInterval, clearInterval, queueMicrotask, crypto },
    };
    Object.defineProperty(scope, 'onmessage', {
      get: () => this.onmessage,
      set: (listener: Listener) => {
        this.onmessage = listener;
      },
    });
    scope['self'] = scope;
    runInContext(code, createContext(scope), { filename: 'server.worker.js' });
  }

  post(data: unknown): void {
    setImmediate(() => {
      const event = { data: structuredClone(data) };
      const handlers = [...this.#listeners, this.onmessage];
      // What a handler adds is not called for the event that it handles.
      for (const handler of handlers) handler?.(event);
    });
  }
}

class Reader extends AbstractMessageReader {
  readonly #worker: FakeWorker;
  constructor(worker: FakeWorker) {
    super();
    this.#worker = worker;
  }
  listen(callback: DataCallback): { dispose(): void } {
    this.#worker.received = (data) => callback(data as Message);
    return { dispose: () => {} };
  }
}

class Writer extends AbstractMessageWriter {
  readonly #worker: FakeWorker;
  constructor(worker: FakeWorker) {
    super();
    this.#worker = worker;
  }
  async write(message: Message): Promise<void> {
    this.#worker.post(message);
  }
  end(): void {}
}

describe('the server in a web worker', function () {
  this.timeout(30_000);
  let client: TestClient;

  before(async () => {
    const worker = new FakeWorker();
    worker.run(readFileSync(await built('server.worker.js'), 'utf8'));
    worker.post({
      type: 'layerlens/grammars',
      runtime: new Uint8Array(readFileSync(await built('web-tree-sitter.wasm'))),
      python: new Uint8Array(readFileSync(await built('tree-sitter-python.wasm'))),
    });
    const connection = createMessageConnection(new Reader(worker), new Writer(worker));
    client = new TestClient(connection, 'vscode-vfs://github/ada/nets', () => {});
    client.files.set(client.uri('block.py'), block);
    await client.initialize({ workspace: { inlayHint: { refreshSupport: true } } });
  });

  after(() => client.stop());

  it('gives the same hints', async () => {
    await client.open('lenet.py', lenet);
    const hints = shown(lenet, await client.hints('lenet.py'));
    for (const [before, label] of Object.entries(lenetHints)) assert.equal(hints[before], label, before);
  });

  it('reads imported files through the client, and refreshes when they have come', async () => {
    await client.open('net.py', usesBlock);
    const text = await eventually(async () => {
      const hints = shown(usesBlock, await client.hints('net.py'));
      return hints['        y'] === undefined ? null : hints['        y'];
    });
    assert.equal(text, ': (1, 8, 32, 32)');
    assert.ok(client.requests.includes('layerlens/readFile'));
    assert.ok(client.requests.includes('workspace/inlayHint/refresh'));
  });
});
