// Iteration: what `for`, unpacking and comprehensions run over.

import { type Dim, isExact } from '../dims/dim.ts';
import { asItems, list, str, tuple } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { callMethod, findMethod } from './attributes.ts';
import type { Interpreter } from './interpreter.ts';
import { OutOfBudget, Raise } from './signals.ts';

/** Runs over the elements; false where they are not known (then nothing was run). A body that returns true stops it. */
export function forEach(ip: Interpreter, value: Value, body: (item: Value) => boolean | undefined): boolean {
  if (value.kind === 'iterator') {
    for (let item = value.next(); item !== null; item = value.next()) {
      ip.step();
      if (body(item) === true) return true;
    }
    return true;
  }
  // A list may grow while it is run over.
  if (value.kind === 'list') {
    if (value.unknown !== null) return false;
    for (let i = 0; i < value.items.length; i++) {
      ip.step();
      if (i > 100_000) throw new OutOfBudget('steps');
      if (body(value.items[i]!) === true) return true;
    }
    return true;
  }
  const items = elementsOf(ip, value);
  if (!items) return false;
  for (const item of items) {
    ip.step();
    if (body(item) === true) return true;
  }
  return true;
}

/** All elements of an iterable, where they are known. */
export function elementsOf(ip: Interpreter, value: Value): readonly Value[] | null {
  switch (value.kind) {
    case 'str':
      return [...value.value].map(str);
    case 'dict':
      if (value.unknown !== null) return null;
      if (value.entries.size === 0) ip.runPendingDefinitions();
      return [...value.entries.values()].map((e) => e.key);
    case 'set':
      return value.unknown !== null ? null : [...value.entries.values()];
    case 'iterator': {
      const out: Value[] = [];
      for (let item = value.next(); item !== null; item = value.next()) {
        ip.step();
        out.push(item);
      }
      return out;
    }
    case 'tensor': {
      const first = value.shape?.[0];
      if (typeof first !== 'number' || first > 4096) return null;
      return Array.from({ length: first }, (_, i) => ip.library.tensorIndex(ip, value, { kind: 'int', value: i }));
    }
    case 'instance':
      return instanceElements(ip, value);
    case 'class': {
      const members = value.dict.get('__members__');
      return members?.kind === 'dict' ? [...members.entries.values()].map((e) => e.value) : null;
    }
    default:
      return asItems(value);
  }
}

/**
 * What runs a number of times that is a symbol: the rows of a tensor whose first size depends on data, or a list made by
 * such a run. Every element is like `item`.
 */
export function repeatedElement(ip: Interpreter, value: Value): { item: Value; count: Dim } | null {
  if (value.kind === 'list') return value.repeat ?? null;
  if (value.kind !== 'tensor') return null;
  const first = value.shape?.[0];
  if (first === undefined || first === null || isExact(first)) return null;
  return { item: ip.library.tensorIndex(ip, value, { kind: 'int', value: 0 }), count: first };
}

/** A list of which only the length is not known. */
export const repeatedList = (item: Value, count: Dim): Value => ({
  kind: 'list',
  items: [],
  unknown: 'how many items it has depends on data',
  repeat: { item, count },
});

function instanceElements(ip: Interpreter, value: Value & { kind: 'instance' }): readonly Value[] | null {
  const own = findMethod(ip, value, '__iter__');
  if (own) {
    const iterable = ip.call(own, []);
    if (iterable !== value) return elementsOf(ip, iterable);
    return drain(ip, value);
  }
  if (value.base) return elementsOf(ip, value.base);
  if (findMethod(ip, value, '__getitem__') && findMethod(ip, value, '__len__')) {
    const length = callMethod(ip, value, '__len__', []);
    if (length.kind !== 'int' || typeof length.value !== 'number') return null;
    return Array.from({ length: length.value }, (_, i) =>
      callMethod(ip, value, '__getitem__', [{ kind: 'int', value: i }]),
    );
  }
  return null;
}

/** Calls __next__ until StopIteration. */
function drain(ip: Interpreter, value: Value): readonly Value[] {
  const out: Value[] = [];
  try {
    while (out.length < 100_000) out.push(callMethod(ip, value, '__next__', []));
  } catch (signal) {
    if (!(signal instanceof Raise) || !isException(signal.exception, 'StopIteration')) throw signal;
  }
  return out;
}

export const isException = (exception: Value, name: string): boolean =>
  exception.kind === 'instance' && exception.cls.mro.some((c) => c.name === name);

export const listOf = (ip: Interpreter, value: Value): Value => {
  const items = elementsOf(ip, value);
  return items ? list([...items]) : { kind: 'list', items: [], unknown: 'what it is made from is not known' };
};
export const tupleOf = (ip: Interpreter, value: Value): Value | null => {
  const items = elementsOf(ip, value);
  return items ? tuple(items) : null;
};
