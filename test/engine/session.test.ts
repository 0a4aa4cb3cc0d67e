// A small model as a whole: weights from a seed, every activation, memory, blocked branches, cancelling.

import assert from 'node:assert/strict';
import type { Backend } from '../../webview/engine/backend.ts';
import { InitialWeights } from '../../webview/engine/initialise/weights.ts';
import { BlockedError, Session } from '../../webview/engine/session.ts';
import { testBackend } from './device.ts';
import { assertClose, readJson, type SmallModel, tensorsOf } from './fixtures.ts';

const TOLERANCE = 1e-4;
const { graph, expected } = readJson<SmallModel>('small.json');
const tensor = tensorsOf('small.bin');
const picture = new Float32Array(tensor(expected['0']!));
const computable = Object.keys(expected)
  .map(Number)
  .filter((value) => value < 13);
const [rolled, afterRolled] = [13, 14];

describe('a small model', function () {
  this.timeout(60_000);
  let backend: Backend;
  before(async () => {
    backend = await testBackend();
  });
  const open = (keepElements?: number) => {
    const session = new Session(graph, new InitialWeights(graph, 0), backend, { keepElements });
    session.feed(0, picture);
    return session;
  };

  for (const keepElements of [undefined, 0]) {
    it(`every activation is PyTorch's, ${keepElements === 0 ? 'reusing memory' : 'keeping all'}`, async () => {
      const session = open(keepElements);
      for (const value of computable) {
        await session.compute([value]);
        assertClose(await session.read(value), tensor(expected[value]!), TOLERANCE, `value ${value}`);
      }
      session.dispose();
    });
  }

  it('several values at once, from the last back', async () => {
    const session = open(0);
    const wanted = [12, 7, 3];
    await session.compute(wanted);
    for (const value of wanted)
      assertClose(await session.read(value), tensor(expected[value]!), TOLERANCE, `value ${value}`);
    session.dispose();
  });

  it('runs only what a layer needs, and what is there already not again', async () => {
    const session = open();
    assert.deepEqual(
      session.plan([2]).steps.map(({ node }) => node.op.op),
      ['conv2d', 'batch_norm'],
    );
    await session.compute([4]);
    assert.deepEqual(
      session.plan([6]).steps.map(({ node }) => node.op.op),
      ['conv2d', 'leaky_relu'],
    );
    assert.equal(session.plan([3]).steps.length, 0);
    session.feed(0, picture);
    assert.equal(session.plan([3]).steps.length, 3);
    session.dispose();
  });

  it('needs less memory where it may reuse it', () => {
    const [keeping, reusing] = [open(), open(0)];
    const all = keeping.plan([12]).peakElements;
    const some = reusing.plan([12]).peakElements;
    assert.ok(some < all, `${some} values instead of ${all}`);
    keeping.dispose();
    reusing.dispose();
  });

  it('a new picture gives new values', async () => {
    const session = open();
    await session.compute([12]);
    session.feed(0, new Float32Array(picture.length));
    await session.compute([12]);
    const values = await session.read(12);
    assert.notDeepEqual(values, new Float32Array(tensor(expected['12']!)));
    session.dispose();
  });

  it('an operator without a kernel stops its own branch, and says so', async () => {
    const session = open();
    for (const value of [rolled, afterRolled]) {
      assert.equal(session.whyBlocked(value), 'no kernel for torch.roll');
      await assert.rejects(session.compute([value]), BlockedError);
    }
    assert.equal(session.whyBlocked(12), null);
    await session.compute([12]);
    session.dispose();
  });

  it('asks for its input', async () => {
    const session = new Session(graph, new InitialWeights(graph, 0), backend);
    assert.equal(session.whyBlocked(1), 'nothing is fed to the input x');
    assert.throws(() => session.feed(0, new Float32Array(3)), /input of 3 values where 3072 are needed/);
    session.dispose();
  });

  it('can be cancelled, and goes on afterwards', async () => {
    const session = open();
    const stop = new AbortController();
    stop.abort();
    await assert.rejects(session.compute([12], { signal: stop.signal }), { name: 'AbortError' });
    await session.compute([12]);
    assertClose(await session.read(12), tensor(expected['12']!), TOLERANCE, 'after cancelling');
    session.dispose();
  });

  it('unknown weights and sizes block what depends on them', () => {
    const init = graph.init.map((step) =>
      step.parameter === 'conv2.weight' ? { ...step, fill: { kind: 'unknown' as const } } : step,
    );
    const values = graph.values.map((value, id) => (id === 8 ? { ...value, shape: [1, 8, 'K', 16] } : value));
    const blocked = { ...graph, init, values };
    const session = new Session(blocked, new InitialWeights(blocked, 0), backend);
    assert.equal(session.network.blocked(5), 'the initial values of conv2.weight are not known');
    assert.equal(session.network.blocked(4), null);
    assert.equal(session.network.blocked(12), 'the initial values of conv2.weight are not known');
    const sized = { ...graph, values };
    const other = new Session(sized, new InitialWeights(sized, 0), backend);
    assert.equal(other.network.blocked(8), 'conv2d (at conv3): its size K is not known');
    session.dispose();
    other.dispose();
  });

  it('symbols stand for the size that costs are stated at, the batch for 1', () => {
    const values = graph.values.map((value) => ({
      ...value,
      shape: value.shape!.map((size, axis) => (axis === 0 ? 'B' : size)),
    }));
    const symbolic = { ...graph, values, symbols: [{ name: 'B', meaning: 'batch', assumed: null }] };
    const session = new Session(symbolic, new InitialWeights(symbolic, 0), backend);
    assert.deepEqual(session.network.shape(12), [1, 10]);
    session.dispose();
  });
});
