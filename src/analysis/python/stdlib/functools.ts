// functools: partial, wraps, lru_cache, reduce, cached_property, total_ordering, singledispatch, cmp_to_key.

import { getAttribute, lookInClass, setAttribute } from '../../interp/attributes.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { elementsOf } from '../../interp/iteration.ts';
import { type NativeTable, native, natives } from '../../interp/native.ts';
import { truth, valuesEqual } from '../../interp/truth.ts';
import {
  asItems,
  asNumber,
  bool,
  builtin,
  classValue,
  dict,
  hashOf,
  instance,
  NONE,
  str,
  tuple,
  unknown,
} from '../../values/make.ts';
import type { Arguments, BuiltinValue, ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { OBJECT } from '../types.ts';

const notKnown = (): Value => unknown('it runs over something that is not known');

/** functools.partial: remembers arguments. A partial of a partial is one of the function underneath. */
export const PARTIAL: ClassValue = classValue('partial', [OBJECT], [], { module: 'functools' });

interface Partial {
  f: Value;
  args: readonly Value[];
  keywords: Map<string, Value>;
}

function partialOf(v: Value | undefined): Partial | null {
  if (v?.kind !== 'instance' || !v.cls.mro.includes(PARTIAL)) return null;
  const keywords = v.attributes.get('keywords');
  return {
    f: v.attributes.get('func') ?? NONE,
    args: asItems(v.attributes.get('args')) ?? [],
    keywords: new Map(
      keywords?.kind === 'dict'
        ? [...keywords.entries.values()].flatMap((e) => (e.key.kind === 'str' ? [[e.key.value, e.value] as const] : []))
        : [],
    ),
  };
}

const merged = (p: Partial, later: Arguments, first: readonly Value[] = []): Arguments => ({
  positional: [...first, ...p.args, ...later.positional],
  keywords: p.keywords.size > 0 || later.keywords ? new Map([...p.keywords, ...(later.keywords ?? [])]) : null,
});

function makePartial(cls: ClassValue, args: Arguments): Value {
  const [f, ...rest] = args.positional;
  const inner = partialOf(f);
  const all = inner
    ? merged(inner, { positional: rest, keywords: args.keywords })
    : { positional: rest, keywords: args.keywords };
  return instance(cls, [
    ['func', inner?.f ?? f ?? NONE],
    ['args', tuple(all.positional)],
    ['keywords', dict([...(all.keywords ?? [])].map(([k, v]) => [str(k), v] as const))],
  ]);
}

PARTIAL.dict.set(
  '__new__',
  builtin(
    'partial',
    (_, { positional: [cls, ...args], keywords }) => makePartial(cls as ClassValue, { positional: args, keywords }),
    false,
  ),
);
PARTIAL.dict.set(
  '__call__',
  builtin<Interpreter>('partial.__call__', (ip, { positional: [self, ...later], keywords }) => {
    const p = partialOf(self);
    if (!p) return unknown('a partial that is not known');
    const all = merged(p, { positional: later, keywords });
    return ip.call(p.f, all.positional, all.keywords);
  }),
);

/** A method with arguments filled in. */
const partialMethod = builtin<Interpreter>(
  'partialmethod',
  (_, { positional: [f, ...args], keywords }) =>
    builtin<Interpreter>('partialmethod', (ip, { positional: [self, ...later], keywords: more }) => {
      const p = { f: f!, args, keywords: keywords ?? new Map<string, Value>() };
      const all = merged(p, { positional: later, keywords: more }, [self!]);
      return ip.call(f!, all.positional, all.keywords);
    }),
  false,
);

const sameFunction = (name: string): BuiltinValue =>
  builtin<Interpreter>(name, (_, { positional: [f] }) => f ?? NONE, false);

/** What a decorator's result shows of the function underneath. */
function describeAs(ip: Interpreter, f: Value, wrapped: Value): void {
  setAttribute(ip, f, '__wrapped__', wrapped);
  for (const name of ['__name__', '__qualname__', '__doc__', '__module__']) {
    const isNamed = wrapped.kind === 'function' || wrapped.kind === 'builtin' || wrapped.kind === 'class';
    if (isNamed) setAttribute(ip, f, name, getAttribute(ip, wrapped, name));
  }
  if (wrapped.kind === 'function' && f.kind === 'function')
    for (const [name, value] of wrapped.attributes) if (!f.attributes.has(name)) setAttribute(ip, f, name, value);
}

const wraps = builtin<Interpreter>(
  'wraps',
  (_, { positional: [wrapped] }) =>
    builtin<Interpreter>(
      'wraps',
      (ip, { positional: [f] }) => {
        if (wrapped && (f?.kind === 'function' || f?.kind === 'instance')) describeAs(ip, f, wrapped);
        return f ?? NONE;
      },
      false,
    ),
  false,
);

/** The key of a call's arguments; null where one is not known or not hashable. */
function callKey(args: Arguments): string | null {
  const parts: (string | null)[] = args.positional.map(hashOf);
  for (const [name, value] of args.keywords ?? []) {
    const hash = hashOf(value);
    parts.push(hash === null ? null : `${name}=${hash}`);
  }
  return parts.includes(null) ? null : parts.join('\u0000');
}

/** The function, with the values that it gave kept: an exponential recursion takes no longer than in Python. */
function cached(ip: Interpreter, f: Value): Value {
  const values = new Map<string, Value>();
  const made = builtin<Interpreter>('lru_cache', (inner, args) => {
    const key = callKey(args);
    const known = key === null ? undefined : values.get(key);
    if (known) return known;
    const value = inner.call(f, args.positional, args.keywords);
    if (key !== null) values.set(key, value);
    return value;
  });
  describeAs(ip, made, f);
  made.attributes!.set(
    'cache_clear',
    builtin(
      'cache_clear',
      () => {
        values.clear();
        return NONE;
      },
      false,
    ),
  );
  return made;
}

/** @lru_cache, @lru_cache(maxsize=…) */
const cacheDecorator = builtin<Interpreter>(
  'lru_cache',
  (ip, { positional: [f] }) =>
    f && f.kind !== 'int' && f.kind !== 'none'
      ? cached(ip, f)
      : builtin<Interpreter>('lru_cache', (inner, { positional: [g] }) => cached(inner, g!), false),
  false,
);

/** Worked out once an instance, and kept among its attributes. */
const cachedProperty = builtin<Interpreter>(
  'cached_property',
  (_, { positional: [f] }) => {
    const name = f?.kind === 'function' ? f.name : '';
    const attributes = (self: Value | undefined) => (self as InstanceValue).attributes;
    return {
      kind: 'property',
      get: builtin<Interpreter>('cached_property', (ip, { positional: [self] }) => {
        const known = attributes(self).get(name);
        if (known) return known;
        const value = ip.call(f!, [self!]);
        ip.setVariable(attributes(self) as never, name, value);
        return value;
      }),
      set: builtin<Interpreter>('cached_property', (ip, { positional: [self, value] }) => {
        ip.setVariable(attributes(self) as never, name, value!);
        return NONE;
      }),
    };
  },
  false,
);

/** What each comparison is made of, from the one that a class has and ==. */
const DERIVED = {
  __lt__: { __gt__: ['not', 'not =='], __le__: ['', 'or =='], __ge__: ['not', ''] },
  __gt__: { __lt__: ['not', 'not =='], __ge__: ['', 'or =='], __le__: ['not', ''] },
  __le__: { __ge__: ['not', 'or =='], __lt__: ['', 'not =='], __gt__: ['not', ''] },
  __ge__: { __le__: ['not', 'or =='], __gt__: ['', 'not =='], __lt__: ['not', ''] },
} as const;

/** @total_ordering */
function totalOrdering(ip: Interpreter, cls: Value): Value {
  if (cls.kind !== 'class') return cls;
  const root = (Object.keys(DERIVED) as (keyof typeof DERIVED)[]).find((name) => cls.dict.has(name));
  if (!root) return cls;
  for (const [name, [negated, equality]] of Object.entries(DERIVED[root])) {
    if (lookInClass(ip, cls, name)) continue;
    cls.dict.set(
      name,
      builtin<Interpreter>(name, (inner, { positional: [a, b] }) => {
        const t = truth(inner, inner.call(lookInClass(inner, cls, root)!.value, [a!, b!]));
        const e = equality === '' ? true : valuesEqual(inner, a!, b!);
        if (t === null || e === null) return unknown('it depends on values that are not known');
        const base = negated === 'not' ? !t : t;
        if (equality === 'or ==') return bool(base || e);
        return bool(equality === 'not ==' ? base && !e : base);
      }),
    );
  }
  return cls;
}

/** @singledispatch: by the first argument's class. */
function singleDispatch(f: Value): Value {
  const registry: { cls: ClassValue; f: Value }[] = [];
  const made = builtin<Interpreter>('singledispatch', (ip, args) => {
    const [first] = args.positional;
    if (!first || first.kind === 'unknown') return unknown('which function is chosen is not known');
    ip.runPendingDefinitions();
    const { mro } = ip.library.typeOf(first);
    const chosen = mro.map((c) => registry.findLast((r) => r.cls === c)).find((r) => r);
    return ip.call(chosen?.f ?? f, args.positional, args.keywords);
  });
  const add = (cls: Value | undefined, g: Value): Value => {
    if (cls?.kind === 'class') registry.push({ cls, f: g });
    return g;
  };
  made.attributes = new Map<string, Value>([
    [
      'register',
      builtin<Interpreter>(
        'register',
        (_, { positional: [cls, g] }) => {
          if (g) return add(cls, g);
          return builtin<Interpreter>('register', (_ip, { positional: [h] }) => add(cls, h ?? NONE), false);
        },
        false,
      ),
    ],
    ['__wrapped__', f],
  ]);
  return made;
}

/** What cmp_to_key's function makes: objects that compare by the function. */
const KEY = classValue('K', [OBJECT], [], { module: 'functools' });
for (const [name, test] of [
  ['__lt__', (n: number) => n < 0],
  ['__gt__', (n: number) => n > 0],
  ['__le__', (n: number) => n <= 0],
  ['__ge__', (n: number) => n >= 0],
  ['__eq__', (n: number) => n === 0],
] as const) {
  KEY.dict.set(
    name,
    native(name, 'a, b', (ip, { a, b }) => {
      const [x, y] = [a, b].map((v) => (v?.kind === 'instance' ? v.attributes.get('obj') : undefined));
      const compare = a?.kind === 'instance' ? a.attributes.get('*compare') : undefined;
      const n = x && y && compare ? asNumber(ip.call(compare, [x, y])) : null;
      return n === null ? unknown('it depends on values that are not known') : bool(test(n));
    }),
  );
}

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
  cmp_to_key: [
    'function',
    (_, { function: f }) =>
      native(
        'K',
        'obj',
        (_ip, { obj }) =>
          instance(KEY, [
            ['obj', obj!],
            ['*compare', f!],
          ]),
        false,
      ),
  ],
  total_ordering: ['cls', (ip, { cls }) => totalOrdering(ip, cls!)],
  singledispatch: ['function', (_, { function: f }) => singleDispatch(f!)],
  update_wrapper: [
    'wrapper, wrapped, *rest',
    (ip, { wrapper, wrapped }) => {
      describeAs(ip, wrapper!, wrapped!);
      return wrapper!;
    },
  ],
};

export const functools = (): [string, Value][] => [
  ...natives(FUNCTOOLS, false),
  ['partial', PARTIAL],
  ['wraps', wraps],
  ['lru_cache', cacheDecorator],
  ['cache', cacheDecorator],
  ['singledispatchmethod', sameFunction('singledispatchmethod')],
  ['cached_property', cachedProperty],
  ['partialmethod', partialMethod],
];
