// Statements: run one after another; each tells how it ended.

import { type Dim, equal, isOpen } from '../dims/dim.ts';
import type { Statement } from '../syntax/program.ts';
import { NONE, unknown } from '../values/make.ts';
import type { Lazy, Scope, Value } from '../values/value.ts';
import { assign, boundNames } from './assign.ts';
import { deleteAttribute, getAttribute, setAttribute } from './attributes.ts';
import { defineClass } from './classes.ts';
import { lastRound, watchLoop } from './cutLoop.ts';
import { evaluate, makeFunction } from './expressions.ts';
import { fork, join } from './fork.ts';
import { deleteItem, getItem, setItem } from './indexing.ts';
import type { Interpreter } from './interpreter.ts';
import { forEach, repeatedElement } from './iteration.ts';
import { matches } from './matching.ts';
import { binary } from './operators.ts';
import { type Completion, Raise } from './signals.ts';
import { runTolerantly } from './tolerance.ts';
import { truth } from './truth.ts';
import { raise, tryStatement, withStatement } from './unwinding.ts';

export function runBlock(ip: Interpreter, statements: readonly Statement[]): Completion {
  for (const s of statements) {
    const completion = ip.tolerant ? runTolerantly(ip, s, () => run(ip, s)) : run(ip, s);
    if (completion !== null) return completion;
  }
  return null;
}

export function run(ip: Interpreter, s: Statement): Completion {
  ip.step();
  const frame = ip.frame!;
  frame.site = s;
  switch (s.kind) {
    case 'Expression':
      evaluate(ip, s.value);
      return null;
    case 'Assign': {
      for (const target of s.targets) ip.observer?.beginning(ip, frame, s, target);
      const value = evaluate(ip, s.value);
      for (const target of s.targets) assign(ip, target, value);
      if (ip.observer) for (const target of s.targets) observeNames(ip, s, target);
      return null;
    }
    case 'AnnotatedAssign':
      if (s.value) {
        ip.observer?.beginning(ip, frame, s, s.target);
        assign(ip, s.target, evaluate(ip, s.value));
        if (ip.observer) observeNames(ip, s, s.target);
      }
      return null;
    case 'AugmentedAssign': {
      ip.observer?.beginning(ip, frame, s, s.target);
      augment(ip, s);
      if (ip.observer) observeNames(ip, s, s.target);
      return null;
    }
    case 'Return': {
      const value = s.value ? evaluate(ip, s.value) : NONE;
      if (s.value) ip.observer?.returned(ip, frame, s, value);
      return { kind: 'return', value };
    }
    case 'If': {
      const test = evaluate(ip, s.test);
      return branch(
        ip,
        truth(ip, test),
        () => runBlock(ip, s.consequent),
        () => {
          ip.observer?.passedOver(ip, frame, s);
          return runBlock(ip, s.otherwise);
        },
        (holds) => ip.established(test, holds),
      );
    }
    case 'For':
      return forLoop(ip, s);
    case 'While':
      return whileLoop(ip, s);
    case 'Break':
      return { kind: 'break' };
    case 'Continue':
      return { kind: 'continue' };
    case 'Pass':
      return null;
    case 'Function':
    case 'Class':
      define(ip, s);
      return null;
    case 'Import':
    case 'ImportFrom':
      ip.loader.runImport(ip, s);
      return null;
    case 'Raise':
      return raise(ip, s.exception);
    case 'Try':
      return tryStatement(ip, s);
    case 'With':
      return withStatement(ip, s);
    case 'Assert': {
      const test = evaluate(ip, s.test);
      const known = truth(ip, test);
      if (known === false) ip.raise('AssertionError', s.message ? evaluate(ip, s.message) : null);
      if (known === null) ip.established(test, true);
      return null;
    }
    case 'Delete':
      for (const target of s.targets) {
        if (target.kind === 'Name') deleteName(ip, target.name);
        else if (target.kind === 'Attribute') deleteAttribute(ip, evaluate(ip, target.object), target.name);
        else if (target.kind === 'Index') deleteItem(ip, evaluate(ip, target.object), evaluate(ip, target.index));
      }
      return null;
    case 'Global':
    case 'Nonlocal':
      declare(ip, s.names, s.kind);
      return null;
    case 'Match': {
      const subject = evaluate(ip, s.subject);
      return matchCases(ip, s, subject, 0);
    }
    case 'Bad':
      return null;
  }
}

