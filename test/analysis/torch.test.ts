// Our operators against real PyTorch: for several hundred random calls (test/fixtures/torch/make.py), the same shapes and
// dtypes, or unknown; never others. What PyTorch refuses is not given a shape without a problem being said.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isExact } from '../../src/analysis/dims/dim.ts';
import { Raise } from '../../src/analysis/interp/signals.ts';
import type { Value } from '../../src/analysis/values/value.ts';
import { fixture, imports, runModule } from './support.ts';

/** ["float32", 2, 3] for a tensor, "3" for a number. */
type Out = readonly [string, ...number[]] | string | null | { seq: Out[] };
interface Call {
  group: string;
  call: string;
  out?: Out;
  raises?: string;
}
type Verdict = 'exact' | 'unknown' | 'wrong' | 'false alarm' | 'refused' | 'missed';

/** Another set of calls (make.py --out), to look for more than the committed ones find. */
const more = process.env['LAYERLENS_CALLS'];
const calls: Call[] = JSON.parse(more ? readFileSync(more, 'utf8') : fixture('torch/calls.json'));
const groups = [...new Set(calls.map((c) => c.group))];

describe('operators, as real PyTorch', () => {
  const tally = new Map<Verdict, number>();
  for (const group of groups) {
    it(group, async () => {
      const mine = calls.filter((c) => c.group === group);
      const { ip, read } = await runModule(imports + mine.map((c, i) => `r${i} = ${c.call}`).join('\n'));
      const first = imports.split('\n').length - 1;
      const wrong = mine.flatMap((c, i): string[] => {
        const problem = ip.problems.find((p) => p.severity === 'error' && p.range.line === first + i)?.message;
        const raised = ip.gaps.find((g) => g.spot.line === first + i && g.reason.startsWith('this raises'))?.reason;
        let value: Value | undefined;
        try {
          value = read(`r${i}`);
        } catch (signal) {
          if (!(signal instanceof Raise)) throw signal;
        }
        const refused = problem ?? raised;
        const verdict: Verdict =
          c.out === undefined
            ? refused === undefined && value !== undefined && compare(value, null) !== 'unknown'
              ? 'missed'
              : 'refused'
            : refused !== undefined
              ? 'false alarm'
              : value === undefined
                ? 'unknown'
                : compare(value, c.out);
        tally.set(verdict, (tally.get(verdict) ?? 0) + 1);
        const got = refused ?? (value ? show(value) : 'nothing');
        const line = `${verdict}: ${c.call}  got ${got}, PyTorch ${c.raises ?? JSON.stringify(c.out)}`;
        if (process.env['VERBOSE'] && (verdict === 'missed' || verdict === 'unknown')) console.log(line);
        return verdict === 'wrong' || verdict === 'false alarm' ? [line] : [];
      });
      assert.deepEqual(wrong, []);
    });
  }
  after(() => console.log(`    ${[...tally].map(([verdict, n]) => `${n} ${verdict}`).join(', ')}`));
});

function compare(got: Value, want: Out): 'exact' | 'unknown' | 'wrong' {
  if (got.kind === 'unknown') return 'unknown';
  if (want === null) return 'exact';
  if (typeof want === 'string') {
    const text = plain(got);
    return text === null ? 'unknown' : text === want ? 'exact' : 'wrong';
  }
  if (!('seq' in want)) return compareTensor(got, want);
  if (got.kind === 'list' && got.unknown !== null) return 'unknown';
  if ((got.kind !== 'tuple' && got.kind !== 'list') || got.items.length !== want.seq.length) return 'wrong';
  const parts = got.items.map((item, i) => compare(item, want.seq[i]!));
  return parts.includes('wrong') ? 'wrong' : parts.includes('unknown') ? 'unknown' : 'exact';
}

function compareTensor(got: Value, [dtype, ...shape]: readonly [string, ...number[]]): 'exact' | 'unknown' | 'wrong' {
  if (got.kind !== 'tensor') return 'wrong';
  if (got.dtype !== null && got.dtype !== dtype) return 'wrong';
  if (got.shape === null) return 'unknown';
  if (got.shape.length !== shape.length) return 'wrong';
  if (got.shape.some((d, i) => d !== null && isExact(d) && d !== shape[i])) return 'wrong';
  return got.dtype !== null && got.shape.every((d) => d !== null && isExact(d)) ? 'exact' : 'unknown';
}

function plain(v: Value): string | null {
  if (v.kind === 'bool') return v.value ? 'True' : 'False';
  if (v.kind === 'int') return isExact(v.value) ? String(v.value) : null;
  return v.kind === 'float' ? String(v.value) : v.kind === 'tensor' ? null : `<${v.kind}>`;
}

function show(v: Value): string {
  if (v.kind === 'tensor') return `${v.dtype}${JSON.stringify(v.shape)}`;
  if (v.kind === 'tuple' || v.kind === 'list') return `(${v.items.map(show).join(', ')})`;
  return v.kind === 'unknown' ? `unknown (${v.reason})` : (plain(v) ?? '?');
}
