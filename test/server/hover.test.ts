import assert from 'node:assert/strict';
import type { Snapshot } from '../../src/analysis/snapshot.ts';
import { hover } from '../../src/server/hover.ts';
import { behind, callUse, observation, root, type Source, snapshot, source } from './snapshots.ts';

/** `‸` in the sample is the cursor; the expectation is the Markdown, its paragraphs as lines. */
function check(marked: string, facts: (sample: Source) => Partial<Snapshot>, expected: readonly string[] | null): void {
  const sample = source(marked.replace('‸', ''));
  const { line, column } = source(marked).at('‸');
  const result = hover(snapshot(facts(sample)), { line, character: column }, sample.line(line));
  const contents = result?.contents;
  const markdown = typeof contents === 'object' && 'value' in contents ? contents.value : null;
  assert.deepEqual(markdown?.split(/\n+/) ?? null, expected);
}

const conv = callUse('conv1', '(B, 3, 224, 224)', '(B, 64, 112, 112)', {
  params: 9408,
  macs: 118_013_952,
  bytes: 3_211_264,
  arithmetic: ['height: ⌊(224 + 2·3 − 1·(7 − 1) − 1) / 2⌋ + 1 = 112'],
  receptiveField: { size: [7, 7], stride: [2, 2], start: [0, 0] },
});

describe('hover', () => {
  const call = (sample: Source): Partial<Snapshot> => ({
    calls: [
      { range: sample.at('self.conv1(x)'), calleeRange: sample.at('self.conv1'), operator: 'Conv2d', uses: [conv] },
    ],
    values: [
      {
        kind: 'assign',
        name: 'x',
        range: sample.at('x'),
        hintAt: behind(sample.at('x')),
        uses: [observation('', '(B, 64, 112, 112)')],
      },
    ],
  });

  it('a call: shapes, costs, arithmetic, receptive field', () =>
    check('x = self.co‸nv1(x)', call, [
      '**Conv2d** `conv1`',
      '`(B, 3, 224, 224) → (B, 64, 112, 112)` · float32',
      '9.4 K params · 118.01 MMACs · 3.06 MiB',
      'height: ⌊(224 + 2·3 − 1·(7 − 1) − 1) / 2⌋ + 1 = 112',
      'sees 7×7 px of the input, one step is 2×2 px',
    ]));

  it('a value: shape, dtype, memory of a sample', () =>
    check('x‸ = self.conv1(x)', call, ['`x: (B, 64, 112, 112)` · float32 · 3.06 MiB a sample']));

  it('what is known of what forward is fed', () =>
    check(
      'def forward(self, x‸):',
      (sample) => ({
        roots: [
          root('LeNet', 'LeNet()', {
            inputs: [
              { name: 'x', text: '(B, 3, H, W)', shape: ['B', 3, 'H', 'W'], notes: ['H = W in 32…35', 'C = 3'] },
            ],
          }),
        ],
        values: [
          {
            kind: 'parameter',
            name: 'x',
            range: sample.at('x'),
            hintAt: behind(sample.at('x')),
            uses: [observation('', '(B, 3, H, W)')],
          },
        ],
      }),
      ['`x: (B, 3, H, W)` · float32', '- H = W in 32…35', '- C = 3'],
    ));

  it('nothing under the cursor', () => check('x =‸  self.conv1(x)', call, null));

  it('MACs of symbolic sizes are a formula', () =>
    check(
      'self.conv1‸(x)',
      (sample) => ({
        calls: [
          {
            range: sample.at('self.conv1(x)'),
            calleeRange: sample.at('self.conv1'),
            operator: 'Conv2d',
            uses: [
              callUse('conv1', '(B, 3, H, W)', '(B, 64, ⌈H/2⌉, ⌈W/2⌉)', { params: 9408, macsText: '9408·⌈H/2⌉·⌈W/2⌉' }),
            ],
          },
        ],
      }),
      [
        '**Conv2d** `conv1`',
        '`(B, 3, H, W) → (B, 64, ⌈H/2⌉, ⌈W/2⌉)` · float32',
        '9.4 K params · 9408·⌈H/2⌉·⌈W/2⌉ MACs',
      ],
    ));

  it('several uses: each shape once, six at most', () =>
    check(
      'o‸ut = self.bn(x)',
      (sample) => ({
        roots: [root('ResNet', 'resnet18()'), root('ResNet', 'resnet50()')],
        values: [
          {
            kind: 'assign',
            name: 'out',
            range: sample.at('out'),
            hintAt: behind(sample.at('out')),
            uses: [
              observation('layer1.0', '(B, 64, 56, 56)'),
              observation('layer1.1', '(B, 64, 56, 56)'),
              observation('layer2.0', '(B, 128, 28, 28)'),
              observation('layer1.0', '(B, 256, 56, 56)', 1),
              ...[5, 6, 7, 8].map((size) => observation(`s${size}`, `(B, ${size})`)),
            ],
          },
        ],
      }),
      [
        '`out: (B, 64, 56, 56)` · float32 · 0.77 MiB a sample',
        '- `layer1.0` (shown) and 1 more: `(B, 64, 56, 56)`',
        '- `layer2.0`: `(B, 128, 28, 28)`',
        '- `layer1.0` of `resnet50()`: `(B, 256, 56, 56)`',
        '- `s5`: `(B, 5)`',
        '- `s6`: `(B, 6)`',
        '- `s7`: `(B, 7)`',
        '- … and 1 more',
      ],
    ));

  const built = (sample: Source): Partial<Snapshot> => ({
    layers: [
      {
        range: sample.at('nn.Conv2d(3, 64, 7)'),
        className: 'Conv2d',
        uses: [
          {
            path: 'conv1',
            root: 0,
            params: 9408,
            paramsText: '9408',
            parameters: [{ name: 'weight', shape: '(64, 3, 7, 7)' }],
          },
        ],
      },
    ],
  });
  const conv1 = ['**Conv2d** `conv1`', '9.4 K params (9,408)', '- `weight` `(64, 3, 7, 7)`'];

  it('a layer: its parameters', () => check('self.conv1 = nn.Co‸nv2d(3, 64, 7)', built, conv1));
  it('the name that a layer is given', () => check('  self.con‸v1 = nn.Conv2d(3, 64, 7)', built, conv1));
  it('an annotated name', () => check('self.con‸v1: nn.Module = nn.Conv2d(3, 64, 7)', built, conv1));
  it('not the name where the layer is a part of the value', () =>
    check('self.con‸v1 = wrap(nn.Conv2d(3, 64, 7))', built, null));

  it('a gap says why', () =>
    check(
      'y = torch.f‸oo(x)',
      (sample) => ({ gaps: [{ range: sample.at('torch.foo(x)'), reason: 'no rule for torch.foo' }] }),
      ['LayerLens cannot follow this: no rule for torch.foo'],
    ));
});