/** target op= value: the target's object and index are evaluated once. */
function augment(ip: Interpreter, s: Statement & { kind: 'AugmentedAssign' }): void {
  const { target } = s;
  const combine = (before: Value): Value => binary(ip, s.operator, before, evaluate(ip, s.value), true);
  if (target.kind === 'Attribute') {
    const object = evaluate(ip, target.object);
    setAttribute(ip, object, target.name, combine(getAttribute(ip, object, target.name)));
  } else if (target.kind === 'Index') {
    const object = evaluate(ip, target.object);
    const index = evaluate(ip, target.index);
    setItem(ip, object, index, combine(getItem(ip, object, index)));
  } else assign(ip, target, combine(evaluate(ip, target)));
}

function deleteName(ip: Interpreter, name: string): void {
  const { scope } = ip.frame!;
  const { variables } = scope.elsewhere?.get(name) ?? scope;
  if (!variables.has(name)) ip.raise('NameError', `name '${name}' is not defined`);
  ip.deleteVariable(variables, name);
}

function observeNames(ip: Interpreter, s: Statement, target: Parameters<typeof boundNames>[0]): void {
  const frame = ip.frame!;
  for (const name of boundNames(target)) {
    const value = frame.scope.variables.get(name.name);
    if (value && value.kind !== 'lazy') ip.observer!.assigned(ip, frame, s, name, value);
  }
}

function branch(
  ip: Interpreter,
  known: boolean | null,
  then: () => Completion,
  otherwise: () => Completion,
  settled: (holds: boolean) => void = () => {},
): Completion {
  if (known === null) return fork(ip, then, otherwise, settled);
  return known ? then() : otherwise();
}

function forLoop(ip: Interpreter, s: Statement & { kind: 'For' }): Completion {
  const iterable = evaluate(ip, s.iterable);
  let leave: Completion = null;
  const isOver = watchLoop(ip);
  const known = forEach(ip, iterable, (item) => {
    if (isOver?.()) {
      lastRound(ip, () => {
        assign(ip, s.target, item);
        leave = runBlock(ip, s.body);
      });
      // Whether it returns in a later round is not known: it is taken to go on after the loop.
      leave = null;
      return true;
    }
    assign(ip, s.target, item);
    const completion = runBlock(ip, s.body);
    if (completion?.kind === 'return') leave = completion;
    if (completion?.kind === 'break') leave = completion;
    return leave !== null;
  });
  const each = known ? null : repeatedElement(ip, iterable);
  if (each) leave = runRepeated(ip, s, each, iterable.kind === 'range' || isOpen(each.count));
  else if (!known) {
    // How often it runs is not known: once, or not at all.
    const reason = iterable.kind === 'unknown' ? iterable.reason : 'what the loop runs over is not known';
    leave = fork(
      ip,
      () => {
        assign(ip, s.target, unknown(reason));
        const completion = runBlock(ip, s.body);
        return completion?.kind === 'return' ? completion : null;
      },
      () => null,
    );
  }
  const left = leave as Completion;
  if (left?.kind === 'return') return left;
  return left?.kind === 'break' ? null : runBlock(ip, s.otherwise);
}

/**
 * A loop over the rows of something whose length is a symbol: its body runs once for all of them. A list that it appends
 * to gets as many items; a variable that it changes is what it was, or what one run makes of it.
 */
function runRepeated(
  ip: Interpreter,
  s: Statement & { kind: 'For' },
  each: { item: Value; count: Dim },
  isCounted: boolean,
): Completion {
  const outer = ip.journal;
  const journal = ip.newJournal();
  ip.journal = journal;
  const before = ip.recorder?.total ?? null;
  let completion: Completion;
  try {
    assign(ip, s.target, each.item);
    completion = runBlock(ip, s.body);
  } finally {
    ip.journal = outer;
  }
  if (isCounted) ip.recorder?.repeatSince(before, each.count);
  const targets = new Set(boundNames(s.target).map((n) => n.name));
  let isAlike = true;
  for (const [variables, before] of journal.maps) {
    for (const [name, value] of before) {
      outer?.noteBefore(variables, name, value);
      const after = variables.get(name);
      if (value && after && value !== after && value.kind !== 'lazy' && after.kind !== 'lazy' && !targets.has(name)) {
        variables.set(name, join(ip, value, after));
        isAlike &&= !isOtherSize(value, after);
      }
    }
  }
  for (const [container, saved] of journal.containers) {
    outer?.noteContainerBefore(container, saved);
    const [item] = container.kind === 'list' ? container.items : [];
    if (container.kind === 'list' && saved.items?.length === 0 && container.items.length === 1 && item && isAlike) {
      container.items = [];
      container.repeat = { item, count: each.count };
    }
    container.unknown ??= 'how many items it has depends on data';
  }
  return completion?.kind === 'return' ? completion : null;
}

