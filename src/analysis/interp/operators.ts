// Operators: a + b, a // b, -a on numbers (exact or symbolic), strings, containers, tensors and objects.

import * as dims from '../dims/dim.ts';
import type { BinaryOperator } from '../syntax/program.ts';
import {
  asDim,
  asItems,
  asNumber,
  bool,
  float,
  int,
  list,
  NOT_IMPLEMENTED,
  putEntry,
  set,
  str,
  tuple,
  unknown,
} from '../values/make.ts';
import type { SetValue, Value } from '../values/value.ts';
import { callMethod, findMethod, lookInClass } from './attributes.ts';
import { percentFormat } from './format.ts';
import type { Interpreter } from './interpreter.ts';
import { elementsOf } from './iteration.ts';
import { calculate, isNumeric, symbolicFloat } from './symbolicFloat.ts';

const DUNDER: Readonly<Record<BinaryOperator, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'truediv',
  '//': 'floordiv',
  '%': 'mod',
  '**': 'pow',
  '@': 'matmul',
  '<<': 'lshift',
  '>>': 'rshift',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
};

export function binary(ip: Interpreter, operator: BinaryOperator, left: Value, right: Value, inPlace = false): Value {
  if (left.kind === 'tensor' || right.kind === 'tensor') return ip.library.tensorBinary(ip, operator, left, right);
  const special = overloaded(ip, operator, left, right, inPlace);
  if (special) return special;
  const isOpen = (v: Value): boolean => v.kind === 'unknown' && v.about?.kind === 'number';
  if ((isOpen(left) || isOpen(right)) && isNumeric(left) && isNumeric(right)) return calculate(operator, left, right);
  if (left.kind === 'unknown') return left;
  if (right.kind === 'unknown' && !(operator === '%' && left.kind === 'str')) return right;
  const a = left.kind === 'instance' && left.base ? left.base : left;
  const b = right.kind === 'instance' && right.base ? right.base : right;
  const container = containers(ip, operator, a, b, inPlace);
  if (container) return container;
  return (
    numbers(ip, operator, a, b) ??
    ip.raise(
      'TypeError',
      `unsupported operand type(s) for ${operator}: '${ip.library.typeOf(left).name}' and '${ip.library.typeOf(right).name}'`,
    )
  );
}

/** An object's own __add__, __radd__ or __iadd__. */
function overloaded(
  ip: Interpreter,
  operator: BinaryOperator,
  left: Value,
  right: Value,
  inPlace: boolean,
): Value | null {
  const name = DUNDER[operator];
  const attempt = (self: Value, method: string, other: Value): Value | null => {
    const own =
      self.kind === 'instance'
        ? findMethod(ip, self, method)
        : self.kind === 'dict' && self.cls
          ? (lookInClass(ip, self.cls, method)?.value ?? null)
          : null;
    if (!own) return null;
    const r = ip.call(own, self.kind === 'instance' ? [other] : [self, other]);
    return r === NOT_IMPLEMENTED ? null : r;
  };
  return (
    (inPlace ? attempt(left, `__i${name}__`, right) : null) ??
    attempt(left, `__${name}__`, right) ??
    attempt(right, `__r${name}__`, left)
  );
}

/** Sequences longer than this are not built: doubling one a few dozen times would end the process. */
const LONGEST = 1_000_000;
const lengthOf = (v: Value): number =>
  v.kind === 'str' ? v.value.length : v.kind === 'list' || v.kind === 'tuple' ? v.items.length : 0;

