// Bad input: whatever the file holds, the analysis ends within its budget and returns; it never throws.

import assert from 'node:assert/strict';
import { OutOfBudget } from '../../src/analysis/interp/signals.ts';
import { analyse, between, check, fixture, imports, random, runModule } from './support.ts';

/** What comes after what is bad is still analysed: its shape tells. */
const after = 'ok = torch.zeros(2, 3)\n';

describe('bad input', () => {
  const programs: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['a name that is not there', 'x = nowhere\n'],
    ['a call of a number', 'x = 3(4)\n'],
    ['infinite recursion', 'def f(n):\n    return f(n + 1)\ntry:\n    f(0)\nexcept RecursionError:\n    pass\n'],
    ['infinite recursion, uncaught', 'def f(n):\n    return f(n + 1)\nx = f(0)\n'],
    [
      'mutual recursion through properties',
      'class A:\n    @property\n    def x(self):\n        return self.y\n    @property\n    def y(self):\n        return self.x\nz = A().x\n',
    ],
    ['__getattr__ of itself', 'class A:\n    def __getattr__(self, n):\n        return getattr(self, n)\nz = A().x\n'],
    ['a class that inherits from itself', 'class A(A):\n    pass\n'],
    ['bases whose orders clash', 'class A: pass\nclass B(A): pass\nclass C(A, B): pass\nC()\n'],
    ['a list in itself', 'a = []\na.append(a)\nb = str(a)\nc = a == a\nimport copy\nd = copy.deepcopy(a)\n'],
    [
      'a module in itself',
      'class M(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.me = self\nm = M()\nn = sum(p.numel() for p in m.parameters())\nm(torch.zeros(1))\n',
    ],
    ['an import of itself', 'import net\nfrom net import something\nx = net.x\n'],
    ['sizes below zero', 'x = torch.zeros(-1, 3)\ny = nn.Linear(-5, 2)\nz = torch.zeros(2).view(-1, -1)\n'],
    [
      'huge sizes',
      'x = torch.zeros(10**12, 10**12)\ny = x + 1\nz = list(range(10**15))[5]\nw = "a" * 10**10\nv = [0] * 10**10\n',
    ],
    ['huge numbers', 'x = 10 ** 10 ** 10\ny = 2 ** 100000\nz = 1 << 10**9\n'],
    ['division by zero', 'x = 1 // 0\ny = 5 % 0\nz = torch.zeros(2).chunk(0)\n'],
    [
      'arguments that do not fit',
      'x = nn.Conv2d()\ny = nn.Conv2d(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)\nz = nn.Linear(a=3)\nw = torch.cat()\n',
    ],
    [
      'arguments of other kinds',
      'x = nn.Conv2d("a", None, [])\ny = torch.zeros("x")\nz = torch.cat(3)\nw = F.relu(None)\nx(torch.zeros(1))\n',
    ],
    ['a string that is no format', 'x = "%d %s" % (1,)\ny = "{".format()\nz = "{0} {}".format(1)\n'],
    ['unpacking that does not fit', 'a, b = 1, 2, 3\n(c, d), e = 1, 2\n'],
    ['deep nesting', `x = ${'('.repeat(300)}1${')'.repeat(300)}\n`],
    ['deep operators', `x = ${Array(3000).fill('1').join(' + ')}\n`],
    [
      'deep blocks',
      Array.from({ length: 90 }, (_, i) => `${' '.repeat(i)}if True:\n`).join('') + `${' '.repeat(90)}x = 1\n`,
    ],
  ];
  for (const [name, text] of programs) {
    it(name, async () => {
      const detail = await analyse(imports + text + after);
      const gaps = detail.snapshot.gaps.filter((g) => g.reason.startsWith('the analysis stopped'));
      assert.deepEqual(
        gaps.map((g) => g.reason),
        [],
      );
      assert(
        detail.snapshot.values.some((v) => v.name === 'ok' && v.uses[0]!.text === '(2, 3)'),
        'the rest was not read',
      );
    });
  }

  describe('what never ends', () => {
    const endless: readonly (readonly [string, string])[] = [
      ['while True', 'while True:\n    x = 1\n'],
      ['a loop over a huge range', 'n = 0\nfor i in range(10**12):\n    n += i\n'],
      ['nested loops', 'n = 0\nfor i in range(10**4):\n    for j in range(10**4):\n        n += 1\n'],
      ['a list that grows under its loop', 'a = [1]\nfor x in a:\n    a.append(x)\n'],
      ['an endless generator', 'def g():\n    while True:\n        yield 1\nx = sum(g())\n'],
      ['an endless iterator', 'import itertools\nx = list(itertools.count())\n'],
      ['doubling', 'a = [0]\nfor i in range(64):\n    a = a + a\n'],
      ['a string that doubles', 's = "ab"\nfor i in range(64):\n    s = s + s\n'],
      ['exponential recursion', 'def f(n):\n    return 1 if n < 2 else f(n - 1) + f(n - 2)\nx = f(60)\n'],
      ['a Sequential of a million', 'm = nn.Sequential(*[nn.Linear(2, 2) for _ in range(10**7)])\n'],
    ];
    for (const [name, text] of endless) {
      it(`${name} ends within its budget`, async function () {
        this.timeout(10_000);
        const began = performance.now();
        try {
          await runModule(imports + text, { steps: 200_000, milliseconds: 1500, depth: 160 });
        } catch (signal) {
          assert(
            signal instanceof OutOfBudget,
            String(signal instanceof Error ? signal.stack : JSON.stringify(signal)),
          );
        }
        assert(performance.now() - began < 6000, 'it took much longer than its budget');
      });
    }
  });

  it('is cancelled', async () => {
    const cancellation = { cancelled: false };
    const pause = async () => {
      cancellation.cancelled = true;
    };
    const { analyser, memoryHost } = await import('./support.ts');
    const models = Array.from(
      { length: 30 },
      (_, i) =>
        `class N${i}(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.b = nn.Sequential(*[nn.Conv2d(3, 3, 3, padding=1) for _ in range(200)])\n    def forward(self, x):\n        return self.b(x)\n`,
    );
    const host = memoryHost({ 'net.py': imports + models.join('') });
    assert.equal(await (await analyser()).analyse('/work/net.py', host, { cancellation, pause }), null);
  });

  it('120 cut and mangled model files', async function () {
    this.timeout(60_000);
    const next = random(9);
    const files = ['resnet', 'densenet', 'googlenet', 'mobilenetv2'].map((name) =>
      fixture(`torchvision/torchvision/models/${name}.py`),
    );
    for (let round = 0; round < 120; round++) {
      const lines = files[round % files.length]!.split('\n');
      for (let edit = 0; edit < 3; edit++) {
        const at = between(next, 0, lines.length - 1);
        const line = lines[at]!;
        const column = between(next, 0, line.length);
        const ways = [
          line.slice(0, column),
          line.slice(column),
          line + line,
          '',
          line.replace(/\d/, '0'),
          line.replace(/\w+/, 'self'),
        ];
        lines[at] = ways[between(next, 0, ways.length - 1)]!;
      }
      const { snapshot } = await analyse(lines.slice(0, between(next, 60, 250)).join('\n'));
      const stopped = snapshot.gaps.find((g) => g.reason.startsWith('the analysis stopped'));
      assert.equal(stopped?.reason, undefined, `round ${round}`);
      assert(snapshot.milliseconds < 9000, `round ${round} took ${snapshot.milliseconds} ms`);
    }
  });
});

