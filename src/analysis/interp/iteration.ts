// Iteration: what `for`, unpacking and comprehensions run over.

import { ceilDiv, type Dim, isExact, sub } from '../dims/dim.ts';
import { asItems, float, int, iterator, str } from '../values/make.ts';
import type { TensorValue } from '../values/tensor.ts';
import type { InstanceValue, IteratorValue, RangeValue, Value } from '../values/value.ts';
import { callMethod, findMethod } from './attributes.ts';
import type { Interpreter } from './interpreter.ts';
import { Raise } from './signals.ts';
import { symbolicFloat } from './symbolicFloat.ts';

/** What yields more than this is taken not to end. */
const MOST = 200_000;
const ENDLESS = 'it does not seem to end';

/** Runs over the elements; false where they are not (all) known. A body that returns true stops it. */
export function forEach(ip: Interpreter, value: Value, body: (item: Value) => boolean | undefined): boolean {
  // A list may grow while it is run over.
  if (value.kind === 'list') {
    if (value.unknown !== null) return false;
    ip.registries.complete(ip, value);
    for (let i = 0; i < value.items.length; i++) {
      ip.step();
      if (i > MOST) return false;
      if (body(value.items[i]!) === true) return true;
    }
    return value.unknown === null;
  }
  if (value.kind === 'iterator' || (value.kind === 'instance' && !value.base)) {
    const it = iteratorOf(ip, value);
    if (!it || it.each) return false;
    for (let n = 0; n < MOST; n++) {
      const item = it.next();
      if (item === null) return !it.unknown;
      ip.step();
      if (body(item) === true) return true;
    }
    return false;
  }
  const items = elementsOf(ip, value);
  if (!items) return false;
  for (const item of items) {
    ip.step();
    if (body(item) === true) return true;
  }
  return true;
}

/** iter(value); null where it is not known what it runs over. */
export function iteratorOf(ip: Interpreter, value: Value): IteratorValue | null {
  switch (value.kind) {
    case 'iterator':
      return value;
    case 'list': {
      if (value.unknown !== null) return null;
      let i = 0;
      const made: IteratorValue = {
        kind: 'iterator',
        next: () => {
          if (value.unknown !== null) made.unknown = value.unknown;
          return made.unknown ? null : (value.items[i++] ?? null);
        },
      };
      return made;
    }
    case 'range': {
      const { start, stop, step } = value;
      if (!isExact(start) || !isExact(stop) || !isExact(step) || step === 0) return null;
      let at = start;
      return {
        kind: 'iterator',
        next: () => {
          if (step > 0 ? at >= stop : at <= stop) return null;
          const item = int(at);
          at += step;
          return item;
        },
      };
    }
    case 'instance':
      return instanceIterator(ip, value);
    default: {
      const items = elementsOf(ip, value);
      return items && iterator(items);
    }
  }
}

/** All elements of an iterable, where they are known. */
export function elementsOf(ip: Interpreter, value: Value): readonly Value[] | null {
  switch (value.kind) {
    case 'str':
      return [...value.value].map(str);
    case 'dict':
      if (value.unknown !== null) return null;
      ip.registries.complete(ip, value);
      return Array.from(value.entries.values(), (e) => e.key);
    case 'set':
      ip.registries.complete(ip, value);
      return value.unknown !== null ? null : [...value.entries.values()];
    case 'iterator':
      return drain(ip, value);
    case 'tensor': {
      const first = value.shape?.[0];
      if (typeof first !== 'number' || first > 4096) return null;
      return (
        plainNumbers(value) ??
        Array.from({ length: first }, (_, i) => ip.library.tensorIndex(ip, value, { kind: 'int', value: i }))
      );
    }
    case 'instance': {
      const it = instanceIterator(ip, value);
      return it && drain(ip, it);
    }
    case 'class': {
      const members = value.dict.get('__members__');
      return members?.kind === 'dict' ? [...members.entries.values()].map((e) => e.value) : null;
    }
    default:
      if (value.kind === 'list') ip.registries.complete(ip, value);
      return asItems(value);
  }
}

/** Arrays whose elements are plain numbers when they are run over, as numpy's are. */
export const numberArrays = new WeakSet<TensorValue>();

