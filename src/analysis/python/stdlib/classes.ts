// Modules that make classes: dataclasses, enum, collections, typing, abc, types.

import { lookInClass } from '../../interp/attributes.ts';
import { callValue } from '../../interp/calls.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { elementsOf } from '../../interp/iteration.ts';
import { bindNative, native, type SignatureParameter } from '../../interp/native.ts';
import { valuesEqual } from '../../interp/truth.ts';
import {
  asItems,
  asString,
  bool,
  builtin,
  classValue,
  dict,
  hashOf,
  instance,
  int,
  isSubclass,
  NONE,
  str,
  tuple,
  unknown,
} from '../../values/make.ts';
import type { ClassValue, DictValue, InstanceValue, TupleValue, Value } from '../../values/value.ts';
import { DICT, FUNCTION, LIST, makeDict, OBJECT, TUPLE, typeOfPlain } from '../types.ts';

const same = (name: string): Value => builtin<Interpreter>(name, (_, { positional: [f] }) => f ?? NONE, false);

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

/** Enum: constants of the class body become members. */
export const ENUM: ClassValue = classValue('Enum', [OBJECT]);
ENUM.dict.set(
  '__finish_class__',
  native('Enum.__finish_class__', 'cls', (ip, { cls }) => finishEnum(ip, cls as ClassValue), false),
);
ENUM.dict.set(
  '__new__',
  native(
    'Enum.__new__',
    'cls, value',
    (ip, { cls, value }) => {
      const members = (cls as ClassValue).dict.get('__members__');
      for (const e of members?.kind === 'dict' ? members.entries.values() : []) {
        if (
          e.value === value ||
          (e.value.kind === 'instance' && valuesEqual(ip, e.value.attributes.get('_value_') ?? NONE, value!) === true)
        )
          return e.value;
      }
      return value!.kind === 'unknown' ? value! : ip.raise('ValueError', `not a valid ${(cls as ClassValue).name}`);
    },
    false,
  ),
);
ENUM.dict.set('name', {
  kind: 'property',
  get: native('name', 'self', (_, { self }) => (self as InstanceValue).attributes.get('_name_') ?? NONE),
  set: null,
});
ENUM.dict.set('value', {
  kind: 'property',
  get: native('value', 'self', (_, { self }) => (self as InstanceValue).attributes.get('_value_') ?? NONE),
  set: null,
});

function finishEnum(ip: Interpreter, cls: ClassValue): Value {
  const members = dict();
  for (const base of cls.mro.slice(1)) {
    const inherited = base.dict.get('__members__');
    if (inherited?.kind === 'dict') for (const [h, e] of inherited.entries) members.entries.set(h, e);
  }
  let next = 1;
  for (const name of [...cls.dict.keys()]) {
    const value = ip.read(cls.dict, name)!;
    if (
      name.startsWith('_') ||
      ['function', 'builtin', 'property', 'staticmethod', 'classmethod', 'class'].includes(value.kind)
    )
      continue;
    const automatic = value.kind === 'opaque' && value.name === 'auto()';
    const actual = automatic
      ? cls.mro.some((c) => c.name === 'StrEnum')
        ? str(name.toLowerCase())
        : int(next)
      : value;
    if (actual.kind === 'int' && typeof actual.value === 'number') next = actual.value + 1;
    const alias = [...members.entries.values()].find(
      (e) =>
        e.value.kind === 'instance' &&
        (e.value === actual || valuesEqual(ip, e.value.attributes.get('_value_')!, actual) === true),
    );
    let member: Value = alias?.value ?? NONE;
    if (!alias) {
      const made = instance(cls, [
        ['_name_', str(name)],
        ['_value_', actual],
      ]);
      if (actual.kind === 'str' || actual.kind === 'int') made.base = actual;
      const init = lookInClass(ip, cls, '__init__');
      if (init && init.value.kind === 'function')
        callValue(ip, init.value, {
          positional: [made, ...(actual.kind === 'tuple' ? actual.items : [actual])],
          keywords: null,
        });
      member = made;
    }
    cls.dict.set(name, member);
    if (!alias) members.entries.set(`'${name}`, { key: str(name), value: member });
  }
  cls.dict.set('__members__', members);
  return cls;
}

