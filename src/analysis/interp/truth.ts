// Truth and comparison: what is known to be true, known to be false, or not known (null).

import * as dims from '../dims/dim.ts';
import type { CompareOperator } from '../syntax/program.ts';
import { asDim, asItems, asString, bool, hashOf, isSubclass, NOT_IMPLEMENTED, unknown } from '../values/make.ts';
import type { IteratorValue, SetValue, UnknownValue, Value } from '../values/value.ts';
import { callMethod, findMethod } from './attributes.ts';
import type { Condition } from './constraints.ts';
import type { Interpreter } from './interpreter.ts';
import { iteratorOf } from './iteration.ts';

/** bool(value). */
export function truth(ip: Interpreter, value: Value): boolean | null {
  switch (value.kind) {
    case 'none':
      return false;
    case 'bool':
      return value.value;
    case 'int': {
      if (dims.isExact(value.value)) return value.value !== 0;
      // An argument that nobody gave may as well be a flag.
      if (dims.isOpen(value.value)) return null;
      const b = dims.bounds(value.value);
      return b.low > 0 || b.high < 0 ? true : null;
    }
    case 'float':
      return value.value !== 0;
    case 'str':
      return value.value !== '';
    case 'tuple':
      return value.items.length > 0;
    case 'list':
      if (value.repeat) return dims.bounds(value.repeat.count).low > 0 ? true : null;
      return value.unknown !== null ? null : value.items.length > 0;
    case 'dict':
    case 'set':
      if (value.entries.size === 0) ip.registries.complete(ip, value);
      return value.entries.size > 0 ? true : value.unknown !== null ? null : false;
    case 'range': {
      const less = dims.lessThan(value.start, value.stop);
      return dims.isExact(value.step) && value.step > 0 ? less : null;
    }
    case 'instance': {
      for (const name of ['__bool__', '__len__']) {
        if (findMethod(ip, value, name)) return truth(ip, callMethod(ip, value, name, []));
      }
      return value.base ? truth(ip, value.base) : value.cls.unknownBase ? null : true;
    }
    case 'tensor':
      return value.elements?.length === 1 ? value.elements[0] !== 0 : null;
    case 'unknown':
      return null;
    default:
      return true;
  }
}

/** a == b, as far as it is known. */
export function valuesEqual(ip: Interpreter, a: Value, b: Value): boolean | null {
  if (a === b) return a.kind === 'unknown' ? null : true;
  if (a.kind === 'unknown' || b.kind === 'unknown') return null;
  if (a.kind === 'instance' && a.base && !findMethod(ip, a, '__eq__')) return a === b || valuesEqual(ip, a.base, b);
  if (b.kind === 'instance' && b.base && a.kind !== 'instance' && !findMethod(ip, b, '__eq__'))
    return valuesEqual(ip, a, b.base);
  for (const [self, other] of [
    [a, b],
    [b, a],
  ] as const) {
    if (self.kind !== 'instance' || !findMethod(ip, self, '__eq__')) continue;
    const r = callMethod(ip, self, '__eq__', [other]);
    if (r !== NOT_IMPLEMENTED) return truth(ip, r);
  }
  if (a.kind === 'tensor' || b.kind === 'tensor') return null;
  const x = asDim(a);
  const y = asDim(b);
  if (x !== null && y !== null) return dims.equal(x, y);
  if (a.kind === 'float' || b.kind === 'float') {
    if (x !== null && !dims.isExact(x)) return null;
    if (y !== null && !dims.isExact(y)) return null;
    const p = a.kind === 'float' ? a.value : x;
    const q = b.kind === 'float' ? b.value : y;
    return p === null || q === null ? false : p === q;
  }
  if (a.kind === 'list' && a.unknown !== null) return null;
  if (b.kind === 'list' && b.unknown !== null) return null;
  const m = a.kind === b.kind || (a.kind === 'range' && b.kind === 'range') ? asItems(a) : null;
  const n = m ? asItems(b) : null;
  if (m && n) {
    if (m.length !== n.length) return false;
    let known: boolean | null = true;
    for (let i = 0; i < m.length; i++) {
      const e = valuesEqual(ip, m[i]!, n[i]!);
      if (e === false) return false;
      if (e === null) known = null;
    }
    return known;
  }
  if (a.kind === 'dict' && b.kind === 'dict') {
    if (a.unknown !== null || b.unknown !== null) return null;
    if (a.entries.size !== b.entries.size) return false;
    for (const [hash, entry] of a.entries) {
      const other = b.entries.get(hash);
      if (!other) return false;
      const e = valuesEqual(ip, entry.value, other.value);
      if (e !== true) return e;
    }
    return true;
  }
  if (a.kind === 'set' && b.kind === 'set') {
    if (a.unknown !== null || b.unknown !== null) return null;
    return a.entries.size === b.entries.size && [...a.entries.keys()].every((k) => b.entries.has(k));
  }
  if (a.kind === 'method' && b.kind === 'method') return a.self === b.self && a.function === b.function;
  const hash = hashOf(a);
  return hash !== null && hash === hashOf(b);
}