function plainNumbers(t: TensorValue): readonly Value[] | null {
  if (!numberArrays.has(t) || t.shape?.length !== 1 || !t.elements) return null;
  return t.elements.map((x) => (t.dtype?.startsWith('float') ? float(x) : int(x)));
}

function drain(ip: Interpreter, it: IteratorValue): readonly Value[] | null {
  const out: Value[] = [];
  if (it.each) return null;
  for (let item = it.next(); item !== null; item = it.next()) {
    ip.step();
    out.push(item);
    if (out.length > MOST) it.unknown = ENDLESS;
    if (it.unknown) break;
  }
  return it.unknown ? null : out;
}

/**
 * What runs a number of times that is a symbol: the rows of a tensor whose first size depends on data, or a list made by
 * such a run. Every element is like `item`.
 */
export function repeatedElement(ip: Interpreter, value: Value): { item: Value; count: Dim } | null {
  if (value.kind === 'list') return value.repeat ?? null;
  if (value.kind === 'range') return repeatedIndex(value);
  if (value.kind === 'iterator') return value.each ?? null;
  if (value.kind === 'instance' && value.module) return repeatedChild(value);
  if (value.kind === 'instance' && !value.base) return instanceIterator(ip, value)?.each ?? null;
  if (value.kind !== 'tensor') return null;
  const first = value.shape?.[0];
  if (first === undefined || first === null || isExact(first)) return null;
  return { item: ip.library.tensorIndex(ip, value, { kind: 'int', value: 0 }), count: first };
}

/** range(depth), of an argument that nobody gave; range(T), of an input's axis. */
function repeatedIndex({ start, stop, step }: RangeValue): { item: Value; count: Dim } | null {
  if (!isExact(step) || step === 0) return null;
  const count = step > 0 ? ceilDiv(sub(stop, start), step) : ceilDiv(sub(start, stop), -step);
  return count === null || isExact(count) ? null : { item: symbolicFloat(null), count };
}

/** A ModuleList whose only child stands for several. */
function repeatedChild({ module }: InstanceValue): { item: Value; count: Dim } | null {
  const [child, ...others] = module?.children ?? [];
  const count = child && module?.copies.get(child[0]);
  return child && others.length === 0 && count?.kind === 'int' ? { item: child[1], count: count.value } : null;
}
/** An iterator of which only the length is not known: it yields the same again and again. */
export const repeatedIterator = (item: Value, count: Dim, next: () => Value = () => item): IteratorValue => ({
  kind: 'iterator',
  next,
  each: { item, count },
});

/** A list of which only the length is not known. */
export const repeatedList = (item: Value, count: Dim): Value => ({
  kind: 'list',
  items: [],
  unknown: 'how many items it has depends on data',
  repeat: { item, count },
});

/** __iter__, what a subclass of list wraps, or __getitem__ from 0 on. */
function instanceIterator(ip: Interpreter, value: InstanceValue): IteratorValue | null {
  const own = findMethod(ip, value, '__iter__');
  if (own) {
    const made = ip.call(own, []);
    if (made.kind === 'instance' && findMethod(ip, made, '__next__'))
      return calling(ip, 'StopIteration', () => callMethod(ip, made, '__next__', []));
    return made === value ? null : iteratorOf(ip, made);
  }
  if (value.base) return iteratorOf(ip, value.base);
  if (!findMethod(ip, value, '__getitem__')) return null;
  let i = 0;
  return calling(ip, 'IndexError', () => callMethod(ip, value, '__getitem__', [int(i++)]));
}

/** Calls a function of the user's for each element, until it raises what means the end. */
export function calling(ip: Interpreter, end: string, next: () => Value): IteratorValue {
  let count = 0;
  let ended = false;
  const made: IteratorValue = {
    kind: 'iterator',
    next: () => {
      if (ended || made.unknown) return null;
      const { frame, depth } = ip;
      try {
        const item = next();
        if (item.kind === 'unknown') made.unknown = item.reason;
        else if (++count > MOST) made.unknown = ENDLESS;
        return made.unknown ? null : item;
      } catch (signal) {
        if (!(signal instanceof Raise) || !isException(signal.exception, end)) throw signal;
        ip.frame = frame;
        ip.depth = depth;
        ended = true;
        return null;
      }
    },
  };
  return made;
}

export const isException = (exception: Value, name: string): boolean =>
  exception.kind === 'instance' && exception.cls.mro.some((c) => c.name === name);
