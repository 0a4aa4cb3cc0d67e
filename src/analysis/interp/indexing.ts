// Indexing: items[1:-1], config['dim'], x[:, 0], self.layers[i].

import { isExact } from '../dims/dim.ts';
import { asDim, asItems, hashOf, list, putEntry, str, tuple, unknown } from '../values/make.ts';
import type { DictValue, InstanceValue, UnknownValue, Value } from '../values/value.ts';
import { callMethod, findMethod, lookInClass } from './attributes.ts';
import { openBatch } from './inputProbe.ts';
import type { Interpreter } from './interpreter.ts';
import { elementsOf } from './iteration.ts';

export function getItem(ip: Interpreter, object: Value, index: Value): Value {
  switch (object.kind) {
    case 'unknown':
      return itemOfUnknown(object, index);
    case 'tensor':
      return ip.library.tensorIndex(ip, object, index);
    case 'list':
    case 'tuple':
    case 'range':
    case 'str':
      return sequenceItem(ip, object, index);
    case 'dict':
      return dictItem(ip, object, index);
    case 'instance':
      if (findMethod(ip, object, '__getitem__')) return callMethod(ip, object, '__getitem__', [index]);
      return wrappedItem(ip, object, index);
    case 'class': {
      const own = lookInClass(ip, object, '__class_getitem__');
      if (own) return ip.call(own.value, [object, index]);
      const members = object.dict.get('__members__');
      if (members?.kind === 'dict') return dictItem(ip, members, index);
      // List[int], Type[Module]: a type with parameters is the type.
      return object;
    }
    case 'opaque':
      return object;
    case 'none':
    case 'int':
    case 'float':
    case 'bool':
    case 'function':
      return ip.raise('TypeError', `'${ip.library.typeOf(object).name}' object is not subscriptable`);
    default:
      return unknown('an item of something that has none');
  }
}

/** x.shape[0] of an input whose axes nobody knows yet is its batch. */
function itemOfUnknown({ reason, about }: UnknownValue, index: Value): Value {
  const batch = about?.kind === 'sizes' && asDim(index) === 0 ? openBatch(about.input) : null;
  return batch === null ? unknown(reason) : { kind: 'int', value: batch };
}

/** An item of a subclass of list, dict, str, …. */
export function wrappedItem(ip: Interpreter, object: InstanceValue, index: Value): Value {
  const { base } = object;
  if (!base) {
    return object.cls.unknownBase
      ? unknown(`items of ${object.cls.name} are not known`)
      : ip.raise('TypeError', `'${object.cls.name}' object is not subscriptable`);
  }
  if (base.kind === 'dict' && findMethod(ip, object, '__missing__')) {
    const hash = hashOf(index);
    if (hash !== null && base.unknown === null && !base.entries.has(hash))
      return callMethod(ip, object, '__missing__', [index]);
  }
  const item = getItem(ip, base, index);
  // A slice of bytes is bytes.
  return object.cls.name === 'bytes' && item.kind === 'tuple' ? { ...object, base: tuple(item.items) } : item;
}

/** Bounds of a slice over n elements, as Python's slice.indices; null where they are not known. */
export function sliceIndices(index: Value & { kind: 'slice' }, n: number): number[] | null {
  const part = (v: Value): number | null | undefined => {
    if (v.kind === 'none') return null;
    const d = asDim(v);
    return d !== null && isExact(d) ? d : undefined;
  };
  const [start, stop, step0] = [part(index.start), part(index.stop), part(index.step)];
  if (start === undefined || stop === undefined || step0 === undefined) return null;
  const step = step0 ?? 1;
  if (step === 0) return null;
  const clamp = (v: number | null, fallback: number): number => {
    if (v === null) return fallback;
    const w = v < 0 ? v + n : v;
    return step > 0 ? Math.min(Math.max(w, 0), n) : Math.min(Math.max(w, -1), n - 1);
  };
  const from = clamp(start, step > 0 ? 0 : n - 1);
  const to = clamp(stop, step > 0 ? n : -1);
  const out: number[] = [];
  for (let i = from; step > 0 ? i < to : i > to; i += step) out.push(i);
  return out;
}

function sequenceItem(
  ip: Interpreter,
  object: Value & { kind: 'list' | 'tuple' | 'range' | 'str' },
  index: Value,
): Value {
  const items = object.kind === 'str' ? [...object.value].map(str) : asItems(object);
  if (!items) return unknown(object.kind === 'list' && object.unknown ? object.unknown : 'its length is not known');
  if (index.kind === 'slice') {
    const at = sliceIndices(index, items.length);
    if (!at) return unknown('the bounds of the slice are not known');
    const picked = at.map((i) => items[i]!);
    if (object.kind === 'str') return str(picked.map((v) => (v as { value: string }).value).join(''));
    if (object.kind === 'tuple')
      return { kind: 'tuple', items: picked, cls: object.fields ? null : object.cls, fields: null };
    return list(picked);
  }
  const i = asDim(index);
  if (i === null || !isExact(i)) {
    if (index.kind === 'str')
      return ip.raise('TypeError', `${object.kind} indices must be integers or slices, not str`);
    return unknown('the index is not known');
  }
  const item = items[i < 0 ? i + items.length : i];
  return item ?? ip.raise('IndexError', `${object.kind} index out of range`);
}

