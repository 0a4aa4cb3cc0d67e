// itertools: chain, product, islice, repeat, cycle, groupby, ….

import { isExact } from '../../dims/dim.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { elementsOf, iteratorOf } from '../../interp/iteration.ts';
import { type NativeTable, natives } from '../../interp/native.ts';
import { binary } from '../../interp/operators.ts';
import { truth, valuesEqual } from '../../interp/truth.ts';
import { asDim, asItems, asNumber, isNone, iterator, tuple, unknown } from '../../values/make.ts';
import type { IteratorValue, Value } from '../../values/value.ts';
import { keeping, mapping, pulling, zip } from '../iterables.ts';

const notKnown = (): Value => unknown('it runs over something that is not known');

/** More rows than this are not made. */
const MOST = 200_000;

/** What makes rows of all the elements at once. */
function rows(ip: Interpreter, iterable: Value, make: (items: readonly Value[]) => Value[][] | null): Value {
  const items = elementsOf(ip, iterable);
  const made = items && make(items);
  return made ? iterator(made.map((row) => tuple(row))) : notKnown();
}

function productOf(sources: readonly (readonly Value[])[]): Value[][] | null {
  if (sources.reduce((n, s) => n * s.length, 1) > MOST) return null;
  return sources.reduce<Value[][]>((all, items) => all.flatMap((row) => items.map((v) => [...row, v])), [[]]);
}

function choose(items: readonly Value[], r: number, repeated: boolean): Value[][] {
  if (r === 0) return [[]];
  return items.flatMap((v, i) =>
    choose(items.slice(repeated ? i : i + 1), r - 1, repeated).map((rest) => [v, ...rest]),
  );
}

function permute(items: readonly Value[], r: number): Value[][] {
  if (r === 0) return [[]];
  return items.flatMap((v, i) =>
    permute([...items.slice(0, i), ...items.slice(i + 1)], r - 1).map((rest) => [v, ...rest]),
  );
}

/** How many rows r of n in order give: a bound on the work. */
const orders = (n: number, r: number): number => Array.from({ length: r }, (_, i) => n - i).reduce((a, b) => a * b, 1);

/** One iterable after the other, each begun when the one before is at its end. */
function chained(ip: Interpreter, sources: IteratorValue): Value {
  let current: IteratorValue | null = null;
  return pulling((end) => {
    for (;;) {
      const item = current?.next() ?? null;
      if (item) return item;
      if (current?.unknown) return end(current.unknown);
      const next = sources.next();
      if (next === null) return sources.unknown ? end(sources.unknown) : null;
      current = iteratorOf(ip, next);
      if (!current) return end('what it runs over is not known');
      ip.step();
    }
  });
}

function sliced(ip: Interpreter, iterable: Value, bounds: readonly Value[]): Value {
  const b = bounds.map((v) => (isNone(v) ? null : asNumber(v)));
  if (bounds.some((v, i) => !isNone(v) && b[i] === null)) return notKnown();
  const [start, stop, step] = b.length === 1 ? [0, b[0]!, 1] : [b[0] ?? 0, b[1] ?? null, b[2] ?? 1];
  const it = iteratorOf(ip, iterable);
  if (!it) return notKnown();
  let at = 0;
  let wanted = start;
  return pulling((end) => {
    for (;;) {
      if (stop !== null && (wanted >= stop || at >= stop)) return null;
      const item = it.next();
      if (item === null) return it.unknown ? end(it.unknown) : null;
      ip.step();
      if (at++ !== wanted) continue;
      wanted += step;
      return item;
    }
  });
}

function groups(ip: Interpreter, iterable: Value, key: Value): Value {
  const items = elementsOf(ip, iterable);
  if (!items) return notKnown();
  const found: { key: Value; items: Value[] }[] = [];
  for (const item of items) {
    const k = isNone(key) ? item : ip.call(key, [item]);
    const last = found.at(-1);
    const same = last ? valuesEqual(ip, last.key, k) : false;
    if (same === null) return notKnown();
    if (same) last!.items.push(item);
    else found.push({ key: k, items: [item] });
  }
  return iterator(found.map((g) => tuple([g.key, iterator(g.items)])));
}

function accumulate(ip: Interpreter, iterable: Value, f: Value, initial: Value): Value {
  const it = iteratorOf(ip, iterable);
  if (!it) return notKnown();
  let last: Value | null = null;
  return pulling((end) => {
    if (last === null && !isNone(initial)) return (last = initial);
    const item = it.next();
    if (item === null) return it.unknown ? end(it.unknown) : null;
    last = last === null ? item : isNone(f) ? binary(ip, '+', last, item) : ip.call(f, [last, item]);
    return last;
  });
}

/** Iterators over the same elements, each at its own place. */
function tee(ip: Interpreter, iterable: Value, n: number): Value {
  const it = iteratorOf(ip, iterable);
  if (!it) return notKnown();
  const seen: Value[] = [];
  return tuple(
    Array.from({ length: n }, () => {
      let at = 0;
      return pulling((end) => {
        if (at === seen.length) {
          const item = it.next();
          if (item === null) return it.unknown ? end(it.unknown) : null;
          seen.push(item);
        }
        return seen[at++]!;
      });
    }),
  );
}

