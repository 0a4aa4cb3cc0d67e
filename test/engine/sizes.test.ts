// Expressions of sizes, as the analysis writes them.

import assert from 'node:assert/strict';
import { evaluateSize } from '../../webview/engine/sizes.ts';

describe('sizes', () => {
  const symbols = new Map([
    ['H', 225],
    ['in.W', 7],
  ]);
  for (const [text, expected] of [
    ['H', 225],
    ['H // 2', 112],
    ['(H - 1) // 2 + 1', 113],
    ['⌈H/2⌉', 113],
    ['2*H - 3*in.W', 429],
    ['-H % 4', 3],
    ['max(H, 300) + min(1, 2)', 301],
    ['2**3', 8],
    ['H / 2', null],
    ['H +', null],
    ['K', null],
    ['H $', null],
    ['', null],
  ] as const) {
    it(`${text} = ${expected}`, () => assert.equal(evaluateSize(text, symbols), expected));
  }
});
