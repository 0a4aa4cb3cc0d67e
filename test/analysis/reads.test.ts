// Names that are only read have a fact of their own: a hover on `x` in `self.conv(x)` tells its shape there.

import assert from 'node:assert/strict';
import { analyse, imports } from './support.ts';

describe('names that are read', () => {
  it('have the shape that they have there, not a later one', async () => {
    const { snapshot } = await analyse(`${imports}
# layerlens: input=(1, 3, 32, 32)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
    def forward(self, x):
        identity = x
        x = self.conv(x)
        return x + identity[:, :1, 1:-1, 1:-1]
`);
    const reads = snapshot.values
      .filter((v) => v.kind === 'read')
      .map((v) => `${v.range.line} ${v.name} ${v.uses[0]!.text}`);
    assert.deepEqual(reads, [
      '10 x (1, 3, 32, 32)',
      '11 x (1, 3, 32, 32)',
      '12 x (1, 8, 30, 30)',
      '12 identity (1, 3, 32, 32)',
    ]);
  });

  it('are not told twice where they are assigned', async () => {
    const { snapshot } = await analyse(`${imports}x = torch.zeros(2, 3)\nx += 1\n`);
    assert.deepEqual(
      snapshot.values.map((v) => `${v.kind} ${v.range.line}`),
      ['assign 3', 'assign 4'],
    );
  });

  it('a layer that may not be there is not counted', async () => {
    const { snapshot } = await analyse(`${imports}
import mystery
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList()
        for width in mystery.widths():
            self.layers.append(nn.Conv2d(3, 3, 3, stride=2))
        if mystery.flag:
            self.extra = nn.Linear(4, 4)
    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
Net()(torch.randn(1, 3, 32, 32))
`);
    assert.equal(snapshot.roots[0]?.params, null);
    const last = snapshot.values.filter((v) => v.kind === 'return');
    assert.deepEqual(
      last.flatMap((v) => v.uses.map((u) => u.text)).filter((t) => t === '(1, 3, 15, 15)'),
      [],
    );
  });
});
