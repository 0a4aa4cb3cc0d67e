// Python's built-in functions: len, range, zip, isinstance, getattr, super, ….

import * as dims from '../dims/dim.ts';
import {
  callMethod,
  deleteAttribute,
  findAttribute,
  findMethod,
  getAttribute,
  hasAttribute,
  setAttribute,
} from '../interp/attributes.ts';
import { lookUp } from '../interp/expressions.ts';
import { repr } from '../interp/format.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf, repeatedElement, repeatedList } from '../interp/iteration.ts';
import { type NativeTable, natives } from '../interp/native.ts';
import { binary } from '../interp/operators.ts';
import { compareValues, isInstance, truth } from '../interp/truth.ts';
import {
  asDim,
  asItems,
  asNumber,
  asString,
  bool,
  builtin,
  float,
  identityOf,
  int,
  isNone,
  isSubclass,
  iterator,
  list,
  NONE,
  NOT_IMPLEMENTED,
  str,
  tuple,
  unknown,
} from '../values/make.ts';
import type { BuiltinValue, ClassValue, Lazy, Value } from '../values/value.ts';
import { sorted } from './containers.ts';
import { EXCEPTIONS } from './exceptions.ts';
import * as types from './types.ts';

const notKnown = (): Value => unknown('it depends on values that are not known');
const known = (b: boolean | null): Value => (b === null ? notKnown() : bool(b));

/** len(value); null where it is not known. */
export function lengthOf(ip: Interpreter, value: Value): Value {
  switch (value.kind) {
    case 'list':
      if (value.repeat) return int(value.repeat.count);
      return value.unknown !== null ? unknown(value.unknown) : int(value.items.length);
    case 'str':
      return int([...value.value].length);
    case 'dict':
    case 'set':
      if (value.entries.size === 0 && ip.runPendingDefinitions()) return lengthOf(ip, value);
      return value.unknown !== null ? unknown(value.unknown) : int(value.entries.size);
    case 'range': {
      const n = dims.isExact(value.step) && value.step === 1 ? dims.sub(value.stop, value.start) : null;
      return n !== null && !dims.isExact(n) ? int(n) : int((asItems(value) ?? []).length);
    }
    case 'tensor': {
      const first = value.shape?.[0];
      return first === undefined || first === null ? unknown('the number of rows is not known') : int(first);
    }
    case 'instance':
      if (findMethod(ip, value, '__len__')) return callMethod(ip, value, '__len__', []);
      return value.base ? lengthOf(ip, value.base) : unknown(`len() of ${value.cls.name} is not known`);
    case 'class': {
      const members = value.dict.get('__members__');
      return members?.kind === 'dict' ? int(members.entries.size) : notKnown();
    }
    case 'unknown':
      return value;
    default: {
      const items = asItems(value);
      return items ? int(items.length) : unknown('its length is not known');
    }
  }
}

/** min and max: over one iterable or several arguments, by key. */
function extreme(ip: Interpreter, args: Value, key: Value, fallback: Value, largest: boolean): Value {
  const given = asItems(args) ?? [];
  const items = given.length === 1 ? elementsOf(ip, given[0]!) : given;
  if (!items) return notKnown();
  if (items.length === 0) return isNone(fallback) ? ip.raise('ValueError', 'arg is an empty sequence') : fallback;
  let best = items[0]!;
  for (const item of items.slice(1)) {
    const [a, b] = [best, item].map((v) => (isNone(key) ? v : ip.call(key, [v]))) as [Value, Value];
    const t = truth(ip, compareValues(ip, largest ? '<' : '>', a, b));
    if (t === null) {
      const x = asDim(a);
      const y = asDim(b);
      if (x === null || y === null || !isNone(key)) return notKnown();
      best = int(largest ? dims.maximum(x, y) : dims.minimum(x, y));
    } else if (t) best = item;
  }
  return best;
}

