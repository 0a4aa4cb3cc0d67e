// Methods of list, tuple, dict and iterators.

import { isExact } from '../dims/dim.ts';
import { entryOf } from '../interp/indexing.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import { type NativeTable, natives } from '../interp/native.ts';
import { Raise } from '../interp/signals.ts';
import { compareValues, truth, valuesEqual } from '../interp/truth.ts';
import { asDim, asItems, builtin, dict, hashOf, int, isNone, list, NONE, tuple, unknown } from '../values/make.ts';
import type { BuiltinValue, DictValue, IteratorValue, ListValue, Value } from '../values/value.ts';
import { makeDict, update } from './types.ts';

const asList = (v: Value | undefined): ListValue =>
  v?.kind === 'list' ? v : v?.kind === 'instance' && v.base?.kind === 'list' ? v.base : list([]);
const asDict = (v: Value | undefined): DictValue =>
  v?.kind === 'dict' ? v : v?.kind === 'instance' && v.base?.kind === 'dict' ? v.base : dict();

function changed(ip: Interpreter, v: Value | undefined): ListValue {
  const l = asList(v);
  ip.touch(l);
  return l;
}

/** list.sort and sorted(): stable, by key; null where the order is not known. */
export function sorted(ip: Interpreter, items: readonly Value[], key: Value, reverse: Value): Value[] | null {
  const keyed = items.map((item) => ({ item, key: isNone(key) ? item : ip.call(key, [item]) }));
  let known = true;
  const before = (a: Value, b: Value): boolean => {
    const t = truth(ip, compareValues(ip, '<', a, b));
    if (t === null) known = false;
    return t === true;
  };
  keyed.sort((a, b) => (before(a.key, b.key) ? -1 : before(b.key, a.key) ? 1 : 0));
  if (!known) return null;
  if (truth(ip, reverse) === true) {
    // Stable in reverse too: equal keys keep their order.
    keyed.reverse();
    const again = keyed.map((k, i) => ({ ...k, i }));
    again.sort((a, b) => (before(a.key, b.key) ? 1 : before(b.key, a.key) ? -1 : b.i - a.i));
    return again.map((k) => k.item);
  }
  return keyed.map((k) => k.item);
}

const LIST_TABLE: NativeTable = {
  append: [
    'self, item',
    (ip, { self, item }) => {
      changed(ip, self).items.push(item!);
      return NONE;
    },
  ],
  extend: [
    'self, iterable',
    (ip, { self, iterable }) => {
      const l = changed(ip, self);
      const items = elementsOf(ip, iterable!);
      if (items) l.items.push(...items);
      else l.unknown ??= 'what was added to it is not known';
      return NONE;
    },
  ],
  insert: [
    'self, index, item',
    (ip, { self, index, item }) => {
      const l = changed(ip, self);
      const i = asDim(index);
      if (i === null || !isExact(i)) l.unknown ??= 'where an item was inserted is not known';
      else l.items.splice(i < 0 ? Math.max(0, l.items.length + i) : i, 0, item!);
      return NONE;
    },
  ],
  pop: [
    'self, index=-1',
    (ip, { self, index }) => {
      const l = changed(ip, self);
      const i = asDim(index);
      if (l.unknown !== null || i === null || !isExact(i)) {
        l.unknown ??= 'which item was removed is not known';
        return unknown(l.unknown);
      }
      const at = i < 0 ? l.items.length + i : i;
      if (at < 0 || at >= l.items.length)
        return ip.raise('IndexError', l.items.length === 0 ? 'pop from empty list' : 'pop index out of range');
      return l.items.splice(at, 1)[0]!;
    },
  ],
  remove: [
    'self, item',
    (ip, { self, item }) => {
      const l = changed(ip, self);
      const same = l.items.map((v) => valuesEqual(ip, v, item!));
      const at = same.indexOf(true);
      if (l.unknown !== null || same.indexOf(null) >= 0) {
        l.unknown ??= 'which item was removed is not known';
        return NONE;
      }
      if (at < 0) ip.raise('ValueError', 'list.remove(x): x not in list');
      l.items.splice(at, 1);
      return NONE;
    },
  ],
  clear: [
    'self',
    (ip, { self }) => {
      const l = changed(ip, self);
      l.items = [];
      l.unknown = null;
      return NONE;
    },
  ],
  reverse: [
    'self',
    (ip, { self }) => {
      changed(ip, self).items.reverse();
      return NONE;
    },
  ],
  copy: ['self', (_, { self }) => ({ ...asList(self), items: [...asList(self).items] })],
  sort: [
    'self, *, key=None, reverse=False',
    (ip, { self, key, reverse }) => {
      const l = changed(ip, self);
      const order = sorted(ip, l.items, key!, reverse!);
      if (order) l.items = order;
      else l.unknown ??= 'its order is not known';
      return NONE;
    },
  ],
  index: [
    'self, item, start=0',
    (ip, { self, item }) => {
      const at = (asItems(self) ?? []).findIndex((v) => valuesEqual(ip, v, item!) === true);
      return at < 0 ? ip.raise('ValueError', 'value is not in list') : int(at);
    },
  ],
  count: [
    'self, item',
    (ip, { self, item }) => int((asItems(self) ?? []).filter((v) => valuesEqual(ip, v, item!) === true).length),
  ],
};

