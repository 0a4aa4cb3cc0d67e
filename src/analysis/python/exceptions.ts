// Python's exception classes.

import type { Interpreter } from '../interp/interpreter.ts';
import { repr, text } from '../interp/text.ts';
import { asItems, builtin, classValue, instance, NONE, str, tuple, unknown } from '../values/make.ts';
import type { ClassValue, Value } from '../values/value.ts';
import { OBJECT } from './types.ts';

/** Name → its base. Source: docs.python.org, "Exception hierarchy". */
const HIERARCHY: Readonly<Record<string, string>> = {
  Exception: 'BaseException',
  GeneratorExit: 'BaseException',
  KeyboardInterrupt: 'BaseException',
  SystemExit: 'BaseException',
  ArithmeticError: 'Exception',
  ZeroDivisionError: 'ArithmeticError',
  OverflowError: 'ArithmeticError',
  AssertionError: 'Exception',
  AttributeError: 'Exception',
  EOFError: 'Exception',
  ImportError: 'Exception',
  ModuleNotFoundError: 'ImportError',
  LookupError: 'Exception',
  IndexError: 'LookupError',
  KeyError: 'LookupError',
  MemoryError: 'Exception',
  NameError: 'Exception',
  UnboundLocalError: 'NameError',
  OSError: 'Exception',
  FileNotFoundError: 'OSError',
  FileExistsError: 'OSError',
  PermissionError: 'OSError',
  TimeoutError: 'OSError',
  RuntimeError: 'Exception',
  NotImplementedError: 'RuntimeError',
  RecursionError: 'RuntimeError',
  StopIteration: 'Exception',
  StopAsyncIteration: 'Exception',
  SyntaxError: 'Exception',
  SystemError: 'Exception',
  TypeError: 'Exception',
  ValueError: 'Exception',
  UnicodeError: 'ValueError',
  UnicodeDecodeError: 'UnicodeError',
  UnicodeEncodeError: 'UnicodeError',
  Warning: 'Exception',
  UserWarning: 'Warning',
  DeprecationWarning: 'Warning',
  FutureWarning: 'Warning',
  RuntimeWarning: 'Warning',
  PendingDeprecationWarning: 'Warning',
  ImportWarning: 'Warning',
  ResourceWarning: 'Warning',
  SyntaxWarning: 'Warning',
};

const BASE = classValue('BaseException', [OBJECT]);
const argsOf = (v: Value | undefined): readonly Value[] =>
  asItems(v?.kind === 'instance' ? v.attributes.get('args') : undefined) ?? [];

BASE.dict.set(
  '__new__',
  builtin(
    'BaseException.__new__',
    (_ip, { positional: [cls, ...args] }) => instance(cls as ClassValue, [['args', tuple(args)]]),
    false,
  ),
);
const METHODS: readonly (readonly [string, (ip: Interpreter, self: Value, rest: readonly Value[]) => Value])[] = [
  [
    '__init__',
    (_, self, rest) => {
      if (self.kind === 'instance') self.attributes.set('args', tuple(rest));
      return NONE;
    },
  ],
  [
    '__str__',
    (ip, self) => {
      const args = argsOf(self);
      const isKey = self.kind === 'instance' && self.cls.mro.some((c) => c.name === 'KeyError');
      const shown =
        args.length === 0 ? '' : args.length > 1 ? repr(ip, tuple(args)) : (isKey ? repr : text)(ip, args[0]!);
      return shown === null ? unknown('a message that is not known') : str(shown);
    },
  ],
  [
    '__repr__',
    (ip, self) => {
      const args = argsOf(self);
      const shown = args.length === 1 ? repr(ip, args[0]!) : repr(ip, tuple(args))?.slice(1, -1);
      const name = ip.library.typeOf(self).name;
      return typeof shown === 'string' ? str(`${name}(${shown})`) : unknown('a message that is not known');
    },
  ],
  ['with_traceback', (_, self) => self],
  ['add_note', () => NONE],
];
for (const [name, body] of METHODS) {
  BASE.dict.set(
    name,
    builtin<Interpreter>(`BaseException.${name}`, (ip, { positional: [self, ...rest] }) => body(ip, self!, rest)),
  );
}
for (const name of ['__traceback__', '__cause__', '__context__']) BASE.dict.set(name, NONE);

export const EXCEPTIONS: ReadonlyMap<string, ClassValue> = (() => {
  const classes = new Map<string, ClassValue>([['BaseException', BASE]]);
  for (const [name, base] of Object.entries(HIERARCHY)) classes.set(name, classValue(name, [classes.get(base)!]));
  classes.set('IOError', classes.get('OSError')!);
  classes.set('EnvironmentError', classes.get('OSError')!);
  classes.get('StopIteration')!.dict.set('value', {
    kind: 'property',
    get: builtin('value', (_ip, { positional: [self] }) => argsOf(self)[0] ?? NONE),
    set: null,
  });
  return classes;
})();

export const exceptionClass = (name: string): ClassValue => EXCEPTIONS.get(name) ?? EXCEPTIONS.get('Exception')!;
