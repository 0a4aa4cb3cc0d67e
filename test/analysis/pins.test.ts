// Pins: a comment says what a model is fed, and how it is built.

import assert from 'node:assert/strict';
import type { AnalyseOptions } from '../../src/analysis/analyser.ts';
import { showShape } from '../../src/analysis/dims/display.ts';
import { parsePin, settingFor } from '../../src/analysis/roots/pins.ts';
import { analyse, imports } from './support.ts';

const net = `class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3)
    def forward(self, x):
        return self.conv(x)
`;

const roots = async (source: string, options: AnalyseOptions = {}): Promise<string[]> => {
  const { snapshot } = await analyse(imports + source, options);
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

describe('where a pin stands', () => {
  const two = '# layerlens: input=(2, 3, 16, 16)';
  const places: readonly (readonly [string, string])[] = [
    ['above the decorators', `${two}\n@final\n@other(1,\n       2)\n${net}`],
    ['above a comment', `${two}\n# It is small.\n${net}`],
    ['in the body', net.replace('    def __init__', `    ${two}\n    def __init__`)],
    ['above forward', net.replace('    def forward', `    ${two}\n    def forward`)],
    ['in forward', net.replace('        return self', `        ${two}\n        return self`)],
  ];
  const decorators = 'def final(c): return c\ndef other(a, b): return final\n';
  for (const [where, source] of places)
    it(where, async () => assert.deepEqual(await roots(decorators + source), ['Net() (2, 3, 16, 16) pin']));

  it('above a factory', async () =>
    assert.deepEqual(await roots(`${net}\n${two}\ndef make(width=2):\n    return Net(width)\n`), [
      'make() (2, 3, 16, 16) pin',
    ]));
});

describe('what a pin says', () => {
  const good: readonly (readonly [string, string])[] = [
    ['input=(1, 3, 224, 224)', '(1, 3, 224, 224)'],
    ['(1, 3, 224, 224)', '(1, 3, 224, 224)'],
    ['input = [1, 3,]', '(1, 3)'],
    ['input=(5,)', '(5,)'],
    ['input=()', '()'],
    ['input=(B, 3, H, W)', '(B, 3, H, W)'],
    ['input=(1, 3), (1, 10)', '(1, 3) (1, 10)'],
    ['input=[(1, 3), (1, 10)]', '(1, 3) (1, 10)'],
    ['input=((B, L), (B, L)), dtype=int64', '(B, L) (B, L) int64'],
    ['input=[(B, L), (B, 3)], dtype=(long, torch.float32)', '(B, L) (B, 3) int64 float32'],
    ['dtype=bool, input=(2, 2)', '(2, 2) bool'],
    ['input=(1, 3), build=Net(10, act="a, )", sizes=[1, 2])', '(1, 3) Net(10, act="a, )", sizes=[1, 2])'],
    ['build=Net(10), input=(1, 3)', '(1, 3) Net(10)'],
    ['build=Net(10)', 'Net(10)'],
  ];
  for (const [text, expected] of good)
    it(text, () => {
      const pin = parsePin(text);
      assert.ok('inputs' in pin, JSON.stringify(pin));
      assert.equal([...pin.inputs.map(showShape), ...pin.dtypes, pin.build ?? ''].join(' ').trim(), expected);
    });

  const bad: readonly (readonly [string, RegExp])[] = [
    ['input=(1, -3)', /"-3" is no size/],
    ['input=(1, 0)', /"0" is no size/],
    ['input=(1, 3.5)', /"3\.5" is no size/],
    ['input=1, 3, 224', /"1" is no shape.*\(1, 3, 224, 224\)/],
    ['input=(1, 3', /does not end/],
    ['input=(1, 3]', /does not end/],
    ['build=Net("a)', /does not end/],
    ['', /says nothing/],
    ['dtype=int64', /no input/],
    ['input=(1, 3), dtype=int65', /"int65" is no dtype/],
    ['input=(1, 3), dtype=constructor', /is no dtype/],
    ['input=(1, 3), dtype=(int64, float32)', /2 dtypes for 1 input/],
    ['shape=(1, 3)', /"shape" is nothing that a pin says/],
    ['input=(1, 3), build=', /wants an expression/],
    ['input=[(1, 3), (1, x y)]', /"x y" is no size/],
  ];
  for (const [text, reason] of bad)
    it(`not ${text || 'nothing'}`, () => {
      const pin = parsePin(text);
      assert.ok('reason' in pin);
      assert.match(pin.reason, reason);
    });

  it('names are symbols, all the way', async () => {
    const { snapshot } = await analyse(`${imports}# layerlens: input=(N, 3, rows, cols)\n${net}`);
    assert.equal(snapshot.values.find(({ kind }) => kind === 'return')?.uses[0]?.text, '(N, 8, rows − 2, cols − 2)');
    assert.equal(snapshot.roots[0]?.inputSource, 'pin');
    assert.deepEqual(snapshot.roots[0]?.macsAt, { N: 1, rows: 224, cols: 224 });
  });

  it('feeds a class whose constructor wants arguments', async () => {
    const source = net.replace('width=8', 'width').replace('(3, width, 3)', '(width, 4, 3)');
    const { snapshot } = await analyse(`${imports}# layerlens: input=(2, 5, 8, 8)\n${source}`);
    assert.equal(snapshot.roots[0]?.inputSource, 'pin');
    assert.equal(snapshot.values.find(({ kind }) => kind === 'return')?.uses[0]?.text, '(2, 4, 6, 6)');
    assert.deepEqual(snapshot.problems, []);
  });

  it('a dtype for each input', async () => {
    const source = `# layerlens: input=[(2, 5), (2, 5, 4)], dtype=(int64, float32)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(100, 4)
    def forward(self, tokens, extra):
        return self.words(tokens) + extra
`;
    const { snapshot } = await analyse(imports + source);
    const told = snapshot.values
      .filter((v) => v.kind !== 'read')
      .map((v) => `${v.name} ${v.uses[0]?.text} ${v.uses[0]?.dtype}`);
    assert.deepEqual(told, ['tokens (2, 5) int64', 'extra (2, 5, 4) float32', 'return (2, 5, 4) float32']);
    assert.deepEqual(snapshot.problems, []);
  });
});

describe('a pin that cannot be heeded is a warning', () => {
  const cases: readonly (readonly [string, RegExp, string])[] = [
    [
      '# layerlens: input=(1, -3)',
      /"-3" is no size.*# layerlens: input=\(1, 3, 224, 224\)$/,
      'Net() (B, 3, H, W) layers',
    ],
    ['# layerlens: inptu=(1, 3)', /"inptu" is nothing/, 'Net() (B, 3, H, W) layers'],
    [
      '  # layerlens: input=(1, 3, 8, 8), build=Nothing(3)',
      /Nothing\(3\) could not be built/,
      'Net() (1, 3, 8, 8) pin',
    ],
    ['# layerlens: input=(1, 3, 8, 8), build=Net(', /does not end/, 'Net() (B, 3, H, W) layers'],
    ['# layerlens: input=(1, 3, 8, 8), build=Net((3 4))', /could not be built/, 'Net() (1, 3, 8, 8) pin'],
  ];
  for (const [pin, message, root] of cases)
    it(pin, async () => {
      const source = `${imports}${pin}\n${net}`;
      const { snapshot } = await analyse(source);
      const [problem, ...others] = snapshot.problems;
      assert.deepEqual(others, []);
      assert.equal(`${problem?.code} ${problem?.severity}`, 'pin warning');
      assert.match(problem?.message ?? '', message);
      const { line = 0, column, endColumn } = problem?.range ?? {};
      assert.equal(source.split('\n')[line]?.slice(column, endColumn), pin.trim());
      assert.deepEqual(await roots(`${pin}\n${net}`), [root]);
    });
});

describe('the setting layerlens.inputs', () => {
  const pins = { Net: '(1, 3, 24, 24)' };
  it('is a pin', async () => assert.deepEqual(await roots(net, { pins }), ['Net() (1, 3, 24, 24) setting']));
  it('also says how to build', async () =>
    assert.deepEqual(await roots(net, { pins: { Net: 'input=(1, 3, 8, 8), build=Net(4)' } }), [
      'Net(4) (1, 3, 8, 8) setting',
    ]));
  it('a pin in the source stands before it', async () =>
    assert.deepEqual(await roots(`# layerlens: input=(2, 3, 8, 8)\n${net}`, { pins }), ['Net() (2, 3, 8, 8) pin']));
  it('is for its class alone', async () =>
    assert.deepEqual(await roots(net, { pins: { Other: '(1, 3, 24, 24)' } }), ['Net() (B, 3, H, W) layers']));
  it('one that cannot be read is told at the class', async () => {
    const { snapshot } = await analyse(imports + net, { pins: { Net: '1 by 3' } });
    assert.match(snapshot.problems[0]?.message ?? '', /layerlens\.inputs for Net cannot be read: "1 by 3" is no shape/);
    assert.equal(snapshot.problems[0]?.range.line, 3);
  });

  const keys: readonly (readonly [string, boolean])[] = [
    ['Net', true],
    ['src/model.py:Net', true],
    ['./src/model.py:Net', true],
    ['model.py:Net', true],
    ['src/*.py:Net', true],
    ['**/model.py:Net', true],
    ['work/**/m?del.py:Net', true],
    ['odel.py:Net', false],
    ['src/model.py:Other', false],
    ['lib/*.py:Net', false],
    ['*.py:Ne', false],
  ];
  for (const [key, found] of keys)
    it(key, () => assert.equal(settingFor({ [key]: 'yes' }, '/work/src/model.py', 'Net'), found ? 'yes' : null));
  it('the longer key comes first', () =>
    assert.equal(settingFor({ Net: 'a', 'model.py:Net': 'b' }, '/work/model.py', 'Net'), 'b'));
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