const DICT_TABLE: NativeTable = {
  // Keys are a set: they compare and combine as one.
  keys: [
    'self',
    (ip, { self }) => {
      const d = asDict(self);
      ip.registries.complete(ip, d);
      return {
        kind: 'set',
        entries: new Map(Array.from(d.entries, ([h, e]) => [h, e.key] as const)),
        unknown: d.unknown,
      };
    },
  ],
  values: ['self', (ip, { self }) => view(ip, asDict(self), (e) => e.value)],
  items: ['self', (ip, { self }) => view(ip, asDict(self), (e) => tuple([e.key, e.value]))],
  get: [
    'self, key, default=None',
    (ip, { self, key, default: fallback }) => {
      const d = asDict(self);
      const hash = hashOf(key!);
      if (hash === null) return unknown('the key is not known');
      const found = entryOf(ip, d, key!);
      return found?.value ?? (d.unknown !== null ? unknown(d.unknown) : fallback!);
    },
  ],
  setdefault: [
    'self, key, default=None',
    (ip, { self, key, default: fallback }) => {
      const d = asDict(self);
      const hash = hashOf(key!);
      if (hash === null) return unknown('the key is not known');
      const found = d.entries.get(hash);
      if (found) return found.value;
      if (d.unknown !== null) return unknown(d.unknown);
      ip.touch(d);
      d.entries.set(hash, { key: key!, value: fallback! });
      return fallback!;
    },
  ],
  pop: [
    'self, key, *default',
    (ip, { self, key, default: fallback }) => {
      const d = asDict(self);
      const hash = hashOf(key!);
      if (hash === null) return unknown('the key is not known');
      const found = d.entries.get(hash);
      if (found) {
        ip.touch(d);
        d.entries.delete(hash);
        return found.value;
      }
      const [given] = asItems(fallback) ?? [];
      return given ?? (d.unknown !== null ? unknown(d.unknown) : ip.raise('KeyError', key!));
    },
  ],
  popitem: [
    'self, last=True',
    (ip, { self, last }) => {
      const d = asDict(self);
      const all = [...d.entries];
      const entry = truth(ip, last!) === false ? all[0] : all[all.length - 1];
      if (!entry) return ip.raise('KeyError', 'popitem(): dictionary is empty');
      ip.touch(d);
      d.entries.delete(entry[0]);
      return tuple([entry[1].key, entry[1].value]);
    },
  ],
  clear: [
    'self',
    (ip, { self }) => {
      const d = asDict(self);
      ip.touch(d);
      d.entries.clear();
      d.unknown = null;
      return NONE;
    },
  ],
  copy: [
    'self',
    (ip, { self }) => {
      const d = asDict(self);
      ip.registries.complete(ip, d);
      return { ...d, entries: new Map(d.entries) };
    },
  ],
  move_to_end: [
    'self, key, last=True',
    (ip, { self, key, last }) => {
      const d = asDict(self);
      const hash = hashOf(key!);
      const entry = hash === null ? undefined : d.entries.get(hash);
      if (!entry) return hash === null || d.unknown !== null ? NONE : ip.raise('KeyError', key!);
      ip.touch(d);
      d.entries.delete(hash!);
      const rest = [...d.entries];
      const isLast = truth(ip, last!) !== false;
      d.entries = new Map(isLast ? [...rest, [hash!, entry]] : [[hash!, entry], ...rest]);
      return NONE;
    },
  ],
};

function view(ip: Interpreter, d: DictValue, of: (e: { key: Value; value: Value }) => Value): Value {
  ip.registries.complete(ip, d);
  const l = list([...d.entries.values()].map(of));
  l.unknown = d.unknown;
  return l;
}

const updateMethod = builtin<Interpreter>('update', (ip, { positional: [self, other], keywords }) => {
  const d = asDict(self);
  ip.touch(d);
  if (other && other.kind !== 'none') update(ip, d, other);
  if (keywords) update(ip, d, makeDict(ip, { positional: [], keywords }));
  return NONE;
});

/** What a step of an iterator gave; at its end, StopIteration. */
function stepped(ip: Interpreter, it: IteratorValue, item: Value | null): Value {
  if (item) return item;
  if (it.unknown) return unknown(it.unknown);
  const returned = it.generator?.returned ?? NONE;
  return ip.raise('StopIteration', returned.kind === 'none' ? null : returned);
}

export const LIST_METHODS: ReadonlyMap<string, BuiltinValue> = new Map(natives(LIST_TABLE));
export const TUPLE_METHODS: ReadonlyMap<string, BuiltinValue> = new Map(
  [...LIST_METHODS].filter(([name]) => name === 'index' || name === 'count'),
);
export const DICT_METHODS: ReadonlyMap<string, BuiltinValue> = new Map([
  ...natives(DICT_TABLE),
  ['update', updateMethod] as [string, BuiltinValue],
]);
export const ITERATOR_METHODS: ReadonlyMap<string, BuiltinValue> = new Map(
  natives({
    __next__: [
      'self',
      (ip, { self }) =>
        self!.kind === 'iterator' ? stepped(ip, self!, self!.next()) : ip.raise('StopIteration', null),
    ],
    __iter__: ['self', (_, { self }) => self!],
    send: [
      'self, value',
      (ip, { self, value }) => {
        if (self!.kind !== 'iterator' || !self!.generator) return unknown('what this gives back is not known');
        return stepped(ip, self!, self!.generator.send(value!));
      },
    ],
    throw: [
      'self, exception, *rest',
      (ip, { self, exception }) => {
        if (self!.kind !== 'iterator' || !self!.generator) return unknown('what this gives back is not known');
        const made = exception!.kind === 'class' ? ip.call(exception!, []) : exception!;
        return stepped(ip, self!, self!.generator.throw(new Raise(made, ip.trace())));
      },
    ],
    close: [
      'self',
      (_, { self }) => {
        if (self!.kind === 'iterator') self!.generator?.close();
        return NONE;
      },
    ],
  }),
);
