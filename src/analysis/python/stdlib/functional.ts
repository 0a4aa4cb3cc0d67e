// functools, itertools, operator, copy: functions about functions and iterables.

import * as dims from '../../dims/dim.ts';
import { getAttribute, setAttribute } from '../../interp/attributes.ts';
import { getItem } from '../../interp/indexing.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { elementsOf } from '../../interp/iteration.ts';
import { type NativeTable, natives } from '../../interp/native.ts';
import { binary, unary } from '../../interp/operators.ts';
import { compareValues, truth } from '../../interp/truth.ts';
import type { BinaryOperator } from '../../syntax/program.ts';
import {
  asDim,
  asItems,
  asNumber,
  asString,
  builtin,
  int,
  isNone,
  iterator,
  NONE,
  str,
  tuple,
  unknown,
} from '../../values/make.ts';
import type { BuiltinValue, InstanceValue, Value } from '../../values/value.ts';
import { zip } from '../builtins.ts';

const notKnown = (): Value => unknown('it runs over something that is not known');

/** functools.partial: remembers arguments. */
export const PARTIAL = builtin<Interpreter>('partial', (_, { positional: [f, ...args], keywords }) => {
  const made = builtin<Interpreter>(
    'partial',
    (inner, later) => {
      const merged = keywords || later.keywords ? new Map([...(keywords ?? []), ...(later.keywords ?? [])]) : null;
      return inner.call(f!, [...args, ...later.positional], merged);
    },
    false,
  );
  made.attributes = new Map<string, Value>([
    ['func', f ?? NONE],
    ['args', tuple(args)],
    [
      'keywords',
      {
        kind: 'dict',
        entries: new Map([...(keywords ?? [])].map(([k, v]) => [`'${k}`, { key: str(k), value: v }])),
        unknown: null,
        cls: null,
        factory: null,
      },
    ],
  ]);
  return made;
});

const sameFunction = (name: string): BuiltinValue =>
  builtin<Interpreter>(name, (_, { positional: [f] }) => f ?? NONE, false);

/** @lru_cache, @lru_cache(maxsize=…): the function itself. */
const cacheDecorator = builtin<Interpreter>(
  'lru_cache',
  (_, { positional: [f] }) => (f && f.kind !== 'int' && f.kind !== 'none' ? f : sameFunction('lru_cache')),
  false,
);

const wraps = builtin<Interpreter>(
  'wraps',
  (_, { positional: [wrapped] }) =>
    builtin<Interpreter>(
      'wraps',
      (ip, { positional: [f] }) => {
        if (f?.kind === 'function' && wrapped) {
          setAttribute(ip, f, '__wrapped__', wrapped);
          if (wrapped.kind === 'function') setAttribute(ip, f, '__name__', getAttribute(ip, wrapped, '__name__'));
        }
        return f ?? NONE;
      },
      false,
    ),
  false,
);

const FUNCTOOLS: NativeTable = {
  reduce: [
    'function, iterable, *initial',
    (ip, { function: f, iterable, initial }) => {
      const items = elementsOf(ip, iterable!);
      if (!items) return notKnown();
      const all = [...(asItems(initial) ?? []), ...items];
      if (all.length === 0) return ip.raise('TypeError', 'reduce() of empty iterable with no initial value');
      return all.slice(1).reduce((a, b) => ip.call(f!, [a, b]), all[0]!);
    },
  ],
  cmp_to_key: ['function', (_, { function: f }) => f!],
};

export const functools = (): [string, Value][] => [
  ...natives(FUNCTOOLS, false),
  ['partial', PARTIAL],
  ['wraps', wraps],
  ['lru_cache', cacheDecorator],
  ['cache', sameFunction('cache')],
  ['total_ordering', sameFunction('total_ordering')],
  ['singledispatch', sameFunction('singledispatch')],
  [
    'cached_property',
    builtin<Interpreter>(
      'cached_property',
      (_, { positional: [f] }) => ({ kind: 'property', get: f ?? NONE, set: null }),
      false,
    ),
  ],
  ['partialmethod', PARTIAL],
];

function productOf(sources: readonly (readonly Value[])[]): Value[] {
  return sources
    .reduce<Value[][]>((rows, items) => rows.flatMap((row) => items.map((v) => [...row, v])), [[]])
    .map((row) => tuple(row));
}

function choose(items: readonly Value[], r: number): Value[][] {
  if (r === 0) return [[]];
  return items.flatMap((v, i) => choose(items.slice(i + 1), r - 1).map((rest) => [v, ...rest]));
}

