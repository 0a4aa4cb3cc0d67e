// Expressions from outside the file: `--build "resnet18(weights=None)"`, a pin's build=, `--call "model(*inputs)"`.

import { evaluate } from '../interp/expressions.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { Program } from '../syntax/program.ts';
import { unknown } from '../values/make.ts';
import type { Lazy, ModuleValue, Scope, Value } from '../values/value.ts';

/** Evaluates the one expression of a parsed text in a module's namespace, plus torch, nn and `extra`. Raises as Python would. */
export function evaluateIn(
  ip: Interpreter,
  program: Program,
  module: ModuleValue,
  extra: ReadonlyMap<string, Value> = new Map(),
): Value {
  const chunk = program.chunks[0];
  const statement = chunk?.statements[0];
  if (!chunk || statement?.kind !== 'Expression') return unknown('this is not an expression');
  const library = new Map<string, Value | Lazy>();
  for (const [name, path] of [
    ['torch', 'torch'],
    ['nn', 'torch.nn'],
  ] as const) {
    library.set(name, {
      kind: 'lazy',
      force: () => ip.loader.load(ip, path) ?? unknown(`module ${path} was not found`),
    });
  }
  const outer: Scope = { variables: library, parent: null, kind: 'module', elsewhere: null, module };
  const file: Scope = { variables: module.variables, parent: outer, kind: 'module', elsewhere: null, module };
  const scope: Scope = { variables: new Map(extra), parent: file, kind: 'function', elsewhere: null, module };
  const caller = ip.frame;
  const synthetic: ModuleValue = { ...module, file: null };
  ip.frame = {
    scope,
    module: synthetic,
    chunk,
    function: null,
    self: null,
    site: statement,
    possibleReturns: [],
    yields: null,
    caller: null,
  };
  try {
    return evaluate(ip, statement.value);
  } finally {
    ip.frame = caller;
  }
}
