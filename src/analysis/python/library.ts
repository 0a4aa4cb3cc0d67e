// Python's own library: which modules are known without source, and the attributes of its values.

import { setInstanceAttribute } from '../interp/attributes.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import {
  asNumber,
  asString,
  bool,
  builtin,
  float,
  int,
  moduleValue,
  NONE,
  str,
  tuple,
  unknown,
} from '../values/make.ts';
import type { ModuleValue, Value } from '../values/value.ts';
import { DICT_METHODS, ITERATOR_METHODS, LIST_METHODS, TUPLE_METHODS } from './containers.ts';
import { OBJECT_METHODS, protocolMethod } from './protocol.ts';
import { SET_METHODS } from './sets.ts';
import { argparse } from './stdlib/argparse.ts';
import { collections } from './stdlib/collections.ts';
import { contextlib } from './stdlib/contextlib.ts';
import { copy } from './stdlib/copying.ts';
import { dataclasses } from './stdlib/dataclasses.ts';
import { enumeration } from './stdlib/enums.ts';
import { functools } from './stdlib/functools.ts';
import { inspect } from './stdlib/inspect.ts';
import { itertools } from './stdlib/itertools.ts';
import { math } from './stdlib/math.ts';
import { numpy } from './stdlib/numpy.ts';
import { numpyRandom } from './stdlib/numpyRandom.ts';
import { operator } from './stdlib/operators.ts';
import { os, osPath } from './stdlib/paths.ts';
import { re } from './stdlib/regular.ts';
import * as system from './stdlib/system.ts';
import * as typed from './stdlib/typing.ts';
import { BYTES_METHODS, makeTranslation, STRING_METHODS } from './strings.ts';
import { BYTES, DICT, LIST, OBJECT, SET, STR, TUPLE } from './types.ts';

/** Modules of the standard library, by name: their entries. Those not listed are opaque. */
const MODULES: Readonly<Record<string, () => [string, Value][]>> = {
  functools,
  itertools,
  operator,
  copy,
  dataclasses,
  enum: enumeration,
  collections,
  'collections.abc': typed.collectionsAbc,
  typing: typed.typing,
  typing_extensions: typed.typing,
  numbers: typed.numbers,
  abc: typed.abc,
  types: typed.types,
  argparse,
  math,
  warnings: system.warnings,
  logging: system.logging,
  contextlib,
  inspect,
  re,
  os,
  'os.path': osPath,
  posixpath: osPath,
  sys: system.sys,
  importlib: system.importlib,
  string: system.string,
  numpy,
  'numpy.random': numpyRandom,
};

/** Modules that never matter to shapes, and that no user's folder should be searched for. */
const OPAQUE = new Set([
  'json',
  'time',
  'datetime',
  'random',
  'pathlib',
  'cmath',
  'subprocess',
  'shutil',
  'pickle',
  'glob',
  'io',
  'uuid',
  'hashlib',
  'tempfile',
  'threading',
  'multiprocessing',
  'urllib',
  'urllib.request',
  'urllib.parse',
  'csv',
  'traceback',
  'gc',
  'platform',
  'socket',
  'struct',
  'textwrap',
  'pprint',
  'weakref',
  'bisect',
  'heapq',
  'statistics',
  'zipfile',
  'tarfile',
  'gzip',
  'unittest',
  'ast',
  'builtins',
  '__future__',
  'codecs',
  'signal',
  'fnmatch',
  'secrets',
  'decimal',
  'fractions',
  'queue',
  'asyncio',
  'concurrent',
  'concurrent.futures',
  'errno',
  'ctypes',
  'array',
  'base64',
  'configparser',
  'getpass',
  'locale',
  'mimetypes',
  'optparse',
  'pkgutil',
  'html',
  'http',
  'email',
  'xml',
  'xml.etree',
  'xml.etree.ElementTree',
  'yaml',
]);

/** Modules whose table is all that they have: other names of theirs do not exist. */
const COMPLETE = new Set(['math', 'itertools']);

const ABC_MODULE = 'collections.abc';

export function pythonModule(name: string): ModuleValue | null {
  const entries = MODULES[name];
  if (entries) {
    const module = moduleValue(name, entries(), !COMPLETE.has(name));
    if (name === 'collections') module.variables.set('abc', moduleValue(ABC_MODULE, typed.collectionsAbc(), true));
    return module;
  }
  return OPAQUE.has(name) ? moduleValue(name, [], true) : null;
}