/** Whether a round leaves a variable so that the next one may make something else of it: `ids = torch.cat((ids, next), 1)`. */
function isOtherSize(before: Value, after: Value): boolean {
  if (before.kind === 'int' && after.kind === 'int') return equal(before.value, after.value) !== true;
  if (before.kind !== 'tensor' || after.kind !== 'tensor' || !before.shape || !after.shape) return false;
  const [a, b] = [before.shape, after.shape];
  return a.length !== b.length || !a.every((d, i) => d !== null && b[i] !== null && equal(d, b[i]!) === true);
}

function whileLoop(ip: Interpreter, s: Statement & { kind: 'While' }): Completion {
  const isOver = watchLoop(ip);
  for (;;) {
    const t = truth(ip, evaluate(ip, s.test));
    if (t === true && isOver?.()) {
      lastRound(ip, () => runBlock(ip, s.body));
      return null;
    }
    if (t === false) return runBlock(ip, s.otherwise);
    if (t === null) {
      return fork(
        ip,
        () => {
          const completion = runBlock(ip, s.body);
          return completion?.kind === 'return' ? completion : null;
        },
        () => null,
      );
    }
    const completion = runBlock(ip, s.body);
    if (completion?.kind === 'return') return completion;
    if (completion?.kind === 'break') return null;
    ip.step();
  }
}

/** Top-level classes and decorated functions wait until somebody reads their name. */
function define(ip: Interpreter, s: Statement & { kind: 'Function' | 'Class' }): void {
  const frame = ip.frame!;
  const { scope } = frame;
  const name = s.kind === 'Class' ? s.name : s.code.name;
  const make = (): Value => {
    let value: Value = s.kind === 'Class' ? defineClass(ip, s) : makeFunction(ip, s.code);
    for (let i = s.decorators.length - 1; i >= 0; i--) value = decorate(ip, s.decorators[i]!, value);
    return value;
  };
  if (scope.kind !== 'module' || (s.kind === 'Function' && s.decorators.length === 0) || scope.variables.has(name)) {
    ip.setVariable(
      (scope.elsewhere?.get(name) ?? scope).variables,
      name,
      scope.kind === 'module' ? ip.registries.whileDefining(ip, make) : make(),
    );
    return;
  }
  const lazy: Lazy = {
    kind: 'lazy',
    force: () => {
      const current = ip.frame;
      const { journal, speculation } = ip;
      ip.frame = { ...frame, site: s, scope };
      // What a definition does belongs to the module, not to the branch that happens to read it first.
      const { guarded } = ip;
      ip.journal = null;
      ip.speculation = 0;
      ip.guarded = 0;
      try {
        return ip.registries.whileDefining(ip, make);
      } finally {
        ip.frame = current;
        ip.journal = journal;
        ip.speculation = speculation;
        ip.guarded = guarded;
      }
    },
  };
  ip.pendingDefinitions.add(lazy);
  ip.setVariable(scope.variables, name, lazy);
}

/** A decorator that is not known, or fails, leaves the definition as it is. */
function decorate(ip: Interpreter, node: Parameters<typeof evaluate>[1], value: Value): Value {
  const { frame, depth } = ip;
  try {
    const result = ip.call(evaluate(ip, node), [value]);
    return result.kind === 'unknown' || result.kind === 'none' ? value : result;
  } catch (signal) {
    if (!(signal instanceof Raise)) throw signal;
    ip.frame = frame;
    ip.depth = depth;
    return value;
  }
}

function declare(ip: Interpreter, names: readonly string[], kind: 'Global' | 'Nonlocal'): void {
  const { scope } = ip.frame!;
  scope.elsewhere ??= new Map();
  for (const name of names) {
    let holder: Scope | null = scope.parent;
    if (kind === 'Global') while (holder?.parent) holder = holder.parent;
    else while (holder && !(holder.kind === 'function' && holder.variables.has(name))) holder = holder.parent;
    if (holder) scope.elsewhere.set(name, holder);
  }
}

function matchCases(ip: Interpreter, s: Statement & { kind: 'Match' }, subject: Value, from: number): Completion {
  for (let i = from; i < s.cases.length; i++) {
    const c = s.cases[i]!;
    let t = matches(ip, c.pattern, subject);
    if (t === true && c.guard) t = truth(ip, evaluate(ip, c.guard));
    if (t === false) continue;
    if (t === true) return runBlock(ip, c.body);
    return fork(
      ip,
      () => runBlock(ip, c.body),
      () => matchCases(ip, s, subject, i + 1),
    );
  }
  return null;
}
