// The workspace in the server: files on disk and in the editor show how a model is built and fed.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, TestClient } from './lsp.ts';
import { shown } from './shown.ts';

const net = `import torch.nn as nn

class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3)

    def forward(self, x):
        y = self.conv(x)
        return y
`;

const use = `import torch
from net import Net

def test_net():
    Net(10)(torch.randn(1, 3, 32, 32))
`;

describe('the workspace of a server', function () {
  this.timeout(30_000);
  let folder: string;
  let client: TestClient;

  before(async () => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'layerlens-'));
    mkdirSync(join(folder, 'tests'));
    mkdirSync(join(folder, 'node_modules'));
    writeFileSync(join(folder, 'net.py'), net);
    writeFileSync(join(folder, 'tests', 'test_net.py'), use);
    writeFileSync(join(folder, 'node_modules', 'test_net.py'), use.replace('1, 3', '9, 3'));
    client = await TestClient.overStdio(folder);
    await client.initialize();
  });

  after(async () => {
    await client.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const hint = async (): Promise<unknown> => shown(net, await client.hints('net.py'))['        y'];
  const shows = (label: string | undefined): Promise<unknown> => eventually(async () => (await hint()) === label);

  it('a test on disk gives a model its hints, once it is found', async () => {
    await client.open('net.py', net);
    await shows(': (1, 10, 30, 30)');
  });

  it('an edit of the other file changes them', async () => {
    await client.open('tests/test_net.py', use);
    await client.edit('tests/test_net.py', '32, 32', '64, 32');
    await shows(': (1, 10, 62, 30)');
  });

  it('closed, the text on disk counts again', async () => {
    await client.close('tests/test_net.py');
    await shows(': (1, 10, 30, 30)');
  });

  it('a file that begins to import the model counts as well', async () => {
    await client.open('tests/test_a.py', 'import torch\n');
    await client.edit('tests/test_a.py', 'import torch\n', use.replace('1, 3', '4, 3'));
    await shows(': (4, 10, 30, 30)');
    await client.close('tests/test_a.py');
    await shows(': (1, 10, 30, 30)');
  });

  it('a file that is gone does not', async () => {
    rmSync(join(folder, 'tests', 'test_net.py'));
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: client.uri('tests/test_net.py'), type: 3 }],
    });
    // Nobody builds it any more: its argument is a symbol.
    await shows(': (B, width, H − 2, W − 2)');
  });
});
