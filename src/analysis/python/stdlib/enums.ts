// enum: constants of a class body become members.

import { getAttribute, lookInClass } from '../../interp/attributes.ts';
import { callValue } from '../../interp/calls.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { native } from '../../interp/native.ts';
import { repr, text } from '../../interp/text.ts';
import { valuesEqual } from '../../interp/truth.ts';
import { asString, builtin, classValue, dict, instance, int, NONE, str, unknown } from '../../values/make.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { OBJECT } from '../types.ts';

const same = (name: string): Value => builtin<Interpreter>(name, (_, { positional: [f] }) => f ?? NONE, false);

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
      if (value!.kind === 'unknown') return value!;
      const otherwise = lookInClass(ip, cls as ClassValue, '_missing_');
      const other = otherwise && ip.call(getAttribute(ip, cls!, '_missing_'), [value!]);
      if (other && other.kind !== 'none') return other;
      return ip.raise('ValueError', `${repr(ip, value!)} is not a valid ${(cls as ClassValue).name}`);
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

/** str(Color.RED) is 'Color.RED', but of an IntEnum or StrEnum what its value shows. */
for (const [name, show] of [
  [
    '__str__',
    (ip: Interpreter, self: InstanceValue, value: Value): string | null =>
      self.cls.mro.some((c) => c.name === 'IntEnum' || c.name === 'StrEnum')
        ? text(ip, value)
        : `${self.cls.name}.${asString(self.attributes.get('_name_')) ?? ''}`,
  ],
  [
    '__repr__',
    (ip: Interpreter, self: InstanceValue, value: Value): string | null => {
      const shown = repr(ip, value);
      return shown === null ? null : `<${self.cls.name}.${asString(self.attributes.get('_name_')) ?? ''}: ${shown}>`;
    },
  ],
] as const) {
  ENUM.dict.set(
    name,
    native(name, 'self', (ip, { self }) => {
      const member = self as InstanceValue;
      const shown = show(ip, member, member.attributes.get('_value_') ?? NONE);
      return shown === null ? unknown('a member whose value is not known') : str(shown);
    }),
  );
}

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
      // Members of a plain Enum are no strings or numbers; those of IntEnum, StrEnum and (str, Enum) are.
      if (cls.mro.some((c) => MIXED.has(c.name)) && (actual.kind === 'str' || actual.kind === 'int'))
        made.base = actual;
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
  // The look-up of a member comes before what a (str, Enum) inherits from str.
  if (!cls.dict.has('__new__')) cls.dict.set('__new__', ENUM.dict.get('__new__')!);
  cls.dict.set('__members__', members);
  return cls;
}

const MIXED = new Set(['IntEnum', 'StrEnum', 'Flag', 'IntFlag', 'str', 'int', 'float']);

const enumLike = (name: string, bases: readonly ClassValue[]): ClassValue => classValue(name, bases);

export const enumeration = (): [string, Value][] => [
  ['Enum', ENUM],
  ['EnumMeta', classValue('EnumMeta', [OBJECT])],
  ['EnumType', classValue('EnumMeta', [OBJECT])],
  ['IntEnum', enumLike('IntEnum', [ENUM])],
  ['StrEnum', enumLike('StrEnum', [ENUM])],
  ['Flag', enumLike('Flag', [ENUM])],
  ['IntFlag', enumLike('IntFlag', [ENUM])],
  ['auto', builtin('auto', () => ({ kind: 'opaque', type: 'other', name: 'auto()' }))],
  ['unique', same('unique')],
];