/** A dict's entry for a key, which something that was put off may have to put there. */
export function entryOf(
  ip: Interpreter,
  d: DictValue,
  key: Value,
  mustBeThere = false,
): { key: Value; value: Value } | undefined {
  const hash = hashOf(key);
  if (hash === null) return undefined;
  const name = key.kind === 'str' ? key.value : null;
  const found = d.entries.get(hash);
  return (
    found ??
    (ip.registries.search(ip, d, name, () => d.entries.has(hash), mustBeThere) ? d.entries.get(hash) : undefined)
  );
}

function dictItem(ip: Interpreter, object: DictValue, index: Value): Value {
  const hash = hashOf(index);
  if (hash === null) return unknown('the key is not known');
  const found = entryOf(ip, object, index, true);
  if (found) return found.value;
  if (object.factory && object.factory.kind !== 'none') {
    const made = ip.call(object.factory, []);
    ip.touch(object);
    object.entries.set(hash, { key: index, value: made });
    return made;
  }
  if (object.unknown !== null) return unknown(object.unknown);
  const missing = object.cls && lookInClass(ip, object.cls, '__missing__');
  return missing ? ip.call(missing.value, [object, index]) : ip.raise('KeyError', index);
}

/** Items with a plain slice of them replaced: an empty one stands where it begins. */
function replaced(
  items: readonly Value[],
  index: Value & { kind: 'slice' },
  at: readonly number[],
  fresh: readonly Value[],
): Value[] {
  const start = asDim(index.start);
  const begin =
    at[0] ??
    (typeof start === 'number' ? Math.min(Math.max(start < 0 ? start + items.length : start, 0), items.length) : 0);
  return [...items.slice(0, begin), ...fresh, ...items.slice(begin + at.length)];
}

export function setItem(ip: Interpreter, object: Value, index: Value, value: Value): void {
  switch (object.kind) {
    case 'dict': {
      ip.touch(object);
      if (!putEntry(object, index, value)) object.unknown = 'a key is not known';
      return;
    }
    case 'list': {
      ip.touch(object);
      if (index.kind === 'slice') {
        const at = object.unknown === null ? sliceIndices(index, object.items.length) : null;
        const items = elementsOf(ip, value);
        if (!at || !items) object.unknown = 'a part of it that is not known was replaced';
        else if (index.step.kind === 'none') object.items = replaced(object.items, index, at, items);
        else
          at.forEach((i, n) => {
            object.items[i] =
              items[n] ??
              ip.raise(
                'ValueError',
                `attempt to assign sequence of size ${items.length} to extended slice of size ${at.length}`,
              );
          });
        return;
      }
      const i = asDim(index);
      if (i === null || !isExact(i)) object.unknown = 'an item at an unknown index was replaced';
      else if (object.unknown === null) {
        const place = i < 0 ? i + object.items.length : i;
        if (place < 0 || place >= object.items.length) ip.raise('IndexError', 'list assignment index out of range');
        object.items[place] = value;
      }
      return;
    }
    case 'instance':
      if (findMethod(ip, object, '__setitem__')) callMethod(ip, object, '__setitem__', [index, value]);
      else if (object.base) setItem(ip, object.base, index, value);
      return;
    default:
      // A tensor keeps its shape when a part of it is written.
      return;
  }
}

export function deleteItem(ip: Interpreter, object: Value, index: Value): void {
  if (object.kind === 'dict') {
    ip.touch(object);
    const hash = hashOf(index);
    if (hash === null) object.unknown = 'a key that is not known was removed';
    else if (!object.entries.delete(hash) && object.unknown === null) ip.raise('KeyError', index);
  } else if (object.kind === 'list') {
    ip.touch(object);
    const i = asDim(index);
    if (index.kind === 'slice') {
      const at = sliceIndices(index, object.items.length);
      if (at) object.items = object.items.filter((_, n) => !at.includes(n));
      else object.unknown = 'a part of it that is not known was removed';
    } else if (i !== null && isExact(i)) object.items.splice(i < 0 ? i + object.items.length : i, 1);
    else object.unknown = 'an item at an unknown index was removed';
  } else if (object.kind === 'instance') {
    if (findMethod(ip, object, '__delitem__')) callMethod(ip, object, '__delitem__', [index]);
    else if (object.base) deleteItem(ip, object.base, index);
  }
}
