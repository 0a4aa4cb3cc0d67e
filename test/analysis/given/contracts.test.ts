// Contracts: where what is written and what the values are disagree, and where they may agree.

import assert from 'node:assert/strict';
import type { Problem } from '../../../src/analysis/rules/problem.ts';
import { analyse, imports } from '../support.ts';

/** A picture of 32 goes through a convolution that leaves 30. */
const model = (forward: string, call = 'Net()(torch.randn(2, 3, 32, 32))'): string => `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 3)
${forward.replace(/^/gm, '    ')}

${call}
`;

async function contracts(source: string): Promise<Problem[]> {
  const { snapshot } = await analyse(imports + source);
  return snapshot.problems.filter((p) => p.code === 'annotation-mismatch');
}

/** Applies a problem's first fix. */
function mended(text: string, { fixes }: Problem): string {
  const [edit] = fixes[0]!.edits;
  const lines = text.split('\n');
  const { line, column, endColumn } = edit!.range;
  lines[line] = lines[line]!.slice(0, column) + edit!.newText + lines[line]!.slice(endColumn);
  return lines.join('\n');
}

const FIRES: readonly { what: string; source: string; says: string; fixable?: boolean }[] = [
  {
    what: 'a comment behind a statement',
    source: model('def forward(self, x):\n    x = self.conv(x)  # (B, 64, 32, 32)\n    return x'),
    says: 'The comment says (B, 64, 32, 32), but x is (2, 64, 30, 30).',
  },
  {
    what: 'a comment of another rank',
    source: model('def forward(self, x):\n    x = self.conv(x)  # x: [B, N, C]\n    return x'),
    says: 'The comment says (B, N, C), but x is (2, 64, 30, 30).',
  },
  {
    what: 'a comment on a return',
    source: model('def forward(self, x):\n    return self.conv(x)  # B x 32 x 30 x 30'),
    says: 'The comment says (B, 32, 30, 30), but what is returned is (2, 64, 30, 30).',
  },
  {
    what: 'the second of several values',
    source: model('def forward(self, x):\n    a, b = self.conv(x), x  # (B, 64, 30, 30), (B, 4, 32, 32)\n    return a'),
    says: 'The comment says (B, 4, 32, 32), but b is (2, 3, 32, 32).',
  },
  {
    what: 'a comment on the def, against the call',
    source: model('def forward(self, x):  # (B, 1, 28, 28)\n    return self.conv(x)'),
    says: 'The comment says (B, 1, 28, 28), but x is (2, 3, 32, 32).',
  },
  {
    what: 'one name, two sizes in one comment',
    source: model('def forward(self, x):\n    x = self.conv(x)[..., :7]  # (B, C, H, H)\n    return x'),
    says: 'The comment says (B, C, H, H), but x is (2, 64, 30, 7): H is 30 elsewhere.',
  },
  {
    what: 'a name that the parameter has bound',
    source: model(
      'def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b 64 h w"]:\n    return self.conv(x)',
    ),
    says: 'The annotation says (b, 64, h, w), but what is returned is (b, 64, h − 2, w − 2) (all 2 uses).',
  },
  {
    what: 'an expression over it',
    source: model(
      'def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b 64 h//2 w//2"]:\n    return self.conv(x)',
    ),
    says: 'The annotation says (b, 64, ⌊h/2⌋, ⌊w/2⌋), but what is returned is (2, 64, 30, 30): ⌊h/2⌋ is 16 (1 of 2 uses).',
  },
  {
    what: 'symbols that cannot be equal',
    source: model(
      'def forward(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 64 h w"]:\n    return self.conv(x)',
      '',
    ),
    says: 'The annotation says (b, 64, h, w), but what is returned is (b, 64, h − 2, w − 2).',
  },
  {
    what: 'in a function, names that its call has bound',
    source:
      'def half(x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:\n    return x[:, ::2]\n\nhalf(torch.zeros(2, 6))\n',
    says: 'The annotation says (b, d), but what is returned is (2, 3): d is 6 elsewhere.',
  },
  {
    what: 'a comment that fits the layers, against the call',
    source: model('def forward(self, x):  # (B, 3, 28, 28)\n    return self.conv(x)'),
    says: 'The comment says (B, 3, 28, 28), but x is (2, 3, 32, 32).',
  },
  {
    what: 'an annotation against the call',
    source: model('def forward(self, x: Float[Tensor, "b 1 h w"]):\n    return self.conv(x)'),
    says: 'The annotation says (b, 1, h, w), but x is (2, 3, 32, 32).',
  },
  {
    what: 'too few axes for a variadic one',
    source: model('def forward(self, x: Float[Tensor, "a b c *d h w"]):\n    return self.conv(x)'),
    says: 'The annotation says (a, b, c, *d, h, w), but x is (2, 3, 32, 32).',
  },
  {
    what: 'an annotated variable',
    source: model('def forward(self, x):\n    y: Float[Tensor, "b 32 _ _"] = self.conv(x)\n    return y'),
    says: 'The annotation says (b, 32, _, _), but y is (2, 64, 30, 30).',
  },
  {
    what: 'an alias, which has no fix here',
    source: `Image = Float[Tensor, "b 1 h w"]\n${model('def forward(self, x: Image):\n    return self.conv(x)')}`,
    says: 'The annotation says (b, 1, h, w), but x is (2, 3, 32, 32).',
    fixable: false,
  },
  {
    what: "a docstring's return",
    source: model(
      'def forward(self, x):\n    """\n    Returns:\n        Tensor: features of shape (B, 10)\n    """\n    return self.conv(x)',
    ),
    says: 'The docstring says (B, 10), but what is returned is (2, 64, 30, 30).',
  },
  {
    what: 'a stale comment, where nobody calls',
    source: model('def forward(self, x):  # (B, 784)\n    return self.conv(x)', ''),
    says: 'The comment says (B, 784), but x is (B, 3, H, W).',
  },
  {
    what: 'a plain function',
    source: 'def double(x):  # (B, 3)\n    return torch.cat([x, x], 1)  # (B, 3)\n\ndouble(torch.zeros(2, 3))\n',
    says: 'The comment says (B, 3), but what is returned is (2, 6).',
  },
  {
    what: 'several uses of an annotation',
    source: `
class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 1)
    def forward(self, x: Float[Tensor, "b 8 h w"]):
        return self.conv(x)

nn.Sequential(Block(8), nn.Conv2d(8, 16, 1), Block(16))(torch.randn(2, 8, 4, 4))
`,
    says: 'The annotation says (b, 8, h, w), but x is (2, 16, 4, 4) in 2 (1 of 2 uses).',
  },
];