const enumLike = (name: string, bases: readonly ClassValue[]): ClassValue => classValue(name, bases);

export const enumeration = (): [string, Value][] => [
  ['Enum', ENUM],
  ['EnumMeta', classValue('EnumMeta', [OBJECT])],
  ['EnumType', classValue('EnumMeta', [OBJECT])],
  ['IntEnum', enumLike('IntEnum', [ENUM])],
  ['StrEnum', enumLike('StrEnum', [ENUM])],
  ['Flag', enumLike('Flag', [ENUM])],
  ['auto', builtin('auto', () => ({ kind: 'opaque', type: 'other', name: 'auto()' }))],
  ['unique', same('unique')],
];

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

const NAMED_TUPLE = classValue('NamedTuple', [TUPLE]);
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
const DEFAULT_DICT = dictType('defaultdict', (ip, { positional: [factory, ...rest], keywords }, d) => {
  fill(ip, d, { positional: rest, keywords });
  d.factory = factory ?? null;
});
const COUNTER = dictType('Counter', (ip, { positional: [items] }, d) => {
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

/** An abstract class of collections.abc or typing: isinstance asks what the value can do. */
function abstract(name: string, test: (kind: Value['kind'], ip: Interpreter, v: Value) => boolean | null): ClassValue {
  const cls = classValue(name, [OBJECT]);
  cls.dict.set(
    '__instancecheck__',
    native(
      '__instancecheck__',
      'value',
      (ip, { value }) => {
        if (value!.kind === 'instance') {
          if (isSubclass(value!.cls, cls)) return bool(true);
          const r = value!.base ? test(value!.base.kind, ip, value!.base) : test('instance', ip, value!);
          return r === null ? unknown('it is not known what this object can do') : bool(r);
        }
        const r = test(value!.kind, ip, value!);
        return r === null ? unknown('it is not known what this object can do') : bool(r);
      },
      false,
    ),
  );
  return cls;
}

const has = (ip: Interpreter, v: Value, ...names: string[]): boolean | null =>
  v.kind !== 'instance'
    ? false
    : names.every((n) => lookInClass(ip, v.cls, n) !== null)
      ? true
      : v.cls.unknownBase
        ? null
        : false;

const ABSTRACT: readonly [string, ClassValue][] = [
  [
    'Iterable',
    abstract(
      'Iterable',
      (k, ip, v) =>
        ['list', 'tuple', 'dict', 'set', 'str', 'range', 'iterator', 'tensor'].includes(k) || has(ip, v, '__iter__'),
    ),
  ],
  ['Iterator', abstract('Iterator', (k, ip, v) => k === 'iterator' || has(ip, v, '__next__'))],
  ['Sequence', abstract('Sequence', (k) => ['list', 'tuple', 'str', 'range'].includes(k))],
  ['MutableSequence', abstract('MutableSequence', (k) => k === 'list')],
  ['Mapping', abstract('Mapping', (k) => k === 'dict')],
  ['MutableMapping', abstract('MutableMapping', (k) => k === 'dict')],
  ['Set', abstract('Set', (k) => k === 'set')],
  [
    'Sized',
    abstract(
      'Sized',
      (k, ip, v) => ['list', 'tuple', 'dict', 'set', 'str', 'range'].includes(k) || has(ip, v, '__len__'),
    ),
  ],
  [
    'Container',
    abstract(
      'Container',
      (k, ip, v) => ['list', 'tuple', 'dict', 'set', 'str', 'range'].includes(k) || has(ip, v, '__contains__'),
    ),
  ],
  [
    'Collection',
    abstract(
      'Collection',
      (k, ip, v) => ['list', 'tuple', 'dict', 'set', 'str', 'range'].includes(k) || has(ip, v, '__iter__', '__len__'),
    ),
  ],
  ['Hashable', abstract('Hashable', (k) => !['list', 'dict', 'set'].includes(k))],
  [
    'Callable',
    abstract(
      'Callable',
      (k, ip, v) =>
        ['function', 'builtin', 'method', 'class'].includes(k) ||
        (v.kind === 'instance' && v.module !== null) ||
        has(ip, v, '__call__'),
    ),
  ],
  ['Generator', abstract('Generator', (k) => k === 'iterator')],
  ['Number', abstract('Number', (k) => k === 'int' || k === 'float' || k === 'bool')],
  ['Integral', abstract('Integral', (k) => k === 'int' || k === 'bool')],
  ['Real', abstract('Real', (k) => k === 'int' || k === 'float' || k === 'bool')],
];

export const collectionsAbc = (): [string, Value][] => [...ABSTRACT];
export const numbers = (): [string, Value][] => ABSTRACT.filter(([n]) => ['Number', 'Integral', 'Real'].includes(n));

const SPECIAL_FORMS = [
  'Any',
  'Optional',
  'Union',
  'Literal',
  'Final',
  'ClassVar',
  'Annotated',
  'Type',
  'Generic',
  'Protocol',
  'NoReturn',
  'Self',
  'TypeAlias',
  'Concatenate',
  'Required',
  'NotRequired',
  'Never',
  'TypedDict',
  'IO',
  'AnyStr',
  'SupportsInt',
  'SupportsFloat',
  'ForwardRef',
  'Text',
  'Awaitable',
  'Coroutine',
  'ContextManager',
  'Pattern',
];

export function typing(): [string, Value][] {
  const form = (name: string): [string, Value] => [name, { kind: 'opaque', type: 'other', name }];
  const variable = builtin('TypeVar', () => ({ kind: 'opaque', type: 'other', name: 'TypeVar' }));
  return [
    ...SPECIAL_FORMS.map(form),
    ...ABSTRACT,
    ['List', LIST],
    ['Dict', DICT],
    ['Tuple', TUPLE],
    ['DefaultDict', DEFAULT_DICT],
    ['OrderedDict', ORDERED_DICT],
    ['Counter', COUNTER],
    ['Deque', LIST],
    ['FrozenSet', typeOfPlain({ kind: 'set', entries: new Map(), unknown: null })],
    ['TypeVar', variable],
    ['ParamSpec', variable],
    ['TypeVarTuple', variable],
    ['NewType', builtin<Interpreter>('NewType', (_, { positional: [, base] }) => base ?? NONE)],
    ['NamedTuple', NAMED_TUPLE],
    ['TYPE_CHECKING', bool(false)],
    ['cast', builtin<Interpreter>('cast', (_, { positional: [, value] }) => value ?? NONE)],
    ['overload', builtin('overload', () => NONE)],
    ['final', same('final')],
    ['runtime_checkable', same('runtime_checkable')],
    ['no_type_check', same('no_type_check')],
    ['get_type_hints', builtin('get_type_hints', () => unknown('type hints are not evaluated'))],
    ['get_args', builtin('get_args', () => unknown('type hints are not evaluated'))],
    ['get_origin', builtin('get_origin', () => unknown('type hints are not evaluated'))],
  ];
}

export const abc = (): [string, Value][] => [
  ['ABC', classValue('ABC', [OBJECT])],
  ['ABCMeta', classValue('ABCMeta', [OBJECT])],
  ['abstractmethod', same('abstractmethod')],
  [
    'abstractproperty',
    builtin<Interpreter>('abstractproperty', (_, { positional: [f] }) => ({
      kind: 'property',
      get: f ?? NONE,
      set: null,
    })),
  ],
  ['abstractclassmethod', same('abstractclassmethod')],
  ['abstractstaticmethod', same('abstractstaticmethod')],
];

const NAMESPACE = classValue('SimpleNamespace', [OBJECT]);
NAMESPACE.dict.set(
  '__init__',
  builtin<Interpreter>('SimpleNamespace.__init__', (ip, { positional: [self], keywords }) => {
    if (self?.kind === 'instance') for (const [k, v] of keywords ?? []) ip.setVariable(self.attributes as never, k, v);
    return NONE;
  }),
);

export const types = (): [string, Value][] => [
  ['SimpleNamespace', NAMESPACE],
  ['FunctionType', FUNCTION],
  ['LambdaType', FUNCTION],
  ['MethodType', classValue('method', [OBJECT])],
  ['ModuleType', classValue('module', [OBJECT])],
  ['GeneratorType', classValue('generator', [OBJECT])],
  ['MappingProxyType', DICT],
];
