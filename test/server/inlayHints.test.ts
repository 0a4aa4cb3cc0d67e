import assert from 'node:assert/strict';
import type { LayerFact, Observation, Range, Snapshot, ValueFact } from '../../src/analysis/snapshot.ts';
import { type InlayHintSettings, inlayHints } from '../../src/server/inlayHints.ts';
import { behind, observation, type Source, snapshot, source } from './snapshots.ts';

const all: InlayHintSettings = { shapes: true, params: true };

/** The sample shows each hint where it stands, between ‹ and ›, with the space that pads it. */
function check(shown: string, facts: (sample: Source) => Partial<Snapshot>, settings = all, lastLine = 1000): void {
  const sample = source(shown.replace(/‹[^›]*›/g, ''));
  const within = { start: { line: 0, character: 0 }, end: { line: lastLine, character: 0 } };
  const hints = inlayHints(snapshot(facts(sample)), within, settings, sample);
  const lines = sample.text.split('\n');
  for (const hint of hints.toReversed()) {
    const { line, character } = hint.position;
    const text = lines[line] ?? '';
    const label = `‹${hint.paddingLeft ? ' ' : ''}${hint.label}›`;
    lines[line] = text.slice(0, character) + label + text.slice(character);
  }
  assert.equal(lines.join('\n'), shown);
}

function value(kind: ValueFact['kind'], range: Range, ...uses: Observation[]): ValueFact {
  return { kind, name: kind === 'return' ? 'return' : 'x', range, hintAt: behind(range), uses };
}

function layer(className: string, range: Range, params: number, paramsText = String(params)): LayerFact {
  return { range, className, uses: [{ path: className.toLowerCase(), root: 0, params, paramsText, parameters: [] }] };
}

describe('inlay hints', () => {
  it('shapes behind parameters, assignments and returns', () =>
    check(
      [
        'def forward(self, x‹: (B, 3, 224, 224)›):',
        '    x‹: (B, 64, 112, 112)› = self.conv1(x)',
        '    return self.fc(x)‹ → (B, 1000)›',
      ].join('\n'),
      (sample) => ({
        values: [
          value('parameter', sample.at('x'), observation('', '(B, 3, 224, 224)')),
          value('assign', sample.at('x', 1), observation('', '(B, 64, 112, 112)')),
          value('return', sample.at('return self.fc(x)'), observation('', '(B, 1000)')),
        ],
      }),
    ));

  it('an annotated name has its colon already', () =>
    check('def forward(self, x‹ (B, 3, 224, 224)›: Tensor):', (sample) => ({
      values: [value('parameter', sample.at('x'), observation('', '(B, 3, 224, 224)'))],
    })));

  it('one shape of several, and how many others', () =>
    check('out‹: (B, 64, 56, 56) +1› = self.conv(x)', (sample) => ({
      values: [
        value(
          'assign',
          sample.at('out'),
          observation('layer1.0', '(B, 64, 56, 56)'),
          observation('layer1.1', '(B, 64, 56, 56)'),
          observation('layer2.0', '(B, 128, 28, 28)'),
        ),
      ],
    })));

  const layers = [
    'self.conv1 = nn.Conv2d(3, 64, 7)‹ 9.4 K params›',
    'self.relu = nn.ReLU()',
    'self.head = nn.Sequential(nn.Linear(8, 4), nn.Linear(4, 2))‹ 46 params›',
    'self.mix = nn.Linear(dim, dim)‹ dim² + dim params›',
  ].join('\n');

  const built = (sample: Source): Partial<Snapshot> => ({
    layers: [
      layer('Conv2d', sample.at('nn.Conv2d(3, 64, 7)'), 9408),
      layer('ReLU', sample.at('nn.ReLU()'), 0),
      layer('Linear', sample.at('nn.Linear(8, 4)'), 36),
      layer('Linear', sample.at('nn.Linear(4, 2)'), 10),
      layer('Sequential', sample.at('nn.Sequential(nn.Linear(8, 4), nn.Linear(4, 2))'), 46),
      layer('Linear', sample.at('nn.Linear(dim, dim)'), 0, 'dim² + dim'),
    ],
  });

  it('parameters behind layers, the outermost of a line', () => check(layers, built));

  it('each switched off', () => {
    check(layers.replace(/‹[^›]*›/g, ''), built, { shapes: true, params: false });
    check('x = f()', (sample) => ({ values: [value('assign', sample.at('x'), observation('', '(B, 3)'))] }), {
      shapes: false,
      params: true,
    });
  });

  it('only what was asked for', () =>
    check(
      'x‹: (B, 3)› = f()\ny = g()',
      (sample) => ({
        values: [
          value('assign', sample.at('x'), observation('', '(B, 3)')),
          value('assign', sample.at('y'), observation('', '(B, 4)')),
        ],
      }),
      all,
      1,
    ));
});