const ITERTOOLS: NativeTable = {
  chain: [
    '*iterables',
    (ip, { iterables }) => {
      const parts = (asItems(iterables) ?? []).map((v) => elementsOf(ip, v));
      return parts.includes(null) ? notKnown() : iterator(parts.flatMap((p) => p!));
    },
  ],
  product: [
    '*iterables, repeat=1',
    (ip, { iterables, repeat }) => {
      const parts = (asItems(iterables) ?? []).map((v) => elementsOf(ip, v));
      if (parts.includes(null)) return notKnown();
      const times = asNumber(repeat) ?? 1;
      return iterator(productOf(Array.from({ length: times }, () => parts as (readonly Value[])[]).flat()));
    },
  ],
  combinations: [
    'iterable, r',
    (ip, { iterable, r }) => {
      const items = elementsOf(ip, iterable!);
      return items ? iterator(choose(items, asNumber(r) ?? 0).map((c) => tuple(c))) : notKnown();
    },
  ],
  islice: [
    'iterable, *bounds',
    (ip, { iterable, bounds }) => {
      const b = (asItems(bounds) ?? []).map((v) => (isNone(v) ? null : asNumber(v)));
      const [start, stop, step] = b.length === 1 ? [0, b[0]!, 1] : [b[0] ?? 0, b[1] ?? null, b[2] ?? 1];
      if (iterable!.kind === 'iterator' && stop !== null) {
        const out: Value[] = [];
        for (let i = 0; i < stop; i++) {
          const v = iterable!.next();
          if (v === null) break;
          if (i >= start && (i - start) % step === 0) out.push(v);
        }
        return iterator(out);
      }
      const items = elementsOf(ip, iterable!);
      return items ? iterator(items.slice(start, stop ?? undefined).filter((_, i) => i % step === 0)) : notKnown();
    },
  ],
  repeat: [
    'value, times=None',
    (_, { value, times }) => {
      const n = isNone(times) ? null : asNumber(times);
      let i = 0;
      return { kind: 'iterator', next: () => (n === null || i++ < n ? value! : null) };
    },
  ],
  count: [
    'start=0, step=1',
    (_, { start, step }) => {
      let at = asDim(start) ?? 0;
      const by = asDim(step) ?? 1;
      return {
        kind: 'iterator',
        next: () => {
          const v = int(at);
          at = dims.add(at, by);
          return v;
        },
      };
    },
  ],
  cycle: [
    'iterable',
    (ip, { iterable }) => {
      const items = elementsOf(ip, iterable!);
      let i = 0;
      return items && items.length > 0 ? { kind: 'iterator', next: () => items[i++ % items.length]! } : notKnown();
    },
  ],
  zip_longest: [
    '*iterables, fillvalue=None',
    (ip, { iterables, fillvalue }) => zip(ip, asItems(iterables) ?? [], true, fillvalue!),
  ],
  accumulate: [
    'iterable, function=None, *, initial=None',
    (ip, { iterable, function: f, initial }) => {
      const items = elementsOf(ip, iterable!);
      if (!items) return notKnown();
      const out: Value[] = isNone(initial) ? [] : [initial!];
      for (const v of items) {
        const last = out[out.length - 1];
        out.push(last === undefined ? v : isNone(f) ? binary(ip, '+', last, v) : ip.call(f!, [last, v]));
      }
      return iterator(out);
    },
  ],
  pairwise: [
    'iterable',
    (ip, { iterable }) => {
      const items = elementsOf(ip, iterable!);
      return items ? iterator(items.slice(1).map((v, i) => tuple([items[i]!, v]))) : notKnown();
    },
  ],
  starmap: [
    'function, iterable',
    (ip, { function: f, iterable }) => {
      const items = elementsOf(ip, iterable!);
      return items ? iterator(items.map((row) => ip.call(f!, elementsOf(ip, row) ?? []))) : notKnown();
    },
  ],
  takewhile: ['predicate, iterable', (ip, { predicate, iterable }) => whileTrue(ip, predicate!, iterable!, true)],
  dropwhile: ['predicate, iterable', (ip, { predicate, iterable }) => whileTrue(ip, predicate!, iterable!, false)],
};

function whileTrue(ip: Interpreter, predicate: Value, iterable: Value, take: boolean): Value {
  const items = elementsOf(ip, iterable);
  if (!items) return notKnown();
  let n = 0;
  for (; n < items.length; n++) {
    const t = truth(ip, ip.call(predicate, [items[n]!]));
    if (t === null) return notKnown();
    if (!t) break;
  }
  return iterator(take ? items.slice(0, n) : items.slice(n));
}

