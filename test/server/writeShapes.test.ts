// Shapes written into the source: what each action makes of a file, which then says nothing against its analysis.

import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { writeShapeActions } from '../../src/server/writeShapes.ts';
import { analyse } from '../analysis/support.ts';
import { uri } from './snapshots.ts';

type Action =
  | 'Write the shape as a comment'
  | 'Write shapes of all of forward as comments'
  | 'Write shapes as jaxtyping annotations';
const one: Action = 'Write the shape as a comment';
const all: Action = 'Write shapes of all of forward as comments';
const jaxtyping: Action = 'Write shapes as jaxtyping annotations';

async function offered(text: string, at: string, only?: string[]) {
  const { snapshot } = await analyse(text);
  const document = TextDocument.create(uri, 'python', 1, text);
  const position = document.positionAt(text.indexOf(at));
  assert.ok(text.includes(at), `the sample has no ${at}`);
  const request = { range: { start: position, end: position }, context: { diagnostics: [], ...(only && { only }) } };
  return { document, actions: writeShapeActions(snapshot, text, request, uri) };
}

/** Applies an action at the first such words, and analyses what comes of it. */
async function check(text: string, at: string, title: Action, expected: readonly string[]): Promise<void> {
  const { document, actions } = await offered(text, at);
  const action = actions.find((a) => a.title === title);
  assert.ok(action, `not offered: ${actions.map((a) => a.title).join(', ')}`);
  const after = TextDocument.applyEdits(document, action.edit!.changes![uri]!);
  const before = text.split('\n');
  const changed = after.split('\n').filter((line) => !before.includes(line));
  assert.deepEqual(changed, expected);
  const { snapshot } = await analyse(after);
  assert.deepEqual(
    snapshot.problems.map((p) => p.message),
    [],
  );
}

const net = (forward: string, call = ''): string => `import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.emb = nn.Embedding(10, 4)

${forward.replace(/^(?=.)/gm, '    ')}
${call}
`;

describe('shapes as comments', () => {
  it('behind a statement', () =>
    check(net('def forward(self, x):\n    x = self.conv(x)\n    return x'), 'x = self.conv', one, [
      '        x = self.conv(x)  # (B, 8, (H + 1)//2, (W + 1)//2)',
    ]));

  it('in the place of another, in its style', () =>
    check(net('def forward(self, x):\n    x = self.conv(x)  # N x 3 x 4\n    return x'), 'x = self.conv', one, [
      '        x = self.conv(x)  # B x 8 x (H+1)//2 x (W+1)//2',
    ]));

  it('before a comment that says something else', () =>
    check(
      net('def forward(self, x):\n    x = self.conv(x)  # halves it\n    return x', 'Net()(torch.zeros(1, 3, 8, 8))'),
      'x = self.conv',
      one,
      ['        x = self.conv(x)  # (1, 8, 4, 4); halves it'],
    ));

  it('behind what tools read', () =>
    check(
      net('def forward(self, x):\n    x = self.conv(x)  # noqa: E501\n    return x', 'Net()(torch.zeros(1, 3, 8, 8))'),
      'x = self.conv',
      one,
      ['        x = self.conv(x)  # noqa: E501  # (1, 8, 4, 4)'],
    ));

  it('at the end of a statement over several lines', () =>
    check(
      net(
        'def forward(self, x):\n    x = self.conv(\n        x,\n    )\n    return x',
        'Net()(torch.zeros(1, 3, 8, 8))',
      ),
      'x = self.conv',
      one,
      ['        )  # (1, 8, 4, 4)'],
    ));

  it('of several values', () =>
    check(
      net('def forward(self, x):\n    a, b = self.conv(x), x\n    return a', 'Net()(torch.zeros(1, 3, 8, 8))'),
      'a, b',
      one,
      ['        a, b = self.conv(x), x  # a: (1, 8, 4, 4), b: (1, 3, 8, 8)'],
    ));

  it('all of forward', () =>
    check(
      net(
        'def forward(self, x, ids=None):\n    x = self.conv(x)\n\n    for _ in range(2):\n        x = x.relu()\n    return x, x.sum(1)',
        'Net()(torch.zeros(1, 3, 8, 8))',
      ),
      'def forward',
      all,
      [
        '    def forward(self, x, ids=None):  # x: (1, 3, 8, 8)',
        '        x = self.conv(x)  # (1, 8, 4, 4)',
        '            x = x.relu()  # (1, 8, 4, 4)',
        '        return x, x.sum(1)  # (1, 8, 4, 4), (1, 4, 4)',
      ],
    ));

  it('of parameters on lines of their own', () =>
    check(
      net(
        'def forward(\n    self,\n    x,\n    ids,\n):\n    return self.conv(x).sum() + self.emb(ids)',
        'Net()(torch.zeros(1, 3, 8, 8), torch.zeros(2, 5, dtype=torch.long))',
      ),
      'def forward',
      all,
      [
        '        x,  # (1, 3, 8, 8)',
        '        ids,  # (2, 5)',
        '        return self.conv(x).sum() + self.emb(ids)  # (2, 5, 4)',
      ],
    ));
});

