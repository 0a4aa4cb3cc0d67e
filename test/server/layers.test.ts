import assert from 'node:assert/strict';
import type { ModelGraph } from '../../src/analysis/graph/modelGraph.ts';
import type { Snapshot } from '../../src/analysis/snapshot.ts';
import type { GraphParams } from '../../src/protocol/server.ts';
import { graphFor } from '../../src/server/graph.ts';
import { layerAt } from '../../src/server/layerAt.ts';
import { behind, callUse, observation, problem, root, snapshot, source, uri } from './snapshots.ts';

function graph(name: string, scopes: readonly (readonly [path: string, className: string])[] = []): ModelGraph {
  return {
    version: 1,
    name,
    build: `${name}()`,
    inputs: [],
    outputs: [],
    values: [],
    nodes: [],
    scopes: scopes.map(([path, className]) => ({
      path,
      className,
      params: 0,
      trainable: 0,
      macs: null,
      input: null,
      output: null,
      outputs: [],
      source: null,
      repr: `${className}()`,
    })),
    parameters: [],
    init: [],
    symbols: [],
    gaps: [],
  };
}

describe('layerlens/layerAt', () => {
  const text = [
    'class Net(nn.Module):',
    '    def __init__(self):',
    '        self.conv1 = nn.Conv2d(3, 64, 7)',
    '    def forward(self, x):',
    '        out = self.conv1(x)',
    '        return out',
  ].join('\n');
  const { at } = source(text);
  const paths = ['layer1.0', 'layer1.1', 'layer2.0'];
  const facts = snapshot({
    models: [{ className: 'Net', range: at('Net'), roots: [0], uses: 1, params: null, macs: null }],
    layers: [
      {
        range: at('nn.Conv2d(3, 64, 7)'),
        className: 'Conv2d',
        uses: paths.map((path) => ({
          path: `${path}.conv1`,
          root: 0,
          params: 9408,
          paramsText: '9408',
          parameters: [],
        })),
      },
    ],
    calls: [
      {
        range: at('self.conv1(x)'),
        calleeRange: at('self.conv1', 1),
        operator: 'Conv2d',
        uses: paths.map((path) => callUse(`${path}.conv1`, '(B, 3, 8, 8)', '(B, 64, 4, 4)')),
      },
    ],
    values: [
      {
        kind: 'return',
        name: 'return',
        range: at('return out'),
        hintAt: behind(at('return out')),
        uses: paths.map((path) => observation(path, '(B, 64, 4, 4)')),
      },
    ],
  });

  function check(words: string, nth: number, near: string | undefined, path: string | null): void {
    const { line, column } = at(words, nth);
    const found = layerAt(facts, { line, character: column + 1 }, { root: 0, near });
    assert.equal(found === null ? null : found.path, path);
  }

  it('a call names its layer', () => check('self.conv1(x)', 0, undefined, 'layer1.0.conv1'));
  it('a construction names its layer', () => check('nn.Conv2d', 0, undefined, 'layer1.0.conv1'));
  it('the name it is given, too', () => check('self.conv1', 0, undefined, 'layer1.0.conv1'));
  it('a value names the module around it', () => check('return', 0, undefined, 'layer1.0'));
  it('the class is the model itself', () => check('Net', 0, undefined, ''));
  it('nothing', () => check('def __init__', 0, undefined, null));
  it('of several places, the nearest to the chosen one', () => {
    check('self.conv1(x)', 0, 'layer1.1.bn1', 'layer1.1.conv1');
    check('self.conv1(x)', 0, 'layer2', 'layer2.0.conv1');
    check('return', 0, 'layer2.0.conv1', 'layer2.0');
  });
});

describe('layerlens/graph', () => {
  const { at } = source('class Block(nn.Module): …\nclass Net(nn.Module): …');
  const facts = snapshot({
    models: [
      { className: 'Block', range: at('Block'), roots: [], uses: 2, params: 8, macs: null },
      { className: 'Net', range: at('Net'), roots: [0, 1], uses: 2, params: 16, macs: null },
    ],
    roots: [
      root('Net', 'net18()', { graph: graph('Net', [['stem', 'Conv2d']]) }),
      root('Net', 'net50()', { graph: graph('Net', [['layer1.0', 'Block']]) }),
    ],
  });

  function check(asked: Omit<GraphParams, 'uri'>, expected: unknown, from: Snapshot = facts): void {
    const result = graphFor(from, 7, { uri, ...asked });
    assert.deepEqual(
      'reason' in result ? result.reason : [result.title, result.root, result.select, result.version],
      expected,
    );
  }

  it('the main model', () => check({}, ['Net · net18()', 0, null, 7]));
  it('a class', () => check({ className: 'Net' }, ['Net · net18()', 0, null, 7]));
  it('a build', () => check({ className: 'Net', root: 1 }, ['Net · net50()', 1, null, 7]));
  it('a class inside a model: the model, and the first place', () =>
    check({ className: 'Block' }, ['Net · net50()', 1, 'layer1.0', 7]));
  it('a build that an edit has moved away', () => check({ className: 'Net', root: 9 }, ['Net · net18()', 0, null, 7]));
  it('a class that no model uses', () => check({ className: 'Head' }, 'No model in net.py uses Head.'));
  it('no model', () =>
    check(
      {},
      'No model was found in net.py: LayerLens looks for classes that derive from torch.nn.Module.',
      snapshot({}),
    ));
  it('a model that could not run says why', () =>
    check(
      {},
      'Net() could not be run: Linear expects 400 features, gets 576 = 16·6·6 (line 1)',
      snapshot({ roots: [root('Net', 'Net()')], problems: [problem(at('Block'))] }),
    ));
});