const SILENT: readonly { what: string; source: string }[] = [
  {
    what: 'all is as written',
    source: model(
      'def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b 64 h-2 w-2"]:\n    x = self.conv(x)  # (B, 64, 30, 30)\n    return x  # (B, C, H, W)',
    ),
  },
  {
    what: 'names are of one comment',
    source: model('def forward(self, x):  # (B, C, H, W)\n    x = self.conv(x)  # (B, C, H, W)\n    return x'),
  },
  {
    what: 'symbols may be anything',
    source: model('def forward(self, x):\n    x = self.conv(x)  # (B, 64, 30, 30)\n    return x', ''),
  },
  {
    what: 'a half is rounded either way',
    source: model(
      'def forward(self, x):\n    x = F.max_pool2d(x, 2, ceil_mode=True)  # (B, 3, H/2, W/2)\n    return self.conv(x)',
      'Net()(torch.randn(2, 3, 33, 33))',
    ),
  },
  {
    what: "an example's batch",
    source: model('def forward(self, x):\n    return self.conv(x)  # torch.Size([1, 64, 30, 30])'),
  },
  { what: 'no batch at all', source: model('def forward(self, x):\n    return self.conv(x)  # 64 x 30 x 30') },
  {
    what: 'what is made above, or below',
    source: model(
      'def forward(self, x):\n    # (B, 3, 32, 32)\n    x = self.conv(x)\n    # (B, 64, 30, 30)\n    x = x.flatten(2)\n    # (B, 64, 900)\n    return x',
    ),
  },
  {
    what: 'each of what the next line makes',
    source: model(
      'def forward(self, x):\n    y = self.conv(x)\n    # (B, 30, 30)\n    a, b = y[:, 0], y[:, 1]\n    return a + b',
    ),
  },
  {
    what: 'what the next line makes',
    source: model(
      'def forward(self, x):\n    # (B, 64, 30, 30)\n    x = self.conv(x)\n\n    # (B, 64, 900)\n    x = x.flatten(2)\n    return x',
    ),
  },
  {
    what: 'other values',
    source: model('def forward(self, x):\n    x = self.conv(x)  # weight: (64, 3, 3, 3)\n    return x'),
  },
  {
    what: 'prose',
    source: model('def forward(self, x):\n    x = self.conv(x)  # (see the paper), (3, 3)\n    return x'),
  },
  {
    what: 'a shape that is not known',
    source: model('def forward(self, x):\n    x = mystery(self.conv(x))  # (B, 10)\n    return x'),
  },
  {
    what: 'broadcast axes',
    source: model(
      'def forward(self, x: Float[Tensor, "#b 3 h #h"]):\n    return self.conv(x)',
      'Net()(torch.randn(1, 3, 32, 32))',
    ),
  },
  {
    what: 'a variadic axis',
    source: model(
      'def forward(self, x: Float[Tensor, "*b h w"]) -> Float[Tensor, "*b h-2 w-2"]:\n    y: Float[Tensor, "b ... v"] = self.conv(x)\n    return x[..., 2:, 2:]',
    ),
  },
  {
    what: 'an example in one of several uses',
    source: `
class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 1)
    def forward(self, x):
        return self.conv(x)  # (B, 8, 4, 4)

nn.Sequential(Block(8), nn.Conv2d(8, 16, 1), Block(16))(torch.randn(2, 8, 4, 4))
`,
  },
  {
    what: 'a function that is called twice',
    source:
      'def same(x: Float[Tensor, "b d"]) -> Float[Tensor, "b d"]:\n    return x\n\nsame(torch.zeros(2, 3))\nsame(torch.zeros(4, 5))\n',
  },
];

describe('contracts', () => {
  for (const { what, source, says, fixable = true } of FIRES) {
    it(what, async () => {
      const found = await contracts(source);
      assert.deepEqual(
        found.map((p) => `${p.severity}: ${p.message}`),
        [`warning: ${says}`],
      );
      assert.equal(found[0]!.fixes.length, fixable ? 1 : 0);
      if (fixable) {
        const text = mended(imports + source, found[0]!).slice(imports.length);
        assert.deepEqual(
          (await contracts(text)).map((p) => p.message),
          [],
          text,
        );
      }
    });
  }

  it('the place is the comment, and where the value is made', async () => {
    const [problem] = await contracts(
      model('def forward(self, x):\n    """\n    Returns:\n        of shape (B, 10)\n    """\n    return self.conv(x)'),
    );
    assert.equal(problem!.range.line, 11);
    assert.deepEqual(
      problem!.related.map((r) => `${r.range.line} ${r.message}`),
      ['13 what is returned is (2, 64, 30, 30) here'],
    );
  });
});

describe('contracts that hold, or may', () => {
  for (const { what, source } of SILENT)
    it(what, async () =>
      assert.deepEqual(
        (await contracts(source)).map((p) => p.message),
        [],
      ),
    );
});
