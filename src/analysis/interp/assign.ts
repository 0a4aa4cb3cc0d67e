// Assignment to names, attributes, items and unpacked tuples: a, *b = c; self.conv = …; x[0] = ….

import type { Expression, Statement } from '../syntax/program.ts';
import { list, unknown } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { setAttribute } from './attributes.ts';
import { evaluate } from './expressions.ts';
import { setItem } from './indexing.ts';
import { settleByUnpacking } from './inputProbe.ts';
import type { Interpreter } from './interpreter.ts';
import { elementsOf } from './iteration.ts';

export function assign(ip: Interpreter, target: Expression, value: Value): void {
  switch (target.kind) {
    case 'Name': {
      const { scope } = ip.frame!;
      ip.setVariable((scope.elsewhere?.get(target.name) ?? scope).variables, target.name, value);
      return;
    }
    case 'Attribute':
      setAttribute(ip, evaluate(ip, target.object), target.name, value);
      return;
    case 'Index':
      setItem(ip, evaluate(ip, target.object), evaluate(ip, target.index), value);
      return;
    case 'Tuple':
    case 'List':
      unpack(ip, target.items, value);
      return;
    case 'Spread':
      assign(ip, target.value, value);
      return;
    default:
      return;
  }
}

function unpack(ip: Interpreter, targets: readonly Expression[], value: Value): void {
  const starred = targets.findIndex((t) => t.kind === 'Spread');
  const items = elementsOf(ip, value);
  if (!items) {
    settleByUnpacking(value, targets);
    const reason = value.kind === 'unknown' ? value.reason : 'what is unpacked here is not known';
    for (const t of targets) assign(ip, t, unknown(reason));
    return;
  }
  if (starred < 0) {
    if (items.length !== targets.length) {
      const problem =
        items.length > targets.length
          ? `too many values to unpack (expected ${targets.length})`
          : `not enough values to unpack (expected ${targets.length}, got ${items.length})`;
      ip.raise('ValueError', problem);
    }
    for (let i = 0; i < targets.length; i++) assign(ip, targets[i]!, items[i]!);
    return;
  }
  const after = targets.length - starred - 1;
  if (items.length < targets.length - 1)
    ip.raise(
      'ValueError',
      `not enough values to unpack (expected at least ${targets.length - 1}, got ${items.length})`,
    );
  for (let i = 0; i < starred; i++) assign(ip, targets[i]!, items[i]!);
  assign(ip, targets[starred]!, list(items.slice(starred, items.length - after)));
  for (let i = 0; i < after; i++) assign(ip, targets[starred + 1 + i]!, items[items.length - after + i]!);
}

/** Simple names that an assignment binds, with their places, for hints. */
export function boundNames(target: Expression): (Expression & { kind: 'Name' })[] {
  switch (target.kind) {
    case 'Name':
      return [target];
    case 'Tuple':
    case 'List':
      return target.items.flatMap(boundNames);
    case 'Spread':
      return boundNames(target.value);
    default:
      return [];
  }
}

/** Names that a body's statements bind, those of functions inside it left out, in order of appearance. */
export function assignedNames(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(assignedNames);
  if (typeof node !== 'object' || node === null) return [];
  const s = node as Statement;
  switch (s.kind) {
    case 'Assign':
      return s.targets.flatMap(boundNames).map((n) => n.name);
    case 'AnnotatedAssign':
    case 'AugmentedAssign':
      return boundNames(s.target).map((n) => n.name);
    case 'For':
      return [...boundNames(s.target).map((n) => n.name), ...assignedNames(s.body), ...assignedNames(s.otherwise)];
    case 'With':
      return [
        ...s.items.flatMap((i) => (i.target ? boundNames(i.target) : [])).map((n) => n.name),
        ...assignedNames(s.body),
      ];
    case 'If':
      return [...assignedNames(s.consequent), ...assignedNames(s.otherwise)];
    case 'While':
      return [...assignedNames(s.body), ...assignedNames(s.otherwise)];
    case 'Try':
      return [s.body, ...s.handlers.map((h) => h.body), s.otherwise, s.finally].flatMap(assignedNames);
    case 'Function':
      return [s.code.name];
    case 'Class':
      return [s.name];
    default:
      return [];
  }
}
