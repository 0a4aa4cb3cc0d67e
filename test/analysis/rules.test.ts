// Rules: each code with code that PyTorch refuses (or that is very likely not meant), and the same code put right.

import assert from 'node:assert/strict';
import type { Problem, ProblemCode } from '../../src/analysis/rules/problem.ts';
import { analyse, check, describe as described, imports } from './support.ts';

interface Rule {
  code: ProblemCode;
  what: string;
  severity?: Problem['severity'];
  bad: string;
  good: string;
  /** Words that the message holds: its arithmetic. */
  says: readonly string[];
}

/** A model of layers and the lines of its forward, called on a picture. */
const model = (layers: string, forward: string, input = '1, 3, 32, 32'): string => `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        ${layers.split('\n').join('\n        ')}
    def forward(self, x):
        ${forward.split('\n').join('\n        ')}
net = Net()
y = net(torch.randn(${input}))
`;

const RULES: readonly Rule[] = [
  {
    code: 'linear-features',
    what: 'a Linear behind a flatten',
    bad: model('self.c = nn.Conv2d(3, 16, 5, 2)\nself.fc = nn.Linear(400, 10)', 'return self.fc(self.c(x).flatten(1))'),
    good: model(
      'self.c = nn.Conv2d(3, 16, 5, 2)\nself.fc = nn.Linear(3136, 10)',
      'return self.fc(self.c(x).flatten(1))',
    ),
    says: ['400', '3136', '16·14·14'],
  },
  {
    code: 'linear-features',
    what: 'F.linear',
    bad: model('self.w = nn.Parameter(torch.zeros(5, 8))', 'return F.linear(x, self.w)', '2, 9'),
    good: model('self.w = nn.Parameter(torch.zeros(5, 9))', 'return F.linear(x, self.w)', '2, 9'),
    says: ['8', '9'],
  },
  {
    code: 'conv-channels',
    what: 'a convolution of other channels',
    bad: model('self.a = nn.Conv2d(3, 8, 3)\nself.b = nn.Conv2d(16, 8, 3)', 'return self.b(self.a(x))'),
    good: model('self.a = nn.Conv2d(3, 8, 3)\nself.b = nn.Conv2d(8, 8, 3)', 'return self.b(self.a(x))'),
    says: ['16', '8'],
  },
  {
    code: 'conv-rank',
    what: 'a picture into a 1-d convolution',
    bad: model('self.a = nn.Conv1d(3, 8, 3)', 'return self.a(x)'),
    good: model('self.a = nn.Conv1d(3, 8, 3)', 'return self.a(x.flatten(2))'),
    says: ['(1, 3, 32, 32)'],
  },
  {
    code: 'norm-features',
    what: 'batch norm of other channels',
    bad: model('self.a = nn.Conv2d(3, 8, 3)\nself.n = nn.BatchNorm2d(16)', 'return self.n(self.a(x))'),
    good: model('self.a = nn.Conv2d(3, 8, 3)\nself.n = nn.BatchNorm2d(8)', 'return self.n(self.a(x))'),
    says: ['16', '8'],
  },
  {
    code: 'norm-features',
    what: 'layer norm of other features',
    bad: model('self.n = nn.LayerNorm(64)', 'return self.n(x)'),
    good: model('self.n = nn.LayerNorm(32)', 'return self.n(x)'),
    says: ['64', '32'],
  },
  {
    code: 'broadcast',
    what: 'a residual of another size',
    bad: model('self.a = nn.Conv2d(3, 3, 3)', 'return x + self.a(x)'),
    good: model('self.a = nn.Conv2d(3, 3, 3, padding=1)', 'return x + self.a(x)'),
    says: ['32', '30'],
  },
  {
    code: 'stride-drops',
    what: 'a stride that leaves a row out',
    severity: 'warning',
    bad: model('self.a = nn.Conv2d(3, 8, 2, stride=5)', 'return self.a(x)', '1, 3, 34, 34'),
    good: model('self.a = nn.Conv2d(3, 8, 2, stride=2)', 'return self.a(x)', '1, 3, 34, 34'),
    says: ['2'],
  },
  {
    code: 'kernel-too-large',
    what: 'a kernel larger than its input',
    bad: model('self.a = nn.Conv2d(3, 8, 7)', 'return self.a(F.max_pool2d(x, 8))'),
    good: model('self.a = nn.Conv2d(3, 8, 7, padding=3)', 'return self.a(F.max_pool2d(x, 8))'),
    says: ['7', '4'],
  },
  {
    code: 'kernel-too-large',
    what: 'one pooling too many',
    bad: model('self.p = nn.MaxPool2d(2)', 'for _ in range(6):\n    x = self.p(x)\nreturn x'),
    good: model('self.p = nn.MaxPool2d(2)', 'for _ in range(5):\n    x = self.p(x)\nreturn x'),
    says: ['2', '1'],
  },
  {
    code: 'groups-divide',
    what: 'groups that do not divide the channels',
    bad: model('self.a = nn.Conv2d(3, 8, 3, groups=2)', 'return self.a(x)'),
    good: model('self.a = nn.Conv2d(3, 9, 3, groups=3)', 'return self.a(x)'),
    says: ['3', '2'],
  },
  {
    code: 'concat-mismatch',
    what: 'a skip connection of another size',
    bad: model('self.p = nn.MaxPool2d(2)', 'return torch.cat([x, self.p(x)], dim=1)'),
    good: model('self.p = nn.MaxPool2d(3, 1, 1)', 'return torch.cat([x, self.p(x)], dim=1)'),
    says: ['32', '16'],
  },
  {
    code: 'reshape-size',
    what: 'a view that loses elements',
    bad: model('pass', 'return x.view(1, 3, 1000)'),
    good: model('pass', 'return x.view(1, 3, 1024)'),
    says: ['3072', '3000'],
  },
  {
    code: 'reshape-size',
    what: 'a −1 that does not come out',
    bad: model('pass', 'return x.reshape(-1, 7)'),
    good: model('pass', 'return x.reshape(-1, 8)'),
    says: ['3072', '7'],
  },
  {
    code: 'matmul-mismatch',
    what: 'inner sizes that differ',
    bad: model('self.w = nn.Parameter(torch.zeros(31, 5))', 'return x @ self.w'),
    good: model('self.w = nn.Parameter(torch.zeros(32, 5))', 'return x @ self.w'),
    says: ['32', '31'],
  },
];

