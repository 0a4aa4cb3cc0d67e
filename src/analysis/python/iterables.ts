// Built-in functions over iterables: zip, enumerate, map, filter, sorted, sum, min, any, iter, next. Those that give
// iterators run only as far as they are asked, so that endless ones are no trap.

import * as dims from '../dims/dim.ts';
import { callMethod, findMethod } from '../interp/attributes.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import {
  calling,
  elementsOf,
  forEach,
  isException,
  iteratorOf,
  repeatedElement,
  repeatedIterator,
  repeatedList,
} from '../interp/iteration.ts';
import type { NativeTable } from '../interp/native.ts';
import { binary } from '../interp/operators.ts';
import { Raise } from '../interp/signals.ts';
import { compareValues, truth, valuesEqual } from '../interp/truth.ts';
import { asDim, asItems, bool, int, isNone, iterator, list, NONE, tuple, unknown } from '../values/make.ts';
import type { IteratorValue, Value } from '../values/value.ts';
import { sorted } from './containers.ts';

const notKnown = (): Value => unknown('it depends on values that are not known');

/** An iterator whose next value is made from others; `end` it with null, with why where that is not known. */
export function pulling(next: (end: (reason: string) => null) => Value | null): IteratorValue {
  let done = false;
  const made: IteratorValue = {
    kind: 'iterator',
    next: () => {
      if (done) return null;
      const item = next((reason) => {
        made.unknown = reason;
        return null;
      });
      done = item === null;
      return item;
    },
  };
  return made;
}

/** Some index: 0 or more. */
export const anyIndex = (ip: Interpreter): dims.Dim => dims.sub(ip.freshSize('index'), 1);

/** One by one what an iterable gives, each changed; unknown where the iterable is. */
export function mapping(ip: Interpreter, iterable: Value, change: (item: Value) => Value): Value {
  const it = iteratorOf(ip, iterable);
  if (!it) return notKnown();
  if (it.each) {
    const { item, count } = it.each;
    return repeatedIterator(change(item), count, () => change(it.next() ?? item));
  }
  return pulling((end) => {
    const item = it.next();
    return item === null ? (it.unknown ? end(it.unknown) : null) : change(item);
  });
}

/** Those of an iterable that a test keeps; from where it is not known, the rest is not either. */
export function keeping(ip: Interpreter, iterable: Value, test: (item: Value) => boolean | null): Value {
  const it = iteratorOf(ip, iterable);
  if (!it) return notKnown();
  return pulling((end) => {
    for (let item = it.next(); item !== null; item = it.next()) {
      ip.step();
      const t = test(item);
      if (t === null) return end('which elements it keeps is not known');
      if (t) return item;
    }
    return it.unknown ? end(it.unknown) : null;
  });
}

/** zip and zip_longest. */
export function zip(ip: Interpreter, iterables: readonly Value[], longest = false, fill: Value = NONE): Value {
  const rows = iterables.map((v) => repeatedElement(ip, v));
  const [first] = rows;
  if (first && !rows.includes(null)) return repeatedList(tuple(rows.map((r) => r!.item)), first.count);
  const sources = iterables.map((v) => iteratorOf(ip, v));
  if (sources.includes(null)) return notKnown();
  return pulling((end) => {
    const row: Value[] = [];
    let ended = 0;
    for (const source of sources) {
      const item = source!.next();
      if (item === null && source!.unknown) return end(source!.unknown);
      if (item === null) ended++;
      if (item === null && !longest) return null;
      row.push(item ?? fill);
    }
    return ended === sources.length ? null : tuple(row);
  });
}

/** min and max: over one iterable or several arguments, by key. */
function extreme(ip: Interpreter, a: Readonly<Record<string, Value>>, largest: boolean): Value {
  const given = asItems(a['args']) ?? [];
  const key = a['key']!;
  const [fallback] = asItems(a['default']) ?? [];
  const items = given.length === 1 ? elementsOf(ip, given[0]!) : given;
  if (!items) return notKnown();
  if (items.length === 0) {
    const name = largest ? 'max' : 'min';
    return fallback ?? ip.raise('ValueError', `${name}() arg is an empty sequence`);
  }
  const keyOf = (v: Value): Value => (isNone(key) ? v : ip.call(key, [v]));
  let best = items[0]!;
  let bestKey = keyOf(best);
  for (const item of items.slice(1)) {
    const itemKey = keyOf(item);
    const t = truth(ip, compareValues(ip, largest ? '>' : '<', itemKey, bestKey));
    if (t === null) {
      const x = asDim(bestKey);
      const y = asDim(itemKey);
      if (x === null || y === null || !isNone(key)) return notKnown();
      best = int(largest ? dims.maximum(x, y) : dims.minimum(x, y));
      bestKey = best;
    } else if (t) [best, bestKey] = [item, itemKey];
  }
  return best;
}

