// Our interpreter against real Python: every cell of snippets.py leaves in `result` what CPython left there.

import assert from 'node:assert/strict';
import { floatText } from '../../src/analysis/interp/format.ts';
import { describeException } from '../../src/analysis/interp/modules.ts';
import { OutOfBudget, Raise } from '../../src/analysis/interp/signals.ts';
import type { Value } from '../../src/analysis/values/value.ts';
import { fixture, runModule } from './support.ts';

const expected: Record<string, string | string[]> = JSON.parse(fixture('python/expected.json'));
const cells = fixture('python/snippets.py')
  .split('# %% ')
  .slice(1)
  .map((cell) => {
    const end = cell.indexOf('\n');
    return { name: cell.slice(0, end), code: cell.slice(end + 1) };
  });

describe('interpreter, as real Python', () => {
  it('every snippet has its expectation', () => {
    assert.deepEqual(
      cells.map((c) => c.name),
      Object.keys(expected),
    );
  });
  for (const { name, code } of cells) {
    it(name, async () => {
      const { ip, read } = await runModule(code).catch((signal: unknown) => {
        throw signal instanceof OutOfBudget ? new Error(`it ran out of ${signal.reason}`) : signal;
      });
      let shown: string | string[];
      try {
        const result = read('result');
        shown = result?.kind === 'list' && !result.unknown ? result.items.map(repr) : result ? repr(result) : 'nothing';
      } catch (signal) {
        if (!(signal instanceof Raise)) throw signal;
        shown = describeException(signal);
      }
      const why = ip.gaps.map((g) => `line ${g.spot.line + 1}: ${g.reason}`).join('; ');
      assert.deepEqual(differences(shown, expected[name]!), [], why || 'no gaps');
    });
  }
});

/** "item 3: got 1, real Python 2". */
function differences(got: string | string[], want: string | string[]): string[] {
  if (!Array.isArray(got) || !Array.isArray(want) || got.length !== want.length)
    return String(got) === String(want) ? [] : [`got ${got}, real Python ${want}`];
  return got.flatMap((text, i) => (text === want[i] ? [] : [`item ${i}: got ${text}, real Python ${want[i]}`]));
}

/** As Python prints plain values: written for this test, so that our own repr() is under test as well. */
function repr(value: Value): string {
  switch (value.kind) {
    case 'none':
      return 'None';
    case 'bool':
      return value.value ? 'True' : 'False';
    case 'int':
      return typeof value.value === 'number' ? String(value.value) : '<symbolic>';
    case 'float':
      return floatText(value.value);
    case 'str':
      return quote(value.value);
    case 'list':
      return value.unknown === null ? `[${value.items.map(repr).join(', ')}]` : `<unknown: ${value.unknown}>`;
    case 'tuple':
      return `(${value.items.map(repr).join(', ')}${value.items.length === 1 ? ',' : ''})`;
    case 'dict':
      return value.unknown === null
        ? `{${[...value.entries.values()].map((e) => `${repr(e.key)}: ${repr(e.value)}`).join(', ')}}`
        : `<unknown: ${value.unknown}>`;
    case 'unknown':
      return `<unknown: ${value.reason}>`;
    case 'instance':
      return value.base ? repr(value.base) : `<${value.cls.name}>`;
    default:
      return `<${value.kind}>`;
  }
}

function quote(text: string): string {
  const q = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = [...text].map((c) => {
    if (c === '\\' || c === q) return `\\${c}`;
    return c === '\n' ? '\\n' : c === '\t' ? '\\t' : c === '\r' ? '\\r' : c;
  });
  return q + body.join('') + q;
}