function containers(ip: Interpreter, operator: BinaryOperator, a: Value, b: Value, inPlace: boolean): Value | null {
  if (operator === '%' && a.kind === 'str') return percentFormat(ip, a.value, b);
  if (operator === '+') {
    if (lengthOf(a) + lengthOf(b) > LONGEST) {
      if (inPlace && a.kind === 'list') {
        ip.touch(a);
        a.unknown ??= 'a very long sequence';
        return a;
      }
      return unknown('a very long sequence');
    }
    if (a.kind === 'str' && b.kind === 'str') return str(a.value + b.value);
    if (a.kind === 'tuple' && b.kind === 'tuple') return tuple([...a.items, ...b.items]);
    if (a.kind === 'list' && (b.kind === 'list' || inPlace)) {
      const more = elementsOf(ip, b);
      if (inPlace) {
        ip.touch(a);
        if (more) for (const item of more.slice()) a.items.push(item);
        else a.unknown ??= 'what was added to it is not known';
        return a;
      }
      if (a.unknown !== null || !more)
        return { kind: 'list', items: [], unknown: a.unknown ?? 'what was added to it is not known' };
      return list([...a.items, ...more]);
    }
  }
  if (operator === '*') {
    const [sequence, count] = asDim(b) !== null ? [a, asDim(b)!] : [b, asDim(a)];
    if (sequence.kind === 'str' || sequence.kind === 'list' || sequence.kind === 'tuple') {
      if (count === null || !dims.isExact(count)) return unknown('how often it repeats is not known');
      if (lengthOf(sequence) * count > LONGEST) return unknown('a very long sequence');
      if (sequence.kind === 'str') return str(sequence.value.repeat(Math.max(0, count)));
      const items = asItems(sequence);
      if (!items) return sequence;
      const out: Value[] = [];
      for (let i = 0; i < count; i++) for (const item of items) out.push(item);
      return sequence.kind === 'list' ? list(out) : tuple(out);
    }
  }
  if (a.kind === 'dict' && b.kind === 'dict' && operator === '|') {
    if (inPlace) ip.touch(a);
    const merged = inPlace ? a : { ...a, entries: new Map(a.entries) };
    for (const entry of b.entries.values()) putEntry(merged, entry.key, entry.value);
    merged.unknown = a.unknown ?? b.unknown;
    return merged;
  }
  if (a.kind === 'set' && b.kind === 'set') {
    const result = setOperation(operator, a, b);
    if (!result) return null;
    if (!inPlace) return result;
    ip.touch(a);
    a.entries = result.entries;
    a.unknown = result.unknown;
    return a;
  }
  // int | None in annotations.
  if (
    operator === '|' &&
    (a.kind === 'class' || a.kind === 'none' || a.kind === 'opaque') &&
    (b.kind === 'class' || b.kind === 'none' || b.kind === 'opaque')
  )
    return tuple([a, b]);
  if (operator === '|' && a.kind === 'tuple') return tuple([...a.items, b]);
  return null;
}

function setOperation(operator: BinaryOperator, a: SetValue, b: SetValue): SetValue | null {
  const keep = (from: SetValue, test: (hash: string) => boolean): Value[] =>
    [...from.entries].filter(([h]) => test(h)).map(([, v]) => v);
  let kept: Value[];
  switch (operator) {
    case '|':
      kept = [...a.entries.values(), ...b.entries.values()];
      break;
    case '&':
      kept = keep(a, (h) => b.entries.has(h));
      break;
    case '-':
      kept = keep(a, (h) => !b.entries.has(h));
      break;
    case '^':
      kept = [...keep(a, (h) => !b.entries.has(h)), ...keep(b, (h) => !a.entries.has(h))];
      break;
    default:
      return null;
  }
  const result = set(kept);
  result.unknown ??= a.unknown ?? b.unknown;
  return result;
}