/** Methods can be read from the types themselves: `map(str.strip, parts)`. */
for (const [cls, methods] of [
  [STR, STRING_METHODS],
  [LIST, LIST_METHODS],
  [TUPLE, TUPLE_METHODS],
  [DICT, DICT_METHODS],
  [SET, SET_METHODS],
  [BYTES, BYTES_METHODS],
] as const) {
  for (const [name, method] of methods) if (!cls.dict.has(name)) cls.dict.set(name, method);
}
STR.dict.set('maketrans', { kind: 'staticmethod', function: makeTranslation });

for (const [name, method] of OBJECT_METHODS) OBJECT.dict.set(name, method);

/** Attributes that every object has. */
OBJECT.dict.set(
  '__setattr__',
  builtin<Interpreter>('object.__setattr__', (ip, { positional: [self, name, value] }) => {
    if (self?.kind === 'instance' && value) setInstanceAttribute(ip, self, asString(name) ?? '', value);
    return NONE;
  }),
);
OBJECT.dict.set(
  '__getattribute__',
  builtin<Interpreter>('object.__getattribute__', (ip, { positional: [self, name] }) => {
    if (self?.kind !== 'instance') return NONE;
    const attribute = asString(name) ?? '';
    return (
      self.attributes.get(attribute) ??
      ip.library.moduleAttribute(self, attribute) ??
      ip.raise('AttributeError', `no attribute '${attribute}'`)
    );
  }),
);

/** Methods and attributes of Python's own values. */
export function pythonAttribute(value: Value, name: string): Value | null {
  const table = methodsOf(value);
  const own = table?.get(name);
  if (own) return { kind: 'method', self: value, function: own };
  switch (name) {
    case '__class__':
      return null;
    case '__doc__':
      return NONE;
    case '__name__':
      return value.kind === 'opaque' ? str(value.name) : null;
  }
  if (value.kind === 'slice' && (name === 'start' || name === 'stop' || name === 'step')) return value[name];
  if (value.kind === 'int' || value.kind === 'float' || value.kind === 'bool') {
    const found = numberAttribute(value, name);
    if (found) return found;
  }
  const method = protocolMethod(value.kind === 'bool' ? 'int' : value.kind, name);
  if (method) return { kind: 'method', self: value, function: method };
  return null;
}

/** Attributes of numbers that are seldom used: they are there, and what they give is not followed. */
const RARE = new Set(['to_bytes', 'bit_count', 'as_integer_ratio', 'hex', 'conjugate', 'fromhex', 'from_bytes']);

function numberAttribute(value: Value & { kind: 'int' | 'float' | 'bool' }, name: string): Value | null {
  const exact = asNumber(value);
  const method = (give: () => Value): Value => builtin(name, give, false);
  switch (name) {
    case 'real':
    case 'numerator':
      return value.kind === 'float' && name === 'numerator' ? null : value;
    case 'imag':
      return value.kind === 'float' ? float(0) : int(0);
    case 'denominator':
      return value.kind === 'float' ? null : int(1);
    case 'is_integer':
      return method(() => (value.kind !== 'float' ? bool(true) : bool(Number.isInteger(value.value))));
    case 'bit_length':
      if (value.kind === 'float') return null;
      return method(() =>
        exact === null ? unknown('a size that is a symbol') : int(exact === 0 ? 0 : Math.abs(exact).toString(2).length),
      );
    case 'as_integer_ratio':
      if (value.kind !== 'float' && exact !== null) return method(() => tuple([int(exact), int(1)]));
      return method(() => unknown('this is not followed'));
    default:
      return RARE.has(name) ? method(() => unknown('this is not followed')) : null;
  }
}

function methodsOf(value: Value): ReadonlyMap<string, Value> | null {
  switch (value.kind) {
    case 'str':
      return STRING_METHODS;
    case 'list':
      return LIST_METHODS;
    case 'tuple':
    case 'range':
      return TUPLE_METHODS;
    case 'dict':
      return DICT_METHODS;
    case 'set':
      return SET_METHODS;
    case 'iterator':
      return ITERATOR_METHODS;
    default:
      return null;
  }
}
