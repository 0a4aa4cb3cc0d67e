// Python's built-in types: int, str, list, … as classes, with what calling them makes.

import { callMethod, findMethod } from '../interp/attributes.ts';
import { classesBeingMade, completeClass, makeInstance, newObject } from '../interp/classes.ts';
import { bytes } from '../interp/expressions.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import { native } from '../interp/native.ts';
import { wholeNumber } from '../interp/symbolicFloat.ts';
import { repr, text } from '../interp/text.ts';
import { truth } from '../interp/truth.ts';
import {
  asDim,
  asNumber,
  bool,
  builtin,
  classValue,
  dict,
  float,
  hashOf,
  instance,
  int,
  isNone,
  list,
  NONE,
  putEntry,
  set,
  str,
  tuple,
  unknown,
} from '../values/make.ts';
import type { Arguments, ClassValue, DictValue, Value } from '../values/value.ts';

export const OBJECT = classValue('object', []);
OBJECT.dict.set(
  '__init__',
  builtin('object.__init__', () => NONE),
);
OBJECT.dict.set(
  '__new__',
  builtin<Interpreter>(
    'object.__new__',
    (ip, { positional: [cls] }) => (cls?.kind === 'class' ? newObject(ip, cls) : unknown('a class that is not known')),
    false,
  ),
);
OBJECT.dict.set(
  '__init_subclass__',
  builtin('object.__init_subclass__', () => NONE),
);

type Make = (ip: Interpreter, args: Arguments) => Value;

/** A built-in type. A class of the user's that extends it becomes an instance that wraps the value. */
function type(name: string, make: Make, base: ClassValue = OBJECT): ClassValue {
  const cls: ClassValue = classValue(name, [base]);
  cls.dict.set(
    '__new__',
    builtin<Interpreter>(
      `${name}.__new__`,
      (ip, args) => {
        const [asked, ...rest] = args.positional;
        if (asked === cls || asked?.kind !== 'class') return make(ip, { positional: rest, keywords: args.keywords });
        const made = instance(asked);
        made.base = make(ip, {
          positional: asked.dict.has('__init__') && name !== 'tuple' && name !== 'str' ? [] : rest,
          keywords: asked.dict.has('__init__') ? null : args.keywords,
        });
        return made;
      },
      false,
    ),
  );
  // A subclass's super().__init__(…) fills the wrapped value.
  cls.dict.set(
    '__init__',
    builtin<Interpreter>(`${name}.__init__`, (ip, args) => {
      const [self, ...rest] = args.positional;
      if (
        self?.kind === 'instance' &&
        self.base &&
        (rest.length > 0 || args.keywords?.size) &&
        (self.base.kind === 'list' || self.base.kind === 'dict' || self.base.kind === 'set')
      ) {
        self.base = make(ip, { positional: rest, keywords: args.keywords });
      }
      return NONE;
    }),
  );
  return cls;
}

const notKnown = (what: string): Value => unknown(`${what} of a value that is not known`);

export const INT = type('int', (ip, { positional: [value, second], keywords }) => {
  const radix = second ?? keywords?.get('base');
  if (value === undefined) return int(0);
  if (value.kind === 'unknown') {
    const whole = wholeNumber(value, 'floor');
    return whole === null ? value : int(whole);
  }
  if (value.kind === 'float')
    return Number.isFinite(value.value)
      ? int(Math.trunc(value.value))
      : ip.raise('ValueError', 'cannot convert float to integer');
  if (value.kind === 'str') {
    const base = radix ? asNumber(radix) : 10;
    const n = base === null ? null : parseWhole(value.value, base);
    if (n === null) return ip.raise('ValueError', `invalid literal for int() with base ${base}: ${repr(ip, value)}`);
    return Number.isSafeInteger(n) ? int(n) : unknown('a whole number too large to be exact');
  }
  for (const name of ['__int__', '__index__', '__trunc__'])
    if (value.kind === 'instance' && findMethod(ip, value, name)) return callMethod(ip, value, name, []);
  const n = value.kind === 'tensor' ? asNumber(value) : null;
  if (n !== null) return int(Math.trunc(n));
  const d = asDim(value);
  if (d !== null) return int(d);
  return value.kind === 'none' || value.kind === 'list' || value.kind === 'dict' || value.kind === 'tuple'
    ? ip.raise(
        'TypeError',
        `int() argument must be a string, a bytes-like object or a real number, not '${ip.library.typeOf(value).name}'`,
      )
    : notKnown('int()');
});
const PREFIXES: Readonly<Record<number, string>> = { 16: '0x', 8: '0o', 2: '0b' };

