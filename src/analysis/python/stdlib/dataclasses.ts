// dataclasses: @dataclass with fields and defaults, field(), replace(), asdict(), astuple().

import { callMethod, findMethod, lookInClass, setAttribute } from '../../interp/attributes.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { bindNative, native, type SignatureParameter } from '../../interp/native.ts';
import { repr } from '../../interp/text.ts';
import { compareValues, valuesEqual } from '../../interp/truth.ts';
import {
  asString,
  bool,
  builtin,
  classValue,
  dict,
  instance,
  NONE,
  NOT_IMPLEMENTED,
  putEntry,
  str,
  tuple,
  unknown,
} from '../../values/make.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { EXCEPTIONS } from '../exceptions.ts';
import { OBJECT } from '../types.ts';

const FIELD = classValue('Field', [OBJECT], [], { module: 'dataclasses' });
const MISSING: Value = { kind: 'opaque', type: 'other', name: 'MISSING' };
const NOT_KNOWN = 'a field is not known';

const flag = (v: Value | undefined, otherwise: boolean): boolean => (v?.kind === 'bool' ? v.value : otherwise);
const given = (v: Value | undefined): Value | null => (v === undefined || v === MISSING ? null : v);

/** A field as Python's Field object: its name, type and how it is filled. */
function makeField(name: string, type: Value, spec: ReadonlyMap<string, Value>, keywordOnly: boolean): InstanceValue {
  return instance(FIELD, [
    ['name', str(name)],
    ['type', type],
    ['default', spec.get('default') ?? MISSING],
    ['default_factory', spec.get('default_factory') ?? MISSING],
    ['init', bool(flag(spec.get('init'), true))],
    ['repr', bool(flag(spec.get('repr'), true))],
    ['compare', bool(flag(spec.get('compare'), true))],
    ['kw_only', bool(flag(spec.get('kw_only'), keywordOnly))],
    ['metadata', spec.get('metadata') ?? dict()],
  ]);
}

/** A dataclass's fields, inherited ones first, each where it first appeared. */
function collectFields(ip: Interpreter, cls: ClassValue, keywordOnly: boolean): Map<string, InstanceValue> {
  const fields = new Map<string, InstanceValue>();
  for (const base of [...cls.mro].slice(1).reverse())
    for (const [name, field] of ownFields(base)) fields.set(name, field);
  const annotations = ip.read(cls.dict, '__annotations__');
  let rest = keywordOnly;
  for (const { key, value: type } of annotations?.kind === 'dict' ? annotations.entries.values() : []) {
    const name = asString(key);
    if (name === null || (type.kind === 'opaque' && type.name === 'ClassVar')) continue;
    if (type.kind === 'opaque' && type.name === 'KW_ONLY') {
      rest = true;
      continue;
    }
    const value = ip.read(cls.dict, name);
    const spec =
      value?.kind === 'instance' && value.cls === FIELD
        ? value.attributes
        : new Map<string, Value>(value ? [['default', value]] : []);
    fields.set(name, makeField(name, type, spec, rest));
    // The class keeps a default as an attribute; a factory leaves none.
    const fallback = given(spec.get('default'));
    if (fallback) cls.dict.set(name, fallback);
    else if (value) cls.dict.delete(name);
  }
  return fields;
}

function ownFields(cls: ClassValue): [string, InstanceValue][] {
  const fields = cls.dict.get('__dataclass_fields__');
  return fields?.kind === 'dict'
    ? [...fields.entries.values()].map((e) => [asString(e.key) ?? '', e.value as InstanceValue])
    : [];
}

const fieldsOf = (ip: Interpreter, v: Value): [string, InstanceValue][] | null => {
  const type = v.kind === 'class' ? v : ip.library.typeOf(v);
  const owner = lookInClass(ip, type, '__dataclass_fields__')?.owner;
  return owner ? ownFields(owner) : null;
};

const attribute = (field: InstanceValue, name: string): Value => field.attributes.get(name) ?? MISSING;
/** InitVar: an argument of __init__ that only __post_init__ gets. */
const isArgumentOnly = (field: InstanceValue): boolean => {
  const type = attribute(field, 'type');
  return type.kind === 'opaque' && type.name === 'InitVar';
};

