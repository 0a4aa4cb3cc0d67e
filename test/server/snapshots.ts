// Hand-made snapshots for tests of the features: places are found in the text itself.
//   const { text, at } = source('x = self.conv(x)');  at('self.conv') → {line: 0, column: 4, …}

import type { Problem } from '../../src/analysis/rules/problem.ts';
import type { CallUse, Observation, Range, RootFact, Snapshot } from '../../src/analysis/snapshot.ts';
import { emptySnapshot } from '../../src/server/documents.ts';

export const file = '/work/net.py';
export const uri = 'file:///work/net.py';

export interface Source {
  text: string;
  /** Where the words stand, the nth time that they do. */
  at(words: string, nth?: number): Range;
  line(number: number): string;
}

export function source(text: string): Source {
  return {
    text,
    at(words, nth = 0) {
      let start = text.indexOf(words);
      for (let skipped = 0; skipped < nth && start >= 0; skipped++) start = text.indexOf(words, start + 1);
      if (start < 0) throw new Error(`the sample has no ${words}`);
      const from = position(text, start);
      const to = position(text, start + words.length);
      return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
    },
    line: (number) => text.split('\n')[number] ?? '',
  };
}

export function snapshot(parts: Partial<Snapshot>): Snapshot {
  return { ...emptySnapshot(file), version: 1, ...parts };
}

/** The place behind a range, where hints go. */
export function behind(range: Range): { line: number; column: number } {
  return { line: range.endLine, column: range.endColumn };
}

export function observation(path: string, text: string, root = 0): Observation {
  const shape = text
    .slice(1, -1)
    .split(', ')
    .map((size) => (/^\d+$/.test(size) ? Number(size) : size));
  return { path, root, text, shape, dtype: 'float32' };
}

export function callUse(layer: string | null, input: string, output: string, more: Partial<CallUse> = {}): CallUse {
  const path = layer?.includes('.') ? layer.slice(0, layer.lastIndexOf('.')) : '';
  return {
    path,
    root: 0,
    layer,
    inputs: [input],
    output,
    dtype: 'float32',
    params: null,
    macs: null,
    macsText: null,
    bytes: null,
    arithmetic: [],
    receptiveField: null,
    ...more,
  };
}

export function root(className: string, build: string, more: Partial<RootFact> = {}): RootFact {
  return {
    className,
    build,
    inputs: [{ name: 'x', text: '(B, 3, H, W)', shape: ['B', 3, 'H', 'W'], notes: [] }],
    inputSource: 'layers',
    source: null,
    params: 0,
    paramsText: '0',
    trainable: 0,
    buffers: 0,
    macs: null,
    macsText: null,
    macsAt: null,
    graph: null,
    outline: null,
    ...more,
  };
}

export function problem(range: Range, more: Partial<Problem> = {}): Problem {
  return {
    code: 'linear-features',
    severity: 'error',
    message: 'Linear expects 400 features, gets 576 = 16·6·6',
    range: { file, ...range },
    related: [],
    fixes: [],
    ...more,
  };
}

function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, column: before.at(-1)?.length ?? 0 };
}
