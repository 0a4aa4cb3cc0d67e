// The server's own behaviour, over a real connection, with an analyser that finds one value and one layer in each line.

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { createConnection } from 'vscode-languageserver/node';
import type { Host } from '../../src/analysis/host.ts';
import type { Snapshot } from '../../src/analysis/snapshot.ts';
import type { Analysing } from '../../src/server/documents.ts';
import { startServer } from '../../src/server/server.ts';
import { eventually, TestClient } from './lsp.ts';
import { behind, observation, problem, snapshot, source } from './snapshots.ts';

const extraPaths: (readonly string[] | undefined)[] = [];
let pins: Readonly<Record<string, string>> | undefined;

const analyser: Analysing = {
  async analyse(file: string, host: Host, options): Promise<Snapshot> {
    extraPaths.push(options?.extraPaths);
    pins = options?.pins;
    const read = host.read(file);
    const sample = source(read.kind === 'file' ? read.text : '');
    const imported = host.read(file.replace(/[^/]+$/, 'sizes.py'));
    const size = imported.kind === 'file' ? imported.text.trim() : '?';
    const x = sample.at('x');
    const y = sample.at('y');
    return {
      ...snapshot({}),
      file,
      values: [{ kind: 'assign', name: 'x', range: x, hintAt: behind(x), uses: [observation('', `(${size})`)] }],
      layers: [
        { range: y, className: 'Linear', uses: [{ path: 'y', root: 0, params: 9, paramsText: '9', parameters: [] }] },
      ],
      models: [{ className: 'Net', range: y, roots: [], uses: 1, params: 9, macs: null }],
      problems: sample.text.includes('wrong') ? [{ ...problem(y), range: { file, ...y } }] : [],
      dependencies: [file.replace(/[^/]+$/, 'sizes.py')],
    };
  },
};

describe('the server', () => {
  let client: TestClient;
  let settings: unknown;
  const text = 'import torch\nx = 1\ny = 2\n';

  beforeEach(async () => {
    settings = undefined;
    extraPaths.length = 0;
    const [toServer, toClient] = [new PassThrough(), new PassThrough()];
    // A stream that ends would end this process: the server is made to live in one of its own.
    const server = createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient));
    startServer(server, { analyser: async () => analyser, files: (remote) => remote });
    const connection = createMessageConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
    client = new TestClient(connection, 'mem://w', () => server.dispose());
    client.answers.set('workspace/configuration', () => [settings]);
  });

  afterEach(() => client.leave());

  const able = {
    workspace: {
      configuration: true,
      didChangeWatchedFiles: { dynamicRegistration: true },
      inlayHint: { refreshSupport: true },
      codeLens: { refreshSupport: true },
    },
  };

  async function labels(name: string): Promise<unknown[]> {
    return (await client.hints(name)).map((hint) => hint.label);
  }

  it('heeds settings from the start and when they change', async () => {
    settings = { inlayHints: { params: false }, extraPaths: ['lib', '/opt/nets/'], inputs: { Net: '(1, 3)' } };
    await client.initialize(able);
    await client.open('net.py', text);
    await eventually(async () => (await labels('net.py')).length === 1);
    await eventually(() => extraPaths.some((paths) => paths?.join() === 'mem://w/lib,/opt/nets'));
    assert.deepEqual(pins, { Net: '(1, 3)' });
    assert.equal((await client.lenses('net.py')).length, 2);

    settings = { inlayHints: { shapes: false }, codeLens: false };
    client.requests.length = 0;
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await eventually(() => client.requests.includes('workspace/inlayHint/refresh'));
    assert.deepEqual(await labels('net.py'), ['9 params']);
    assert.deepEqual(await client.lenses('net.py'), []);
  });

  it('takes settings as an initialization option where the editor cannot be asked', async () => {
    await client.initialize({}, { settings: { inlayHints: { shapes: false } } });
    await client.open('net.py', text);
    assert.deepEqual(await labels('net.py'), ['9 params']);
    assert.deepEqual(
      client.requests.filter((method) => method.startsWith('workspace/')),
      [],
    );
  });

  it('looks again when a file on disk changes', async () => {
    client.files.set(client.uri('sizes.py'), '3');
    await client.initialize(able);
    await client.open('net.py', text);
    await eventually(async () => (await labels('net.py'))[0] === ': (3)');
    client.files.set(client.uri('sizes.py'), '4');
    const changes = [{ uri: client.uri('sizes.py'), type: 2 }];
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
    await eventually(async () => (await labels('net.py'))[0] === ': (4)');
  });

  it('takes its diagnostics back when a file is closed', async () => {
    await client.initialize(able);
    await client.open('net.py', `${text}# wrong`);
    assert.equal((await client.diagnostics('net.py', 1)).length, 1);
    await client.close('net.py');
    assert.deepEqual(await client.diagnostics('net.py', undefined), []);
    assert.equal(await client.hints('net.py'), null);
  });

  it('goes on after an analysis that failed', async () => {
    await client.initialize(able);
    await client.open('odd.py', 'import torch\n');
    assert.deepEqual(await client.hints('odd.py'), []);
    await client.open('net.py', text);
    assert.equal((await client.hints('net.py')).length, 2);
  });
});
