// Dims: the normal form, how it is shown, and that whatever is simplified means the same numbers as before.

import assert from 'node:assert/strict';
import type { Dim } from '../../../src/analysis/dims/dim.ts';
import * as dims from '../../../src/analysis/dims/dim.ts';
import { dimExpression, showDim, showShape } from '../../../src/analysis/dims/display.ts';
import { compile } from '../../../src/analysis/dims/evaluate.ts';
import { between, random, runModule } from '../support.ts';

const [H, W, B, N] = ['H', 'W', 'B', 'N'].map((name) => dims.symbol(name)) as [Dim, Dim, Dim, Dim];
const { add, sub, mul, mod } = dims;
const div = (a: Dim, b: Dim): Dim => dims.floorDiv(a, b)!;
const ceil = (a: Dim, b: Dim): Dim => dims.ceilDiv(a, b)!;

describe('dims', () => {
  describe('equal expressions have equal normal forms', () => {
    const pairs: [string, Dim, Dim][] = [
      ['H + W = W + H', add(H, W), add(W, H)],
      ['H + H = 2 H', add(H, H), mul(2, H)],
      ['H − H = 0', sub(H, H), 0],
      ['(H + 1)(H − 1) = H² − 1', mul(add(H, 1), sub(H, 1)), sub(mul(H, H), 1)],
      ['(H + 2·3 − 7) // 2 + 1 = (H + 1) // 2', add(div(sub(add(H, 6), 7), 2), 1), div(add(H, 1), 2)],
      ['H // 2 // 2 = H // 4', div(div(H, 2), 2), div(H, 4)],
      ['(H // 2 + 1) // 2 = (H + 2) // 4', div(add(div(H, 2), 1), 2), div(add(H, 2), 4)],
      ['(H // 2 − 3) // 5 // 2 = (H − 6) // 20', div(div(sub(div(H, 2), 3), 5), 2), div(sub(H, 6), 20)],
      ['(4 H + 6) // 2 = 2 H + 3', div(add(mul(4, H), 6), 2), add(mul(2, H), 3)],
      ['(4 H + 7) // 4 = H + 1', div(add(mul(4, H), 7), 4), add(H, 1)],
      ['(N H) // N = H', div(mul(N, H), N), H],
      ['(H W + H) // (W + 1) = H', div(add(mul(H, W), H), add(W, 1)), H],
      ['4 H % 2 = 0', mod(mul(4, H), 2)!, 0],
      ['(4 H + 3) % 2 = 1', mod(add(mul(4, H), 3), 2)!, 1],
      ['N H % N = 0', mod(mul(N, H), N)!, 0],
      ['⌈H / 1⌉ = H', ceil(H, 1), H],
      ['⌈2 H / 2⌉ = H', ceil(mul(2, H), 2), H],
      ['min(H, H + 1) = H', dims.minimum(H, add(H, 1)), H],
      ['max(H, 0) = H', dims.maximum(H, 0), H],
      ['max(H, W) = max(W, H)', dims.maximum(H, W), dims.maximum(W, H)],
      ['−7 // 2 = −4', div(-7, 2), -4],
      ['−7 % 3 = 2', mod(-7, 3)!, 2],
    ];
    for (const [name, a, b] of pairs)
      it(name, () => assert(dims.same(a, b), `${dims.keyOf(a)} is not ${dims.keyOf(b)}`));
  });

  it('division by zero has no value', () => {
    assert.equal(dims.floorDiv(H, 0), null);
    assert.equal(mod(3, 0), null);
    assert.equal(dims.divideExactly(3, 0), null);
    assert.equal(dims.divideExactly(H, 0), null);
  });

  describe('shown as people write them', () => {
    const shown: [Dim, string][] = [
      [64, '64'],
      [sub(H, 4), 'H − 4'],
      [mul(12, mul(N, N)), '12·N²'],
      [add(mul(12, mul(N, N)), mul(13, N)), '12·N² + 13·N'],
      [div(H, 2), '⌊H/2⌋'],
      [ceil(H, 2), '⌈H/2⌉'],
      [ceil(div(H, 2), 2), '⌊(H + 2)/4⌋'],
      [div(sub(H, 1), 2), '⌈H/2⌉ − 1'],
      [mul(div(H, 2), div(W, 2)), '⌊H/2⌋·⌊W/2⌋'],
      [mod(H, 7)!, '(H % 7)'],
      [dims.minimum(H, W), 'min(H, W)'],
      [mul(-1, H), '−H'],
      [sub(W, H), 'W − H'],
      [dims.floorDiv(H, dims.minimum(H, 4))!, 'H // min(H, 4)'],
      [add(mul(2, H), -3), '2·H − 3'],
      [div(mul(3, H), 2), '⌊(3·H)/2⌋'],
    ];
    for (const [d, text] of shown) it(text, () => assert.equal(showDim(d), text));
    it('shapes', () => {
      assert.equal(showShape([B, 64, ceil(H, 2), null]), '(B, 64, ⌈H/2⌉, ?)');
      assert.equal(showShape([5]), '(5,)');
      assert.equal(showShape([]), '()');
      assert.equal(showShape(null), '(…)');
    });
  });

  it('substitutes, wholly and in part', () => {
    const d = add(div(add(H, 1), 2), mul(W, 3));
    assert.equal(
      dims.substitute(
        d,
        new Map([
          ['H', 224],
          ['W', 10],
        ] as [string, Dim][]),
      ),
      142,
    );
    assert.equal(showDim(dims.substitute(d, new Map([['W', 2]]))), '⌈H/2⌉ + 6');
    assert(dims.same(dims.substitute(d, new Map([['H', mul(2, N)]])), add(N, mul(W, 3))));
  });

  it('knows an order only where it always holds', () => {
    assert.equal(dims.compare(add(H, 1), H), 1);
    assert.equal(dims.compare(H, add(H, 2)), -1);
    assert.equal(dims.compare(H, W), null);
    assert.equal(dims.lessThan(0, H), true);
    assert.equal(dims.lessThan(H, 1), false);
    assert.equal(dims.lessThan(H, 2), null);
    assert.equal(dims.equal(H, 3), null);
    assert.equal(dims.equal(H, 0), false);
    assert.equal(dims.equal(mul(2, H), 1), false);
    assert.deepEqual(dims.bounds(div(H, 2)), { low: 0, high: Number.POSITIVE_INFINITY });
    assert.deepEqual(dims.bounds(mod(H, 7)!), { low: 0, high: 6 });
  });

  it('means the same numbers as plain arithmetic (3,000 random expressions)', () => {
    const next = random(11);
    for (let round = 0; round < 3000; round++) {
      const a = expression(next, 4);
      const b = expression(next, 3);
      for (let sample = 0; sample < 4; sample++) {
        const values = sizes(next);
        const [x, y] = [a.evaluate(values), b.evaluate(values)];
        if (x === null || y === null) continue;
        const context = () => `${a.text} and ${b.text} at ${JSON.stringify([...values])}`;
        equal(dims.substitute(a.dim, values), x, context());
        equal(compile(a.dim, [...values.keys()])!([...values.values()]), x, context());
        const { low, high } = dims.bounds(a.dim);
        assert(low <= x && x <= high, `${x} is outside ${low} … ${high}: ${context()}`);
        if (dims.same(a.dim, b.dim)) equal(x, y, context());
        const order = dims.compare(a.dim, b.dim);
        if (order !== null) equal(Math.sign(x - y), order, context());
        const less = dims.lessThan(a.dim, b.dim);
        if (less !== null) assert.equal(x < y, less, context());
        const quotient = dims.divideExactly(a.dim, b.dim);
        if (quotient !== null && y !== 0) equal((dims.substitute(quotient, values) as number) * y, x, context());
      }
    }
  });

  describe('what is known of a symbol is part of it', () => {
    const M = dims.multiple('M', 16, { low: 32 });
    const d = dims.multiple('d', dims.symbol('h'));
    const R = dims.symbol('R', { low: 32, high: 35 });
    const shown: [Dim, string][] = [
      [M, 'M'],
      [div(M, 2), 'M/2'],
      [div(mul(3, M), 4), '3·M/4'],
      [mul(div(M, 4), div(M, 4)), 'M²/16'],
      [mod(M, 8)!, '0'],
      [mul(2, div(M, 32)), '2·⌊M/32⌋'],
      [div(d, dims.symbol('h')), 'd // h'],
      [mul(dims.symbol('h'), div(d, dims.symbol('h'))), 'd'],
      [add(mul(12, mul(d, d)), mul(13, d)), '12·d² + 13·d'],
      [mul(N, div(d, dims.symbol('h'))), 'N·d // h'],
      [div(R, 4), '8'],
      [sub(R, 4), 'R − 4'],
      [dims.minimum(R, 35), 'R'],
      [dims.maximum(R, 40), '40'],
      [dims.minimum(H, div(H, 2)), '⌊H/2⌋'],
      [dims.minimum(H, mul(2, dims.ceilDiv(H, 2)!)), 'H'],
      [dims.maximum(H, mul(2, div(H, 2))), 'H'],
      [div(sub(H, N), N), 'H // N − 1'],
    ];
    for (const [dim, text] of shown) it(text, () => assert.equal(showDim(dim), text));
    it('bounds follow', () => {
      assert.deepEqual(dims.bounds(M), { low: 32, high: Number.POSITIVE_INFINITY });
      assert.equal(dims.lessThan(R, 32), false);
      assert.equal(dims.lessThan(R, 36), true);
    });
    it('equations lose what both sides share', () => {
      const { left, right } = dims.withoutCommonSymbols(mul(B, div(H, 8)), mul(B, 4));
      assert(dims.same(left, div(H, 8)));
      assert.equal(right, 4);
    });
  });

  it('writes expressions that Python reads back as the same numbers', async () => {
    const next = random(5);
    const all = Array.from({ length: 300 }, () => expression(next, 4));
    const values = sizes(next);
    const text = [...values].map(([name, value]) => `${name} = ${value}`).join('\n');
    const { read } = await runModule(`${text}\n${all.map((e, i) => `r${i} = ${dimExpression(e.dim)}`).join('\n')}`);
    for (const [i, e] of all.entries()) {
      const want = e.evaluate(values);
      const got = read(`r${i}`);
      if (want !== null) equal(got?.kind === 'int' ? got.value : null, want, `${e.text}: ${dimExpression(e.dim)}`);
    }
  });
});

