// collections: OrderedDict, defaultdict, Counter, ChainMap; deque and namedtuple have files of their own.

import type { Interpreter } from '../../interp/interpreter.ts';
import { elementsOf } from '../../interp/iteration.ts';
import { type NativeTable, native, natives } from '../../interp/native.ts';
import { binary } from '../../interp/operators.ts';
import { compareValues, truth } from '../../interp/truth.ts';
import {
  asNumber,
  builtin,
  classValue,
  dict,
  hashOf,
  instance,
  int,
  iterator,
  list,
  NONE,
  putEntry,
  str,
  tuple,
  unknown,
} from '../../values/make.ts';
import type { Arguments, ClassValue, DictValue, Value } from '../../values/value.ts';
import { sorted } from '../containers.ts';
import { DICT, makeDict } from '../types.ts';
import { DEQUE } from './deque.ts';
import { namedtuple } from './namedTuples.ts';

/** A dict with a class of its own. */
function dictType(name: string, make: (ip: Interpreter, args: Arguments, d: DictValue) => void): ClassValue {
  const cls: ClassValue = classValue(name, [DICT], [], { module: 'collections' });
  cls.dict.set(
    '__new__',
    builtin<Interpreter>(
      `${name}.__new__`,
      (ip, { positional: [type, ...rest], keywords }) => {
        const d: DictValue = { ...dict(), cls };
        make(ip, { positional: rest, keywords }, d);
        ip.registries.note(ip, d);
        if (type?.kind !== 'class' || type === cls) return d;
        const made = instance(type);
        made.base = d;
        return made;
      },
      false,
    ),
  );
  return cls;
}

const fill = (ip: Interpreter, d: DictValue, args: Arguments): void => {
  const from = makeDict(ip, args);
  d.entries = from.entries;
  d.unknown = from.unknown;
};

export const ORDERED_DICT = dictType('OrderedDict', (ip, args, d) => fill(ip, d, args));
export const DEFAULT_DICT = dictType('defaultdict', (ip, { positional: [factory, ...rest], keywords }, d) => {
  fill(ip, d, { positional: rest, keywords });
  d.factory = factory ?? null;
});

/** Counts one by one, or adds the counts of a mapping. */
function count(ip: Interpreter, d: DictValue, { positional: [from], keywords }: Arguments, sign: 1 | -1): void {
  const bump = (key: Value, by: Value): void => {
    const hash = hashOf(key);
    const before = hash === null ? undefined : d.entries.get(hash)?.value;
    if (hash === null || !putEntry(d, key, binary(ip, sign > 0 ? '+' : '-', before ?? int(0), by)))
      d.unknown = 'an element is not known';
  };
  const plain = from?.kind === 'instance' && from.base ? from.base : from;
  if (plain?.kind === 'dict') {
    for (const e of plain.entries.values()) bump(e.key, e.value);
    d.unknown ??= plain.unknown;
  } else if (plain && plain.kind !== 'none') {
    const items = elementsOf(ip, plain);
    if (!items) d.unknown = 'what it counts is not known';
    for (const item of items ?? []) bump(item, int(1));
  }
  for (const [name, value] of keywords ?? []) bump(str(name), value);
}

export const COUNTER = dictType('Counter', (ip, args, d) => count(ip, d, args, 1));

const counts = (v: Value | undefined): DictValue =>
  v?.kind === 'dict' ? v : v?.kind === 'instance' && v.base?.kind === 'dict' ? v.base : dict();

/** Counts of two counters combined; only those above zero stay. */
function combined(ip: Interpreter, a: Value, b: Value, how: (x: Value, y: Value) => Value): Value {
  const [left, right] = [counts(a), counts(b)];
  const made: DictValue = { ...dict(), cls: COUNTER, unknown: left.unknown ?? right.unknown };
  for (const [hash, { key }] of new Map([...left.entries, ...right.entries])) {
    const n = how(left.entries.get(hash)?.value ?? int(0), right.entries.get(hash)?.value ?? int(0));
    const t = truth(ip, compareValues(ip, '>', n, int(0)));
    if (t === null) made.unknown ??= 'a count is not known';
    if (t) putEntry(made, key, n);
  }
  return made;
}

const extreme =
  (operator: '<' | '>') =>
  (ip: Interpreter) =>
  (x: Value, y: Value): Value =>
    truth(ip, compareValues(ip, operator, x, y)) === true ? x : y;

const COUNTER_METHODS: NativeTable = {
  __missing__: ['self, key', () => int(0)],
  most_common: [
    'self, n=None',
    (ip, { self, n }) => {
      const d = counts(self);
      const pairs = [...d.entries.values()].map((e) => tuple([e.key, e.value]));
      const second = native(
        'second',
        'pair',
        (_, { pair }) => (pair!.kind === 'tuple' ? pair!.items[1]! : NONE),
        false,
      );
      const order = d.unknown === null ? sorted(ip, pairs, second, { kind: 'bool', value: true }) : null;
      return order ? list(order.slice(0, asNumber(n) ?? undefined)) : unknown('the order of a Counter is not known');
    },
  ],
  elements: [
    'self',
    (_, { self }) => {
      const d = counts(self);
      if (d.unknown !== null) return unknown(d.unknown);
      return iterator(
        [...d.entries.values()].flatMap((e) =>
          Array.from({ length: Math.max(0, asNumber(e.value) ?? 0) }, () => e.key),
        ),
      );
    },
  ],
  total: [
    'self',
    (ip, { self }) => [...counts(self).entries.values()].reduce<Value>((a, e) => binary(ip, '+', a, e.value), int(0)),
  ],
  __add__: ['a, b', (ip, { a, b }) => combined(ip, a!, b!, (x, y) => binary(ip, '+', x, y))],
  __sub__: ['a, b', (ip, { a, b }) => combined(ip, a!, b!, (x, y) => binary(ip, '-', x, y))],
  __or__: ['a, b', (ip, { a, b }) => combined(ip, a!, b!, extreme('>')(ip))],
  __and__: ['a, b', (ip, { a, b }) => combined(ip, a!, b!, extreme('<')(ip))],
};
for (const [name, method] of natives(COUNTER_METHODS)) COUNTER.dict.set(name, method);
for (const [name, sign] of [
  ['update', 1],
  ['subtract', -1],
] as const) {
  COUNTER.dict.set(
    name,
    builtin<Interpreter>(name, (ip, { positional: [self, ...rest], keywords }) => {
      const d = counts(self);
      ip.touch(d);
      count(ip, d, { positional: rest, keywords }, sign);
      return NONE;
    }),
  );
}

/** ChainMap: the first mapping that has a key gives its value. Seen as it is when it is made. */
const CHAIN_MAP = dictType('ChainMap', (ip, { positional }, d) => {
  for (const part of [...positional].reverse()) {
    const from = makeDict(ip, { positional: [part], keywords: null });
    for (const e of from.entries.values()) putEntry(d, e.key, e.value);
    d.unknown ??= from.unknown;
  }
});

export const collections = (): [string, Value][] => [
  ['OrderedDict', ORDERED_DICT],
  ['defaultdict', DEFAULT_DICT],
  ['Counter', COUNTER],
  ['deque', DEQUE],
  ['UserDict', DICT],
  ['ChainMap', CHAIN_MAP],
  namedtuple,
];
