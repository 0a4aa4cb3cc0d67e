// Expressions: evaluated to values, left to right, as Python does.

import type { Argument, Expression, FunctionCode } from '../syntax/program.ts';
import {
  bool,
  dict,
  ELLIPSIS,
  float,
  instance,
  int,
  isUnknownItems,
  list,
  NONE,
  putEntry,
  set,
  str,
  tuple,
  unknown,
  unknownItems,
} from '../values/make.ts';
import type { Arguments, ClassValue, FunctionValue, Lazy, ListValue, Scope, Value } from '../values/value.ts';
import { getAttribute } from './attributes.ts';
import { callValue } from './calls.ts';
import { comprehension } from './comprehensions.ts';
import { fork, join } from './fork.ts';
import { format } from './format.ts';
import { getItem } from './indexing.ts';
import type { Interpreter } from './interpreter.ts';
import { elementsOf } from './iteration.ts';
import { binary, unary } from './operators.ts';
import { compareValues, truth } from './truth.ts';

export function evaluate(ip: Interpreter, node: Expression): Value {
  switch (node.kind) {
    case 'Name': {
      const value = lookUp(ip, node.name);
      if (value.kind === 'tensor') ip.observer?.read(ip, ip.frame!, node, value);
      return value;
    }
    case 'Literal':
      return literal(ip, node.literal);
    case 'Attribute':
      return getAttribute(ip, evaluate(ip, node.object), node.name);
    case 'Call':
      return call(ip, node);
    case 'Binary':
      return at(ip, node, () => binary(ip, node.operator, evaluate(ip, node.left), evaluate(ip, node.right)));
    case 'Unary': {
      const operand = evaluate(ip, node.operand);
      if (node.operator !== 'not') return unary(ip, node.operator, operand);
      const t = truth(ip, operand);
      return t === null ? unknown('it depends on a condition that is not known') : bool(!t);
    }
    case 'Logical':
      return logical(ip, node);
    case 'Compare':
      return comparison(ip, node);
    case 'Conditional':
      return conditional(ip, node);
    case 'Index':
      return at(ip, node, () => getItem(ip, evaluate(ip, node.object), evaluate(ip, node.index)));
    case 'Slice': {
      const part = (e: Expression | null) => (e ? evaluate(ip, e) : NONE);
      return { kind: 'slice', start: part(node.start), stop: part(node.stop), step: part(node.step) };
    }
    case 'List':
      return ip.registries.note(ip, listOf(items(ip, node.items)));
    case 'Tuple':
      return tupleOf(items(ip, node.items));
    case 'Set':
      return set(items(ip, node.items));
    case 'Dict':
      return dictionary(ip, node.entries);
    case 'Format':
      return format(ip, node.parts);
    case 'Lambda':
      return makeFunction(ip, node.code);
    case 'Comprehension':
      return comprehension(ip, node);
    case 'NamedExpression': {
      const value = evaluate(ip, node.value);
      let scope: Scope = ip.frame!.scope;
      while (scope.kind === 'comprehension' && scope.parent) scope = scope.parent;
      ip.setVariable(scope.variables, node.target, value);
      return value;
    }
    case 'Await':
      return evaluate(ip, node.value);
    case 'Yield': {
      // It was yielded before its statement ran (generators.ts): this is what came back.
      return ip.frame!.yields?.get(node) ?? unknown('yield outside a generator');
    }
    case 'Spread':
      return evaluate(ip, node.value);
    case 'Bad':
      return unknown('this does not parse');
  }
}

/** Evaluates with the frame standing at a node, so that what a rule reports has its place. */
function at(ip: Interpreter, node: Expression, run: () => Value): Value {
  const frame = ip.frame!;
  const before = frame.site;
  frame.site = node;
  const value = run();
  frame.site = before;
  return value;
}

/** Bytes are an instance of `bytes` around a tuple of numbers. */
export function bytes(ip: Interpreter, text: string): Value {
  const made = instance(ip.library.builtins.get('bytes') as ClassValue);
  made.base = tuple(Array.from(text, (c) => int(c.charCodeAt(0) & 255)));
  return made;
}

function literal(ip: Interpreter, l: (Expression & { kind: 'Literal' })['literal']): Value {
  switch (l.type) {
    case 'int':
      return int(l.value);
    case 'float':
      return float(l.value);
    case 'str':
      return str(l.value);
    case 'bytes':
      return bytes(ip, l.value);
    case 'bool':
      return bool(l.value);
    case 'none':
      return NONE;
    case 'ellipsis':
      return ELLIPSIS;
  }
}

