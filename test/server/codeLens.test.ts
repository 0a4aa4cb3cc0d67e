import assert from 'node:assert/strict';
import type { ModelFact, RootFact } from '../../src/analysis/snapshot.ts';
import { codeLenses } from '../../src/server/codeLens.ts';
import { root, snapshot, source, uri } from './snapshots.ts';

const { at } = source('class ResNet(nn.Module):\n    pass');

function check(
  model: Partial<ModelFact>,
  roots: readonly RootFact[],
  expected: readonly (readonly [string, unknown])[],
): void {
  const fact: ModelFact = {
    className: 'ResNet',
    range: at('ResNet'),
    roots: roots.map((_, index) => index),
    uses: 1,
    params: null,
    macs: null,
    ...model,
  };
  const lenses = codeLenses(snapshot({ models: [fact], roots }), uri);
  assert.deepEqual(
    lenses.map(({ command }) => [command?.title, command?.arguments]),
    expected,
  );
  for (const lens of lenses) assert.deepEqual(lens.range.start, { line: 0, character: 6 });
}

const resnet18 = root('ResNet', 'resnet18()', { params: 11_689_512, macs: 1_814_073_344 });

describe('CodeLens', () => {
  it('a model: parameters, MACs, its layers', () =>
    check({}, [resnet18], [['ResNet · 11.69 M params · 1.81 GMACs · Open layers', [uri, 'ResNet', 0]]]));

  it('assumed sizes are said', () =>
    check(
      {},
      [{ ...resnet18, macsAt: { B: 1, H: 224, W: 224 } }],
      [['ResNet · 11.69 M params · 1.81 GMACs at 224×224 · Open layers', [uri, 'ResNet', 0]]],
    ));

  it('unknown MACs are left out', () =>
    check({}, [{ ...resnet18, macs: null }], [['ResNet · 11.69 M params · Open layers', [uri, 'ResNet', 0]]]));

  it('several builds: which one, and a choice', () =>
    check(
      {},
      [resnet18, root('ResNet', 'resnet50()')],
      [
        ['ResNet · 11.69 M params · 1.81 GMACs · Open layers', [uri, 'ResNet', 0]],
        [
          'resnet18() · 2 builds',
          [
            uri,
            'ResNet',
            [
              { label: 'resnet18()', root: 0 },
              { label: 'resnet50()', root: 1 },
            ],
          ],
        ],
      ],
    ));

  it('a class inside others: its first use', () =>
    check(
      { className: 'BasicBlock', roots: [], uses: 8, params: 73_984, macs: 231_211_008 },
      [resnet18],
      [
        [
          'BasicBlock · 74 K params · 231.21 MMACs · 8 uses, this is the first · Open layers',
          [uri, 'BasicBlock', null],
        ],
      ],
    ));

  it('a class that nobody uses has none', () => check({ roots: [], uses: 0 }, [], []));
});