/** a is b, as far as it is known. */
export function identical(a: Value, b: Value): boolean | null {
  if (a === b) return a.kind === 'unknown' ? null : true;
  if (a.kind === 'unknown' || b.kind === 'unknown') return null;
  if (a.kind === 'int' && b.kind === 'int') return dims.equal(a.value, b.value);
  if (a.kind === b.kind && (a.kind === 'none' || a.kind === 'bool' || a.kind === 'str' || a.kind === 'opaque'))
    return hashOf(a) === hashOf(b);
  return false;
}

/** a in b. */
export function contains(ip: Interpreter, container: Value, item: Value): boolean | null {
  switch (container.kind) {
    case 'str': {
      const text = asString(item);
      return text === null ? null : container.value.includes(text);
    }
    case 'dict':
    case 'set': {
      const hash = hashOf(item);
      if (hash === null) return null;
      if (container.entries.has(hash)) return true;
      if (ip.registries.search(ip, container, asString(item), () => container.entries.has(hash))) return true;
      return container.unknown !== null ? null : false;
    }
    case 'instance':
      if (findMethod(ip, container, '__contains__'))
        return truth(ip, callMethod(ip, container, '__contains__', [item]));
      return container.base ? contains(ip, container.base, item) : among(ip, iteratorOf(ip, container), item);
    case 'class': {
      const members = container.dict.get('__members__');
      if (members?.kind !== 'dict' || item.kind === 'unknown') return null;
      return [...members.entries.values()].some((e) => e.value === item);
    }
    case 'iterator':
      return among(ip, container, item);
    default: {
      const items = asItems(container);
      if (!items) return null;
      let known: boolean | null = false;
      for (const other of items) {
        const e = other === item && item.kind !== 'unknown' ? true : valuesEqual(ip, other, item);
        if (e === true) return true;
        if (e === null) known = null;
      }
      return known;
    }
  }
}

/** item in iterator: runs it as far as need be. */
function among(ip: Interpreter, it: IteratorValue | null, item: Value): boolean | null {
  let known: boolean | null = false;
  for (let other = it?.next(); other; other = it?.next()) {
    ip.step();
    const e = valuesEqual(ip, other, item);
    if (e === true) return true;
    if (e === null) known = null;
  }
  return !it || it.unknown ? null : known;
}

/** a < b may be asked of b as b > a. */
const MIRRORED: Partial<Record<CompareOperator, string>> = {
  '<': '__gt__',
  '<=': '__ge__',
  '>': '__lt__',
  '>=': '__le__',
};

const DUNDER: Partial<Record<CompareOperator, string>> = {
  '<': '__lt__',
  '<=': '__le__',
  '>': '__gt__',
  '>=': '__ge__',
  '==': '__eq__',
  '!=': '__ne__',
};

/** A comparison that depends on symbols, with what it says of them. */
function openComparison(operator: CompareOperator, a: Value, b: Value): UnknownValue {
  const open = unknown('it depends on values that are not known');
  const pairs: Condition[] = [];
  if (!isSizeComparison(operator) || !pairSizes(operator, a, b, pairs)) return open;
  const [only] = pairs;
  // (h, w) == (7, 7) holds where both pairs are equal, and fails where either differs.
  const one = pairs.length === 1 && only ? [only] : [];
  const all = operator === '!=' ? one : pairs;
  const any = operator === '==' ? one : pairs;
  return { ...open, about: { kind: 'condition', all, any } };
}

const isSizeComparison = (operator: CompareOperator): operator is Condition['operator'] =>
  operator in DUNDER && operator !== 'in';

function pairSizes(operator: Condition['operator'], a: Value, b: Value, into: Condition[]): boolean {
  const left = asDim(a);
  const right = asDim(b);
  if (left !== null && right !== null) {
    into.push({ operator, left, right });
    return true;
  }
  const m = operator === '==' || operator === '!=' ? asItems(a) : null;
  const n = m && asItems(b);
  return !!m && !!n && m.length === n.length && m.every((item, i) => pairSizes(operator, item, n[i]!, into));
}