/** any and all: they stop where the answer is known. */
function quantify(ip: Interpreter, iterable: Value, looking: boolean): Value {
  let open = false;
  let found = false;
  const known = forEach(ip, iterable, (v) => {
    const t = truth(ip, v);
    if (t === null) open = true;
    found = t === looking;
    return found;
  });
  if (found) return bool(looking);
  return open || !known ? notKnown() : bool(!looking);
}

/** iter(function, sentinel): calls it until it gives the sentinel. */
const untilSentinel = (ip: Interpreter, f: Value, sentinel: Value): Value =>
  calling(ip, 'StopIteration', () => {
    const item = ip.call(f, []);
    const e = valuesEqual(ip, item, sentinel);
    if (e === null) return unknown('where it ends is not known');
    return e ? ip.raise('StopIteration', null) : item;
  });

function nextOf(ip: Interpreter, it: Value, fallback: Value | undefined): Value {
  if (it.kind === 'instance') {
    try {
      return callMethod(ip, it, '__next__', []);
    } catch (signal) {
      if (fallback && signal instanceof Raise && isException(signal.exception, 'StopIteration')) return fallback;
      throw signal;
    }
  }
  if (it.kind === 'unknown') return it;
  if (it.kind !== 'iterator') return ip.raise('TypeError', `'${ip.library.typeOf(it).name}' object is not an iterator`);
  const item = it.next();
  if (item) return item;
  if (it.unknown) return unknown(it.unknown);
  const returned = it.generator?.returned ?? NONE;
  return fallback ?? ip.raise('StopIteration', returned.kind === 'none' ? null : returned);
}

export const ITERABLES: NativeTable = {
  enumerate: [
    'iterable, start=0',
    (ip, { iterable, start }) => {
      const from = asDim(start);
      if (from === null) return notKnown();
      const many = repeatedElement(ip, iterable!) !== null;
      let i = 0;
      return mapping(ip, iterable!, (v) =>
        tuple([many ? int(dims.add(from, anyIndex(ip))) : int(dims.add(from, i++)), v]),
      );
    },
  ],
  zip: ['*iterables, strict=False', (ip, { iterables }) => zip(ip, asItems(iterables) ?? [])],
  map: [
    'function, *iterables',
    (ip, { function: f, iterables }) => {
      const sources = asItems(iterables) ?? [];
      if (sources.length === 1) return mapping(ip, sources[0]!, (v) => ip.call(f!, [v]));
      return mapping(ip, zip(ip, sources), (row) => ip.call(f!, asItems(row)!));
    },
  ],
  filter: [
    'function, iterable',
    (ip, { function: f, iterable }) => keeping(ip, iterable!, (v) => truth(ip, isNone(f) ? v : ip.call(f!, [v]))),
  ],
  reversed: [
    'iterable',
    (ip, { iterable }) => {
      if (iterable!.kind === 'instance' && findMethod(ip, iterable!, '__reversed__'))
        return callMethod(ip, iterable!, '__reversed__', []);
      const items = elementsOf(ip, iterable!);
      return items ? iterator([...items].reverse()) : notKnown();
    },
  ],
  sorted: [
    'iterable, *, key=None, reverse=False',
    (ip, { iterable, key, reverse }) => {
      const items = elementsOf(ip, iterable!);
      const order = items && sorted(ip, items, key!, reverse!);
      return order ? list(order) : { kind: 'list', items: [], unknown: 'its order is not known' };
    },
  ],
  sum: [
    'iterable, start=0',
    (ip, { iterable, start }) => {
      const items = elementsOf(ip, iterable!);
      return items ? items.reduce((a, b) => binary(ip, '+', a, b), start!) : notKnown();
    },
  ],
  min: ['*args, key=None, **options', (ip, a) => extreme(ip, withDefault(a), false)],
  max: ['*args, key=None, **options', (ip, a) => extreme(ip, withDefault(a), true)],
  any: ['iterable', (ip, { iterable }) => quantify(ip, iterable!, true)],
  all: ['iterable', (ip, { iterable }) => quantify(ip, iterable!, false)],
  iter: [
    'value, *sentinel',
    (ip, { value, sentinel }) => {
      const [end] = asItems(sentinel) ?? [];
      return end ? untilSentinel(ip, value!, end) : (iteratorOf(ip, value!) ?? notKnown());
    },
  ],
  next: ['iterator, *default', (ip, a) => nextOf(ip, a['iterator']!, asItems(a['default'])?.[0])],
};

/** `default=None` is a default too: it is given apart from being left out. */
function withDefault(a: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  const rest = a['options'];
  const given = rest?.kind === 'dict' ? rest.entries.get("'default")?.value : undefined;
  return { ...a, default: tuple(given ? [given] : []) };
}