async function problemsOf(source: string): Promise<readonly Problem[]> {
  return (await analyse(imports + source)).snapshot.problems;
}

/** The text with a fix in it. */
function fixed(text: string, problem: Problem): string {
  const lines = text.split('\n');
  const edits = [...problem.fixes[0]!.edits].sort((a, b) => b.range.line - a.range.line);
  for (const { range, newText } of edits) {
    const line = lines[range.line]!;
    lines[range.line] = line.slice(0, range.column) + newText + line.slice(range.endColumn);
  }
  return lines.join('\n');
}

describe('rules', () => {
  for (const { code, what, bad, good, says, severity = 'error' } of RULES) {
    describe(`${code}: ${what}`, () => {
      it('is said, with its numbers', async () => {
        const problems = await problemsOf(bad);
        const problem = problems.find((p) => p.code === code);
        assert(problem, `said instead: ${problems.map(described).join('; ') || 'nothing'}`);
        assert.equal(problem.severity, severity);
        const missing = says.filter((words) => !problem.message.includes(words));
        assert.deepEqual(missing, [], problem.message);
        const line = (imports + bad).split('\n')[problem.range.line]!;
        assert(problem.range.endColumn <= line.length && line.slice(problem.range.column).trim() !== '', line);
      });
      it('is not said of the same code put right', async () => {
        const problems = (await problemsOf(good)).filter((p) => p.severity === 'error' || p.code === code);
        assert.deepEqual(problems.map(described), []);
      });
    });
  }

  it('the path leads from the model to the layer', async () => {
    const [problem] = await problemsOf(`
class Block(nn.Module):
    def __init__(self, i, o, wrong=0):
        super().__init__()
        self.conv = nn.Conv2d(i, o, 3, padding=1)
        self.downsample = nn.Sequential(nn.Conv2d(i + wrong, o, 1), nn.BatchNorm2d(o))
    def forward(self, x):
        return self.conv(x) + self.downsample(x)
class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1 = nn.Sequential(Block(3, 8), Block(8, 8))
        self.layer2 = nn.Sequential(Block(8, 16, wrong=1))
    def forward(self, x):
        return self.layer2(self.layer1(x))
net = ResNet()
net(torch.randn(1, 3, 32, 32))
`);
    assert.equal(problem?.code, 'conv-channels');
    assert.match(
      problem.related[0]!.message,
      /^ResNet → layer2 → 0 → downsample → 0|^ResNet → layer2\.0 → downsample\.0/,
    );
    assert.equal(problem.related[0]!.range.line, 8);
  });

  describe('fixes, applied, leave nothing to say', () => {
    const places: readonly (readonly [string, string])[] = [
      ['a number', model('self.fc = nn.Linear(400, 10)', 'return self.fc(x.flatten(1))')],
      ['arithmetic', model('self.fc = nn.Linear(16 * 5 * 5, 10)', 'return self.fc(x.flatten(1))')],
      ['a keyword', model('self.fc = nn.Linear(out_features=10, in_features=7)', 'return self.fc(x.flatten(1))')],
      [
        'inside a Sequential',
        model('self.h = nn.Sequential(nn.Flatten(), nn.Linear(9, 4), nn.ReLU(), nn.Linear(4, 2))', 'return self.h(x)'),
      ],
    ];
    for (const [name, bad] of places) {
      it(name, async () => {
        const text = imports + bad;
        const problem = (await analyse(text)).snapshot.problems.find((p) => p.code === 'linear-features');
        assert(problem, 'nothing was said');
        assert.match(problem.fixes[0]?.title ?? 'no fix', /3072/);
        assert.deepEqual((await analyse(fixed(text, problem))).snapshot.problems.map(described), []);
      });
    }

    it('no fix where the number is a variable that others share', async () => {
      const [problem] = await problemsOf(model('n = 400\nself.fc = nn.Linear(n, 10)', 'return self.fc(x.flatten(1))'));
      assert.equal(problem?.code, 'linear-features');
      assert.deepEqual(problem.fixes, []);
    });
  });

  describe('nothing is said where it may be right', () => {
    const silent: readonly (readonly [string, string])[] = [
      [
        'sizes that nobody gave',
        `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.b = nn.Conv2d(8, 8, 3, stride=2)
        self.up = nn.Upsample(scale_factor=2)
    def forward(self, x):
        y = self.b(self.a(x))
        return torch.cat([self.up(y), self.up(y)], 1) + self.up(y).repeat(1, 2, 1, 1)
`,
      ],
      [
        'two inputs of symbolic sizes',
        `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Linear(8, 8)
        self.k = nn.Linear(8, 8)
    def forward(self, x, y):
        return self.q(x) @ self.k(y).transpose(-2, -1)
`,
      ],
      [
        'an error that is caught',
        model(
          'self.fc = nn.Linear(400, 10)',
          'try:\n    return self.fc(x.flatten(1))\nexcept RuntimeError:\n    return x',
        ),
      ],
      [
        'a branch that may never run',
        model('self.fc = nn.Linear(400, 10)', 'if open("flag").read():\n    x = self.fc(x.flatten(1))\nreturn x'),
      ],
      ['a layer that is never called', model('self.fc = nn.Linear(400, 10)\nself.c = nn.Conv2d(7, 7, 3)', 'return x')],
      [
        'a value that is not known',
        `
import mystery
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = mystery.backbone()
        self.fc = nn.Linear(512, 10)
    def forward(self, x):
        return self.fc(self.backbone(x).flatten(1))
net = Net()
net(torch.randn(1, 3, 32, 32))
`,
      ],
    ];
    for (const [name, source] of silent) {
      it(name, async () => {
        const errors = (await problemsOf(source)).filter((p) => p.severity === 'error');
        assert.deepEqual(errors.map(described), []);
      });
    }
  });

  it('samples say what their names promise, and nothing else', async () => {
    await check(`
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 5)
        self.fc = nn.Linear(16 * 5 * 5, 10)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv(x)), 2)    #^ (4, 16, 18, 18)
        x = x.flatten(1)                             #^ (4, 5184)
        return self.fc(x)                            #! linear-features: 5184
net = Net()
net(torch.randn(4, 3, 40, 40))
`);
  });
});
