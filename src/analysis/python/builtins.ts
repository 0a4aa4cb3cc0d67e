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
import { evaluate } from '../interp/expressions.ts';
import { applySpec, repr } from '../interp/format.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { isException } from '../interp/iteration.ts';
import { namespaceOf } from '../interp/namespaces.ts';
import { type NativeTable, natives } from '../interp/native.ts';
import { roundTo } from '../interp/numberText.ts';
import { binary } from '../interp/operators.ts';
import { Raise } from '../interp/signals.ts';
import { runBlock } from '../interp/statements.ts';
import { ratioOf } from '../interp/symbolicFloat.ts';
import { isInstance } from '../interp/truth.ts';
import { UNFINISHED } from '../syntax/repair.ts';
import {
  asDim,
  asItems,
  asNumber,
  asString,
  bool,
  builtin,
  dict,
  float,
  identityOf,
  int,
  isNone,
  isSubclass,
  list,
  NONE,
  NOT_IMPLEMENTED,
  putEntry,
  str,
  tuple,
  unknown,
} from '../values/make.ts';
import type { BuiltinValue, ClassValue, DictValue, Lazy, Value } from '../values/value.ts';
import { EXCEPTIONS } from './exceptions.ts';
import { ITERABLES } from './iterables.ts';
import * as types from './types.ts';

const notKnown = (): Value => unknown('it depends on values that are not known');
const known = (b: boolean | null): Value => (b === null ? notKnown() : bool(b));

