// contextlib: @contextmanager, suppress, nullcontext, closing, ExitStack.

import { callMethod } from '../../interp/attributes.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { isException } from '../../interp/iteration.ts';
import { type NativeTable, native, natives } from '../../interp/native.ts';
import { Raise } from '../../interp/signals.ts';
import { isInstance } from '../../interp/truth.ts';
import { enter, leaveContexts } from '../../interp/unwinding.ts';
import { asItems, bool, builtin, classValue, instance, isNone, list, NONE, unknown } from '../../values/make.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { OBJECT } from '../types.ts';

function contextClass(name: string, table: NativeTable): ClassValue {
  const cls = classValue(name, [OBJECT], [], { module: 'contextlib' });
  for (const [method, value] of natives(table)) cls.dict.set(method, value);
  return cls;
}

const kept = (self: Value | undefined, name: string): Value => (self as InstanceValue).attributes.get(name) ?? NONE;

function keep(ip: Interpreter, self: Value | undefined, name: string, value: Value): Value {
  ip.setVariable((self as InstanceValue).attributes as never, name, value);
  return NONE;
}

export const NULL_CONTEXT = contextClass('nullcontext', {
  __init__: ['self, enter_result=None', (ip, { self, enter_result }) => keep(ip, self, 'enter_result', enter_result!)],
  __enter__: ['self', (_, { self }) => kept(self, 'enter_result')],
  __exit__: ['self, *excinfo', () => NONE],
});

const SUPPRESS = contextClass('suppress', {
  __init__: ['self, *exceptions', (ip, { self, exceptions }) => keep(ip, self, '_exceptions', exceptions!)],
  __enter__: ['self', () => NONE],
  __exit__: [
    'self, type, value, traceback',
    (ip, { self, value }) => {
      if (isNone(value)) return bool(false);
      const held = isInstance(ip, value!, kept(self, '_exceptions'));
      return held === null ? unknown('which exceptions it holds back is not known') : bool(held);
    },
  ],
});

const CLOSING = contextClass('closing', {
  __init__: ['self, thing', (ip, { self, thing }) => keep(ip, self, 'thing', thing!)],
  __enter__: ['self', (_, { self }) => kept(self, 'thing')],
  __exit__: [
    'self, *excinfo',
    (ip, { self }) => {
      callMethod(ip, kept(self, 'thing'), 'close', []);
      return NONE;
    },
  ],
});

const EXIT_STACK = contextClass('ExitStack', {
  __init__: ['self', (ip, { self }) => keep(ip, self, '_entered', list([]))],
  __enter__: ['self', (_, { self }) => self!],
  enter_context: [
    'self, manager',
    (ip, { self, manager }) => {
      const result = enter(ip, manager!);
      const entered = kept(self, '_entered');
      if (entered.kind === 'list') {
        ip.touch(entered);
        entered.items.push(manager!);
      }
      return result;
    },
  ],
  callback: ['self, function, *args, **kwargs', (_, { function: f }) => f!],
  push: ['self, exit', (_, { exit }) => exit!],
  close: ['self', () => NONE],
  __exit__: [
    'self, type, value, traceback',
    (ip, { self, value }) => {
      const raised = isNone(value) ? null : new Raise(value!, ip.trace());
      try {
        leaveContexts(ip, asItems(kept(self, '_entered')) ?? [], raised);
      } catch (signal) {
        if (!(signal instanceof Raise) || signal.exception !== value) throw signal;
        return bool(false);
      }
      return bool(raised !== null);
    },
  ],
});

/** What a function that @contextmanager decorates gives: its generator runs to the yield, and on at the end. */
const GENERATOR_CONTEXT = contextClass('_GeneratorContextManager', {
  __enter__: [
    'self',
    (ip, { self }) => {
      const made = kept(self, 'gen');
      if (made.kind !== 'iterator') return unknown('what this context gives is not known');
      const item = made.next();
      if (item) return item;
      return made.unknown ? unknown(made.unknown) : ip.raise('RuntimeError', "generator didn't yield");
    },
  ],
  __exit__: [
    'self, type, value, traceback',
    (ip, { self, value }) => {
      const made = kept(self, 'gen');
      if (made.kind !== 'iterator') return NONE;
      if (isNone(value) || !made.generator) {
        made.next();
        return bool(false);
      }
      try {
        made.generator.throw(new Raise(value!, ip.trace()));
      } catch (signal) {
        // The same exception comes through: it is not held back.
        if (signal instanceof Raise && (signal.exception === value || isException(signal.exception, 'StopIteration')))
          return bool(false);
        throw signal;
      }
      return bool(true);
    },
  ],
  // As a decorator: the function runs inside a context of its own.
  __call__: [
    'self, function',
    (_, { self, function: f }) =>
      builtin<Interpreter>('inner', (ip, args) => {
        const manager = ip.call(kept(self, 'make'), []);
        enter(ip, manager);
        let raised: Raise | null = null;
        let result: Value = NONE;
        try {
          result = ip.call(f!, args.positional, args.keywords);
        } catch (signal) {
          if (!(signal instanceof Raise)) throw signal;
          raised = signal;
        }
        leaveContexts(ip, [manager], raised);
        return result;
      }),
  ],
});

const contextManager = native(
  'contextmanager',
  'function',
  (_, { function: f }) =>
    builtin<Interpreter>('contextmanager', (ip, { positional, keywords }) => {
      const make: Value = builtin<Interpreter>(
        'contextmanager',
        (inner) =>
          instance(GENERATOR_CONTEXT, [
            ['gen', inner.call(f!, positional, keywords)],
            ['make', make],
          ]),
        false,
      );
      return ip.call(make, []);
    }),
  false,
);

const DECORATOR = contextClass('ContextDecorator', {});

export const contextlib = (): [string, Value][] => [
  ['nullcontext', NULL_CONTEXT],
  ['suppress', SUPPRESS],
  ['closing', CLOSING],
  ['ExitStack', EXIT_STACK],
  ['AbstractContextManager', contextClass('AbstractContextManager', { __enter__: ['self', (_, { self }) => self!] })],
  ['ContextDecorator', DECORATOR],
  ['contextmanager', contextManager],
  ['redirect_stdout', NULL_CONTEXT],
  ['redirect_stderr', NULL_CONTEXT],
];
