// collections.namedtuple and typing.NamedTuple.

import type { Interpreter } from '../../interp/interpreter.ts';
import { elementsOf } from '../../interp/iteration.ts';
import { bindNative, native, type SignatureParameter } from '../../interp/native.ts';
import { asItems, asString, builtin, classValue, dict, str, tuple } from '../../values/make.ts';
import type { ClassValue, TupleValue, Value } from '../../values/value.ts';
import { TUPLE } from '../types.ts';

function makeNamedTuple(
  name: string,
  fields: readonly string[],
  defaults: ReadonlyMap<string, Value>,
  module: string,
): ClassValue {
  const cls = classValue(name, [TUPLE], [], { module });
  const params: SignatureParameter[] = fields.map((f) => ({
    name: f,
    kind: 'normal',
    default: defaults.get(f) ?? null,
  }));
  const make = (type: Value | undefined, values: readonly Value[]): TupleValue => ({
    kind: 'tuple',
    items: values,
    cls: type?.kind === 'class' ? type : cls,
    fields,
  });
  cls.dict.set(
    '__new__',
    builtin<Interpreter>(
      `${name}.__new__`,
      (ip, { positional: [type, ...rest], keywords }) => {
        const bound = bindNative(ip, name, params, { positional: rest, keywords });
        return make(
          type,
          fields.map((f) => bound[f]!),
        );
      },
      false,
    ),
  );
  cls.dict.set('_fields', tuple(fields.map(str)));
  cls.dict.set('__match_args__', tuple(fields.map(str)));
  cls.dict.set('_field_defaults', dict([...defaults].map(([k, v]) => [str(k), v] as const)));
  cls.dict.set('_make', {
    kind: 'classmethod',
    function: native('_make', 'cls, values', (ip, { cls: type, values }) => make(type, elementsOf(ip, values!) ?? [])),
  });
  cls.dict.set(
    '_asdict',
    native('_asdict', 'self', (_, { self }) => dict(fields.map((f, i) => [str(f), asItems(self)![i]!] as const))),
  );
  cls.dict.set(
    '_replace',
    builtin<Interpreter>('_replace', (ip, { positional: [self], keywords }) => {
      const odd = [...(keywords?.keys() ?? [])].find((k) => !fields.includes(k));
      if (odd) return ip.raise('ValueError', `Got unexpected field names: ['${odd}']`);
      const { items } = self as TupleValue;
      return { ...(self as TupleValue), items: fields.map((f, i) => keywords?.get(f) ?? items[i]!) };
    }),
  );
  return cls;
}

const fieldNames = (ip: Interpreter, v: Value): string[] =>
  v.kind === 'str'
    ? v.value.replaceAll(',', ' ').trim().split(/\s+/).filter(Boolean)
    : (elementsOf(ip, v) ?? []).map((f) => asString(f.kind === 'tuple' ? f.items[0] : f) ?? '?');

export const NAMED_TUPLE = classValue('NamedTuple', [TUPLE], [], { module: 'typing' });
NAMED_TUPLE.dict.set(
  '__finish_class__',
  native(
    'NamedTuple.__finish_class__',
    'cls',
    (ip, { cls }) => {
      const c = cls as ClassValue;
      const annotations = ip.read(c.dict, '__annotations__');
      const names = annotations?.kind === 'dict' ? [...annotations.entries.values()].map((e) => asString(e.key)!) : [];
      const defaults = new Map(names.flatMap((n) => (c.dict.has(n) ? [[n, ip.read(c.dict, n)!] as const] : [])));
      const made = makeNamedTuple(c.name, names, defaults, c.module);
      for (const [k, v] of c.dict) if (!names.includes(k)) made.dict.set(k, v);
      return made;
    },
    false,
  ),
);

export const namedtuple: [string, Value] = [
  'namedtuple',
  native(
    'namedtuple',
    'typename, field_names, *, rename=False, defaults=None, module=None',
    (ip, { typename, field_names, defaults }) => {
      const names = fieldNames(ip, field_names!);
      const given = elementsOf(ip, defaults!) ?? [];
      return makeNamedTuple(
        asString(typename) ?? 'namedtuple',
        names,
        new Map(given.map((v, i) => [names[names.length - given.length + i]!, v])),
        ip.frame?.module.name ?? 'collections',
      );
    },
    false,
  ),
];