/** len(value); null where it is not known. */
export function lengthOf(ip: Interpreter, value: Value): Value {
  switch (value.kind) {
    case 'list':
      if (value.repeat) return int(value.repeat.count);
      ip.registries.complete(ip, value);
      return value.unknown !== null ? unknown(value.unknown) : int(value.items.length);
    case 'str':
      return int([...value.value].length);
    case 'dict':
    case 'set':
      ip.registries.complete(ip, value);
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

function superOf(ip: Interpreter, args: readonly Value[]): Value {
  const [cls, self] = args;
  if (cls?.kind === 'class' && self) return { kind: 'super', after: cls, self };
  let frame = ip.frame;
  // Comprehensions and lambdas look through to the method that holds them.
  while (frame && !frame.function?.owner) frame = frame.caller;
  const owner = frame?.function?.owner;
  const first = frame?.function?.code.params[0];
  let scope = frame?.scope;
  while (scope?.kind === 'comprehension' && scope.parent) scope = scope.parent;
  const receiver = first ? scope?.variables.get(first.name) : undefined;
  if (!owner || !receiver || receiver.kind === 'lazy') return unknown('super() outside a method');
  return { kind: 'super', after: owner, self: receiver };
}

const TABLE: NativeTable = {
  ...ITERABLES,
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
      return attributeOr(ip, value!, attribute, other);
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
  round: ['value, digits=None', (ip, { value, digits }) => rounded(ip, value!, digits!)],
  divmod: ['a, b', (ip, { a, b }) => tuple([binary(ip, '//', a!, b!), binary(ip, '%', a!, b!)])],
  pow: ['a, b, mod=None', (ip, { a, b, mod }) => (isNone(mod) ? binary(ip, '**', a!, b!) : powerModulo(a!, b!, mod!))],
  hex: ['value', (ip, { value }) => based(ip, value!, '#x')],
  oct: ['value', (ip, { value }) => based(ip, value!, '#o')],
  bin: ['value', (ip, { value }) => based(ip, value!, '#b')],
  format: [
    'value, spec=""',
    (ip, { value, spec }) => {
      const s = asString(spec) === null ? null : applySpec(ip, value!, asString(spec)!);
      return s === null ? notKnown() : str(s);
    },
  ],
  ascii: [
    'value',
    (ip, { value }) => {
      const s = repr(ip, value!);
      return textValue(s && s.replace(/[\u0080-\u{10ffff}]/gu, escaped));
    },
  ],
  id: ['value', (_, { value }) => int(identityOf(value!))],
  hash: [
    'value',
    (ip, { value }) => {
      if (value!.kind === 'int') return value!;
      if (value!.kind === 'instance' && findMethod(ip, value!, '__hash__'))
        return callMethod(ip, value!, '__hash__', []);
      const isContainer = value!.kind === 'list' || value!.kind === 'dict' || value!.kind === 'set';
      if (isContainer) return ip.raise('TypeError', `unhashable type: '${ip.library.typeOf(value!).name}'`);
      return unknown('a hash differs from run to run');
    },
  ],
  repr: ['value', (ip, { value }) => textValue(repr(ip, value!))],
  ord: ['value', (_, { value }) => (asString(value)?.length ? int(asString(value)!.codePointAt(0)!) : notKnown())],
  chr: [
    'value',
    (_, { value }) => (asNumber(value) === null ? notKnown() : str(String.fromCodePoint(asNumber(value)!))),
  ],
  vars: [
    'value=None',
    (ip, { value }) => (isNone(value) ? localsOf(ip) : (findAttribute(ip, value!, '__dict__') ?? notKnown())),
  ],
  dir: ['value=None', (ip, { value }) => directory(ip, value!)],
  globals: ['', (ip) => namespaceOf(ip, ip.frame!.module.variables)],
  locals: ['', (ip) => localsOf(ip)],
  eval: ['source, globals=None, locals=None', (ip, { source, globals }) => runText(ip, source!, globals!, true)],
  exec: ['source, globals=None, locals=None', (ip, { source, globals }) => runText(ip, source!, globals!, false)],
  compile: ['source, filename, mode, *rest', (_, { source }) => source!],
  open: ['*args, **kwargs', () => unknown('what a file holds')],
  input: ['prompt=""', () => unknown('what somebody types')],
  __import__: [
    'name',
    (ip, { name }) => ip.loader.load(ip, asString(name) ?? '') ?? unknown('this module was not found'),
  ],
};

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

/** getattr with a default, which is what a known AttributeError gives. */
function attributeOr(ip: Interpreter, value: Value, name: string, other: Value): Value {
  if (value.kind === 'unknown' || (value.kind === 'module' && value.open && !value.variables.has(name)))
    return notKnown();
  const { frame, depth } = ip;
  try {
    return getAttribute(ip, value, name);
  } catch (signal) {
    if (!(signal instanceof Raise) || !isException(signal.exception, 'AttributeError')) throw signal;
    ip.frame = frame;
    ip.depth = depth;
    return other;
  }
}

/** round() of a float that depends on symbols, where it is a whole number. */
function wholeRatio(value: Value): Value {
  const ratio = ratioOf(value);
  return ratio?.under === 1 ? int(ratio.over) : notKnown();
}

/** Python rounds halves to even. */
function rounded(ip: Interpreter, value: Value, digits: Value): Value {
  if (value.kind === 'instance' && findMethod(ip, value, '__round__'))
    return callMethod(ip, value, '__round__', isNone(digits) ? [] : [digits]);
  const x = asNumber(value);
  const places = asNumber(digits);
  if (x === null || (places === null && !isNone(digits))) return value.kind === 'int' ? value : wholeRatio(value);
  const r = roundTo(x, places ?? 0);
  return isNone(digits) || value.kind === 'int' ? int(r + 0) : float(r);
}

function escaped(c: string): string {
  const code = c.codePointAt(0)!;
  const [letter, width] = code < 256 ? ['x', 2] : code < 65536 ? ['u', 4] : ['U', 8];
  return `\\${letter}${code.toString(16).padStart(width as number, '0')}`;
}

const textValue = (s: string | null): Value => (s === null ? notKnown() : str(s));

function based(ip: Interpreter, value: Value, spec: string): Value {
  return asDim(value) === null ? notKnown() : textValue(applySpec(ip, value, spec));
}

function powerModulo(a: Value, b: Value, mod: Value): Value {
  const [x, y, m] = [a, b, mod].map((v) => asDim(v));
  const exact = (d: dims.Dim | null | undefined): d is number => typeof d === 'number' && Number.isSafeInteger(d);
  if (!exact(x) || !exact(y) || !exact(m) || m <= 0 || y < 0 || y > 1e6) return notKnown();
  let result = 1n;
  for (let base = BigInt(x), n = BigInt(y); n > 0n; n >>= 1n, base = (base * base) % BigInt(m))
    if (n & 1n) result = (result * base) % BigInt(m);
  return int(Number(((result % BigInt(m)) + BigInt(m)) % BigInt(m)));
}

/** locals(): a copy of what the function's variables hold. */
function localsOf(ip: Interpreter): Value {
  let scope = ip.frame!.scope;
  while (scope.kind === 'comprehension' && scope.parent) scope = scope.parent;
  if (scope.kind === 'module') return namespaceOf(ip, scope.variables);
  const names = [...scope.variables.keys()].filter((name) => !name.startsWith('*'));
  return dict(names.map((name) => [str(name), ip.read(scope.variables, name) ?? NONE] as const));
}

/** dir(): the names that an object of the user's has. */
function directory(ip: Interpreter, value: Value): Value {
  const names = new Set<string>();
  if (value.kind === 'module' && !value.open) for (const name of value.variables.keys()) names.add(name);
  else if (value.kind === 'none') {
    const locals = localsOf(ip);
    if (locals.kind === 'dict') for (const e of locals.entries.values()) names.add(asString(e.key)!);
  } else if (value.kind === 'instance' || value.kind === 'class') {
    const cls = value.kind === 'class' ? value : value.cls;
    if (cls.unknownBase) return notKnown();
    for (const c of cls.mro) for (const name of c.dict.keys()) if (!name.startsWith('*')) names.add(name);
    if (value.kind === 'instance') for (const name of value.attributes.keys()) names.add(name);
  } else return unknown('dir() of this is not followed');
  return list([...names].sort().map(str));
}

/** eval() and exec() of a text that is known. */
function runText(ip: Interpreter, source: Value, globals: Value, isExpression: boolean): Value {
  const text = asString(source)?.trim();
  if (text === undefined) return unknown('which code runs here is not known');
  if (!isNone(globals) && globals.kind !== 'dict') return unknown('the names that this code sees are not known');
  const program = ip.loader.parse(text);
  const [chunk] = program.chunks;
  const [statement] = chunk?.statements ?? [];
  if (program.errors.length > 0 || !chunk || (isExpression && statement?.kind !== 'Expression'))
    return ip.raise('SyntaxError', 'invalid syntax');
  const caller = ip.frame!;
  const module = { ...caller.module, file: null };
  const own = isNone(globals) || globals.kind !== 'dict' ? null : variablesOf(globals);
  const scope = own ? { variables: own, parent: null, kind: 'module' as const, elsewhere: null, module } : caller.scope;
  try {
    for (const part of program.chunks) {
      ip.frame = { ...caller, scope, module, chunk: part, caller };
      if (isExpression && statement?.kind === 'Expression') return evaluate(ip, statement.value);
      runBlock(ip, part.statements);
    }
    if (own && globals.kind === 'dict') {
      ip.touch(globals);
      for (const [name, value] of own) if (value.kind !== 'lazy') putEntry(globals, str(name), value);
    }
    return NONE;
  } finally {
    ip.frame = caller;
  }
}

/** The entries of a dict as variables. */
const variablesOf = (d: DictValue): Map<string, Value | Lazy> =>
  new Map([...d.entries.values()].flatMap((e) => (e.key.kind === 'str' ? [[e.key.value, e.value] as const] : [])));

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
  names.set(UNFINISHED, unknown('this is not written yet'));
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
