// typing, abc, types, collections.abc: what a value can do, and names that add nothing at run time.

import { lookInClass } from '../../interp/attributes.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { native } from '../../interp/native.ts';
import { bool, builtin, classValue, isSubclass, NONE, unknown } from '../../values/make.ts';
import type { ClassValue, Value } from '../../values/value.ts';
import { DICT, FUNCTION, LIST, OBJECT, TUPLE, TYPE, typeOfPlain } from '../types.ts';

import { COUNTER, DEFAULT_DICT, ORDERED_DICT } from './collections.ts';
import { DEQUE } from './deque.ts';
import { NAMED_TUPLE } from './namedTuples.ts';

const same = (name: string): Value => builtin<Interpreter>(name, (_, { positional: [f] }) => f ?? NONE, false);

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
    ['Deque', DEQUE],
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

/** Marks a method; a class that lacks one of its own cannot be made (see interp/classes.ts). */
const abstractMethod = builtin<Interpreter>(
  'abstractmethod',
  (_, { positional: [f] }) => {
    if (f?.kind === 'function') f.attributes.set('__isabstractmethod__', bool(true));
    return f ?? NONE;
  },
  false,
);

export const abc = (): [string, Value][] => [
  ['ABC', classValue('ABC', [OBJECT], [['_abc_impl', NONE]], { module: 'abc' })],
  ['ABCMeta', classValue('ABCMeta', [TYPE], [], { module: 'abc' })],
  ['abstractmethod', abstractMethod],
  [
    'abstractproperty',
    builtin<Interpreter>('abstractproperty', (_, { positional: [f] }) => ({
      kind: 'property',
      get: f ?? NONE,
      set: null,
    })),
  ],
  [
    'abstractclassmethod',
    builtin('abstractclassmethod', (_, { positional: [f] }) => ({ kind: 'classmethod', function: f ?? NONE }), false),
  ],
  [
    'abstractstaticmethod',
    builtin('abstractstaticmethod', (_, { positional: [f] }) => ({ kind: 'staticmethod', function: f ?? NONE }), false),
  ],
];

export const NAMESPACE = classValue('SimpleNamespace', [OBJECT]);
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
