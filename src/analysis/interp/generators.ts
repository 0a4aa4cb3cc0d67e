// Generators: functions with `yield`. Their body runs step by step, as far as the next value is asked for:
//   def numbers():
//       n = 0
//       while True:
//           yield n
//           n += 1
// Statements that hold a yield run here; all others as everywhere else.

import type { Expression, Statement } from '../syntax/program.ts';
import { NONE } from '../values/make.ts';
import type { IteratorValue, Value } from '../values/value.ts';
import { assign } from './assign.ts';
import { coroutine, NotKnown, type Steps } from './coroutine.ts';
import { evaluate } from './expressions.ts';
import type { Frame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { iteratorOf } from './iteration.ts';
import { matches } from './matching.ts';
import { type Completion, Raise } from './signals.ts';
import { run } from './statements.ts';
import { truth } from './truth.ts';
import { enterContext, forget, handlerFor, leaveContexts } from './unwinding.ts';

/** Calling a generator function gives this; nothing of it has run yet. */
export function generator(ip: Interpreter, frame: Frame, body: readonly Statement[]): IteratorValue {
  function* steps(): Steps {
    const completion = yield* runSteps(ip, body);
    return completion?.kind === 'return' ? completion.value : NONE;
  }
  return coroutine(ip, frame, steps(), null);
}

const CONDITION = 'which values it yields depends on a condition that is not known';

type YieldNode = Expression & { kind: 'Yield' };
const yieldsIn = new WeakMap<object, readonly YieldNode[]>();

/** The `yield`s of a statement or expression, inner ones first, not those of functions inside it. */
function yieldsOf(node: Statement | Expression): readonly YieldNode[] {
  let found = yieldsIn.get(node);
  if (!found) {
    const out: YieldNode[] = [];
    collect(node, out);
    yieldsIn.set(node, (found = out));
  }
  return found;
}

function collect(node: unknown, out: YieldNode[]): void {
  if (Array.isArray(node)) {
    for (const n of node) collect(n, out);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const kind = (node as { kind?: string }).kind;
  if (kind === 'Function' || kind === 'Class' || kind === 'Lambda') return;
  for (const part of Object.values(node)) collect(part, out);
  if (kind === 'Yield') out.push(node as YieldNode);
}

function* runSteps(ip: Interpreter, statements: readonly Statement[]): Steps<Completion> {
  for (const s of statements) {
    const completion = yieldsOf(s).length > 0 ? yield* step(ip, s) : whole(ip, s);
    if (completion !== null) return completion;
  }
  return null;
}

/** A statement without yields. Where it may have returned, what follows may not come. */
function whole(ip: Interpreter, s: Statement): Completion {
  const { possibleReturns } = ip.frame!;
  const before = possibleReturns.length;
  const completion = run(ip, s);
  if (possibleReturns.length > before) throw new NotKnown(CONDITION);
  return completion;
}

function* step(ip: Interpreter, s: Statement): Steps<Completion> {
  ip.step();
  ip.frame!.site = s;
  switch (s.kind) {
    case 'If':
      yield* answer(ip, s.test);
      return yield* runSteps(ip, decided(truth(ip, evaluate(ip, s.test))) ? s.consequent : s.otherwise);
    case 'For':
      return yield* forSteps(ip, s);
    case 'While':
      for (;;) {
        yield* answer(ip, s.test);
        if (!decided(truth(ip, evaluate(ip, s.test)))) return yield* runSteps(ip, s.otherwise);
        const completion = yield* runSteps(ip, s.body);
        if (completion?.kind === 'return') return completion;
        if (completion?.kind === 'break') return null;
        ip.step();
      }
    case 'Try':
      return yield* trySteps(ip, s);
    case 'With':
      return yield* withSteps(ip, s);
    case 'Match': {
      yield* answer(ip, s.subject);
      const subject = evaluate(ip, s.subject);
      for (const c of s.cases) {
        const fits = decided(matches(ip, c.pattern, subject));
        if (fits && (!c.guard || decided(truth(ip, evaluate(ip, c.guard))))) return yield* runSteps(ip, c.body);
      }
      return null;
    }
    default:
      yield* answer(ip, s);
      return whole(ip, s);
  }
}

function decided(known: boolean | null): boolean {
  if (known === null) throw new NotKnown(CONDITION);
  return known;
}

/** Yields what the `yield`s of an expression (or simple statement) ask for; what they give is kept for its evaluation. */
function* answer(ip: Interpreter, node: Statement | Expression): Steps<void> {
  for (const y of yieldsOf(node)) {
    const value = y.value ? evaluate(ip, y.value) : NONE;
    const given = y.from ? yield* delegate(ip, value) : yield value;
    ip.frame!.yields!.set(y, given);
  }
}

/** yield from: passes on values, what is sent, and exceptions; its value is what the other generator returned. */
function* delegate(ip: Interpreter, value: Value): Steps {
  const it = iteratorOf(ip, value);
  if (!it) throw new NotKnown('what it yields from is not known');
  let item = it.next();
  while (item !== null) {
    let sent: Value;
    try {
      sent = yield item;
    } catch (signal) {
      if (!it.generator) throw signal;
      item = it.generator.throw(signal);
      continue;
    }
    item = sent.kind !== 'none' && it.generator ? it.generator.send(sent) : it.next();
  }
  if (it.unknown) throw new NotKnown(it.unknown);
  return it.generator?.returned ?? NONE;
}

function* forSteps(ip: Interpreter, s: Statement & { kind: 'For' }): Steps<Completion> {
  yield* answer(ip, s.iterable);
  const it = iteratorOf(ip, evaluate(ip, s.iterable));
  if (!it) throw new NotKnown('what its loop runs over is not known');
  for (let item = it.next(); item !== null; item = it.next()) {
    ip.step();
    assign(ip, s.target, item);
    const completion = yield* runSteps(ip, s.body);
    if (completion?.kind === 'return') return completion;
    if (completion?.kind === 'break') return null;
  }
  if (it.unknown) throw new NotKnown(it.unknown);
  return yield* runSteps(ip, s.otherwise);
}

function* trySteps(ip: Interpreter, s: Statement & { kind: 'Try' }): Steps<Completion> {
  const frame = ip.frame!;
  let completion: Completion = null;
  let pending: Raise | null = null;
  try {
    completion = yield* runSteps(ip, s.body);
  } catch (signal) {
    if (!(signal instanceof Raise)) throw signal;
    pending = signal;
    ip.frame = frame;
  }
  try {
    const handler = pending && handlerFor(ip, s, pending);
    if (handler) {
      pending = null;
      completion = yield* runSteps(ip, handler.body);
      forget(ip, handler.name);
    } else if (!pending && completion === null) completion = yield* runSteps(ip, s.otherwise);
  } catch (signal) {
    if (!(signal instanceof Raise)) throw signal;
    pending = signal;
    ip.frame = frame;
  }
  const last = yield* runSteps(ip, s.finally);
  if (last !== null) return last;
  if (pending) throw pending;
  return completion;
}

function* withSteps(ip: Interpreter, s: Statement & { kind: 'With' }): Steps<Completion> {
  const frame = ip.frame!;
  const entered: Value[] = [];
  let completion: Completion = null;
  let pending: Raise | null = null;
  try {
    for (const item of s.items) {
      yield* answer(ip, item.value);
      entered.push(enterContext(ip, item));
    }
    completion = yield* runSteps(ip, s.body);
  } catch (signal) {
    if (!(signal instanceof Raise)) throw signal;
    pending = signal;
    ip.frame = frame;
  }
  leaveContexts(ip, entered, pending);
  return completion;
}