/** A name's value: local, enclosing, global, builtin. */
export function lookUp(ip: Interpreter, name: string): Value {
  let scope: Scope | null = ip.frame!.scope;
  const declared = scope.elsewhere?.get(name);
  if (declared) scope = declared;
  for (let first = true; scope; scope = scope.parent, first = false) {
    // Names of a class body are not visible in its methods.
    if (scope.kind === 'class' && !first) continue;
    const value = ip.read(scope.variables, name);
    if (value !== undefined) return value;
  }
  const found = ip.read(ip.library.builtins, name);
  if (found !== undefined) return found;
  return lookUpLate(ip, name);
}

/** Names that only a star import whose module is not known may bind. */
function lookUpLate(ip: Interpreter, name: string): Value {
  const { module } = ip.frame!;
  if (name === '__name__') return str(module.name);
  if (name === '__file__') return str(module.file ?? '');
  const starred = ip.loader.fromStarImports(ip, module, name);
  if (starred) return starred;
  return ip.raise('NameError', `name '${name}' is not defined`);
}

function items(ip: Interpreter, nodes: readonly Expression[]): Value[] {
  const out: Value[] = [];
  for (const node of nodes) {
    if (node.kind === 'Spread') {
      const spread = elementsOf(ip, evaluate(ip, node.value));
      if (spread) out.push(...spread);
      else out.push(unknownItems());
    } else out.push(evaluate(ip, node));
  }
  return out;
}

/** Where not all items are known, nor is how many there are. */
const tupleOf = (all: readonly Value[]): Value =>
  all.some(isUnknownItems) ? unknown('what is unpacked into it is not known') : tuple(all);
const listOf = (all: Value[]): ListValue =>
  all.some(isUnknownItems) ? { ...list([]), unknown: 'what is unpacked into it is not known' } : list(all);

function dictionary(ip: Interpreter, entries: (Expression & { kind: 'Dict' })['entries']): Value {
  const d = dict();
  for (const { key, value } of entries) {
    if (key === null) {
      const spread = evaluate(ip, value);
      const from = spread.kind === 'instance' && spread.base ? spread.base : spread;
      if (from.kind === 'dict') {
        for (const entry of from.entries.values()) putEntry(d, entry.key, entry.value);
        d.unknown ??= from.unknown;
      } else d.unknown ??= 'what is unpacked into it is not known';
      continue;
    }
    const k = evaluate(ip, key);
    const v = evaluate(ip, value);
    if (!putEntry(d, k, v)) d.unknown = 'a key is not known';
  }
  return ip.registries.note(ip, d);
}

export function evaluateArguments(ip: Interpreter, args: readonly Argument[]): Arguments {
  const positional: Value[] = [];
  let keywords: Map<string, Value> | null = null;
  for (const arg of args) {
    switch (arg.kind) {
      case 'positional':
        positional.push(evaluate(ip, arg.value));
        break;
      case 'keyword':
        (keywords ??= new Map()).set(arg.name, evaluate(ip, arg.value));
        break;
      case 'spread': {
        const value = evaluate(ip, arg.value);
        const spread = elementsOf(ip, value);
        if (spread) positional.push(...spread);
        else positional.push(unknownItems(value.kind === 'list' ? value.repeat : undefined));
        break;
      }
      case 'spreadKeywords': {
        const value = evaluate(ip, arg.value);
        const from = value.kind === 'instance' && value.base ? value.base : value;
        keywords ??= new Map();
        if (from.kind === 'dict') {
          for (const entry of from.entries.values())
            if (entry.key.kind === 'str') keywords.set(entry.key.value, entry.value);
          if (from.unknown !== null) keywords.set('**', unknown(from.unknown));
        } else keywords.set('**', unknown('what is unpacked here is not known'));
        break;
      }
    }
  }
  return { positional, keywords };
}

function call(ip: Interpreter, node: Expression & { kind: 'Call' }): Value {
  const frame = ip.frame!;
  const before = frame.site;
  const callee = evaluate(ip, node.callee);
  if (callee.kind === 'unknown') noteUnknownLayer(ip, node.callee);
  const args = evaluateArguments(ip, node.args);
  frame.site = node;
  const observed = ip.observer?.beforeCall(ip, frame, node);
  const result = callValue(ip, callee, args);
  if (observed) ip.observer!.afterCall(ip, frame, node, callee, args, result, observed);
  frame.site = before;
  return result;
}