export function itertools(): [string, Value][] {
  const entries = natives(ITERTOOLS, false);
  const chain = entries.find(([name]) => name === 'chain')![1];
  chain.attributes = new Map(
    natives(
      {
        from_iterable: [
          'iterable',
          (ip, { iterable }) => {
            const parts = elementsOf(ip, iterable!)?.map((v) => elementsOf(ip, v));
            return !parts || parts.includes(null) ? notKnown() : iterator(parts.flatMap((p) => p!));
          },
        ],
      },
      false,
    ),
  );
  return entries;
}

const OPERATORS: Readonly<Record<string, BinaryOperator>> = {
  add: '+',
  sub: '-',
  mul: '*',
  truediv: '/',
  floordiv: '//',
  mod: '%',
  pow: '**',
  matmul: '@',
  and_: '&',
  or_: '|',
  xor: '^',
};

export function operator(): [string, Value][] {
  const table: Record<string, NativeTable[string]> = {
    neg: ['a', (ip, { a }) => unary(ip, '-', a!)],
    getitem: ['a, b', (ip, { a, b }) => getItem(ip, a!, b!)],
    itemgetter: [
      '*items',
      (_, { items }) =>
        builtin<Interpreter>('itemgetter', (ip, { positional: [v] }) => pick(ip, v!, asItems(items)!), false),
    ],
    attrgetter: [
      'name',
      (_, { name }) =>
        builtin<Interpreter>(
          'attrgetter',
          (ip, { positional: [v] }) =>
            (asString(name) ?? '').split('.').reduce((o, part) => getAttribute(ip, o, part), v!),
          false,
        ),
    ],
  };
  for (const [name, op] of Object.entries(OPERATORS)) table[name] = ['a, b', (ip, { a, b }) => binary(ip, op, a!, b!)];
  for (const [name, op] of [
    ['lt', '<'],
    ['le', '<='],
    ['gt', '>'],
    ['ge', '>='],
    ['eq', '=='],
    ['ne', '!='],
  ] as const) {
    table[name] = ['a, b', (ip, { a, b }) => compareValues(ip, op, a!, b!)];
  }
  return natives(table, false);
}

const pick = (ip: Interpreter, v: Value, items: readonly Value[]): Value =>
  items.length === 1 ? getItem(ip, v, items[0]!) : tuple(items.map((i) => getItem(ip, v, i)));

/** copy.deepcopy: new containers and objects; modules get parameters of their own. */
export function deepCopy(value: Value, seen = new Map<Value, Value>()): Value {
  const known = seen.get(value);
  if (known) return known;
  const copyMap = <T extends Value>(from: Map<string, T>): Map<string, T> =>
    new Map([...from].map(([k, v]) => [k, deepCopy(v, seen) as T]));
  switch (value.kind) {
    case 'list': {
      const made: Value = { ...value, items: [] };
      seen.set(value, made);
      made.items = value.items.map((v) => deepCopy(v, seen));
      return made;
    }
    case 'tuple':
      return { ...value, items: value.items.map((v) => deepCopy(v, seen)) };
    case 'dict': {
      const made: Value = { ...value, entries: new Map() };
      seen.set(value, made);
      for (const [hash, e] of value.entries) made.entries.set(hash, { key: e.key, value: deepCopy(e.value, seen) });
      return made;
    }
    case 'set':
      return { ...value, entries: new Map(value.entries) };
    case 'tensor': {
      const made: Value = { ...value, parameter: value.parameter ? { ...value.parameter } : null };
      seen.set(value, made);
      return made;
    }
    case 'instance': {
      if (value.attributes.has('_name_')) return value;
      const made: InstanceValue = { ...value, attributes: new Map(), module: null };
      seen.set(value, made);
      made.attributes = copyMap(value.attributes);
      made.base = value.base && deepCopy(value.base, seen);
      if (value.module) {
        made.module = {
          parameters: copyMap(value.module.parameters),
          buffers: copyMap(value.module.buffers),
          children: copyMap(value.module.children),
          unknownChildren: value.module.unknownChildren,
        };
      }
      return made;
    }
    default:
      return value;
  }
}

export const copy = (): [string, Value][] =>
  natives(
    {
      deepcopy: ['value, memo=None', (_, { value }) => deepCopy(value!)],
      copy: [
        'value',
        (_, { value }) => {
          const v = value!;
          if (v.kind === 'list') return { ...v, items: [...v.items] };
          if (v.kind === 'dict') return { ...v, entries: new Map(v.entries) };
          if (v.kind === 'set') return { ...v, entries: new Map(v.entries) };
          if (v.kind === 'instance')
            return {
              ...v,
              attributes: new Map(v.attributes),
              module: v.module && {
                parameters: new Map(v.module.parameters),
                buffers: new Map(v.module.buffers),
                children: new Map(v.module.children),
                unknownChildren: v.module.unknownChildren,
              },
            };
          return v;
        },
      ],
    },
    false,
  );