function numbers(ip: Interpreter, operator: BinaryOperator, a: Value, b: Value): Value | null {
  const x = asDim(a);
  const y = asDim(b);
  if (a.kind === 'bool' && b.kind === 'bool') {
    if (operator === '&') return bool(a.value && b.value);
    if (operator === '|') return bool(a.value || b.value);
    if (operator === '^') return bool(a.value !== b.value);
  }
  if (x !== null && y !== null) {
    const whole = integers(ip, operator, x, y);
    if (whole !== undefined) return whole;
  }
  const p = asNumber(a);
  const q = asNumber(b);
  if (p === null || q === null) {
    const numeric = (v: Value, d: unknown) => d !== null || v.kind === 'float';
    return numeric(a, x) && numeric(b, y) ? calculate(operator, a, b) : null;
  }
  switch (operator) {
    case '+':
      return float(p + q);
    case '-':
      return float(p - q);
    case '*':
      return float(p * q);
    case '/':
      if (q === 0) return ip.raise('ZeroDivisionError', 'division by zero');
      return float(p / q);
    case '//':
      if (q === 0) return ip.raise('ZeroDivisionError', 'float floor division by zero');
      return float(Math.floor(p / q));
    case '%':
      if (q === 0) return ip.raise('ZeroDivisionError', 'float modulo');
      return float(p - q * Math.floor(p / q));
    case '**':
      if (p < 0 && !Number.isInteger(q)) return unknown('complex numbers are not followed');
      return float(p ** q);
    default:
      return null;
  }
}

/** Undefined: not an operation on integers (a true division, say). */
function integers(ip: Interpreter, operator: BinaryOperator, x: dims.Dim, y: dims.Dim): Value | undefined {
  const exact = dims.isExact(x) && dims.isExact(y) ? ([x, y] as const) : null;
  const symbolic = (d: dims.Dim | null): Value =>
    d === null
      ? unknown('a calculation with sizes that are symbols')
      : dims.isExact(d) && !Number.isSafeInteger(d)
        ? unknown('a whole number too large to be exact')
        : int(d);
  const bits = (f: (p: bigint, q: bigint) => bigint): Value =>
    symbolic(exact && exact.every(Number.isSafeInteger) ? Number(f(BigInt(exact[0]), BigInt(exact[1]))) : null);
  switch (operator) {
    case '+':
      return symbolic(dims.add(x, y));
    case '-':
      return symbolic(dims.sub(x, y));
    case '*':
      return symbolic(dims.mul(x, y));
    case '//':
      if (y === 0) return ip.raise('ZeroDivisionError', 'integer division or modulo by zero');
      return symbolic(dims.floorDiv(x, y));
    case '%':
      if (y === 0) return ip.raise('ZeroDivisionError', 'integer division or modulo by zero');
      return symbolic(dims.mod(x, y));
    case '**':
      if (exact && exact[1] < 0) return float(exact[0] ** exact[1]);
      return symbolic(dims.power(x, y));
    case '<<':
      if (exact && exact[1] < 0) return ip.raise('ValueError', 'negative shift count');
      return symbolic(exact && exact[0] * 2 ** exact[1]);
    case '>>':
      return symbolic(exact && Math.floor(exact[0] / 2 ** exact[1]));
    case '&':
      return bits((p, q) => p & q);
    case '|':
      return bits((p, q) => p | q);
    case '^':
      return bits((p, q) => p ^ q);
    default:
      return undefined;
  }
}

export function unary(ip: Interpreter, operator: '-' | '+' | '~', operand: Value): Value {
  if (operand.kind === 'tensor')
    return ip.library.tensorBinary(ip, operator === '~' ? '~' : `unary${operator}`, operand, operand);
  if (operand.kind === 'unknown') return operand.about?.kind === 'number' ? symbolicFloat(null) : operand;
  if (operand.kind === 'instance') {
    const name = operator === '-' ? '__neg__' : operator === '+' ? '__pos__' : '__invert__';
    if (findMethod(ip, operand, name)) return callMethod(ip, operand, name, []);
  }
  if (operand.kind === 'float') return operator === '-' ? float(-operand.value) : operand;
  const d = asDim(operand);
  if (d === null)
    return ip.raise('TypeError', `bad operand type for unary ${operator}: '${ip.library.typeOf(operand).name}'`);
  if (operator === '~') return int(dims.sub(-1, d));
  return operator === '-' ? int(dims.mul(d, -1)) : int(d);
}
