// Shapes on lines: what is shown where the input is known, where it is not, and where the code branches.

import assert from 'node:assert/strict';
import { analyse, check, imports } from './support.ts';

describe('shapes on lines', () => {
  it('a file that calls its model', () =>
    check(`
class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc = nn.Linear(16 * 4 * 4, 10)
    def forward(self, x):                             #^ (8, 1, 28, 28)
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)    #^ (8, 6, 12, 12)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)    #^ (8, 16, 4, 4)
        x = torch.flatten(x, 1)                       #^ (8, 256)
        logits = self.fc(x)                           #^ (8, 10)
        return logits                                 #^ (8, 10)
net = LeNet()
y = net(torch.randn(8, 1, 28, 28))                    #^ (8, 10)
`));

  it('nobody gave an input: the first layer tells its channels', () =>
    check(`
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5)
        self.down = nn.Conv2d(8, 16, 3, stride=2, padding=1)
    def forward(self, x):           #^ (B, 3, H, W)
        x = self.conv(x)            #^ (B, 8, H - 4, W - 4)
        x = self.down(x)            #^ (B, 16, ⌈H/2⌉ - 2, ⌈W/2⌉ - 2)
        b, c, h, w = x.shape
        y = x.view(b, c, h * w)     #^ (B, 16, ⌈H/2⌉·⌈W/2⌉ - 2·⌈H/2⌉ - 2·⌈W/2⌉ + 4)
        z = x.mean((2, 3))          #^ (B, 16)
        return z                    #^ (B, 16)
`));

  it('a pin', () =>
    check(`
# layerlens: input=(2, 3, 64, 48)
class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3, stride=2, padding=1)
    def forward(self, x):    #^ (2, 3, 64, 48)
        x = self.conv(x)     #^ (2, 8, 32, 24)
        return x             #^ (2, 8, 32, 24)
`));

  it('one line, used by several modules', () =>
    check(`
class Block(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv = nn.Conv2d(i, o, 3, stride=2, padding=1)
    def forward(self, x):
        y = self.conv(x)     #^ (1, 8, 16, 16) | (1, 16, 8, 8)
        return y
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Block(3, 8), Block(8, 16)])
    def forward(self, x):
        for block in self.blocks:
            x = block(x)     #^ (1, 8, 16, 16)
        return x             #^ (1, 16, 8, 8)
Net()(torch.randn(1, 3, 32, 32))
`));

  it('--build and --input', async () => {
    const detail = await analyse(
      `${imports}
class Net(nn.Module):
    def __init__(self, widths):
        super().__init__()
        self.layers = nn.Sequential(*[nn.Linear(a, b) for a, b in zip(widths, widths[1:])])
    def forward(self, x, scale):
        return {'out': self.layers(x) * scale, 'all': [x, scale]}
`,
      { build: 'Net([4, 8, 2])', inputs: [[5, 4], [1]] },
    );
    const root = detail.snapshot.roots[0]!;
    assert.equal(root.params, 4 * 8 + 8 + 8 * 2 + 2);
    assert.deepEqual(detail.roots[0]!.output, { map: { out: [5, 2], all: { seq: [[5, 4], [1]] } } });
  });

  describe('conditions that are not known', () => {
    /** A forward whose flag nobody knows. */
    const forked = (body: string): string => `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.b = nn.Conv2d(3, 8, 3)
        self.flag = open('flag').read()
    def forward(self, x):
        ${body.trim().split('\n').join('\n        ')}
Net()(torch.randn(1, 3, 32, 32))
`;
    it('both branches agree', () =>
      check(
        forked(`
if self.flag:
    y = self.a(x)              #^ (1, 8, 32, 32)
else:
    y = F.relu(self.a(x))      #^ (1, 8, 32, 32)
z = y * 2                      #^ (1, 8, 32, 32)
return z                       #^ (1, 8, 32, 32)
`),
      ));
    it('sizes on which they differ are open', () =>
      check(
        forked(`
y = self.a(x) if self.flag else self.b(x)    #^ (1, 8, ?, ?)
if self.flag:
    x = self.b(x)                            #^ (1, 8, 30, 30)
z = x * 2                                    #^ (1, ?, ?, ?)
return z
`),
      ));
    it('an early return', () =>
      check(
        forked(`
if self.flag:
    return self.a(x)     #^ (1, 8, 32, 32)
y = self.b(x)            #^ (1, 8, 30, 30)
return y                 #^ (1, 8, 30, 30)
`),
      ));
    it('what one branch appends is open', () =>
      check(
        forked(`
xs = [x]
if self.flag:
    xs.append(x)
y = torch.cat(xs, 1)     #^ nothing
return y
`),
      ));
    it('a loop whose count is not known', () =>
      check(
        forked(`
for _ in range(int(self.flag)):
    x = torch.cat([x, x], 1)
y = x + 1                #^ (1, ?, 32, 32)
return y
`),
      ));
    it('raising under a condition does not end the other branch', () =>
      check(
        forked(`
if self.flag:
    raise ValueError('no')
y = self.a(x)            #^ (1, 8, 32, 32)
return y                 #^ (1, 8, 32, 32)
`),
      ));
    it('a size compared with a number', () =>
      check(`
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
    def forward(self, x):
        y = self.a(x)          #^ (B, 8, H, W)
        if y.shape[2] > 100:
            y = y[:, :, :100]
        return y * 2
`));
  });

  describe('arrays of numpy', () => {
    it('are tensors, but for what theirs do differently', () =>
      check(`
import numpy as np
a = np.random.rand(8, 6, 3)                          #^ (8, 6, 3)
b = a.transpose(2, 0, 1)                             #^ (3, 8, 6)
c = (a * 2 - 1).max(0)                               #^ (6, 3)
d = a.min(axis=(0, 1), keepdims=True)                #^ (1, 1, 3)
e = a.dot(np.ones((3, 2)))                           #^ nothing
f = torch.zeros(a.size)                              #^ (144,)
g = torch.LongTensor(np.random.randint(0, 9, 5))     #^ (5,)
h = torch.from_numpy(a[..., 0].copy()).max(0)        #^ ((6,), (6,))
`));
  });

  describe('modules that are not wholly known', () => {
    it('a list of unknown layers is not an empty one', () =>
      check(`
import mystery
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(*[nn.Conv2d(3, 3, 3, stride=2) for _ in mystery.widths()])
        layers = []
        for w in mystery.widths():
            layers.append(nn.Conv2d(3, 3, 3, stride=2))
        self.tail = nn.Sequential(*layers)
    def forward(self, x):
        y = self.body(x)       #^ nothing
        z = self.tail(x)       #^ nothing
        return x               #^ (1, 3, 32, 32)
Net()(torch.randn(1, 3, 32, 32))
`));
    it('an operator without a rule gives nothing, and says so', async () => {
      const { snapshot } = await check(`
y = torch.an_operator_of_tomorrow(torch.zeros(3))    #^ nothing
z = nn.LayerOfTomorrow(3)(torch.zeros(3))            #^ nothing
`);
      assert(snapshot.gaps.some((g) => g.reason.includes('torch.an_operator_of_tomorrow')));
      assert(snapshot.gaps.some((g) => g.reason.includes('LayerOfTomorrow')));
    });
  });
});
