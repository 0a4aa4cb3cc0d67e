// collections.deque: a list with two ends, and perhaps a greatest length.

import type { Interpreter } from '../../interp/interpreter.ts';
import { elementsOf } from '../../interp/iteration.ts';
import { type NativeTable, natives } from '../../interp/native.ts';
import { repr } from '../../interp/text.ts';
import { asNumber, builtin, classValue, instance, list, NONE, str, unknown } from '../../values/make.ts';
import type { ClassValue, InstanceValue, ListValue, Value } from '../../values/value.ts';
import { LIST_METHODS } from '../containers.ts';
import { OBJECT } from '../types.ts';

export const DEQUE = classValue('deque', [OBJECT], [], { module: 'collections' });

const itemsOf = (self: Value | undefined): ListValue =>
  self?.kind === 'instance' && self.base?.kind === 'list' ? self.base : list([]);

/** Adds items at one end; what is too many leaves at the other. */
function add(ip: Interpreter, self: Value, fresh: readonly Value[] | null, left: boolean): Value {
  const l = itemsOf(self);
  ip.touch(l);
  if (!fresh) {
    l.unknown ??= 'what was added to it is not known';
    return NONE;
  }
  const most = asNumber((self as InstanceValue).attributes.get('maxlen'));
  for (const item of fresh) {
    if (left) l.items.unshift(item);
    else l.items.push(item);
    if (most !== null && l.items.length > most) {
      if (left) l.items.pop();
      else l.items.shift();
    }
  }
  return NONE;
}

function take(ip: Interpreter, self: Value, left: boolean): Value {
  const l = itemsOf(self);
  if (l.unknown !== null) return unknown(l.unknown);
  ip.touch(l);
  const item = left ? l.items.shift() : l.items.pop();
  return item ?? ip.raise('IndexError', 'pop from an empty deque');
}

const TABLE: NativeTable = {
  append: ['self, item', (ip, { self, item }) => add(ip, self!, [item!], false)],
  appendleft: ['self, item', (ip, { self, item }) => add(ip, self!, [item!], true)],
  extend: ['self, items', (ip, { self, items }) => add(ip, self!, elementsOf(ip, items!), false)],
  extendleft: ['self, items', (ip, { self, items }) => add(ip, self!, elementsOf(ip, items!), true)],
  pop: ['self', (ip, { self }) => take(ip, self!, false)],
  popleft: ['self', (ip, { self }) => take(ip, self!, true)],
  rotate: [
    'self, n=1',
    (ip, { self, n }) => {
      const l = itemsOf(self);
      const by = asNumber(n);
      ip.touch(l);
      if (by === null) l.unknown ??= 'how far it was turned is not known';
      else if (l.items.length > 0) {
        const at = (((-by % l.items.length) + l.items.length) % l.items.length) as number;
        l.items = [...l.items.slice(at), ...l.items.slice(0, at)];
      }
      return NONE;
    },
  ],
  copy: [
    'self',
    (_, { self }) => ({ ...(self as InstanceValue), base: { ...itemsOf(self), items: [...itemsOf(self).items] } }),
  ],
  __repr__: [
    'self',
    (ip, { self }) => {
      const shown = repr(ip, itemsOf(self));
      const most = asNumber((self as InstanceValue).attributes.get('maxlen'));
      return shown === null
        ? unknown('a deque that is not known')
        : str(`deque(${shown}${most === null ? '' : `, maxlen=${most}`})`);
    },
  ],
};

for (const name of ['remove', 'clear', 'reverse', 'index', 'count', 'insert']) {
  const method = LIST_METHODS.get(name);
  if (method) DEQUE.dict.set(name, method);
}
for (const [name, method] of natives(TABLE)) DEQUE.dict.set(name, method);
DEQUE.dict.set(
  '__new__',
  builtin<Interpreter>(
    'deque',
    (ip, { positional: [cls, items, most], keywords }) => {
      const length = most ?? keywords?.get('maxlen') ?? NONE;
      const made = instance(cls as ClassValue, [['maxlen', length]]);
      made.base = list([]);
      const given = items ?? keywords?.get('iterable');
      if (given) add(ip, made, elementsOf(ip, given), false);
      return made;
    },
    false,
  ),
);
