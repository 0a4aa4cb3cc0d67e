import assert from 'node:assert/strict';
import { bytes, count, exact, macs, params, statedAt } from '../../../src/analysis/graph/numbers.ts';

describe('numbers', () => {
  function check<T>(write: (value: T) => string | null, expected: readonly (readonly [T, string | null])[]): void {
    for (const [value, text] of expected)
      it(`${JSON.stringify(value)} → ${text}`, () => assert.equal(write(value), text));
  }

  describe('counts', () =>
    check(count, [
      [0, '0'],
      [512, '512'],
      [999, '999'],
      [1000, '1 K'],
      [9408, '9.4 K'],
      [64_000, '64 K'],
      [100_000, '100 K'],
      [999_949, '999.9 K'],
      [999_960, '1 M'],
      [11_689_512, '11.69 M'],
      [25_557_032, '25.56 M'],
      [138_357_544, '138.36 M'],
      [1_814_073_344, '1.81 G'],
      [7e12, '7 T'],
    ]));

  describe('params', () =>
    check(params, [
      [1, '1 param'],
      [9408, '9.4 K params'],
    ]));

  describe('MACs', () =>
    check(macs, [
      [512, '512 MACs'],
      [118_013_952, '118.01 MMACs'],
      [1_814_073_344, '1.81 GMACs'],
    ]));

  describe('bytes', () =>
    check(bytes, [
      [96, '96 B'],
      [12_595, '12.3 KiB'],
      [3_211_264, '3.06 MiB'],
      [2 * 1024 ** 3, '2 GiB'],
    ]));

  describe('exact counts', () =>
    check(exact, [
      [512, '512'],
      [11_689_512, '11,689,512'],
    ]));

  describe('assumed sizes', () =>
    check(statedAt, [
      [null, null],
      [{ B: 1 }, null],
      [{ B: 1, H: 224, W: 224 }, '224×224'],
      [{ W: 96, H: 128 }, '128×96'],
      [{ B: 1, T: 128 }, 'T = 128'],
    ]));
});
