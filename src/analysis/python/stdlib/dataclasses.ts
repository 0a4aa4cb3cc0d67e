// dataclasses: @dataclass with fields and defaults, field(), replace(), asdict().

import { lookInClass } from '../../interp/attributes.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { bindNative, native, type SignatureParameter } from '../../interp/native.ts';
import { valuesEqual } from '../../interp/truth.ts';
import { asString, bool, builtin, classValue, dict, instance, NONE, str, tuple, unknown } from '../../values/make.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { OBJECT } from '../types.ts';

/** A dataclass's fields, inherited ones first: name → default or factory. */
function fieldsOf(
  ip: Interpreter,
  cls: ClassValue,
): Map<string, { default: Value | null; factory: Value | null; init: boolean; keywordOnly: boolean }> {
  const fields = new Map<
    string,
    { default: Value | null; factory: Value | null; init: boolean; keywordOnly: boolean }
  >();
  for (const c of [...cls.mro].reverse()) {
    const annotations = ip.read(c.dict, '__annotations__');
    if (annotations?.kind !== 'dict') continue;
    for (const { key } of annotations.entries.values()) {
      const name = asString(key);
      if (name === null) continue;
      const given = ip.read(c.dict, name) ?? null;
      const spec = given?.kind === 'instance' && given.cls === FIELD ? given.attributes : null;
      fields.set(name, {
        default: spec ? (spec.get('default') ?? null) : given,
        factory: spec?.get('default_factory') ?? null,
        init: !(spec?.get('init')?.kind === 'bool' && (spec.get('init') as { value: boolean }).value === false),
        keywordOnly:
          spec?.get('kw_only')?.kind === 'bool' && (spec.get('kw_only') as { value: boolean }).value === true,
      });
    }
  }
  return fields;
}

const FIELD = classValue('Field', [OBJECT]);

function makeDataclass(ip: Interpreter, cls: Value): Value {
  if (cls.kind !== 'class') return cls;
  const fields = fieldsOf(ip, cls);
  const params: SignatureParameter[] = [{ name: 'self', kind: 'positionalOnly', default: null }];
  for (const [name, f] of fields) {
    if (f.init)
      params.push({
        name,
        kind: f.keywordOnly ? 'keywordOnly' : 'normal',
        default: f.default ?? (f.factory ? NONE : null),
      });
  }
  if (!cls.dict.has('__init__')) {
    cls.dict.set(
      '__init__',
      builtin<Interpreter>(`${cls.name}.__init__`, (inner, args) => {
        const bound = bindNative(inner, cls.name, params, args);
        const self = bound['self'] as InstanceValue;
        for (const [name, f] of fields) {
          const given = args.keywords?.has(name) || args.positional.length > params.findIndex((p) => p.name === name);
          const value =
            f.init && given ? bound[name]! : f.factory ? inner.call(f.factory, []) : (f.default ?? bound[name] ?? NONE);
          inner.setVariable(self.attributes as never, name, value);
        }
        const after = lookInClass(inner, cls, '__post_init__');
        if (after) inner.call({ kind: 'method', self, function: after.value }, []);
        return NONE;
      }),
    );
  }
  if (!lookInClass(ip, cls, '__eq__')) {
    cls.dict.set(
      '__eq__',
      builtin<Interpreter>('__eq__', (inner, { positional: [a, b] }) => {
        if (a?.kind !== 'instance' || b?.kind !== 'instance' || a.cls !== b.cls) return bool(false);
        for (const name of fields.keys()) {
          const e = valuesEqual(inner, a.attributes.get(name) ?? NONE, b.attributes.get(name) ?? NONE);
          if (e !== true) return e === null ? unknown('a field is not known') : bool(false);
        }
        return bool(true);
      }),
    );
  }
  cls.dict.set(
    '__dataclass_fields__',
    dict([...fields.keys()].map((name) => [str(name), instance(FIELD, [['name', str(name)]])] as const)),
  );
  cls.dict.set('__match_args__', tuple([...fields.keys()].map(str)));
  return cls;
}

function asDictionary(ip: Interpreter, value: Value): Value {
  if (value.kind === 'instance') {
    const fields = lookInClass(ip, value.cls, '__dataclass_fields__')?.value;
    if (fields?.kind !== 'dict') return value;
    return dict(
      [...fields.entries.values()].map(
        (e) => [e.key, asDictionary(ip, value.attributes.get(asString(e.key) ?? '') ?? NONE)] as const,
      ),
    );
  }
  if (value.kind === 'list') return { ...value, items: value.items.map((v) => asDictionary(ip, v)) };
  return value;
}

export const dataclasses = (): [string, Value][] => [
  [
    'dataclass',
    builtin<Interpreter>(
      'dataclass',
      (ip, { positional: [cls] }) =>
        cls
          ? makeDataclass(ip, cls)
          : builtin<Interpreter>('dataclass', (inner, a) => makeDataclass(inner, a.positional[0]!), false),
      false,
    ),
  ],
  ['field', builtin<Interpreter>('field', (_, { keywords }) => instance(FIELD, keywords ?? []), false)],
  ['MISSING', { kind: 'opaque', type: 'other', name: 'MISSING' }],
  [
    'fields',
    native('fields', 'cls', (ip, { cls }) => {
      const type = cls!.kind === 'class' ? cls! : ip.library.typeOf(cls!);
      const all = lookInClass(ip, type, '__dataclass_fields__')?.value;
      return all?.kind === 'dict' ? tuple([...all.entries.values()].map((e) => e.value)) : unknown('not a dataclass');
    }),
  ],
  ['asdict', native('asdict', 'value', (ip, { value }) => asDictionary(ip, value!))],
  [
    'is_dataclass',
    native('is_dataclass', 'value', (ip, { value }) =>
      bool(
        lookInClass(ip, value!.kind === 'class' ? value! : ip.library.typeOf(value!), '__dataclass_fields__') !== null,
      ),
    ),
  ],
  [
    'replace',
    builtin<Interpreter>(
      'replace',
      (ip, { positional: [value], keywords }) => {
        if (value?.kind !== 'instance') return unknown('replace() of something that is not known');
        const fields = lookInClass(ip, value.cls, '__dataclass_fields__')?.value;
        const all = new Map<string, Value>();
        for (const e of fields?.kind === 'dict' ? fields.entries.values() : [])
          all.set(asString(e.key)!, value.attributes.get(asString(e.key)!) ?? NONE);
        return ip.call(value.cls, [], new Map([...all, ...(keywords ?? [])]));
      },
      false,
    ),
  ],
];
