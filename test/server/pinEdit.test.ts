// Setting an input: where the pin goes, what the box proposes, and what it answers to nonsense.

import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { PinParams } from '../../src/protocol/server.ts';
import { pinEdit } from '../../src/server/pinEdit.ts';
import { analyse } from '../analysis/support.ts';
import { uri } from './snapshots.ts';

const net = `import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3)
    def forward(self, x):
        return self.conv(x)
`;

async function ask(text: string, params: Omit<PinParams, 'uri'>) {
  const { snapshot } = await analyse(text);
  const document = TextDocument.create(uri, 'python', 1, text);
  const result = pinEdit({ document, whole: snapshot, layout: null }, { uri, ...params });
  assert.ok(result);
  return result;
}

/** The text after `said` was written above Net; in `expected` as much of it as matters. */
async function check(text: string, said: string | null, expected: string): Promise<void> {
  const { problem, edits } = await ask(text, { name: 'Net', text: said });
  assert.equal(problem, null);
  const lines = text.split('\n');
  const offset = ({ line, character }: { line: number; character: number }): number =>
    lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
  let result = text;
  for (const { range, newText } of edits)
    result = result.slice(0, offset(range.start)) + newText + result.slice(offset(range.end));
  assert.ok(result.includes(expected), result);
}

const pin = '# layerlens: input=(1, 3, 32, 32)';
const pinned = (comment: string): string => net.replace('class Net', `${comment}\nclass Net`);

describe('the pin that a command writes', () => {
  it('above the class', () => check(net, '(1, 3, 32, 32)', `\n\n${pin}\nclass Net`));
  for (const said of ['1, 3, 32, 32', '1x3x32x32', 'input=(1, 3, 32, 32)', `  ${pin}`])
    it(`said as ${said}`, () => check(net, said, `\n\n${pin}\nclass Net`));
  it('with all that a pin can say', () =>
    check(
      net,
      '(B, 3), (B, 4), dtype=int64, build=Net(4)',
      '\n# layerlens: input=(B, 3), (B, 4), dtype=int64, build=Net(4)\nclass',
    ));
  it('above the decorators', () => {
    const decorated = net.replace('class Net', '# a comment\n@first\n@second(1,\n    2)\nclass Net');
    return check(decorated, '(1, 3, 32, 32)', `# a comment\n${pin}\n@first\n@second`);
  });
  it('in the place of one that is there', () =>
    check(pinned('# layerlens: input=(9,)'), '(1, 3, 32, 32)', `\n\n${pin}\nclass`));
  it('in the place of one that cannot be read', () =>
    check(pinned('# layerlens: (9'), '(1, 3, 32, 32)', `\n\n${pin}\nclass`));
  it('in the place of one inside the class', () =>
    check(
      net.replace('    def forward', '    # layerlens: (1, 3)\n    def forward'),
      '(1, 3, 32, 32)',
      `    ${pin}\n    def forward`,
    ));
  it('removed', () => check(pinned(pin), null, 'from torch import nn\n\nclass Net'));
  it('nothing to remove', async () => assert.deepEqual((await ask(net, { name: 'Net', text: null })).edits, []));

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['(1, -3)', /^"-3" is no size.*An example: layerlens: input=\(1, 3, 224, 224\)$/],
    ['hello', /"hello" is no shape/],
    ['(1, 3', /does not end/],
  ];
  for (const [said, message] of wrong)
    it(`not ${said}`, async () => {
      const { problem, edits } = await ask(net, { name: 'Net', text: said });
      assert.match(problem ?? '', message);
      assert.deepEqual(edits, []);
    });
});

describe('what the box proposes', () => {
  const tokens = net.replace('nn.Conv2d(3, width, 3)', 'nn.Embedding(100, width)');
  const cases: readonly (readonly [string, string, string])[] = [
    ['numbers for symbols', net, '(1, 3, 224, 224)'],
    ['what a call feeds', `${net}\nNet()(torch.randn(4, 3, 8, 8))\n`, '(4, 3, 8, 8)'],
    ['the pin', pinned('# layerlens: input=(B, 3, H, W)'), '(B, 3, H, W)'],
    ['several inputs of a pin', pinned('# layerlens: input=(1, 2), (1, 3)'), '(1, 2), (1, 3)'],
    [
      'all of a pin that says more',
      pinned('# layerlens: input=(1, 3, 8, 8), build=Net(2)'),
      'input=(1, 3, 8, 8), build=Net(2)',
    ],
    ['a dtype', `${tokens}\nNet()(torch.zeros(2, 5, dtype=torch.long))\n`, 'input=(2, 5), dtype=int64'],
    [
      'a part inside a model',
      `${net}
class Whole(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 3, 3)
        self.net = Net()
    def forward(self, x):
        return self.net(self.first(x))
Whole()(torch.randn(1, 1, 10, 10))
`,
      '(1, 3, 8, 8)',
    ],
  ];
  for (const [what, text, expected] of cases)
    it(what, async () => assert.equal((await ask(text, { name: 'Net' })).current, expected));

  it('the class at the cursor, else the main model', async () => {
    const text = `${net}\nclass Other(Net):\n    def forward(self, x):\n        y = x + 1\n        return y\n`;
    const name = async (line: number) => (await ask(text, { position: { line, character: 0 } })).name;
    assert.equal(await name(12), 'Other');
    assert.equal(await name(4), 'Net');
    assert.ok(['Net', 'Other'].includes(await name(0)));
  });
});