function initialiser(cls: ClassValue, fields: ReadonlyMap<string, InstanceValue>, frozen: boolean): Value {
  const params: SignatureParameter[] = [{ name: 'self', kind: 'positionalOnly', default: null }];
  for (const [name, field] of fields) {
    if (!flag(attribute(field, 'init'), true)) continue;
    const fallback = given(attribute(field, 'default')) ?? given(attribute(field, 'default_factory'));
    params.push({
      name,
      kind: flag(attribute(field, 'kw_only'), false) ? 'keywordOnly' : 'normal',
      default: fallback && MISSING,
    });
  }
  params.sort((a, b) => Number(a.kind === 'keywordOnly') - Number(b.kind === 'keywordOnly'));
  return builtin<Interpreter>(`${cls.name}.__init__`, (ip, args) => {
    const bound = bindNative(ip, `${cls.name}.__init__`, params, args);
    const self = bound['self'] as InstanceValue;
    const forAfter: Value[] = [];
    for (const [name, field] of fields) {
      let value = given(bound[name]);
      const factory = given(attribute(field, 'default_factory'));
      if (!value) value = factory ? ip.call(factory, []) : given(attribute(field, 'default'));
      if (isArgumentOnly(field)) forAfter.push(value ?? NONE);
      else if (value && (frozen || self.base)) ip.setVariable(self.attributes as never, name, value);
      else if (value) setAttribute(ip, self, name, value);
    }
    if (findMethod(ip, self, '__post_init__')) callMethod(ip, self, '__post_init__', forAfter);
    return NONE;
  });
}

/** The fields that == and < go by, as one value. */
function compared(v: InstanceValue, fields: ReadonlyMap<string, InstanceValue>): Value {
  const names = [...fields].filter(([, f]) => flag(attribute(f, 'compare'), true) && !isArgumentOnly(f));
  return tuple(names.map(([name]) => v.attributes.get(name) ?? unknown(NOT_KNOWN)));
}

function comparison(
  name: string,
  fields: ReadonlyMap<string, InstanceValue>,
  compare: (ip: Interpreter, a: Value, b: Value) => Value,
): [string, Value] {
  const body = native(name, 'self, other', (ip, { self, other }) =>
    self?.kind === 'instance' && other?.kind === 'instance' && self.cls === other.cls
      ? compare(ip, compared(self, fields), compared(other, fields))
      : NOT_IMPLEMENTED,
  );
  return [name, body];
}

function representation(fields: ReadonlyMap<string, InstanceValue>): Value {
  return native('__repr__', 'self', (ip, { self }) => {
    const v = self as InstanceValue;
    const parts: string[] = [];
    for (const [name, field] of fields) {
      if (!flag(attribute(field, 'repr'), true) || isArgumentOnly(field)) continue;
      const shown = repr(ip, v.attributes.get(name) ?? unknown(NOT_KNOWN));
      if (shown === null) return unknown(NOT_KNOWN);
      parts.push(`${name}=${shown}`);
    }
    return str(`${v.cls.name}(${parts.join(', ')})`);
  });
}

function makeDataclass(ip: Interpreter, cls: Value, options: ReadonlyMap<string, Value> | null): Value {
  if (cls.kind !== 'class') return cls;
  const is = (name: string, otherwise: boolean): boolean => flag(options?.get(name), otherwise);
  const fields = collectFields(ip, cls, is('kw_only', false));
  const frozen = is('frozen', false);
  const define = (name: string, value: Value): void => {
    if (!cls.dict.has(name)) cls.dict.set(name, value);
  };
  if (is('init', true)) define('__init__', initialiser(cls, fields, frozen));
  if (is('repr', true)) define('__repr__', representation(fields));
  if (is('eq', true)) {
    define(...comparison('__eq__', fields, (inner, a, b) => {
      const e = valuesEqual(inner, a, b);
      return e === null ? unknown(NOT_KNOWN) : bool(e);
    }));
  }
  if (is('order', false)) {
    for (const [name, operator] of [
      ['__lt__', '<'],
      ['__le__', '<='],
      ['__gt__', '>'],
      ['__ge__', '>='],
    ] as const) {
      define(...comparison(name, fields, (inner, a, b) => compareValues(inner, operator, a, b)));
    }
  }
  if (frozen) {
    const hashed = [...fields].filter(([, f]) => flag(attribute(f, 'compare'), true) && !isArgumentOnly(f));
    if (is('eq', true)) cls.dict.set('*hash', tuple(hashed.map(([name]) => str(name))));
    define(
      '__setattr__',
      native('__setattr__', 'self, name, value', (inner, { name }) =>
        inner.raiseOf(FROZEN, str(`cannot assign to field ${repr(inner, name!) ?? ''}`)),
      ),
    );
  }
  cls.dict.set('__dataclass_fields__', dict([...fields].map(([name, field]) => [str(name), field] as const)));
  const positional = [...fields].filter(
    ([, f]) => flag(attribute(f, 'init'), true) && !flag(attribute(f, 'kw_only'), false),
  );
  define('__match_args__', tuple(positional.map(([name]) => str(name))));
  return cls;
}

