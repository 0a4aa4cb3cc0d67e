// collections: OrderedDict, defaultdict, Counter, namedtuple; and typing.NamedTuple.

import type { Interpreter } from '../../interp/interpreter.ts';
import { elementsOf } from '../../interp/iteration.ts';
import { bindNative, native, type SignatureParameter } from '../../interp/native.ts';
import { asItems, asString, builtin, classValue, dict, hashOf, instance, int, str, tuple } from '../../values/make.ts';
import type { ClassValue, DictValue, TupleValue, Value } from '../../values/value.ts';
import { DICT, LIST, makeDict, TUPLE } from '../types.ts';

/** collections.namedtuple and typing.NamedTuple. */
function makeNamedTuple(name: string, fields: readonly string[], defaults: ReadonlyMap<string, Value>): ClassValue {
  const cls = classValue(name, [TUPLE]);
  const params: SignatureParameter[] = fields.map((f) => ({
    name: f,
    kind: 'normal',
    default: defaults.get(f) ?? null,
  }));
  const make = (type: ClassValue, values: readonly Value[]): TupleValue => ({
    kind: 'tuple',
    items: values,
    cls: type,
    fields,
  });
  cls.dict.set(
    '__new__',
    builtin<Interpreter>(
      `${name}.__new__`,
      (ip, { positional: [type, ...rest], keywords }) => {
        const bound = bindNative(ip, name, params, { positional: rest, keywords });
        return make(
          type?.kind === 'class' ? type : cls,
          fields.map((f) => bound[f]!),
        );
      },
      false,
    ),
  );
  cls.dict.set('_fields', tuple(fields.map(str)));
  cls.dict.set('_make', {
    kind: 'classmethod',
    function: native('_make', 'cls, values', (ip, { cls: type, values }) =>
      make(type as ClassValue, elementsOf(ip, values!) ?? []),
    ),
  });
  return cls;
}

const fieldNames = (ip: Interpreter, v: Value): string[] =>
  v.kind === 'str'
    ? v.value.replaceAll(',', ' ').trim().split(/\s+/)
    : (elementsOf(ip, v) ?? []).map((f) => asString(f.kind === 'tuple' ? f.items[0] : f) ?? '?');

export const NAMED_TUPLE = classValue('NamedTuple', [TUPLE]);
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
      const made = makeNamedTuple(c.name, names, defaults);
      for (const [k, v] of c.dict) if (!names.includes(k)) made.dict.set(k, v);
      return made;
    },
    false,
  ),
);

/** A dict with a class of its own. */
function dictType(
  name: string,
  make: (ip: Interpreter, args: { positional: Value[]; keywords: Map<string, Value> | null }, d: DictValue) => void,
): ClassValue {
  const cls: ClassValue = classValue(name, [DICT]);
  cls.dict.set(
    '__new__',
    builtin<Interpreter>(
      `${name}.__new__`,
      (ip, { positional: [type, ...rest], keywords }) => {
        const d: DictValue = { ...dict(), cls: cls };
        make(ip, { positional: rest, keywords }, d);
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

const fill = (
  ip: Interpreter,
  d: DictValue,
  args: { positional: Value[]; keywords: Map<string, Value> | null },
): void => {
  const from = makeDict(ip, args);
  d.entries = from.entries;
  d.unknown = from.unknown;
};

export const ORDERED_DICT = dictType('OrderedDict', (ip, args, d) => fill(ip, d, args));
export const DEFAULT_DICT = dictType('defaultdict', (ip, { positional: [factory, ...rest], keywords }, d) => {
  fill(ip, d, { positional: rest, keywords });
  d.factory = factory ?? null;
});
export const COUNTER = dictType('Counter', (ip, { positional: [items] }, d) => {
  for (const v of items ? (elementsOf(ip, items) ?? []) : []) {
    const h = hashOf(v);
    const before = h === null ? undefined : d.entries.get(h)?.value;
    if (h !== null)
      d.entries.set(h, {
        key: v,
        value: int((before?.kind === 'int' && typeof before.value === 'number' ? before.value : 0) + 1),
      });
  }
  d.factory = native('int', '', () => int(0));
});

export const collections = (): [string, Value][] => [
  ['OrderedDict', ORDERED_DICT],
  ['defaultdict', DEFAULT_DICT],
  ['Counter', COUNTER],
  ['deque', LIST],
  ['UserDict', DICT],
  ['ChainMap', DICT],
  [
    'namedtuple',
    native(
      'namedtuple',
      'typename, field_names, *, rename=False, defaults=None, module=None',
      (ip, { typename, field_names, defaults }) => {
        const names = fieldNames(ip, field_names!);
        const given = asItems(defaults) ?? [];
        return makeNamedTuple(
          asString(typename) ?? 'namedtuple',
          names,
          new Map(given.map((v, i) => [names[names.length - given.length + i]!, v])),
        );
      },
      false,
    ),
  ],
];