function* zipped(sources: readonly (readonly Value[])[], longest: boolean, fill: Value): Generator<Value> {
  const n =
    sources.length === 0
      ? 0
      : longest
        ? Math.max(...sources.map((s) => s.length))
        : Math.min(...sources.map((s) => s.length));
  for (let i = 0; i < n; i++) yield tuple(sources.map((s) => s[i] ?? fill));
}

/** zip over iterables, of which some may be endless iterators (itertools.count). */
export function zip(ip: Interpreter, iterables: readonly Value[], longest = false, fill: Value = NONE): Value {
  const rows = iterables.map((v) => repeatedElement(ip, v));
  const [first] = rows;
  if (first && !rows.includes(null)) return repeatedList(tuple(rows.map((r) => r!.item)), first.count);
  const endless = iterables.filter((v) => v.kind === 'iterator');
  if (endless.length > 0 && !longest) {
    // Iterators are read in step with the others, so that an endless one is no trap.
    const pulls = iterables.map((v) => {
      if (v.kind === 'iterator') return v.next;
      const items = elementsOf(ip, v);
      let i = 0;
      return items ? () => items[i++] ?? null : null;
    });
    if (pulls.includes(null)) return notKnown();
    return {
      kind: 'iterator',
      next: () => {
        const row: Value[] = [];
        for (const pull of pulls) {
          const v = pull!();
          if (v === null) return null;
          row.push(v);
        }
        return tuple(row);
      },
    };
  }
  const sources = iterables.map((v) => elementsOf(ip, v));
  return sources.includes(null) ? notKnown() : iterator(zipped(sources as (readonly Value[])[], longest, fill));
}

function superOf(ip: Interpreter, args: readonly Value[]): Value {
  const [cls, self] = args;
  if (cls?.kind === 'class' && self) return { kind: 'super', after: cls, self };
  let frame = ip.frame;
  // Comprehensions and lambdas look through to the method that holds them.
  while (frame && !frame.function?.owner) frame = frame.caller;
  const owner = frame?.function?.owner;
  const first = frame?.function?.code.params[0];
  const receiver = first ? frame!.scope.variables.get(first.name) : undefined;
  if (!owner || !receiver || receiver.kind === 'lazy') return unknown('super() outside a method');
  return { kind: 'super', after: owner, self: receiver };
}

