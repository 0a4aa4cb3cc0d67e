// Roots: what is written about forward's parameters is what they are fed.

import assert from 'node:assert/strict';
import { analyse, imports } from '../support.ts';

/** A model of a first layer, with forward's signature and first lines. */
const model = (layer: string, forward: string, init = 'self'): string => `
class Net(nn.Module):
    def __init__(${init}):
        super().__init__()
        self.first = ${layer}
${forward.replace(/^/gm, '    ')}
`;
const conv = 'nn.Conv2d(3, 8, 3, padding=1)';

const roots = async (source: string): Promise<string[]> => {
  const { snapshot } = await analyse(imports + source);
  return snapshot.roots.map((r) => `${r.inputs.map((i) => `${i.name} ${i.text}`).join(' · ')} ${r.inputSource}`);
};

interface Case {
  what: string;
  source: string;
  root: string;
}

const CASES: readonly Case[] = [
  {
    what: 'an annotation; the first layer says what c is',
    source: model(conv, 'def forward(self, x: Float[Tensor, "b c h w"]):\n    return self.first(x)'),
    root: 'x (b, 3, h, w) annotation',
  },
  {
    what: 'a quoted annotation, and an alias',
    source: `Image = Float[Tensor, "b 3 32 32"]\n${model(conv, 'def forward(self, x: "Image | None"):\n    return self.first(x)')}`,
    root: 'x (b, 3, 32, 32) annotation',
  },
  {
    what: 'any number of axes is one',
    source: model(conv, 'def forward(self, x: Float[Tensor, "*batch 3 32 32"]):\n    return self.first(x)'),
    root: 'x (batch, 3, 32, 32) annotation',
  },
  {
    what: 'axes without names',
    source: model(conv, 'def forward(self, x: Float[Tensor, "_ 3 _ _"]):\n    return self.first(x)'),
    root: 'x (B, 3, H, W) annotation',
  },
  {
    what: 'a comment on the def',
    source: model(conv, 'def forward(self, x):  # (B, 3, 32, 32)\n    return self.first(x)'),
    root: 'x (B, 3, 32, 32) comment',
  },
  {
    what: 'a comment below the def',
    source: model(conv, 'def forward(self, x):\n    # x: [B, 3, 32, 32]\n    return self.first(x)'),
    root: 'x (B, 3, 32, 32) comment',
  },
  {
    what: 'a comment below the def, above its names',
    source: model(
      conv,
      'def forward(self, x):\n    # (B, 3, H, W)\n    b, c, h, w = x.shape\n    return self.first(x)',
    ),
    root: 'x (B, 3, H, W) comment',
  },
  {
    what: 'a comment above the def',
    source: model(conv, '# x: (B, 3, 32, 32)\ndef forward(self, x):\n    return self.first(x)'),
    root: 'x (B, 3, 32, 32) comment',
  },
  {
    what: 'a comment with an arrow',
    source: model(conv, 'def forward(self, x):  # (B, 3, 32, 32) -> (B, 8, 32, 32)\n    return self.first(x)'),
    root: 'x (B, 3, 32, 32) comment',
  },
  {
    what: "comments on parameters' lines; one name is one size",
    source: model(
      'nn.Linear(16, 8)',
      'def forward(\n    self,\n    x,  # (B, N, 16)\n    y,  # (B, N, 8)\n):\n    return self.first(x) + y',
    ),
    root: 'x (B, N, 16) · y (B, N, 8) comment',
  },
  {
    what: 'names that the constructor has numbers for',
    source: model(
      'nn.Linear(dim, 8)',
      'def forward(self, x):\n    """\n    Args:\n        x (Tensor): tokens of shape (B, N, dim)\n    """\n    return self.first(x)',
      'self, dim=16',
    ),
    root: 'x (B, N, 16) docstring',
  },
  {
    what: 'indices into an embedding',
    source: model('nn.Embedding(9, 4)', 'def forward(self, ids):  # (B, T)\n    return self.first(ids)'),
    root: 'ids (B, T) comment',
  },
  {
    what: 'an annotation comes before a comment',
    source: model(conv, 'def forward(self, x: Float[Tensor, "b 3 h w"]):  # (B, 3, 32, 32)\n    return self.first(x)'),
    root: 'x (b, 3, h, w) annotation',
  },
  {
    what: 'a stale comment: what the layers want',
    source: model(conv, 'def forward(self, x):  # (B, 1, 784)\n    return self.first(x)'),
    root: 'x (B, 3, H, W) layers',
  },
  {
    what: 'a pin comes first',
    source: `# layerlens: input=(1, 3, 64, 64)${model(conv, 'def forward(self, x):  # (B, 3, 32, 32)\n    return self.first(x)')}`,
    root: 'x (1, 3, 64, 64) pin',
  },
  {
    what: "a class's own docstring, in its Shape:",
    source: `
class Net(nn.Module):
    """A net.

    Args:
        first: of shape (N, 5)

    Shape:
        - Input: :math:\`(N, C_{in}, H, W)\`
    """
    def __init__(self):
        super().__init__()
        self.first = ${conv}
    def forward(self, x):
        return self.first(x)
`,
    root: 'x (N, 3, H, W) docstring',
  },
];

describe('roots: what is written', () => {
  for (const { what, source, root } of CASES) it(what, async () => assert.deepEqual(await roots(source), [root]));

  it('comes before a call, which is run as well', async () => {
    const source = model(conv, 'def forward(self, x: Float[Tensor, "b 3 h w"]):\n    return self.first(x)');
    assert.deepEqual(await roots(`${source}\nNet()(torch.zeros(2, 3, 8, 8))\n`), [
      'x (b, 3, h, w) annotation',
      'x (2, 3, 8, 8) call',
    ]);
  });

  it('notes say where it is from', async () => {
    const { snapshot } = await analyse(imports + CASES[0]!.source);
    assert.deepEqual(snapshot.roots[0]!.inputs[0]!.notes, [
      'from the annotation Float[Tensor, "b c h w"]',
      'c = 3, because first (Conv2d) wants 3 channels',
    ]);
  });

  it('and what does not fit', async () => {
    const { snapshot } = await analyse(imports + CASES.find((c) => c.what.startsWith('a stale'))!.source);
    assert.deepEqual(snapshot.roots[0]!.inputs[0]!.notes, [
      '(B, 1, 784), as the comment says, does not fit: first (Conv2d) wants 3 channels',
      '(B, 3, H, W), because first (Conv2d) wants 3 channels',
    ]);
  });

  it('costs are stated at sizes for names of all kinds', async () => {
    const { snapshot } = await analyse(imports + CASES[0]!.source);
    assert.deepEqual(snapshot.roots[0]!.macsAt, { b: 1, h: 224, w: 224 });
  });
});