describe('a model that is still being written', () => {
  const model = (init: string, forward: string) => `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        ${init}
        self.bn = nn.BatchNorm2d(8)

    def forward(self, x):
        x = self.conv(x)        #^ (B, 8, H − 2, W − 2)
        ${forward}
        z = self.bn(x)          #^ (B, 8, H − 2, W − 2)
        return z                #^ (B, 8, H − 2, W − 2)
`;
  const samples: [string, string, string][] = [
    ['a call that is not closed', 'self.fc = nn.Linear(', 'y = F.relu('],
    ['a call without its arguments', 'self.fc = nn.Linear()', 'y = self.fc(x)'],
    ['an attribute without its name', 'self.fc = nn.', 'y = x.'],
    ['an assignment without its value', 'self.fc =', 'y ='],
    ['a sum without its second half', 'a = 1 +', 'y = x +'],
    ['a layer that is not there yet', 'pass', 'y = self.pool(x)'],
    ['a name that is not there yet', 'self.fc = Head(8)', 'y = helper(x)'],
    ['an index that is not closed', 'sizes = [1, 2,', 'y = x[:, '],
    ['a string with brackets in it', "self.name = 'a (b'", 'y = x  # (see'],
  ];
  for (const [what, init, forward] of samples)
    it(what, async () => {
      const { snapshot } = await check(model(init, forward));
      assert.deepEqual(
        snapshot.problems.filter((p) => p.severity === 'error'),
        [],
      );
    });

  it('what may be a layer is not counted', async () => {
    const { snapshot } = await check(model('self.fc = nn.Linear()', 'pass'));
    assert.equal(snapshot.roots[0]?.params, null);
  });
});