const TABLE: NativeTable = {
  len: ['value', (ip, { value }) => lengthOf(ip, value!)],
  print: ['*values, sep=" ", end="", file=None, flush=False', () => NONE],
  isinstance: ['value, cls', (ip, { value, cls }) => known(isInstance(ip, value!, cls!))],
  issubclass: [
    'cls, of',
    (_, { cls, of }) => {
      const all = of!.kind === 'tuple' ? of!.items : [of!];
      if (cls!.kind !== 'class' || !all.every((c) => c.kind === 'class')) return notKnown();
      return bool(all.some((c) => isSubclass(cls as ClassValue, c as ClassValue)));
    },
  ],
  callable: ['value', (ip, { value }) => callable(ip, value!)],
  hasattr: [
    'value, name',
    (ip, { value, name }) => known(asString(name) === null ? null : hasAttribute(ip, value!, asString(name)!)),
  ],
  getattr: [
    'value, name, *default',
    (ip, { value, name, default: fallback }) => {
      const attribute = asString(name);
      if (attribute === null) return notKnown();
      const [other] = asItems(fallback) ?? [];
      if (!other) return getAttribute(ip, value!, attribute);
      const there = hasAttribute(ip, value!, attribute);
      return there === null ? notKnown() : there ? getAttribute(ip, value!, attribute) : other;
    },
  ],
  setattr: [
    'target, name, value',
    (ip, { target, name, value }) => {
      const attribute = asString(name);
      if (attribute !== null) setAttribute(ip, target!, attribute, value!);
      return NONE;
    },
  ],
  delattr: [
    'target, name',
    (ip, { target, name }) => {
      deleteAttribute(ip, target!, asString(name) ?? '');
      return NONE;
    },
  ],
  enumerate: [
    'iterable, start=0',
    (ip, { iterable, start }) => {
      const from = asDim(start) ?? 0;
      if (iterable!.kind === 'iterator') {
        let i = 0;
        const { next } = iterable!;
        return { kind: 'iterator', next: () => ((v) => v && tuple([int(dims.add(from, i++)), v]))(next()) };
      }
      const items = elementsOf(ip, iterable!);
      return items ? iterator(items.map((v, i) => tuple([int(dims.add(from, i)), v]))) : notKnown();
    },
  ],
  zip: ['*iterables, strict=False', (ip, { iterables }) => zip(ip, asItems(iterables) ?? [])],
  map: [
    'function, *iterables',
    (ip, { function: f, iterables }) => {
      const rows = elementsOf(ip, zip(ip, asItems(iterables) ?? []));
      return rows ? iterator(rows.map((row) => ip.call(f!, asItems(row)!))) : notKnown();
    },
  ],
  filter: [
    'function, iterable',
    (ip, { function: f, iterable }) => {
      const items = elementsOf(ip, iterable!);
      if (!items) return notKnown();
      const kept: Value[] = [];
      for (const v of items) {
        const t = truth(ip, isNone(f) ? v : ip.call(f!, [v]));
        if (t === null) return notKnown();
        if (t) kept.push(v);
      }
      return iterator(kept);
    },
  ],
  reversed: [
    'iterable',
    (ip, { iterable }) => {
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
  min: ['*args, key=None, default=None', (ip, a) => extreme(ip, a['args']!, a['key']!, a['default']!, false)],
  max: ['*args, key=None, default=None', (ip, a) => extreme(ip, a['args']!, a['key']!, a['default']!, true)],
  any: ['iterable', (ip, { iterable }) => quantify(ip, iterable!, true)],
  all: ['iterable', (ip, { iterable }) => quantify(ip, iterable!, false)],
  abs: [
    'value',
    (ip, { value }) => {
      if (value!.kind === 'tensor') return ip.library.tensorBinary(ip, 'abs', value!, value!);
      if (value!.kind === 'float') return float(Math.abs(value!.value));
      const d = asDim(value);
      return d === null
        ? notKnown()
        : dims.isExact(d)
          ? int(Math.abs(d))
          : dims.bounds(d).low >= 0
            ? int(d)
            : notKnown();
    },
  ],
  round: ['value, digits=None', (_, { value, digits }) => rounded(value!, digits!)],
  divmod: ['a, b', (ip, { a, b }) => tuple([binary(ip, '//', a!, b!), binary(ip, '%', a!, b!)])],
  pow: ['a, b, mod=None', (ip, { a, b }) => binary(ip, '**', a!, b!)],
  iter: [
    'value, sentinel=None',
    (ip, { value }) => {
      if (value!.kind === 'iterator') return value!;
      const items = elementsOf(ip, value!);
      return items ? iterator(items) : notKnown();
    },
  ],
  next: [
    'iterator, *default',
    (ip, { iterator: it, default: fallback }) => {
      if (it!.kind === 'instance') return callMethod(ip, it!, '__next__', []);
      if (it!.kind !== 'iterator') return notKnown();
      return it!.next() ?? asItems(fallback)?.[0] ?? ip.raise('StopIteration', '');
    },
  ],
  id: ['value', (_, { value }) => int(identityOf(value!))],
  hash: ['value', (_, { value }) => int(identityOf(value!))],
  repr: [
    'value',
    (ip, { value }) => {
      const s = repr(ip, value!);
      return s === null ? notKnown() : str(s);
    },
  ],
  ord: ['value', (_, { value }) => int(asString(value)?.codePointAt(0) ?? 0)],
  chr: ['value', (_, { value }) => str(String.fromCodePoint(asNumber(value) ?? 63))],
  vars: [
    'value=None',
    (ip, { value }) => (isNone(value) ? notKnown() : (findAttribute(ip, value!, '__dict__') ?? notKnown())),
  ],
  dir: ['value=None', () => unknown('dir() is not followed')],
  globals: ['', (ip) => namespace(ip)],
  locals: ['', () => unknown('locals() is not followed')],
  eval: ['source, globals=None, locals=None', (ip, { source }) => evaluateName(ip, source!)],
  open: ['*args, **kwargs', () => unknown('what a file holds')],
  input: ['prompt=""', () => unknown('what somebody types')],
  __import__: [
    'name',
    (ip, { name }) => ip.loader.load(ip, asString(name) ?? '') ?? unknown('this module was not found'),
  ],
};

function quantify(ip: Interpreter, iterable: Value, looking: boolean): Value {
  const items = elementsOf(ip, iterable);
  if (!items) return notKnown();
  let open = false;
  for (const v of items) {
    const t = truth(ip, v);
    if (t === looking) return bool(looking);
    if (t === null) open = true;
  }
  return open ? notKnown() : bool(!looking);
}

function callable(ip: Interpreter, value: Value): Value {
  switch (value.kind) {
    case 'function':
    case 'builtin':
    case 'method':
    case 'class':
      return bool(true);
    case 'instance':
      return bool(value.module !== null || findMethod(ip, value, '__call__') !== null);
    case 'unknown':
      return notKnown();
    default:
      return bool(false);
  }
}

/** Python rounds halves to even. */
function rounded(value: Value, digits: Value): Value {
  const x = asNumber(value);
  if (x === null) return value.kind === 'int' ? value : notKnown();
  const scale = 10 ** (asNumber(digits) ?? 0);
  const scaled = x * scale;
  const low = Math.floor(scaled);
  const half = scaled - low === 0.5;
  const r = (half ? (low % 2 === 0 ? low : low + 1) : Math.round(scaled)) / scale;
  return isNone(digits) ? int(r) : float(r);
}

function namespace(ip: Interpreter): Value {
  const { variables } = ip.frame!.module;
  const d: Value = { kind: 'dict', entries: new Map(), unknown: null, cls: null, factory: null };
  for (const name of [...variables.keys()])
    d.entries.set(`'${name}`, { key: str(name), value: ip.read(variables, name)! });
  return d;
}

/** eval() of a plain dotted name, as configurations use it; anything longer is not followed. */
function evaluateName(ip: Interpreter, source: Value): Value {
  const text = asString(source)?.trim();
  if (!text || !/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(text)) return unknown('eval() of more than a name');
  const [first, ...rest] = text.split('.');
  return rest.reduce((v, name) => getAttribute(ip, v, name), lookUp(ip, first!));
}

function property(): BuiltinValue {
  return builtin<Interpreter>('property', (_, { positional: [get, set], keywords }) => ({
    kind: 'property',
    get: get ?? keywords?.get('fget') ?? NONE,
    set: set ?? keywords?.get('fset') ?? null,
  }));
}

/** Every name that Python knows without an import. */
export function pythonBuiltins(): Map<string, Value | Lazy> {
  const names = new Map<string, Value | Lazy>(natives(TABLE, false));
  for (const [name, cls] of EXCEPTIONS) names.set(name, cls);
  for (const cls of [
    types.OBJECT,
    types.INT,
    types.BOOL,
    types.FLOAT,
    types.COMPLEX,
    types.STR,
    types.BYTES,
    types.LIST,
    types.TUPLE,
    types.DICT,
    types.SET,
    types.FROZENSET,
    types.RANGE,
    types.SLICE,
    types.TYPE,
  ]) {
    names.set(cls.name, cls);
  }
  names.set(
    'super',
    builtin<Interpreter>('super', (ip, { positional }) => superOf(ip, positional)),
  );
  names.set('property', property());
  names.set(
    'staticmethod',
    builtin<Interpreter>('staticmethod', (_, { positional: [f] }) => ({ kind: 'staticmethod', function: f ?? NONE })),
  );
  names.set(
    'classmethod',
    builtin<Interpreter>('classmethod', (_, { positional: [f] }) => ({ kind: 'classmethod', function: f ?? NONE })),
  );
  names.set('NotImplemented', NOT_IMPLEMENTED);
  names.set('Ellipsis', { kind: 'ellipsis' });
  names.set('__debug__', bool(true));
  return names;
}
