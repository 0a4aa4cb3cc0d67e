import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  choicesMethod,
  environmentMethod,
  type GraphResult,
  graphMethod,
  type LayerAtResult,
  layerAtMethod,
  type UsesResult,
  usesMethod,
} from '../../src/protocol/server.ts';
import { eventually, TestClient } from './lsp.ts';
import { block, lenet, lenetHints, usesBlock } from './samples.ts';
import { shown } from './shown.ts';

describe('the server over stdio', function () {
  this.timeout(30_000);
  let folder: string;
  let client: TestClient;
  let capabilities: unknown;

  before(async () => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'layerlens-'));
    writeFileSync(join(folder, 'block.py'), block);
    client = await TestClient.overStdio(folder);
    const refreshSupport = true;
    const workspace = { inlayHint: { refreshSupport }, codeLens: { refreshSupport } };
    capabilities = await client.initialize({ workspace });
    await client.open('lenet.py', lenet);
  });

  after(async () => {
    await client.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says what it can do', () =>
    assert.deepEqual(capabilities, {
      serverInfo: { name: 'LayerLens' },
      capabilities: {
        positionEncoding: 'utf-16',
        textDocumentSync: { openClose: true, change: 2 },
        notebookDocumentSync: { notebookSelector: [{ notebook: '*', cells: [{ language: 'python' }] }] },
        hoverProvider: true,
        inlayHintProvider: true,
        codeLensProvider: {},
        codeActionProvider: { codeActionKinds: ['quickfix', 'refactor.rewrite'] },
        workspace: { workspaceFolders: { supported: true } },
      },
    }));

  it('inlay hints', async () => {
    const hints = shown(lenet, await client.hints('lenet.py'));
    for (const [before, label] of Object.entries(lenetHints)) assert.equal(hints[before], label, before);
  });

  it('hover: shapes, costs and arithmetic', async () => {
    const text = (await client.hover('lenet.py', 'self.conv1(x)')) ?? '';
    assert.match(text, /^\*\*Conv2d\*\* `conv1`/);
    assert.match(text, /\(1, 1, 32, 32\) → \(1, 6, 28, 28\)` · float32/);
    assert.match(text, /156 params · 117\.6 KMACs · 18\.4 KiB/);
    assert.match(text, /\b32\b.*= 28/);
  });

  it('CodeLens', async () => {
    const lenses = await client.lenses('lenet.py');
    assert.equal(lenses[0]?.command?.title, 'LeNet · 6.6 K params · 361.6 KMACs · Open layers');
    assert.deepEqual(lenses[0]?.command?.arguments, [client.uri('lenet.py'), 'LeNet', 0]);
  });

  it('the graph, and the layer under the cursor', async () => {
    const uri = client.uri('lenet.py');
    const result = await client.connection.sendRequest<GraphResult>(graphMethod, { uri });
    assert.ok('graph' in result, JSON.stringify(result));
    assert.equal(result.graph.name, 'LeNet');
    assert.deepEqual(
      result.graph.scopes.map((scope) => scope.path),
      ['', 'conv1', 'pool', 'conv2', 'fc'],
    );
    const position = client.position('lenet.py', 'self.conv2(b)');
    const found = await client.connection.sendRequest<LayerAtResult>(layerAtMethod, { uri, position });
    assert.deepEqual(found, { path: 'conv2' });
    const missing = await client.connection.sendRequest<GraphResult>(graphMethod, { uri: client.uri('none.py') });
    assert.ok('reason' in missing);
  });

  it('another use of a class is chosen', async () => {
    const two = lenet.replace('y = net', 'z = net(torch.randn(5, 1, 32, 32))\ny = net');
    await client.open('two.py', two);
    const uri = client.uri('two.py');
    const asked = { uri, name: 'LeNet' };
    const found = await client.connection.sendRequest<UsesResult>(usesMethod, asked);
    assert.deepEqual(
      found?.uses.map(({ label, flow }) => `${label}: ${flow}`),
      ['LeNet (5, 1, 32, 32): (5, 1, 32, 32) → (5, 10)', 'LeNet (1, 1, 32, 32): (1, 1, 32, 32) → (1, 10)'],
    );
    assert.equal(shown(two, await client.hints('two.py'))['        a'], ': (5, 6, 28, 28) +1');
    client.requests.length = 0;
    const choices = found?.uses.slice(1).map(({ choice }) => choice) ?? [];
    await client.connection.sendNotification(choicesMethod, { files: { [uri]: choices } });
    await eventually(() => client.requests.includes('workspace/inlayHint/refresh'));
    assert.equal(shown(two, await client.hints('two.py'))['        a'], ': (1, 6, 28, 28) +1');
    assert.equal((await client.connection.sendRequest<UsesResult>(usesMethod, asked))?.shown, 1);
    assert.match((await client.lenses('two.py'))[1]?.command?.title ?? '', /^as LeNet \(1, 1, 32, 32\) · 2 builds/);
    await client.connection.sendNotification(choicesMethod, { files: {} });
  });

  it('a diagnostic, its fix, and nothing after it', async () => {
    await client.open('broken.py', lenet);
    assert.deepEqual(await client.diagnostics('broken.py', 1), []);
    const broken = await client.edit('broken.py', '400, 10', '576, 10');
    const [problem, ...others] = await client.diagnostics('broken.py', broken);
    assert.ok(problem);
    assert.deepEqual(others, []);
    assert.equal(problem.code, 'linear-features');
    assert.equal(problem.severity, 1);
    assert.match(String(problem.message), /576 features, gets 400 = 16·5·5/);
    const related = problem.relatedInformation?.map((step) => step.message).join(' ') ?? '';
    assert.match(related, /LeNet/);

    const fixes = await client.fixes('broken.py', problem);
    assert.equal(fixes.length, 1);
    const edits = fixes[0]?.edit?.changes?.[client.uri('broken.py')];
    assert.ok(edits);
    const mended = await client.apply('broken.py', edits);
    assert.equal(client.text('broken.py'), lenet);
    assert.deepEqual(await client.diagnostics('broken.py', mended), []);
  });

  it('hints follow an edit', async () => {
    await client.open('edited.py', lenet);
    await client.edit('edited.py', 'nn.Conv2d(1, 6, 5)', 'nn.Conv2d(1, 6, 5, padding=2)');
    await client.edit('edited.py', 'nn.Linear(400', 'nn.Linear(576');
    const hints = shown(client.text('edited.py'), await client.hints('edited.py'));
    assert.equal(hints['        a'], ': (1, 6, 32, 32)');
    assert.equal(hints['        c'], ': (1, 16, 6, 6)');
  });

  it('many edits at once, and cancelled requests: only the newest counts', async () => {
    await client.open('fast.py', lenet);
    const answers: Promise<unknown>[] = [];
    for (let width = 7; width <= 30; width++) {
      await client.edit('fast.py', `nn.Conv2d(1, ${width - 1}, 5)`, `nn.Conv2d(1, ${width}, 5)`);
      answers.push(client.hints('fast.py').catch(() => null));
    }
    const { CancellationTokenSource } = await import('vscode-jsonrpc/node');
    const source = new CancellationTokenSource();
    const params = { textDocument: { uri: client.uri('fast.py') }, position: { line: 0, character: 0 } };
    const cancelled = client.connection.sendRequest('textDocument/hover', params, source.token).catch(() => null);
    source.cancel();
    assert.equal(await cancelled, null);
    await Promise.all(answers);
    const hints = shown(client.text('fast.py'), await client.hints('fast.py'));
    assert.equal(hints['        a'], ': (1, 30, 28, 28)');
    assert.ok(client.analyses('fast.py').length <= 25);
    await client.close('fast.py');
  });

  it('an imported file is read, and its edits are followed', async () => {
    await client.open('net.py', usesBlock);
    assert.equal(shown(usesBlock, await client.hints('net.py'))['        y'], ': (1, 8, 32, 32)');
    await client.open('block.py', block);
    await client.hints('block.py');
    const seen = client.analyses('net.py').length;
    await client.edit('block.py', 'nn.Conv2d(3, 8, 3, padding=1)', 'nn.Conv2d(3, 16, 3)');
    await eventually(() => client.analyses('net.py').length > seen);
    assert.equal(shown(usesBlock, await client.hints('net.py'))['        y'], ': (1, 16, 30, 30)');
    assert.ok(client.requests.includes('workspace/inlayHint/refresh'));
    assert.ok(client.requests.includes('workspace/codeLens/refresh'));
  });

  it('packages of the selected environment are read as source', async () => {
    const text = 'import torch\nfrom torchvision.models import resnet18\ny = resnet18()(torch.randn(1, 3, 64, 64))\n';
    await client.open('uses.py', text);
    assert.equal(shown(text, await client.hints('uses.py'))['y'], undefined);
    const seen = client.analyses('uses.py').length;
    const packages = [pathToFileURL(join(__dirname, '../fixtures/torchvision')).href];
    await client.connection.sendNotification(environmentMethod, { packages });
    await eventually(() => client.analyses('uses.py').length > seen);
    assert.equal(shown(text, await client.hints('uses.py'))['y'], ': (1, 1000)');
  });

  it('a syntax error leaves the rest of the file as it was', async () => {
    await client.open('torn.py', lenet.replace('net = LeNet()', 'net = LeNet(\n\nnet = LeNet()'));
    const hints = shown(client.text('torn.py'), await client.hints('torn.py'));
    assert.equal(hints['        self.conv1 = nn.Conv2d(1, 6, 5)'], '156 params');
  });

  it('a file without our libraries, an empty one and one that is not open', async () => {
    await client.open('plain.py', 'x = 1\n');
    assert.deepEqual(await client.hints('plain.py'), []);
    assert.deepEqual(await client.lenses('plain.py'), []);
    await client.open('empty.py', '');
    assert.deepEqual(await client.hints('empty.py'), []);
    assert.equal(await client.hints('nowhere.py'), null);
  });
});