/** asdict and astuple, all the way down. */
function flattened(ip: Interpreter, value: Value, make: (pairs: [Value, Value][]) => Value): Value {
  const inner = (v: Value): Value => flattened(ip, v, make);
  if (value.kind === 'instance') {
    const fields = fieldsOf(ip, value);
    if (!fields) return value;
    const pairs = fields
      .filter(([, f]) => !isArgumentOnly(f))
      .map(([name]): [Value, Value] => [str(name), inner(value.attributes.get(name) ?? unknown(NOT_KNOWN))]);
    return make(pairs);
  }
  if (value.kind === 'list') return { ...value, items: value.items.map(inner) };
  if (value.kind === 'tuple') return { ...value, items: value.items.map(inner) };
  if (value.kind === 'dict') {
    const copy = { ...value, entries: new Map() };
    for (const e of value.entries.values()) putEntry(copy, e.key, inner(e.value));
    return copy;
  }
  return value;
}

function replace(ip: Interpreter, value: Value | undefined, changes: ReadonlyMap<string, Value>): Value {
  const fields = value && value.kind === 'instance' ? fieldsOf(ip, value) : null;
  if (value?.kind !== 'instance' || !fields) return unknown('replace() of something that is not known');
  const all = new Map<string, Value>();
  for (const [name, field] of fields) {
    const before = value.attributes.get(name);
    if (flag(attribute(field, 'init'), true) && before) all.set(name, before);
  }
  return ip.call(value.cls, [], new Map([...all, ...changes]));
}

const FROZEN = classValue('FrozenInstanceError', [EXCEPTIONS.get('AttributeError')!], [], { module: 'dataclasses' });

export const dataclasses = (): [string, Value][] => [
  [
    'dataclass',
    builtin<Interpreter>(
      'dataclass',
      (ip, { positional: [cls], keywords }) =>
        cls && cls.kind !== 'none'
          ? makeDataclass(ip, cls, keywords)
          : builtin<Interpreter>('dataclass', (inner, a) => makeDataclass(inner, a.positional[0]!, keywords), false),
      false,
    ),
  ],
  ['field', builtin<Interpreter>('field', (_, { keywords }) => instance(FIELD, keywords ?? []), false)],
  ['Field', FIELD],
  ['MISSING', MISSING],
  ['KW_ONLY', { kind: 'opaque', type: 'other', name: 'KW_ONLY' }],
  ['InitVar', { kind: 'opaque', type: 'other', name: 'InitVar' }],
  ['FrozenInstanceError', FROZEN],
  [
    'fields',
    native('fields', 'cls', (ip, { cls }) => {
      const fields = fieldsOf(ip, cls!);
      return fields ? tuple(fields.map(([, f]) => f)) : unknown('not a dataclass');
    }),
  ],
  ['asdict', native('asdict', 'value, *, dict_factory=None', (ip, { value }) => flattened(ip, value!, (p) => dict(p)))],
  ['astuple', native('astuple', 'value', (ip, { value }) => flattened(ip, value!, (p) => tuple(p.map(([, v]) => v))))],
  ['is_dataclass', native('is_dataclass', 'value', (ip, { value }) => bool(fieldsOf(ip, value!) !== null))],
  [
    'replace',
    builtin<Interpreter>(
      'replace',
      (ip, { positional: [value], keywords }) => replace(ip, value, keywords ?? new Map()),
      false,
    ),
  ],
  [
    'make_dataclass',
    native(
      'make_dataclass',
      'cls_name, fields, *, bases=(), namespace=None, **options',
      () => unknown('make_dataclass() is not followed'),
      false,
    ),
  ],
];