export function compareValues(ip: Interpreter, operator: CompareOperator, a: Value, b: Value): Value {
  const known = (r: boolean | null, negate = false): Value =>
    r === null ? openComparison(operator, a, b) : bool(r !== negate);
  if (operator === 'is') return known(identical(a, b));
  if (operator === 'is not') return known(identical(a, b), true);
  if (operator === 'in') return known(contains(ip, b, a));
  if (operator === 'not in') return known(contains(ip, b, a), true);
  if ((a.kind === 'tensor' || b.kind === 'tensor') && a.kind !== 'none' && b.kind !== 'none')
    return ip.library.tensorBinary(ip, operator, a, b);
  if (operator === '==') return known(valuesEqual(ip, a, b));
  if (operator === '!=') {
    if (a.kind === 'instance' && findMethod(ip, a, '__ne__')) return callMethod(ip, a, '__ne__', [b]);
    return known(valuesEqual(ip, a, b), true);
  }
  for (const [self, method, other] of [
    [a, DUNDER[operator]!, b],
    [b, MIRRORED[operator]!, a],
  ] as const) {
    if (self.kind !== 'instance' || !findMethod(ip, self, method)) continue;
    const r = callMethod(ip, self, method, [other]);
    if (r !== NOT_IMPLEMENTED) return r;
  }
  return known(order(ip, operator, a, b));
}

function order(ip: Interpreter, operator: CompareOperator, a: Value, b: Value): boolean | null {
  if (a.kind === 'set' && b.kind === 'set') return orderSets(operator, a, b);
  if (a.kind === 'none' || b.kind === 'none') {
    if (a.kind !== 'unknown' && b.kind !== 'unknown')
      ip.raise(
        'TypeError',
        `'${operator}' not supported between instances of '${ip.library.typeOf(a).name}' and '${ip.library.typeOf(b).name}'`,
      );
    return null;
  }
  const x = asDim(a);
  const y = asDim(b);
  if (x !== null && y !== null) {
    switch (operator) {
      case '<':
        return dims.lessThan(x, y);
      case '<=':
        return dims.lessThan(x, dims.add(y, 1));
      case '>':
        return dims.lessThan(y, x);
      default:
        return dims.lessThan(y, dims.add(x, 1));
    }
  }
  const p = plain(a);
  const q = plain(b);
  if (p !== null && q !== null && typeof p === typeof q)
    return operator === '<' ? p < q : operator === '<=' ? p <= q : operator === '>' ? p > q : p >= q;
  const m = asItems(a);
  const n = asItems(b);
  if (m && n) {
    for (let i = 0; i < Math.min(m.length, n.length); i++) {
      const e = valuesEqual(ip, m[i]!, n[i]!);
      if (e === null) return null;
      if (!e) return order(ip, operator, m[i]!, n[i]!);
    }
    return operator === '<'
      ? m.length < n.length
      : operator === '<='
        ? m.length <= n.length
        : operator === '>'
          ? m.length > n.length
          : m.length >= n.length;
  }
  return null;
}

/** Subsets and supersets. */
function orderSets(operator: CompareOperator, a: SetValue, b: SetValue): boolean | null {
  if (a.unknown !== null || b.unknown !== null) return null;
  const [small, large] = operator === '<' || operator === '<=' ? [a, b] : [b, a];
  const inside = [...small.entries.keys()].every((h) => large.entries.has(h));
  return inside && (operator === '<=' || operator === '>=' || small.entries.size < large.entries.size);
}

/** A number or string to order by. */
function plain(v: Value): number | string | null {
  if (v.kind === 'float' || v.kind === 'str') return v.value;
  const d = asDim(v);
  return d !== null && dims.isExact(d) ? d : v.kind === 'instance' && v.base ? plain(v.base) : null;
}

/** isinstance(value, cls) for one class or nested tuples and unions of classes. */
export function isInstance(ip: Interpreter, value: Value, cls: Value): boolean | null {
  const items = cls.kind === 'tuple' ? cls.items : null;
  if (items) {
    let known: boolean | null = false;
    for (const c of items) {
      const r = isInstance(ip, value, c);
      if (r === true) return true;
      if (r === null) known = null;
    }
    return known;
  }
  if (cls.kind !== 'class' || value.kind === 'unknown') return null;
  const check = cls.dict.get('__instancecheck__');
  if (check?.kind === 'builtin') return truth(ip, ip.call(check, [value]));
  const type = ip.library.typeOf(value);
  if (isSubclass(type, cls)) return true;
  return type.unknownBase ? null : false;
}
