// Comprehensions: [f(x) for x in xs if x], {k: v for …}, and (f(x) for x in xs), which runs only as far as it is asked.

import type { Expression } from '../syntax/program.ts';
import { dict, list, NONE, putEntry, set, unknown } from '../values/make.ts';
import type { DictValue, IteratorValue, Scope, Value } from '../values/value.ts';
import { assign } from './assign.ts';
import { coroutine, NotKnown, type Steps } from './coroutine.ts';
import { evaluate } from './expressions.ts';
import type { Frame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { forEach, iteratorOf, repeatedElement, repeatedList } from './iteration.ts';
import { truth } from './truth.ts';

type Comprehension = Expression & { kind: 'Comprehension' };

const KEEPS = 'which elements it keeps is not known';
const RUNS_OVER = 'what it runs over is not known';

const scopeIn = (frame: Frame): Scope => ({
  variables: new Map(),
  parent: frame.scope,
  kind: 'comprehension',
  elsewhere: null,
  module: frame.module,
});

export function comprehension(ip: Interpreter, node: Comprehension): Value {
  if (node.form === 'generator') return generatorExpression(ip, node);
  const frame = ip.frame!;
  const out: Value[] = [];
  const d = node.form === 'dict' ? dict() : null;
  const scope = scopeIn(frame);
  let incomplete: string | null = null;
  let repeated: Value | null = null;
  const clause = (i: number): void => {
    const c = node.clauses[i];
    if (!c) {
      if (d) addEntry(ip, node, d);
      else out.push(evaluate(ip, node.element));
      return;
    }
    const outer = frame.scope;
    if (i === 0) frame.scope = scope.parent!;
    const iterable = evaluate(ip, c.iterable);
    frame.scope = outer;
    const known = forEach(ip, iterable, (item) => {
      assign(ip, c.target, item);
      for (const condition of c.conditions) {
        const t = truth(ip, evaluate(ip, condition));
        if (t === false) return;
        if (t === null) {
          incomplete ??= KEEPS;
          return;
        }
      }
      clause(i + 1);
    });
    if (known) return;
    const each =
      node.clauses.length === 1 && node.form !== 'dict' && c.conditions.length === 0
        ? repeatedElement(ip, iterable)
        : null;
    if (each) {
      assign(ip, c.target, each.item);
      repeated = repeatedList(evaluate(ip, node.element), each.count);
    } else incomplete ??= RUNS_OVER;
  };
  frame.scope = scope;
  try {
    clause(0);
  } finally {
    frame.scope = scope.parent!;
  }
  if (repeated) return repeated;
  if (d) {
    d.unknown ??= incomplete;
    return d;
  }
  if (node.form === 'set') {
    const s = set(out);
    s.unknown ??= incomplete;
    return s;
  }
  const l = list(out);
  l.unknown = incomplete;
  return l;
}

function addEntry(ip: Interpreter, node: Comprehension, d: DictValue): void {
  const key = evaluate(ip, node.element);
  if (!putEntry(d, key, evaluate(ip, node.value!))) d.unknown = 'a key is not known';
}

/** Only what it runs over is evaluated at once. */
function generatorExpression(ip: Interpreter, node: Comprehension): Value {
  const home = ip.frame!;
  const over = evaluate(ip, node.clauses[0]!.iterable);
  const each = node.clauses.length === 1 && node.clauses[0]!.conditions.length === 0 ? repeatedElement(ip, over) : null;
  if (each) return repeatedRun(ip, node, each);
  const first = iteratorOf(ip, over);
  if (!first) return unknown(over.kind === 'unknown' ? over.reason : RUNS_OVER);
  const frame: Frame = { ...home, scope: scopeIn(home) };
  function* clause(i: number, source: IteratorValue): Steps<void> {
    const c = node.clauses[i]!;
    for (let item = source.next(); item !== null; item = source.next()) {
      ip.step();
      assign(ip, c.target, item);
      if (!keeps(ip, c.conditions)) continue;
      if (i + 1 === node.clauses.length) yield evaluate(ip, node.element);
      else {
        const inner = iteratorOf(ip, evaluate(ip, node.clauses[i + 1]!.iterable));
        if (!inner) throw new NotKnown(RUNS_OVER);
        yield* clause(i + 1, inner);
      }
    }
    if (source.unknown) throw new NotKnown(source.unknown);
  }
  function* steps(): Steps {
    yield* clause(0, first!);
    return NONE;
  }
  return coroutine(ip, frame, steps(), home);
}

function keeps(ip: Interpreter, conditions: readonly Expression[]): boolean {
  for (const condition of conditions) {
    const t = truth(ip, evaluate(ip, condition));
    if (t === null) throw new NotKnown(KEEPS);
    if (!t) return false;
  }
  return true;
}

/** Over rows whose number is a symbol: one element stands for all. */
function repeatedRun(
  ip: Interpreter,
  node: Comprehension,
  each: NonNullable<ReturnType<typeof repeatedElement>>,
): Value {
  const frame = ip.frame!;
  const scope = scopeIn(frame);
  frame.scope = scope;
  try {
    assign(ip, node.clauses[0]!.target, each.item);
    return repeatedList(evaluate(ip, node.element), each.count);
  } finally {
    frame.scope = scope.parent!;
  }
}
