// Pins: a comment says what a model is fed, and how it is built.

import assert from 'node:assert/strict';
import { analyse, imports } from './support.ts';

const net = `class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3)
    def forward(self, x):
        return self.conv(x)
`;

const roots = async (source: string): Promise<string[]> => {
  const { snapshot } = await analyse(imports + source);
  return snapshot.roots.map((r) => `${r.build} ${r.inputs.map((i) => i.text).join()} ${r.inputSource}`);
};

describe('pins', () => {
  it('stand above a class', async () => {
    assert.deepEqual(await roots(`# layerlens: input=(1, 3, 32, 32)\n${net}`), ['Net() (1, 3, 32, 32) pin']);
  });

  it('say how to build it', async () => {
    const pin = '# layerlens: input=(2, 3, 16, 16), build=Net(width=4)';
    assert.deepEqual(await roots(`${pin}\n${net}`), ['Net(width=4) (2, 3, 16, 16) pin']);
  });

  it('stand above nothing, and are for the whole file', async () => {
    assert.deepEqual(await roots(`# layerlens: input=(1, 3, 64, 64)\nWIDTH = 8\n\n${net}`), [
      'Net() (1, 3, 64, 64) pin',
    ]);
  });

  it('come before calls', async () => {
    const source = `# layerlens: input=(1, 3, 32, 32)\n${net}\nNet()(torch.randn(4, 3, 8, 8))\n`;
    assert.deepEqual(await roots(source), ['Net() (1, 3, 32, 32) pin', 'Net (4, 3, 8, 8) call']);
  });

  it('that say nothing are nothing', async () => {
    assert.deepEqual(await roots(`# layerlens: input=(1, -3)\n${net}`), ['Net() (B, 3, H, W) layers']);
  });
});

describe('calls in the file', () => {
  it('are roots once, and not with unknown batches, losses or layers alone', async () => {
    const source = `${net}
model = Net()
criterion = nn.CrossEntropyLoss()
relu = nn.ReLU()(torch.zeros(3))
for epoch in range(3):
    out = model(torch.randn(2, 3, 8, 8))
    loss = criterion(out.mean((2, 3)), torch.zeros(2, dtype=torch.long))
for batch in loader():
    model(batch)
`;
    assert.deepEqual(await roots(source), ['Net (2, 3, 8, 8) call']);
  });
});
