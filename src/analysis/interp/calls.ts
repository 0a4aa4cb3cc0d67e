// Calls: functions with Python's argument binding, methods, classes, callables; and generator functions, which run when asked.

import { dict, isUnknownItems, NONE, str, tuple, unknown } from '../values/make.ts';
import type { Arguments, FunctionValue, Lazy, Scope, Value } from '../values/value.ts';
import { findMethod } from './attributes.ts';
import { instantiate } from './classes.ts';
import { join } from './fork.ts';
import type { Frame } from './frame.ts';
import { generator } from './generators.ts';
import type { Interpreter } from './interpreter.ts';
import { InputFound, OutOfBudget, Raise } from './signals.ts';
import { runBlock } from './statements.ts';

export function callValue(ip: Interpreter, callee: Value, args: Arguments): Value {
  switch (callee.kind) {
    case 'function':
      return callFunction(ip, callee, args);
    case 'builtin':
      return callBuiltin(ip, callee, args);
    case 'method':
      return callValue(ip, callee.function, { positional: [callee.self, ...args.positional], keywords: args.keywords });
    case 'class':
      return instantiate(ip, callee, args);
    case 'instance': {
      const own = findMethod(ip, callee, '__call__');
      if (callee.module && (!own || (own.kind === 'method' && own.function.kind === 'builtin')))
        return ip.library.callModule(ip, callee, args);
      if (own) return callValue(ip, own, args);
      if (callee.cls.unknownBase)
        return unknown(`${callee.cls.name} inherits from ${callee.cls.unknownBase}, which is not known`);
      return ip.raise('TypeError', `'${callee.cls.name}' object is not callable`);
    }
    case 'staticmethod':
    case 'classmethod':
      return callValue(ip, callee.function, args);
    case 'unknown':
      return unknown(callee.reason);
    case 'opaque':
      return unknown(`${callee.name}(…) is not known`);
    default:
      return ip.raise('TypeError', `'${ip.library.typeOf(callee).name}' object is not callable`);
  }
}

function callBuiltin(ip: Interpreter, callee: Value & { kind: 'builtin' }, args: Arguments): Value {
  ip.step();
  try {
    return callee.call(ip as never, args);
  } catch (signal) {
    if (signal instanceof Raise || signal instanceof OutOfBudget || signal instanceof InputFound) throw signal;
    // A mistake of ours in one rule must not end the analysis: what it would have given is not known.
    return ip.gap(`the rule for ${callee.name} failed (${signal instanceof Error ? signal.message : String(signal)})`);
  }
}

export function callFunction(ip: Interpreter, f: FunctionValue, args: Arguments): Value {
  ip.step();
  // A function that runs only to see what it does is left there: a model that is half made shows nothing.
  if (ip.depth >= ip.budget.depth && ip.cutLoopsOf) throw new OutOfBudget('steps');
  if (ip.depth >= ip.budget.depth) return ip.gap(`calls nest deeper than ${ip.budget.depth} here`);
  const scope: Scope = {
    variables: new Map(),
    parent: f.scope,
    kind: 'function',
    elsewhere: null,
    module: f.scope.module,
  };
  bindArguments(ip, f, args, scope.variables);
  const first = f.code.params[0];
  const frame: Frame = {
    scope,
    module: f.scope.module,
    chunk: f.code.chunk,
    function: f,
    self: first ? ((scope.variables.get(first.name) as Value | undefined) ?? null) : null,
    site: f.code.namePlace,
    possibleReturns: [],
    yields: f.code.isGenerator() ? new Map() : null,
    caller: ip.frame,
  };
  if (f.owner === null && first?.name !== 'self') frame.self = null;
  if (frame.yields) {
    ip.observer?.enter(ip, frame, f);
    return generator(ip, frame, f.code.body());
  }
  ip.frame = frame;
  ip.depth++;
  ip.observer?.enter(ip, frame, f);
  try {
    const completion = runBlock(ip, f.code.body());
    let result: Value = completion?.kind === 'return' ? completion.value : NONE;
    for (const other of frame.possibleReturns) result = join(ip, result, other);
    return result;
  } catch (signal) {
    if (!(signal instanceof Error)) throw signal;
    // Not one of ours to pass on: the stack is used up, or a mistake of ours. Only this call's value is lost.
    ip.frame = frame.caller;
    return ip.gap(
      signal instanceof RangeError
        ? 'this nests too deeply'
        : `what this gives could not be worked out (${signal.message})`,
    );
  } finally {
    ip.depth--;
    ip.frame = frame.caller;
  }
}

/** Binds arguments to parameters as Python does; raises TypeError where it would. */
function bindArguments(ip: Interpreter, f: FunctionValue, args: Arguments, into: Map<string, Value | Lazy>): void {
  const { params } = f.code;
  const keywords = args.keywords ? new Map(args.keywords) : null;
  let next = 0;
  for (const p of params) {
    if (p.kind === 'rest') {
      into.set(p.name, tuple(args.positional.slice(next)));
      next = args.positional.length;
      continue;
    }
    if (p.kind === 'restKeywords') {
      into.set(p.name, dict([...(keywords ?? [])].map(([k, v]) => [str(k), v] as const)));
      keywords?.clear();
      continue;
    }
    if (p.kind !== 'keywordOnly' && next < args.positional.length) {
      if (p.kind === 'normal' && keywords?.has(p.name))
        ip.raise('TypeError', `${ip.functionLabel(f)}() got multiple values for argument '${p.name}'`);
      into.set(p.name, args.positional[next++]!);
      continue;
    }
    const named = p.kind === 'positionalOnly' ? undefined : keywords?.get(p.name);
    if (named !== undefined) {
      into.set(p.name, named);
      keywords!.delete(p.name);
      continue;
    }
    const fallback = f.defaults.get(p.name);
    if (fallback === undefined) {
      if (args.positional.some(isUnknownItems)) into.set(p.name, unknown('it may be among what is unpacked'));
      else if (args.keywords?.has('**'))
        into.set(p.name, unknown('it may come from keyword arguments that are not known'));
      else ip.raise('TypeError', `${ip.functionLabel(f)}() missing a required argument: '${p.name}'`);
    } else into.set(p.name, ip.force(fallback));
  }
  if (next < args.positional.length) {
    const most = params.filter((p) => p.kind === 'normal' || p.kind === 'positionalOnly').length;
    ip.raise(
      'TypeError',
      `${ip.functionLabel(f)}() takes ${most} positional argument${most === 1 ? '' : 's'} but ${args.positional.length} were given`,
    );
  }
  keywords?.delete('**');
  if (keywords && keywords.size > 0)
    ip.raise('TypeError', `${ip.functionLabel(f)}() got an unexpected keyword argument '${[...keywords.keys()][0]}'`);
}
