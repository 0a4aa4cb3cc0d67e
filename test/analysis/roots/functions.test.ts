// Functions that nobody calls: what they do with a model is seen, what else goes wrong in them is not reported.

import assert from 'node:assert/strict';
import { analyse, imports } from '../support.ts';
import { checkSample, needy, net, type Sample } from './roots.ts';

const samples: readonly Sample[] = [
  {
    what: 'main() calls the model',
    text: `${net}
def main():
    net = Net(16)
    out = net(torch.randn(2, 3, 32, 32))
    print(out.shape)
`,
    roots: ['Net (2, 3, 32, 32) call'],
  },
  {
    what: 'what main() calls is seen once, from there',
    text: `${net}
def run(model, size):
    return model(torch.randn(1, 3, size, size))

def main():
    run(Net(), 24)
`,
    roots: ['Net (1, 3, 24, 24) call'],
  },
  {
    what: 'how it is built, where its batches are not known',
    text: `${needy}
def train(loader, epochs=3):
    net = Net(width=12)
    for epoch in range(epochs):
        for x, y in loader:
            loss = net(x).sum()
            loss.backward()
`,
    roots: ['Net(width=12) (B, 3, H, W) layers'],
  },
  {
    what: "the file's own instance before defaults",
    text: `${net}
def train(loader):
    net = Net(64)
    for x in loader:
        net(x)
`,
    roots: ['Net(64) (B, 3, H, W) layers'],
  },
  {
    what: 'an instance at the top of the file',
    text: `${needy}
model = Net(6)
for x in batches():
    model(x)
`,
    roots: ['Net(6) (B, 3, H, W) layers'],
  },
  {
    what: 'arguments from a configuration that is not known tell nothing',
    text: `${needy}
def train(cfg):
    net = Net(cfg.model.width)
    net(torch.randn(1, 3, 8, 8))
`,
    roots: ['Net (1, 3, 8, 8) call'],
  },
  {
    what: 'nor do they build what calls do not show',
    text: `${needy}
def train(cfg, loader):
    net = Net(cfg.model.width)
    for x in loader:
        net(x)
`,
    roots: ['Net(width) (B, 3, H, W) layers'],
  },
  {
    what: 'argparse: the defaults are what a script runs with',
    text: `import argparse${needy}
def parse():
    parser = argparse.ArgumentParser(description='trains')
    parser.add_argument('--net-width', type=int, default=24)
    parser.add_argument('--size', '-s', type=int, default='16')
    parser.add_argument('--cuda', action='store_true')
    parser.add_argument('data')
    return parser.parse_args()

def main():
    args = parse()
    net = Net(args.net_width)
    if args.cuda:
        net(torch.randn(7, 3, 8, 8))
    net(torch.randn(1, 3, args.size, args.size))
`,
    roots: ['Net (1, 3, 16, 16) call'],
  },
  {
    what: 'both sides of a condition that is not known',
    text: `${net}
def main(flag):
    net = Net()
    if flag:
        net(torch.randn(1, 3, 8, 8))
    else:
        net(torch.randn(1, 3, 9, 9))
`,
    roots: ['Net (1, 3, 8, 8) call', 'Net (1, 3, 9, 9) call'],
  },
  {
    what: 'a model that is made on one side of a condition is a whole one',
    text: `${needy}
def main(flag, loader):
    net = None
    if flag == 'small':
        net = Net(4)
    else:
        net = Net(400)
    for x in loader:
        net(x)
`,
    roots: ['Net(4) (B, 3, H, W) layers'],
  },
  {
    what: 'training and evaluation are one root',
    text: `${net}
def main():
    net = Net()
    x = torch.randn(1, 3, 8, 8)
    net.train()
    net(x)
    net.eval()
    net(x)
`,
    roots: ['Net (1, 3, 8, 8) call'],
  },
  {
    what: 'a LightningModule is a module',
    text: `import pytorch_lightning as pl
class Lit(pl.LightningModule):
    def __init__(self, width=4):
        super().__init__()
        self.save_hyperparameters()
        self.conv = nn.Conv2d(3, width, 3)
    def forward(self, x):
        return self.conv(x)
    def training_step(self, batch, index):
        x, y = batch
        loss = self(x).sum()
        self.log('loss', loss)
        return loss
pl.Trainer(max_epochs=3).fit(Lit(8), load())
`,
    roots: ['Lit(8) (B, 3, H, W) layers'],
  },
  {
    what: 'a model that is wholly known comes before one that is not',
    text: `${needy}
def from_file(path):
    Net(read(path).width)(torch.randn(1, 3, 8, 8))

def small():
    net = Net(4)
    net(torch.randn(2, 3, 8, 8))
def read(path):
    return open(path)
`,
    roots: ['Net (2, 3, 8, 8) call', 'Net (1, 3, 8, 8) call'],
  },
  {
    what: 'a function that raises half way',
    text: `${net}
def main(path):
    net = Net()
    net(torch.randn(1, 3, 8, 8))
    raise ValueError(path)
    net(torch.randn(1, 3, 9, 9))
`,
    roots: ['Net (1, 3, 8, 8) call'],
  },
  {
    what: 'recursion ends',
    text: `${net}
def again(n):
    net = Net()
    net(torch.randn(1, 3, 8, 8))
    again(n + 1)
`,
    roots: ['Net (1, 3, 8, 8) call'],
  },
  {
    what: 'a training loop without an end, and what comes after it',
    text: `${net}
def main():
    net = Net()
    step = 0
    while step < 1_000_000:
        net(torch.randn(4, 3, 8, 8))
        step += 1
    net(torch.randn(step, 3, 16, 16))
`,
    roots: ['Net (4, 3, 8, 8) call', 'Net (B, 3, 16, 16) call'],
  },
  {
    what: 'what is wrong in a function that nobody calls is not reported',
    text: `${net}
def main():
    net = Net()
    a = torch.zeros(3, 4) @ torch.zeros(5, 6)
    nn.Linear(3, 4)(torch.zeros(1, 9))
    net(torch.randn(1, 3, 8, 8))
    torch.cat([torch.zeros(2, 3), torch.zeros(4, 5)], 1)
`,
    roots: ['Net (1, 3, 8, 8) call'],
  },
  {
    what: 'what is wrong in the model is',
    text: `${net}
def main():
    net = Net()
    net(torch.randn(1, 4, 8, 8))
`,
    roots: ['Net (1, 4, 8, 8) call'],
    errors: ['conv-channels'],
  },
  {
    what: 'but not where it may be meant to fail',
    text: `import pytest${needy}
def test_channels():
    net = Net(4)
    with pytest.raises(RuntimeError):
        net(torch.randn(1, 4, 8, 8))

def test_other(refuses):
    with refuses:
        Net(4)(torch.randn(1, 5, 8, 8))
`,
    roots: ['Net (1, 5, 8, 8) call'],
  },
  {
    what: 'pytest: fixtures and parameters',
    text: `import pytest${needy}
@pytest.fixture
def width():
    return 12

@pytest.fixture(scope='module')
def model(width):
    yield Net(width)

@pytest.mark.parametrize('size', [16, 32])
@pytest.mark.parametrize('batch, unused', [(1, None), (2, None)])
def test_shape(model, size, batch, unused):
    assert model(torch.randn(batch, 3, size, size)).shape[1] == 12

@pytest.mark.skip(reason='slow')
def test_large():
    Net(1)(torch.randn(1, 3, 512, 512))
`,
    roots: ['Net (1, 3, 16, 16) call', 'Net (1, 3, 32, 32) call', 'Net (2, 3, 16, 16) call', 'Net (2, 3, 32, 32) call'],
  },
  {
    what: 'unittest: setUp, then the tests',
    text: `import unittest${needy}
class TestNet(unittest.TestCase):
    def setUp(self):
        self.net = Net(5)

    def test_forward(self):
        y = self.net(torch.randn(2, 3, 10, 10))
        self.assertEqual(y.shape, (2, 5, 8, 8))

    def test_wrong(self):
        with self.assertRaises(RuntimeError):
            self.net(torch.randn(2, 1, 10, 10))
`,
    roots: ['Net (2, 3, 10, 10) call'],
  },
  {
    what: 'a trainer class',
    text: `${needy}
class Trainer:
    def __init__(self, config):
        self.model = Net(20)
        self.config = config

    def warm_up(self):
        self.model(torch.zeros(1, 3, 12, 12))
`,
    roots: ['Net (1, 3, 12, 12) call'],
  },
  {
    what: 'a factory stays a factory',
    text: `${needy}
def small(pretrained=False):
    model = Net(4)
    return model

def big():
    return Net(400)
`,
    roots: ['small() (B, 3, H, W) layers'],
  },
  {
    what: 'the factory that main() takes',
    text: `${needy}
def make(width):
    return Net(width)

def main():
    model = make(10)
    model(torch.randn(1, 3, 6, 6))
`,
    roots: ['Net (1, 3, 6, 6) call'],
  },
  {
    what: 'a pin comes first',
    text: `
# layerlens: input=(5, 3, 7, 7)${net.trimStart() === net ? net : `\n${net.trimStart()}`}
def main():
    Net()(torch.randn(1, 3, 6, 6))
`,
    roots: ['Net() (5, 3, 7, 7) pin', 'Net (1, 3, 6, 6) call'],
  },
  {
    what: 'functions that mention no model do not run',
    text: `${net}
def main():
    nn.Sequential(nn.Linear(3, 4))(torch.randn(1, 3))
`,
    roots: ['Net() (B, 3, H, W) layers'],
  },
];

describe('functions that nobody calls', () => {
  for (const sample of samples) it(sample.what, () => checkSample(sample));

  it('show where their roots stand, and give hints to the model only', async () => {
    const { snapshot } = await analyse(`${imports}${net}
def main():
    net = Net()
    y = net(torch.randn(1, 3, 8, 8))
`);
    assert.equal(snapshot.roots[0]?.source?.line, 13);
    assert.deepEqual(
      snapshot.values.filter((v) => v.kind !== 'read').map((v) => `${v.name} ${v.uses[0]?.text}`),
      ['x (1, 3, 8, 8)', 'return (1, 8, 6, 6)'],
    );
    assert.deepEqual(
      snapshot.layers.map((l) => `${l.className} ${l.uses[0]?.params}`),
      ['Conv2d 224', 'Net 224'],
    );
    assert.equal(snapshot.gaps.length, 0);
  });

  it('cost little, whatever they do', async () => {
    const { snapshot } = await analyse(`${imports}${net}
def main():
    net = Net()
    while True:
        for epoch in range(10_000):
            for i in range(10_000):
                net(torch.randn(1, 3, 8, 8))
`);
    assert.equal(snapshot.roots.length, 1);
    assert.equal(snapshot.incomplete, false);
  });
});
