// Methods of set and frozenset.

import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import { type NativeTable, natives } from '../interp/native.ts';
import { asItems, bool, hashOf, NONE, set, unknown } from '../values/make.ts';
import type { BuiltinValue, SetValue, Value } from '../values/value.ts';

const asSet = (v: Value | undefined): SetValue =>
  v?.kind === 'set' ? v : v?.kind === 'instance' && v.base?.kind === 'set' ? v.base : set([]);

const SET_TABLE: NativeTable = {
  add: [
    'self, item',
    (ip, { self, item }) => {
      const s = asSet(self);
      ip.touch(s);
      const hash = hashOf(item!);
      if (hash === null) s.unknown ??= 'an element is not known';
      else s.entries.set(hash, item!);
      return NONE;
    },
  ],
  discard: ['self, item', (ip, { self, item }) => drop(ip, asSet(self), item!, false)],
  remove: ['self, item', (ip, { self, item }) => drop(ip, asSet(self), item!, true)],
  update: [
    'self, *others',
    (ip, { self, others }) => {
      const s = asSet(self);
      ip.touch(s);
      for (const other of asItems(others) ?? []) {
        const items = elementsOf(ip, other);
        if (!items) s.unknown ??= 'an element is not known';
        for (const v of items ?? []) {
          const hash = hashOf(v);
          if (hash === null) s.unknown ??= 'an element is not known';
          else if (!s.entries.has(hash)) s.entries.set(hash, v);
        }
      }
      return NONE;
    },
  ],
  pop: [
    'self',
    (ip, { self }) => {
      const s = asSet(self);
      if (s.unknown !== null) return unknown(s.unknown);
      if (s.entries.size === 0) return ip.raise('KeyError', 'pop from an empty set');
      ip.touch(s);
      const [first] = s.entries;
      if (s.entries.size > 1) s.unknown = 'which element a set gives up is not known';
      s.entries.delete(first![0]);
      return s.unknown ? unknown(s.unknown) : first![1];
    },
  ],
  clear: [
    'self',
    (ip, { self }) => {
      const s = asSet(self);
      ip.touch(s);
      s.entries.clear();
      s.unknown = null;
      return NONE;
    },
  ],
  isdisjoint: [
    'self, other',
    (ip, { self, other }) => {
      const items = elementsOf(ip, other!);
      const s = asSet(self);
      if (!items || s.unknown !== null) return unknown('a set that is not known');
      return bool(![...set(items).entries.keys()].some((h) => s.entries.has(h)));
    },
  ],
  symmetric_difference: [
    'self, *others',
    (ip, { self, others }) =>
      combine(ip, asSet(self), others!, (a, b) => [
        ...a.filter(([h]) => !b.some(([k]) => k === h)),
        ...b.filter(([h]) => !a.some(([k]) => k === h)),
      ]),
  ],
  difference_update: [
    'self, *others',
    (ip, { self, others }) =>
      replaceSet(ip, asSet(self), others!, (a, b) => a.filter(([h]) => !b.some(([k]) => k === h))),
  ],
  intersection_update: [
    'self, *others',
    (ip, { self, others }) =>
      replaceSet(ip, asSet(self), others!, (a, b) => a.filter(([h]) => b.some(([k]) => k === h))),
  ],
  union: ['self, *others', (ip, { self, others }) => combine(ip, asSet(self), others!, (a, b) => [...a, ...b])],
  intersection: [
    'self, *others',
    (ip, { self, others }) => combine(ip, asSet(self), others!, (a, b) => a.filter(([h]) => b.some(([k]) => k === h))),
  ],
  difference: [
    'self, *others',
    (ip, { self, others }) => combine(ip, asSet(self), others!, (a, b) => a.filter(([h]) => !b.some(([k]) => k === h))),
  ],
  issubset: ['self, other', (ip, { self, other }) => subset(ip, self!, other!)],
  issuperset: ['self, other', (ip, { self, other }) => subset(ip, other!, self!)],
  copy: ['self', (_, { self }) => ({ ...asSet(self), entries: new Map(asSet(self).entries) })],
};

function drop(ip: Interpreter, s: SetValue, item: Value, must: boolean): Value {
  ip.touch(s);
  const hash = hashOf(item);
  if (hash === null) s.unknown ??= 'an element that is not known was removed';
  else if (!s.entries.delete(hash) && must && s.unknown === null) ip.raise('KeyError', item);
  return NONE;
}

function replaceSet(ip: Interpreter, s: SetValue, others: Value, how: (a: Entries, b: Entries) => Entries): Value {
  const result = combine(ip, s, others, how);
  ip.touch(s);
  if (result.kind === 'set') {
    s.entries = result.entries;
    s.unknown ??= result.unknown;
  } else s.unknown ??= 'a set that is not known';
  return NONE;
}

type Entries = [string, Value][];

function combine(ip: Interpreter, s: SetValue, others: Value, how: (a: Entries, b: Entries) => Entries): Value {
  let entries = [...s.entries];
  for (const other of asItems(others) ?? []) {
    const items = elementsOf(ip, other);
    if (!items) return unknown('a set that is not known');
    entries = how(entries, [...set(items).entries]);
  }
  return set(entries.map(([, v]) => v));
}

function subset(ip: Interpreter, a: Value, b: Value): Value {
  const x = elementsOf(ip, a);
  const y = elementsOf(ip, b);
  if (!x || !y) return unknown('a set that is not known');
  const known = set(y).entries;
  return bool([...set(x).entries.keys()].every((h) => known.has(h)));
}

export const SET_METHODS: ReadonlyMap<string, BuiltinValue> = new Map(natives(SET_TABLE));