/** int(text, base); null where the text is no such number. */
function parseWhole(text: string, base: number): number | null {
  const m = /^\s*([-+]?)(0[xXoObB])?([0-9a-zA-Z](?:_?[0-9a-zA-Z])*)\s*$/.exec(text);
  if (!m) return null;
  const [, sign, prefix = '', digits] = m;
  const named = Object.entries(PREFIXES).find(([, p]) => p === prefix.toLowerCase());
  const radix = base === 0 ? (named ? Number(named[0]) : 10) : base;
  // `0b1` is a number of base 16 too.
  const whole = prefix && named && Number(named[0]) === radix ? digits! : prefix + digits!;
  let n = 0;
  for (const c of whole.replaceAll('_', '')) {
    const digit = Number.parseInt(c, 36);
    if (Number.isNaN(digit) || digit >= radix) return null;
    n = n * radix + digit;
  }
  return sign === '-' ? -n : n;
}

export const BOOL = type(
  'bool',
  (ip, { positional: [value] }) => {
    const t = value === undefined ? false : truth(ip, value);
    return t === null ? notKnown('bool()') : bool(t);
  },
  INT,
);
export const FLOAT = type('float', (ip, { positional: [value] }) => {
  if (value === undefined) return float(0);
  if (value.kind === 'str') {
    const t = value.value
      .trim()
      .toLowerCase()
      .replaceAll(/(?<=\d)_(?=\d)/g, '');
    const endless = /^([-+]?)inf(?:inity)?$/.exec(t);
    const n = endless
      ? endless[1] === '-'
        ? Number.NEGATIVE_INFINITY
        : Number.POSITIVE_INFINITY
      : /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/.test(t)
        ? Number(t)
        : Number.NaN;
    return Number.isNaN(n) && !/^[-+]?nan$/.test(t)
      ? ip.raise('ValueError', `could not convert string to float: '${value.value}'`)
      : float(n);
  }
  if (value.kind === 'instance' && findMethod(ip, value, '__float__')) return callMethod(ip, value, '__float__', []);
  const n = asNumber(value);
  return n === null ? notKnown('float()') : float(n);
});
export const COMPLEX = type('complex', () => notKnown('complex()'));
export const STR = type('str', (ip, { positional: [given], keywords }) => {
  const value = given ?? keywords?.get('object');
  const s = value === undefined ? '' : text(ip, value);
  return s === null ? notKnown('str()') : str(s);
});
export const BYTES = type('bytes', (ip, { positional: [value] }) => {
  if (value?.kind === 'str') return bytes(ip, String.fromCharCode(...new TextEncoder().encode(value.value)));
  const items = value === undefined ? [] : value.kind === 'int' ? null : elementsOf(ip, value);
  const made = bytes(ip, '');
  if (!items || made.kind !== 'instance') return notKnown('bytes()');
  return { ...made, base: tuple(items) };
});
export const LIST = type('list', (ip, { positional: [value] }) => {
  if (value === undefined) return ip.registries.note(ip, list([]));
  const items = elementsOf(ip, value);
  return items ? list([...items]) : { kind: 'list', items: [], unknown: 'what it is made from is not known' };
});
export const TUPLE = type('tuple', (ip, { positional: [value] }) => {
  if (value === undefined) return tuple([]);
  const items = elementsOf(ip, value);
  return items ? tuple([...items]) : notKnown('tuple()');
});
export const DICT = type('dict', (ip, args) => ip.registries.note(ip, makeDict(ip, args)));
DICT.dict.set('fromkeys', {
  kind: 'classmethod',
  function: native('fromkeys', 'cls, iterable, value=None', (ip, { iterable, value }) => {
    const d = dict();
    const items = elementsOf(ip, iterable!);
    if (!items) d.unknown = 'what it is made from is not known';
    for (const item of items ?? []) if (!putEntry(d, item, value!)) d.unknown = 'a key is not known';
    return d;
  }),
});
export const SET = type('set', (ip, { positional: [value] }) => {
  if (value === undefined) return ip.registries.note(ip, set([]));
  const items = elementsOf(ip, value);
  return items ? set(items) : notKnown('set()');
});
export const FROZENSET = type('frozenset', (ip, { positional: [value] }) => {
  const items = value === undefined ? [] : elementsOf(ip, value);
  return items ? set(items) : notKnown('frozenset()');
});
export const RANGE = type('range', (ip, { positional }) => {
  const odd = positional.find((v) => v.kind === 'float' || v.kind === 'str' || v.kind === 'none');
  if (odd) return ip.raise('TypeError', `'${ip.library.typeOf(odd).name}' object cannot be interpreted as an integer`);
  const parts = positional.map((v) => asDim(v));
  if (parts.some((p) => p === null) || parts.length === 0) return notKnown('range()');
  const [a, b, c] = parts as number[];
  if (c === 0) return ip.raise('ValueError', 'range() arg 3 must not be zero');
  return { kind: 'range', start: parts.length === 1 ? 0 : a!, stop: parts.length === 1 ? a! : b!, step: c ?? 1 };
});
export const SLICE = type('slice', (_ip, { positional: p }) =>
  p.length === 1
    ? { kind: 'slice', start: NONE, stop: p[0]!, step: NONE }
    : { kind: 'slice', start: p[0] ?? NONE, stop: p[1] ?? NONE, step: p[2] ?? NONE },
);
export const NONE_TYPE = classValue('NoneType', [OBJECT]);
export const FUNCTION = classValue('function', [OBJECT]);
export const BUILTIN_FUNCTION = classValue('builtin_function_or_method', [OBJECT]);
export const METHOD = classValue('method', [OBJECT]);
export const MODULE = classValue('module', [OBJECT]);
export const GENERATOR = classValue('generator', [OBJECT]);
export const ELLIPSIS_TYPE = classValue('ellipsis', [OBJECT]);
export const TYPE = classValue('type', [OBJECT]);
TYPE.dict.set(
  '__init__',
  builtin('type.__init__', () => NONE),
);
TYPE.dict.set(
  '__call__',
  builtin<Interpreter>('type.__call__', (ip, { positional: [cls, ...rest], keywords }) =>
    cls?.kind === 'class' ? makeInstance(ip, cls, { positional: rest, keywords }) : notKnown('a class'),
  ),
);
export const OPAQUE = classValue('opaque', [OBJECT], [], { unknownBase: 'a type that is not known' });
TYPE.dict.set(
  '__new__',
  native(
    'type.__new__',
    'cls, value, bases=None, namespace=None, **keywords',
    (ip, { cls, value, bases, namespace, keywords }) => {
      if (isNone(bases)) return ip.library.typeOf(value!);
      const known = classesBeingMade.get(namespace!);
      if (known) return known;
      void cls;
      const parents = bases!.kind === 'tuple' ? bases!.items.filter((b): b is ClassValue => b.kind === 'class') : [];
      const entries =
        namespace!.kind === 'dict'
          ? [...namespace!.entries.values()].map((e) => [e.key.kind === 'str' ? e.key.value : '', e.value] as const)
          : [];
      const given = keywords!.kind === 'dict' ? [...keywords!.entries.values()] : [];
      const made = classValue(
        value!.kind === 'str' ? value!.value : 'type',
        parents.length > 0 ? parents : [OBJECT],
        entries,
        { module: ip.frame?.module.name ?? 'builtins' },
      );
      const words = new Map(given.flatMap((e) => (e.key.kind === 'str' ? [[e.key.value, e.value] as const] : [])));
      return completeClass(ip, made, words);
    },
    false,
  ),
);

