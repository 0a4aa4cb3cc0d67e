// The methods behind operators, of values that are no objects of the user's: super().__getitem__(key) in a subclass of
// dict, list.__len__(x).

import { deleteItem, getItem, setItem, wrappedItem } from '../interp/indexing.ts';
import { iteratorOf } from '../interp/iteration.ts';
import { type NativeTable, natives } from '../interp/native.ts';
import { binary } from '../interp/operators.ts';
import { repr } from '../interp/text.ts';
import { compareValues, truth } from '../interp/truth.ts';
import type { BinaryOperator, CompareOperator } from '../syntax/program.ts';
import { bool, NONE, NOT_IMPLEMENTED, str, unknown } from '../values/make.ts';
import type { BuiltinValue, Value } from '../values/value.ts';
import { lengthOf } from './builtins.ts';

/** What a subclass of list or dict wraps. */
const plain = (v: Value | undefined): Value => (v?.kind === 'instance' && v.base ? v.base : (v ?? NONE));
const known = (t: boolean | null): Value => (t === null ? unknown('it depends on values that are not known') : bool(t));

const compare =
  (operator: CompareOperator): NativeTable[string][1] =>
  (ip, { self, other }) =>
    compareValues(ip, operator, plain(self), plain(other));
const operate =
  (operator: BinaryOperator, inPlace = false): NativeTable[string][1] =>
  (ip, { self, other }) =>
    binary(ip, operator, plain(self), plain(other), inPlace);

const TABLE: NativeTable = {
  __len__: ['self', (ip, { self }) => lengthOf(ip, plain(self))],
  __getitem__: [
    'self, key',
    (ip, { self, key }) =>
      self!.kind === 'instance' && self!.base ? wrappedItem(ip, self!, key!) : getItem(ip, plain(self), key!),
  ],
  __setitem__: [
    'self, key, value',
    (ip, { self, key, value }) => {
      setItem(ip, plain(self), key!, value!);
      return NONE;
    },
  ],
  __delitem__: [
    'self, key',
    (ip, { self, key }) => {
      deleteItem(ip, plain(self), key!);
      return NONE;
    },
  ],
  __contains__: ['self, item', (ip, { self, item }) => compareValues(ip, 'in', item!, plain(self))],
  __iter__: ['self', (ip, { self }) => iteratorOf(ip, plain(self)) ?? unknown('what it runs over is not known')],
  __bool__: ['self', (ip, { self }) => known(truth(ip, plain(self)))],
  __repr__: [
    'self',
    (ip, { self }) => {
      const shown = repr(ip, plain(self));
      return shown === null ? unknown('a value that is not known') : str(shown);
    },
  ],
  __eq__: ['self, other', compare('==')],
  __ne__: ['self, other', compare('!=')],
  __lt__: ['self, other', compare('<')],
  __le__: ['self, other', compare('<=')],
  __gt__: ['self, other', compare('>')],
  __ge__: ['self, other', compare('>=')],
  __add__: ['self, other', operate('+')],
  __iadd__: ['self, other', operate('+', true)],
  __sub__: ['self, other', operate('-')],
  __mul__: ['self, other', operate('*')],
  __truediv__: ['self, other', operate('/')],
  __floordiv__: ['self, other', operate('//')],
  __mod__: ['self, other', operate('%')],
  __pow__: ['self, other', operate('**')],
  __or__: ['self, other', operate('|')],
  __and__: ['self, other', operate('&')],
};

/** Which of them a kind of value has. */
const HAVE: Readonly<Partial<Record<Value['kind'], RegExp>>> = {
  list: /^__(?:len|getitem|setitem|delitem|contains|iter|repr|eq|ne|lt|le|gt|ge|add|iadd|mul)__$/,
  tuple: /^__(?:len|getitem|contains|iter|repr|eq|ne|lt|le|gt|ge|add|mul)__$/,
  dict: /^__(?:len|getitem|setitem|delitem|contains|iter|repr|eq|ne|or)__$/,
  set: /^__(?:len|contains|iter|repr|eq|ne|lt|le|gt|ge|sub|or|and)__$/,
  str: /^__(?:len|getitem|contains|iter|repr|eq|ne|lt|le|gt|ge|add|mul|mod)__$/,
  range: /^__(?:len|getitem|contains|iter|repr|eq|ne)__$/,
  int: /^__(?:bool|repr|eq|ne|lt|le|gt|ge|add|sub|mul|truediv|floordiv|mod|pow|or|and)__$/,
  float: /^__(?:bool|repr|eq|ne|lt|le|gt|ge|add|sub|mul|truediv|floordiv|mod|pow)__$/,
};

const METHODS: ReadonlyMap<string, BuiltinValue> = new Map(natives(TABLE));

/** x.__len__ and the like; null where such a value has none. */
export const protocolMethod = (kind: Value['kind'], name: string): Value | null =>
  (HAVE[kind]?.test(name) && METHODS.get(name)) || null;

const KINDS: Readonly<Record<string, Value['kind']>> = {
  list: 'list',
  tuple: 'tuple',
  dict: 'dict',
  set: 'set',
  str: 'str',
  int: 'int',
  float: 'float',
};

/** dict.__getitem__, read from the type. */
export const protocolOfType = (name: string, method: string): Value | null => {
  const kind = KINDS[name];
  return kind ? protocolMethod(kind, method) : null;
};

/** What every object has from `object`. */
export const OBJECT_METHODS: readonly [string, BuiltinValue][] = natives({
  __eq__: ['self, other', (_, { self, other }) => (self === other ? bool(true) : NOT_IMPLEMENTED)],
  __ne__: ['self, other', (_, { self, other }) => (self === other ? bool(false) : NOT_IMPLEMENTED)],
  __repr__: ['self', () => unknown('it holds an address')],
  __str__: ['self', () => unknown('it holds an address')],
  __hash__: ['self', () => unknown('a hash differs from run to run')],
  __dir__: ['self', () => unknown('dir() of this is not followed')],
  __delattr__: ['self, name', () => NONE],
});
