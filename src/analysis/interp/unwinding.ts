// Unwinding: try, raise and with: how exceptions that are known to happen travel.

import type { Expression, Statement } from '../syntax/program.ts';
import { instance, NONE, tuple } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { assign } from './assign.ts';
import { callMethod, findAttribute } from './attributes.ts';
import { evaluate } from './expressions.ts';
import type { Interpreter } from './interpreter.ts';
import { type Completion, Raise } from './signals.ts';
import { runBlock } from './statements.ts';
import { isInstance, truth } from './truth.ts';

export function raise(ip: Interpreter, node: Expression | null): never {
  if (node === null) {
    const current = ip.frame!.scope.variables.get('*exception');
    if (current && current.kind !== 'lazy') throw new Raise(current, ip.trace());
    return ip.raise('RuntimeError', 'No active exception to reraise');
  }
  let value = evaluate(ip, node);
  if (value.kind === 'class') value = ip.call(value, []);
  if (value.kind !== 'instance') value = instance(ip.library.exception('Exception'), [['args', tuple([])]]);
  throw new Raise(value, ip.trace());
}

/** The handler that takes an exception, its name bound; null where none does. */
export function handlerFor(
  ip: Interpreter,
  s: Statement & { kind: 'Try' },
  { exception }: Raise,
): (Statement & { kind: 'Try' })['handlers'][number] | null {
  const handler = s.handlers.find((h) => h.type === null || isInstance(ip, exception, evaluate(ip, h.type)) !== false);
  if (!handler) return null;
  const { variables } = ip.frame!.scope;
  if (handler.name) ip.setVariable(variables, handler.name, exception);
  ip.setVariable(variables, '*exception', exception);
  return handler;
}

/** The name of a caught exception is gone after its handler. */
export function forget(ip: Interpreter, name: string | null): void {
  if (name) ip.deleteVariable(ip.frame!.scope.variables, name);
}

export function tryStatement(ip: Interpreter, s: Statement & { kind: 'Try' }): Completion {
  const { frame, depth, speculation } = ip;
  const stack = ip.moduleStack.length;
  let completion: Completion = null;
  let pending = null as Raise | null;
  const recover = (signal: unknown): void => {
    if (!(signal instanceof Raise)) throw signal;
    pending = signal;
    ip.frame = frame;
    ip.depth = depth;
    ip.speculation = speculation;
    ip.moduleStack.length = stack;
  };
  if (s.handlers.length > 0) ip.guarded++;
  try {
    completion = runBlock(ip, s.body);
  } catch (signal) {
    recover(signal);
  } finally {
    if (s.handlers.length > 0) ip.guarded--;
  }
  try {
    const handler = pending && handlerFor(ip, s, pending);
    if (handler) {
      pending = null;
      completion = runBlock(ip, handler.body);
      forget(ip, handler.name);
    } else if (!pending && completion === null) completion = runBlock(ip, s.otherwise);
  } catch (signal) {
    recover(signal);
  }
  const last = runBlock(ip, s.finally);
  if (last !== null) return last;
  if (pending) throw pending;
  return completion;
}

export function withStatement(ip: Interpreter, s: Statement & { kind: 'With' }): Completion {
  const { frame, depth } = ip;
  const entered: Value[] = [];
  let completion: Completion = null;
  let pending: Raise | null = null;
  const { unknownContexts } = ip;
  try {
    for (const item of s.items) {
      const manager = enterContext(ip, item);
      entered.push(manager);
      if (manager.kind === 'unknown') ip.unknownContexts++;
    }
    completion = runBlock(ip, s.body);
  } catch (signal) {
    if (!(signal instanceof Raise)) throw signal;
    pending = signal;
    ip.frame = frame;
    ip.depth = depth;
  } finally {
    ip.unknownContexts = unknownContexts;
  }
  leaveContexts(ip, entered, pending);
  return completion;
}

/** `with manager as target`: the manager. */
export function enterContext(ip: Interpreter, item: (Statement & { kind: 'With' })['items'][number]): Value {
  const manager = evaluate(ip, item.value);
  const entered = enter(ip, manager);
  if (item.target) assign(ip, item.target, entered);
  return manager;
}

export function enter(ip: Interpreter, manager: Value): Value {
  const method = manager.kind === 'unknown' ? null : findAttribute(ip, manager, '__enter__');
  return method ? ip.call(method, []) : manager;
}

/** __exit__ of every manager, the last one first; raises what none of them held back. */
export function leaveContexts(ip: Interpreter, entered: readonly Value[], raised: Raise | null): void {
  let pending = raised;
  for (const manager of [...entered].reverse()) {
    if (manager.kind !== 'instance' || !findAttribute(ip, manager, '__exit__')) continue;
    const exception = pending?.exception;
    const told = exception ? [ip.library.typeOf(exception), exception, NONE] : [NONE, NONE, NONE];
    try {
      const held = truth(ip, callMethod(ip, manager, '__exit__', told));
      if (held === true) pending = null;
    } catch (signal) {
      if (!(signal instanceof Raise)) throw signal;
      pending = signal;
    }
  }
  if (pending) throw pending;
}