/** self.backbone(x) or self.backbone.encode(x), where backbone is not known: the model has parameters that cannot be counted. */
function noteUnknownLayer(ip: Interpreter, callee: Expression): void {
  if (callee.kind !== 'Attribute') return;
  if (callee.object.kind !== 'Name') {
    noteUnknownLayer(ip, callee.object);
    return;
  }
  const owner = ip.frame!.scope.variables.get(callee.object.name);
  if (owner?.kind !== 'instance' || !owner.module || owner.attributes.get(callee.name)?.kind !== 'unknown') return;
  owner.module.unknownChildren ??= `${callee.name} is not known`;
}

function logical(ip: Interpreter, node: Expression & { kind: 'Logical' }): Value {
  const left = evaluate(ip, node.left);
  const t = truth(ip, left);
  if (t === null) {
    // Not known which side it is: evaluate the other one on a branch of its own.
    let right: Value = NONE;
    fork(
      ip,
      () => {
        right = evaluate(ip, node.right);
        return null;
      },
      () => null,
    );
    const other = truth(ip, right);
    if (node.operator === 'and' && other === false) return bool(false);
    if (left.kind === 'unknown' && right !== NONE && other === (node.operator === 'and')) return left;
    if (node.operator === 'or' && other === true && left.kind === 'unknown')
      return unknown('it depends on a condition that is not known');
    return bothConditions(node.operator, left, right) ?? join(ip, left, right);
  }
  return t === (node.operator === 'and') ? evaluate(ip, node.right) : left;
}

/** `a == b and c == d`, neither of them known: where it must hold, all four sizes are known to agree. */
function bothConditions(operator: 'and' | 'or', left: Value, right: Value): Value | null {
  const of = (v: Value) => (v.kind === 'unknown' && v.about?.kind === 'condition' ? v.about : { all: [], any: [] });
  const [a, b] = [of(left), of(right)];
  const all = operator === 'and' ? [...a.all, ...b.all] : [];
  const any = operator === 'or' ? [...a.any, ...b.any] : [];
  if (all.length + any.length === 0) return null;
  return { ...unknown('it depends on a condition that is not known'), about: { kind: 'condition', all, any } };
}

function comparison(ip: Interpreter, node: Expression & { kind: 'Compare' }): Value {
  let left = evaluate(ip, node.operands[0]!);
  let result: Value = bool(true);
  for (let i = 0; i < node.operators.length; i++) {
    const right = evaluate(ip, node.operands[i + 1]!);
    result = compareValues(ip, node.operators[i]!, left, right);
    if (i + 1 < node.operators.length) {
      const t = truth(ip, result);
      if (t !== true) return result;
    }
    left = right;
  }
  return result;
}

function conditional(ip: Interpreter, node: Expression & { kind: 'Conditional' }): Value {
  const t = truth(ip, evaluate(ip, node.test));
  if (t !== null) return evaluate(ip, t ? node.consequent : node.otherwise);
  const completion = fork(
    ip,
    () => ({ kind: 'return', value: evaluate(ip, node.consequent) }),
    () => ({ kind: 'return', value: evaluate(ip, node.otherwise) }),
  );
  return completion?.kind === 'return' ? completion.value : unknown('neither branch gives a value');
}

export function makeFunction(ip: Interpreter, code: FunctionCode): FunctionValue {
  const frame = ip.frame!;
  const defaults = new Map<string, Value | Lazy>();
  for (const p of code.params) {
    if (p.default) defaults.set(p.name, defaultValue(ip, p.default));
  }
  return { kind: 'function', name: code.name, code, scope: frame.scope, defaults, owner: null, attributes: new Map() };
}

/** A default that only names something imported waits until it is needed: reading it would load the module. */
function defaultValue(ip: Interpreter, node: Expression): Value | Lazy {
  let root = node;
  while (root.kind === 'Attribute') root = root.object;
  if (root.kind === 'Name') {
    const frame = ip.frame!;
    const bound = frame.module.variables.get(root.name);
    if (bound?.kind === 'lazy' && !frame.scope.variables.has(root.name)) {
      return {
        kind: 'lazy',
        force: () => {
          const current = ip.frame;
          ip.frame = frame;
          try {
            return evaluate(ip, node);
          } finally {
            ip.frame = current;
          }
        },
      };
    }
  }
  return evaluate(ip, node);
}
