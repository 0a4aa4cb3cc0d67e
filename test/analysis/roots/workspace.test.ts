// The workspace: other files that import this one show how its models are built and fed.

import assert from 'node:assert/strict';
import { ImportIndex } from '../../../src/analysis/roots/importers.ts';
import { analyse, type Files, imports } from '../support.ts';
import { checkSample, needy, net, type Sample } from './roots.ts';

const samples: readonly Sample[] = [
  {
    what: 'a test calls the model',
    text: needy,
    others: {
      'tests/test_net.py': `import torch
from net import Net
def test_shape():
    assert Net(10)(torch.randn(1, 3, 32, 32)).shape == (1, 10, 30, 30)
`,
    },
    roots: ['Net (1, 3, 32, 32) call'],
  },
  {
    what: 'a script builds it, and its data is known',
    text: needy,
    others: {
      'train.py': `from torchvision import datasets, transforms
from torch.utils.data import DataLoader
import net as nets
if __name__ == '__main__':
    data = datasets.CIFAR10('.', transform=transforms.ToTensor())
    model = nets.Net(width=4).cuda()
    for x, y in DataLoader(data, 16):
        model(x.cuda())
`,
    },
    roots: ['Net (B, 3, 32, 32) loader'],
  },
  {
    what: 'a script builds it, and its data is not',
    text: needy,
    others: {
      'scripts/train.py': `from net import Net as Model
def train(loader):
    model = Model(width=4)
    for x, y in loader:
        model(x)
`,
    },
    roots: ['Model(width=4) (B, 3, H, W) layers'],
  },
  {
    what: 'before defaults',
    text: net,
    others: { 'use.py': 'import torch\nfrom net import *\nNet()(torch.rand(2, 3, 7, 7))\n' },
    roots: ['Net (2, 3, 7, 7) call'],
  },
  {
    what: 'but not where the file shows it itself',
    text: `${net}Net()(torch.rand(1, 3, 9, 9))`,
    others: { 'use.py': 'import torch\nfrom net import Net\nNet()(torch.rand(2, 3, 7, 7))\n' },
    roots: ['Net (1, 3, 9, 9) call'],
  },
  {
    what: 'what fails there is theirs, what fails in the model is ours',
    text: needy,
    others: {
      'use.py': `import torch
from net import Net
torch.zeros(2, 3) @ torch.zeros(4, 5)
Net(1)(torch.zeros(1, 4, 7, 7))
`,
    },
    roots: ['Net (1, 4, 7, 7) call'],
    errors: ['conv-channels'],
  },
  {
    what: 'another class of the same name is another class',
    text: needy,
    others: {
      'other.py': needy.replace('3,', '5,'),
      'use.py': 'import torch\nfrom other import Net\nNet(1)(torch.zeros(1, 5, 7, 7))\n',
    },
    roots: ['Net(width) (B, 3, H, W) layers'],
  },
  {
    what: 'an importer that does not end, and one that does not parse',
    text: needy,
    others: {
      'a.py': 'from net import Net\nwhile True:\n    Net(3)\n',
      'b.py': 'from net import Net\ndef (:\n',
      'c.py':
        'import torch\nfrom net import Net\ndef main(cfg):\n    Net(cfg.width)\n    Net(7)(torch.zeros(1, 3, 4, 4))\n',
    },
    roots: ['Net (1, 3, 4, 4) call'],
  },
  {
    what: 'pytest.raises there shows nothing',
    text: needy,
    others: {
      'test_net.py': `import pytest, torch
from net import Net
def test_channels():
    with pytest.raises(RuntimeError):
        Net(4)(torch.zeros(1, 1, 8, 8))
`,
    },
    roots: ['Net(4) (B, 3, H, W) layers'],
  },
];

describe('the workspace', () => {
  for (const sample of samples) it(sample.what, () => checkSample(sample));

  it('a package that passes the name on, and relative imports', async () => {
    const files: Files = {
      'src/models/net.py': imports + needy,
      'src/models/__init__.py': 'from .net import Net\n',
      'src/models/check.py': 'import torch\nfrom .net import Net\ndef check():\n    Net(1)(torch.zeros(1, 3, 6, 6))\n',
      'tests/test_models.py':
        'import torch\nfrom models import Net\ndef test():\n    Net(2)(torch.zeros(2, 3, 6, 6))\n',
    };
    const { snapshot } = await analyse(files);
    assert.deepEqual(
      snapshot.roots.map((r) => `${r.inputs[0]?.text} ${r.source?.file}:${(r.source?.line ?? 0) + 1}`),
      ['(2, 3, 6, 6) /work/tests/test_models.py:4'],
    );
    assert.ok(snapshot.dependencies.includes('/work/tests/test_models.py'));
    assert.ok(snapshot.dependencies.includes('/work/src/models/check.py'));
  });

  it('where a file is looked for', () => {
    const index = new ImportIndex();
    index.set('/w/src/app/train.py', 'from .net import (\n    Net,  # the model\n    Block as B,\n)\n');
    index.set('/w/tests/test_net.py', 'import os, app.net as n\n');
    index.set('/w/tools/far.py', '    from app.net import Net\n');
    index.set('/w/tools/none.py', 'net = 1  # import net\nprint("from net import Net")\n');
    const find = (...names: string[]): string[] => index.find(names, '/w/src/app/net.py');
    assert.deepEqual(find('net'), ['/w/tests/test_net.py', '/w/src/app/train.py', '/w/tools/far.py']);
    assert.deepEqual(find('Block'), ['/w/src/app/train.py']);
    index.set('/w/src/app/train.py', 'import torch\n');
    index.set('/w/tools/far.py', null);
    assert.deepEqual(find('net', 'Net'), ['/w/tests/test_net.py']);
  });
});