/** dict(mapping or pairs, **entries). */
export function makeDict(ip: Interpreter, args: Arguments): DictValue {
  const d = dict();
  const from = args.positional[0];
  if (from) update(ip, d, from);
  for (const [name, value] of args.keywords ?? []) {
    if (name === '**') d.unknown = 'what is unpacked into it is not known';
    else d.entries.set(hashOf(str(name))!, { key: str(name), value });
  }
  return d;
}

/** d.update(other) */
export function update(ip: Interpreter, d: DictValue, other: Value): void {
  const source = other.kind === 'instance' && other.base ? other.base : other;
  if (source.kind === 'dict') {
    ip.registries.complete(ip, source);
    for (const entry of source.entries.values()) putEntry(d, entry.key, entry.value);
    d.unknown ??= source.unknown;
    return;
  }
  if (source.kind === 'instance' && source.module) {
    for (const [name, child] of source.module.children)
      d.entries.set(hashOf(str(name))!, { key: str(name), value: child });
    return;
  }
  const pairs = elementsOf(ip, source);
  if (!pairs) {
    d.unknown = 'what it is made from is not known';
    return;
  }
  for (const pair of pairs) {
    const parts = elementsOf(ip, pair);
    if (!parts?.[0] || !parts[1] || !putEntry(d, parts[0], parts[1])) d.unknown = 'a key is not known';
  }
}

/** type(value), for values that no library owns. */
export function typeOfPlain(value: Value): ClassValue {
  switch (value.kind) {
    case 'none':
      return NONE_TYPE;
    case 'bool':
      return BOOL;
    case 'int':
      return INT;
    case 'float':
      return FLOAT;
    case 'str':
      return STR;
    case 'list':
      return LIST;
    case 'tuple':
      return value.cls ?? TUPLE;
    case 'dict':
      return value.cls ?? DICT;
    case 'set':
      return SET;
    case 'range':
      return RANGE;
    case 'slice':
      return SLICE;
    case 'ellipsis':
      return ELLIPSIS_TYPE;
    case 'iterator':
      return GENERATOR;
    case 'function':
      return FUNCTION;
    case 'builtin':
      return BUILTIN_FUNCTION;
    case 'method':
      return METHOD;
    case 'class':
      return TYPE;
    case 'instance':
      return value.cls;
    case 'module':
      return MODULE;
    case 'super':
      return value.after;
    default:
      return OPAQUE;
  }
}