const TABLE: NativeTable = {
  chain: ['*iterables', (ip, { iterables }) => chained(ip, iterator(asItems(iterables) ?? []))],
  product: [
    '*iterables, repeat=1',
    (ip, { iterables, repeat }) => {
      const parts = (asItems(iterables) ?? []).map((v) => elementsOf(ip, v));
      const times = asNumber(repeat);
      if (parts.includes(null) || times === null) return notKnown();
      const made = productOf(Array.from({ length: times }, () => parts as (readonly Value[])[]).flat());
      return made ? iterator(made.map((row) => tuple(row))) : notKnown();
    },
  ],
  combinations: [
    'iterable, r',
    (ip, { iterable, r }) =>
      rows(ip, iterable!, (items) => {
        const n = asNumber(r);
        return n === null || orders(items.length, n) > MOST * 100 ? null : choose(items, n, false);
      }),
  ],
  combinations_with_replacement: [
    'iterable, r',
    (ip, { iterable, r }) =>
      rows(ip, iterable!, (items) => {
        const n = asNumber(r);
        return n === null || items.length ** n > MOST * 10 ? null : choose(items, n, true);
      }),
  ],
  permutations: [
    'iterable, r=None',
    (ip, { iterable, r }) =>
      rows(ip, iterable!, (items) => {
        const n = isNone(r) ? items.length : asNumber(r);
        return n === null || orders(items.length, n) > MOST ? null : permute(items, n);
      }),
  ],
  islice: ['iterable, *bounds', (ip, { iterable, bounds }) => sliced(ip, iterable!, asItems(bounds) ?? [])],
  repeat: [
    'value, times=None',
    (_, { value, times }) => {
      const n = isNone(times) ? null : asNumber(times);
      if (n === null && !isNone(times)) return notKnown();
      let i = 0;
      return { kind: 'iterator', next: () => (n === null || i++ < n ? value! : null) };
    },
  ],
  count: [
    'start=0, step=1',
    (ip, { start, step }) => {
      let at: Value | null = null;
      return {
        kind: 'iterator',
        next: () => (at = at === null ? start! : binary(ip, '+', at, step!)),
      };
    },
  ],
  cycle: [
    'iterable',
    (ip, { iterable }) => {
      const it = iteratorOf(ip, iterable!);
      if (!it) return notKnown();
      const seen: Value[] = [];
      let at = 0;
      let ended = false;
      return pulling((end) => {
        const item = ended ? null : it.next();
        if (item) {
          seen.push(item);
          return item;
        }
        if (it.unknown) return end(it.unknown);
        ended = true;
        return seen.length > 0 ? seen[at++ % seen.length]! : null;
      });
    },
  ],
  zip_longest: [
    '*iterables, fillvalue=None',
    (ip, { iterables, fillvalue }) => zip(ip, asItems(iterables) ?? [], true, fillvalue!),
  ],
  accumulate: [
    'iterable, func=None, *, initial=None',
    (ip, { iterable, func, initial }) => accumulate(ip, iterable!, func!, initial!),
  ],
  pairwise: [
    'iterable',
    (ip, { iterable }) => {
      let before: Value | null = null;
      const it = iteratorOf(ip, iterable!);
      if (!it) return notKnown();
      return pulling((end) => {
        before ??= it.next();
        const item = before && it.next();
        if (!item) return it.unknown ? end(it.unknown) : null;
        const pair = tuple([before!, item]);
        before = item;
        return pair;
      });
    },
  ],
  batched: [
    'iterable, n',
    (ip, { iterable, n }) => {
      const size = asDim(n);
      const it = iteratorOf(ip, iterable!);
      if (!it || size === null || !isExact(size) || size < 1) return notKnown();
      return pulling((end) => {
        const batch: Value[] = [];
        while (batch.length < size) {
          const item = it.next();
          if (item === null) break;
          batch.push(item);
        }
        if (it.unknown) return end(it.unknown);
        return batch.length > 0 ? tuple(batch) : null;
      });
    },
  ],
  starmap: [
    'function, iterable',
    (ip, { function: f, iterable }) =>
      mapping(ip, iterable!, (row) => {
        const args = elementsOf(ip, row);
        return args ? ip.call(f!, args) : notKnown();
      }),
  ],
  takewhile: [
    'predicate, iterable',
    (ip, { predicate, iterable }) => {
      const it = iteratorOf(ip, iterable!);
      if (!it) return notKnown();
      return pulling((end) => {
        const item = it.next();
        if (item === null) return it.unknown ? end(it.unknown) : null;
        const t = truth(ip, ip.call(predicate!, [item]));
        return t === null ? end('where it ends is not known') : t ? item : null;
      });
    },
  ],
  dropwhile: [
    'predicate, iterable',
    (ip, { predicate, iterable }) => {
      let begun = false;
      return keeping(ip, iterable!, (item) => {
        if (begun) return true;
        const t = truth(ip, ip.call(predicate!, [item]));
        begun = t === false;
        return t === null ? null : begun;
      });
    },
  ],
  filterfalse: [
    'predicate, iterable',
    (ip, { predicate, iterable }) =>
      keeping(ip, iterable!, (item) => {
        const t = truth(ip, isNone(predicate) ? item : ip.call(predicate!, [item]));
        return t === null ? null : !t;
      }),
  ],
  compress: [
    'data, selectors',
    (ip, { data, selectors }) =>
      mapping(
        ip,
        keeping(ip, zip(ip, [data!, selectors!]), (row) => truth(ip, asItems(row)![1]!)),
        (row) => asItems(row)![0]!,
      ),
  ],
  groupby: ['iterable, key=None', (ip, { iterable, key }) => groups(ip, iterable!, key!)],
  tee: ['iterable, n=2', (ip, { iterable, n }) => tee(ip, iterable!, asNumber(n) ?? 2)],
};

export function itertools(): [string, Value][] {
  const entries = natives(TABLE, false);
  const chain = entries.find(([name]) => name === 'chain')![1];
  chain.attributes = new Map(
    natives(
      {
        from_iterable: [
          'iterable',
          (ip, { iterable }) => {
            const it = iteratorOf(ip, iterable!);
            return it ? chained(ip, it) : notKnown();
          },
        ],
      },
      false,
    ),
  );
  return entries;
}
