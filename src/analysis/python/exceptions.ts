// Python's exception classes.

import { builtin, classValue, NONE, tuple } from '../values/make.ts';
import type { ClassValue } from '../values/value.ts';
import { OBJECT } from './types.ts';

/** Name → its base. Source: docs.python.org, "Exception hierarchy". */
const HIERARCHY: Readonly<Record<string, string>> = {
  Exception: 'BaseException',
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
BASE.dict.set(
  '__init__',
  builtin('BaseException.__init__', (_ip, args) => {
    const [self, ...rest] = args.positional;
    if (self?.kind === 'instance') self.attributes.set('args', tuple(rest));
    return NONE;
  }),
);

export const EXCEPTIONS: ReadonlyMap<string, ClassValue> = (() => {
  const classes = new Map<string, ClassValue>([['BaseException', BASE]]);
  for (const [name, base] of Object.entries(HIERARCHY)) classes.set(name, classValue(name, [classes.get(base)!]));
  classes.set('IOError', classes.get('OSError')!);
  return classes;
})();

export const exceptionClass = (name: string): ClassValue => EXCEPTIONS.get(name) ?? EXCEPTIONS.get('Exception')!;
