import assert from 'node:assert/strict';
import type { InstanceUse, ModelFact, RootFact } from '../../src/analysis/snapshot.ts';
import { codeLenses } from '../../src/server/codeLens.ts';
import { file, root, snapshot, source, uri } from './snapshots.ts';

const { at } = source('class ResNet(nn.Module):\n    pass');

function check(
  model: Partial<ModelFact>,
  roots: readonly RootFact[],
  uses: readonly InstanceUse[],
  expected: readonly (readonly [string, unknown])[],
): void {
  const className = model.className ?? 'ResNet';
  const range = at('ResNet');
  const fact: ModelFact = {
    className,
    range,
    roots: roots.map((_, index) => index),
    uses: uses.length,
    params: null,
    macs: null,
    ...model,
  };
  const instances = [{ kind: 'class' as const, name: className, range, firstLine: 0, lastLine: 1, uses }];
  const lenses = codeLenses(snapshot({ models: [fact], roots, instances: uses.length > 0 ? instances : [] }), uri);
  assert.deepEqual(
    lenses.map(({ command }) => [command?.title, command?.arguments]),
    expected,
  );
  for (const lens of lenses) assert.deepEqual(lens.range.start, { line: 0, character: 6 });
}

const use = (path: string, root = 0, more: Partial<InstanceUse> = {}): InstanceUse => ({
  root,
  path,
  call: null,
  flow: '',
  params: null,
  macs: null,
  ...more,
});

const resnet18 = root('ResNet', 'resnet18()', { params: 11_689_512, macs: 1_814_073_344 });
const cost = 'ResNet · 11.69 M params · 1.81 GMACs';

describe('CodeLens', () => {
  it('a model: parameters, MACs, its layers, its input', () =>
    check(
      {},
      [resnet18],
      [use('')],
      [
        [`${cost} · Open layers`, [uri, 'ResNet', 0]],
        ['input (B, 3, H, W) · Set…', [uri, 'ResNet']],
      ],
    ));

  it('assumed sizes are said', () =>
    check(
      {},
      [{ ...resnet18, macsAt: { B: 1, H: 224, W: 224 } }],
      [use('')],
      [
        [`${cost} at 224×224 · Open layers`, [uri, 'ResNet', 0]],
        ['input (B, 3, H, W) · Set…', [uri, 'ResNet']],
      ],
    ));

  it('unknown MACs are left out', () =>
    check(
      {},
      [{ ...resnet18, macs: null }],
      [use('')],
      [
        ['ResNet · 11.69 M params · Open layers', [uri, 'ResNet', 0]],
        ['input (B, 3, H, W) · Set…', [uri, 'ResNet']],
      ],
    ));

  const sources: readonly (readonly [Partial<RootFact>, string])[] = [
    [{ inputSource: 'pin' }, 'input (B, 3, H, W) from its pin · Set…'],
    [{ inputSource: 'setting' }, 'input (B, 3, H, W) from the settings · Set…'],
    [
      { inputSource: 'call', source: { file, line: 39, column: 0, endLine: 39, endColumn: 9 } },
      'input (B, 3, H, W) from the call in line 40 · Set…',
    ],
    [{ inputSource: 'annotation' }, 'input (B, 3, H, W) from its annotation · Set…'],
    [{ inputs: [] }, 'input · Set…'],
  ];
  for (const [more, title] of sources)
    it(`where the input comes from: ${more.inputSource ?? 'no input'}`, () =>
      check(
        {},
        [{ ...resnet18, ...more }],
        [use('')],
        [
          [`${cost} · Open layers`, [uri, 'ResNet', 0]],
          [title, [uri, 'ResNet']],
        ],
      ));

  it('several builds: which one, and a choice', () =>
    check(
      {},
      [resnet18, root('ResNet', 'resnet50()')],
      [use(''), use('', 1)],
      [
        [`${cost} · Open layers`, [uri, 'ResNet', 0]],
        ['as resnet18() · 2 builds · input (B, 3, H, W)', [uri, 'ResNet']],
      ],
    ));

  it('builds that are told apart by their input alone', () => {
    const inputs = [{ name: 'x', text: '(2, 3, 8, 8)', shape: [2, 3, 8, 8], notes: [] }];
    check(
      {},
      [resnet18, { ...resnet18, inputs }],
      [use('', 1), use('')],
      [
        [`${cost} · Open layers`, [uri, 'ResNet', 0]],
        ['as resnet18() (2, 3, 8, 8) · 2 builds · input (2, 3, 8, 8)', [uri, 'ResNet']],
      ],
    );
  });

  it('a class inside others: the use that is shown', () =>
    check(
      { className: 'BasicBlock', roots: [], params: 1, macs: 1 },
      [resnet18],
      [use('layer2.0', 0, { params: 73_984, macs: 231_211_008 }), use('layer1.0')],
      [
        ['BasicBlock · 74 K params · 231.21 MMACs · Open layers', [uri, 'BasicBlock', null]],
        ['as resnet18 › layer2.0 · 2 uses', [uri, 'BasicBlock']],
      ],
    ));

  it('a class that is used once', () =>
    check(
      { className: 'Head', roots: [], params: 10 },
      [resnet18],
      [use('head')],
      [
        ['Head · 10 params · Open layers', [uri, 'Head', null]],
        ['as resnet18 › head · Set input…', [uri, 'Head']],
      ],
    ));

  it('a class that nobody uses can be given an input', () =>
    check({ roots: [], uses: 0 }, [], [], [['Set input…', [uri, 'ResNet']]]));

  it('a function that is called in several places', () => {
    const call = (line: number, nth: number): InstanceUse['call'] => ({ file, line, nth });
    const check = (uses: readonly InstanceUse[], expected: readonly string[]): void => {
      const fact = { kind: 'function' as const, name: 'split', range: at('ResNet'), firstLine: 0, lastLine: 1, uses };
      const lenses = codeLenses(snapshot({ roots: [resnet18], instances: [fact] }), uri);
      assert.deepEqual(
        lenses.map(({ command }) => command?.title),
        expected,
      );
    };
    check([use('attn', 0, { call: call(3, 0) })], []);
    const first = use('attn', 0, { call: call(3, 0) });
    check([first, use('other', 0, { call: call(3, 0) })], ['as resnet18 › attn · 2 uses']);
    check([first, use('attn', 0, { call: call(4, 1) })], ['as resnet18 › attn, line 4 · 2 uses']);
    check([use('-', 0, { call: call(3, 0) }), use('-', 0, { call: call(4, 1) })], ['as line 4 · 2 uses']);
    const many = Array.from({ length: 512 }, (_, index) => use(`attn${index}`, 0, { call: call(3, 0) }));
    check(many, ['as resnet18 › attn0 · 512+ uses']);
  });
});