describe('shapes as jaxtyping annotations', () => {
  it('parameters and the return, with imports; expressions over names', () =>
    check(net('def forward(self, x):\n    return self.conv(x)'), 'def forward', jaxtyping, [
      'from jaxtyping import Float',
      'from torch import Tensor',
      '    def forward(self, x: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 8 (H+1)//2 (W+1)//2"]:',
    ]));

  it('in the place of tensors', () =>
    check(
      net(
        'def forward(self, ids: torch.Tensor) -> "torch.Tensor":\n    return self.emb(ids)',
        'Net()(torch.zeros(2, 5, dtype=torch.long))',
      ),
      'def forward',
      jaxtyping,
      [
        'from jaxtyping import Float, Int',
        '    def forward(self, ids: Int[torch.Tensor, "2 5"]) -> "Float[torch.Tensor, \'2 5 4\']":',
      ],
    ));

  it('in the place of annotations that are wrong', () =>
    check(
      `from jaxtyping import Float\nfrom torch import Tensor\n${net('def forward(self, x: Float[Tensor, "b 1 h w"], y=1):\n    return self.conv(x)', 'Net()(torch.zeros(2, 3, 8, 8))')}`,
      'def forward',
      jaxtyping,
      ['    def forward(self, x: Float[Tensor, "2 3 8 8"], y=1) -> Float[Tensor, "2 8 4 4"]:'],
    ));

  it('what holds in every use', () =>
    check(
      `import torch
from torch import nn, Tensor


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 1)

    def forward(self, x):
        return self.conv(x)


nn.Sequential(Block(8), nn.Conv2d(8, 16, 1), Block(16))(torch.randn(2, 8, 4, 4))
`,
      'def forward',
      jaxtyping,
      [
        'from jaxtyping import Float',
        '    def forward(self, x: Float[Tensor, "2 _ 4 4"]) -> Float[Tensor, "2 _ 4 4"]:',
      ],
    ));

  it('a tuple', () =>
    check(
      net('def forward(self, x):\n    return self.conv(x), x', 'Net()(torch.zeros(2, 3, 8, 8))'),
      'def forward',
      jaxtyping,
      [
        'from jaxtyping import Float, Shaped',
        'from torch import Tensor',
        '    def forward(self, x: Float[Tensor, "2 3 8 8"]) -> tuple[Shaped[Tensor, "2 8 4 4"], Shaped[Tensor, "2 3 8 8"]]:',
      ],
    ));
});

describe('what is offered', () => {
  const sample = net('def forward(self, x):\n    x = self.conv(x)\n    return x');
  const titles = async (at: string, only?: string[]): Promise<string[]> =>
    (await offered(sample, at, only)).actions.map((a) => `${a.kind}: ${a.title}`);

  it('at a line with a shape', async () =>
    assert.deepEqual(
      await titles('x = self.conv'),
      [one, all, jaxtyping].map((title) => `refactor.rewrite: ${title}`),
    ));
  it('where refactorings are asked for', async () =>
    assert.equal((await titles('x = self.conv', ['refactor'])).length, 3));
  it('not where quick fixes are', async () => assert.deepEqual(await titles('x = self.conv', ['quickfix']), []));
  it('nothing elsewhere', async () => assert.deepEqual(await titles('super().__init__'), []));
});
