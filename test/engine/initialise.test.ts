// Random fills as PyTorch's CPU generator makes them.

import assert from 'node:assert/strict';
import { drawFill, skipFill } from '../../webview/engine/initialise/distributions.ts';
import { erf, erfinv } from '../../webview/engine/initialise/erf.ts';
import { Mt19937 } from '../../webview/engine/initialise/mt19937.ts';
import { InitialWeights } from '../../webview/engine/initialise/weights.ts';
import { assertClose, type InitialiseRun, readJson, type SmallModel, tensorsOf } from './fixtures.ts';

/** Box-Muller and erfinv go through logarithms whose last bit differs between libraries. */
const TOLERANCE = 1e-6;

describe('initialise: fills', () => {
  const tensor = tensorsOf('initialise.bin');
  for (const { name, seed, steps } of readJson<InitialiseRun[]>('initialise.json')) {
    it(`${name}: the values are PyTorch's`, () => {
      const random = new Mt19937(seed);
      for (const { fill, count, values } of steps) {
        const drawn = drawFill(random, fill, count)!;
        if (fill.kind === 'uniform')
          assert.deepEqual(drawn, new Float32Array(tensor(values)), 'uniform_ is bit for bit');
        else assertClose(drawn, tensor(values), TOLERANCE, fill.kind);
      }
    });
    it(`${name}: skipping leaves the generator where drawing does`, () => {
      const [drawing, skipping] = [new Mt19937(seed), new Mt19937(seed)];
      for (const { fill, count } of steps) {
        drawFill(drawing, fill, count);
        skipFill(skipping, fill, count);
        assert.equal(skipping.pendingNormal, drawing.pendingNormal);
        assert.equal(skipping.clone().random(), drawing.clone().random());
      }
    });
  }
});

describe('initialise: erf', () => {
  it('erfinv undoes erf', () => {
    for (let x = -5; x <= 5; x += 0.01) {
      const y = erf(x);
      if (Math.abs(y) < 0.999999) assert.ok(Math.abs(erfinv(y) - x) < 1e-9, `erfinv(erf(${x})) = ${erfinv(y)}`);
    }
    assert.equal(erfinv(1), Infinity);
    assert.equal(erfinv(-1), -Infinity);
  });
});

describe('initialise: a model', () => {
  const { graph, weights } = readJson<SmallModel>('small.json');
  const tensor = tensorsOf('small.bin');
  for (const order of ['in order', 'backwards']) {
    it(`torch.manual_seed(0); Small(), asked for ${order}`, () => {
      const source = new InitialWeights(graph, 0);
      const names = Object.keys(weights);
      for (const name of order === 'backwards' ? names.reverse() : names) {
        const values = source.values(name);
        assert.ok(values instanceof Float32Array);
        assert.deepEqual(values, new Float32Array(tensor(weights[name]!)), name);
      }
    });
  }

  it('says what is not known, and zeros stand for what nobody fills', () => {
    const source = new InitialWeights(
      {
        ...graph,
        parameters: ['a', 'b', 'c'].map((name) => ({
          name,
          shape: [2],
          dtype: 'float32',
          buffer: false,
          trainable: true,
        })),
        init: [
          { parameter: 'a', count: 2, fill: { kind: 'unknown' } },
          { parameter: 'b', count: 1, fill: { kind: 'constant', value: 1 } },
        ],
      },
      0,
    );
    assert.deepEqual(source.values('a'), { unknown: 'the initial values of a are not known' });
    assert.match(source.whyUnknown('b')!, /only a part of b/);
    assert.deepEqual(source.values('c'), new Float32Array(2));
    assert.match(source.whyUnknown('d')!, /the size of d/);
    assert.match(source.origin, /seed 0 \(no checkpoint loaded\)/);
  });
});