/** As numbers: −0 is 0. */
function equal(got: Dim | null, want: number, context: string): void {
  assert(got === want, `got ${got === null ? null : dims.keyOf(got)}, want ${want}: ${context}`);
}

/** Symbols of which nothing is known, a multiple of 8 from 16 on, one of four numbers, and a multiple of another symbol. */
const SYMBOLS: readonly [string, Dim][] = [
  ...['H', 'W', 'B'].map((name): [string, Dim] => [name, dims.symbol(name)]),
  ['M', dims.multiple('M', 8, { low: 16 })],
  ['R', dims.symbol('R', { low: 32, high: 35 })],
  ['D', dims.multiple('D', dims.symbol('W'))],
];

function sizes(next: () => number): Map<string, number> {
  const values = new Map(['H', 'W', 'B'].map((name) => [name, between(next, 1, 40)]));
  values.set('M', 8 * between(next, 2, 9));
  values.set('R', between(next, 32, 35));
  return values.set('D', values.get('W')! * between(next, 1, 5));
}

interface Expression {
  dim: Dim;
  text: string;
  /** Null where it divides by zero. */
  evaluate(values: ReadonlyMap<string, number>): number | null;
}

/** A random expression, as a dim and as plain arithmetic. */
function expression(next: () => number, depth: number): Expression {
  if (depth === 0 || next() < 0.2) {
    if (next() < 0.5) {
      const value = between(next, -4, 9);
      return { dim: value, text: String(value), evaluate: () => value };
    }
    const [name, dim] = SYMBOLS[between(next, 0, SYMBOLS.length - 1)]!;
    return { dim, text: name, evaluate: (values) => values.get(name)! };
  }
  const a = expression(next, depth - 1);
  const b = expression(next, depth - 1);
  const positive = between(next, 1, 6);
  const both = (dim: Dim, sign: string, f: (x: number, y: number) => number | null): Expression => ({
    dim,
    text: `(${a.text} ${sign} ${b.text})`,
    evaluate(values) {
      const [x, y] = [a.evaluate(values), b.evaluate(values)];
      return x === null || y === null ? null : f(x, y);
    },
  });
  const byConstant = (dim: Dim, sign: string, f: (x: number) => number): Expression => ({
    dim,
    text: `(${a.text} ${sign} ${positive})`,
    evaluate(values) {
      const x = a.evaluate(values);
      return x === null ? null : f(x);
    },
  });
  switch (between(next, 0, 8)) {
    case 0:
      return both(dims.add(a.dim, b.dim), '+', (x, y) => x + y);
    case 1:
      return both(dims.sub(a.dim, b.dim), '-', (x, y) => x - y);
    case 2:
      return both(dims.mul(a.dim, b.dim), '*', (x, y) => x * y);
    case 3:
      return both(dims.minimum(a.dim, b.dim), 'min', Math.min);
    case 4:
      return both(dims.maximum(a.dim, b.dim), 'max', Math.max);
    case 5:
      return byConstant(dims.floorDiv(a.dim, positive)!, '//', (x) => Math.floor(x / positive));
    case 6:
      return byConstant(dims.ceilDiv(a.dim, positive)!, 'ceil', (x) => Math.ceil(x / positive));
    case 7:
      return byConstant(dims.mod(a.dim, positive)!, '%', (x) => x - positive * Math.floor(x / positive));
    default: {
      const quotient = dims.floorDiv(a.dim, b.dim);
      return quotient === null ? a : both(quotient, '//', (x, y) => (y === 0 ? null : Math.floor(x / y)));
    }
  }
}
