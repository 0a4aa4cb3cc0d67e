// Making values, and reading them as plain JavaScript where they are known.

import { type Dim, isExact, keyOf } from '../dims/dim.ts';
import type {
  Arguments,
  BoolValue,
  BuiltinValue,
  ClassValue,
  DictValue,
  InstanceValue,
  IntValue,
  IteratorValue,
  ListValue,
  ModuleValue,
  NoneValue,
  SetValue,
  SourceSpot,
  StrValue,
  TupleValue,
  UnknownValue,
  Value,
} from './value.ts';

export const NONE: NoneValue = { kind: 'none' };
export const TRUE: BoolValue = { kind: 'bool', value: true };
export const FALSE: BoolValue = { kind: 'bool', value: false };
export const ELLIPSIS: Value = { kind: 'ellipsis' };
export const NOT_IMPLEMENTED: Value = { kind: 'opaque', type: 'other', name: 'NotImplemented' };

const SMALL: readonly IntValue[] = Array.from({ length: 1025 }, (_, value) => ({ kind: 'int', value }));

export const int = (value: Dim): IntValue =>
  isExact(value) && value >= 0 && value <= 1024 && Number.isInteger(value) ? SMALL[value]! : { kind: 'int', value };
export const float = (value: number): Value => ({ kind: 'float', value });
export const bool = (value: boolean): BoolValue => (value ? TRUE : FALSE);
export const str = (value: string): StrValue => ({ kind: 'str', value });
export const list = (items: Value[]): ListValue => ({ kind: 'list', items, unknown: null });
export const tuple = (items: readonly Value[]): TupleValue => ({ kind: 'tuple', items, cls: null, fields: null });
export const dict = (pairs: Iterable<readonly [Value, Value]> = []): DictValue => {
  const d: DictValue = { kind: 'dict', entries: new Map(), unknown: null, cls: null, factory: null };
  for (const [key, value] of pairs) if (!putEntry(d, key, value)) d.unknown = 'a key is not known';
  return d;
};
/** d[key] = value; an equal key that is there already stays the key, as Python has it. False where the key is not known. */
export function putEntry(d: DictValue, key: Value, value: Value): boolean {
  const hash = hashOf(key);
  if (hash === null) return false;
  d.entries.set(hash, { key: d.entries.get(hash)?.key ?? key, value });
  return true;
}
export const set = (values: Iterable<Value>): SetValue => {
  const s: SetValue = { kind: 'set', entries: new Map(), unknown: null };
  for (const value of values) {
    const hash = hashOf(value);
    if (hash === null) s.unknown = 'an element is not known';
    else if (!s.entries.has(hash)) s.entries.set(hash, value);
  }
  return s;
};
export const unknown = (reason: string): UnknownValue => ({ kind: 'unknown', reason });
/** What stands for any number of items. */
export const unknownItems = (repeat?: ListValue['repeat']): UnknownValue => ({
  ...unknown('what is unpacked here is not known'),
  about: { kind: 'items', ...(repeat ? { repeat } : {}) },
});
export const isUnknownItems = (v: Value | undefined): boolean => v?.kind === 'unknown' && v.about?.kind === 'items';

export function iterator(items: Iterable<Value>): IteratorValue {
  const it = items[Symbol.iterator]();
  return {
    kind: 'iterator',
    next: () => {
      const r = it.next();
      return r.done ? null : r.value;
    },
  };
}

/** A function written in TypeScript. `bindsSelf`: found on a class, it gets the instance first. */
export function builtin<Context>(
  name: string,
  call: (context: Context, args: Arguments) => Value,
  bindsSelf = true,
): BuiltinValue {
  return { kind: 'builtin', name, call: call as unknown as BuiltinValue['call'], bindsSelf, attributes: null };
}

export function moduleValue(name: string, entries: Iterable<readonly [string, Value]> = [], open = true): ModuleValue {
  return { kind: 'module', name, file: null, variables: new Map(entries), open };
}

export function instance(cls: ClassValue, attributes: Iterable<readonly [string, Value]> = []): InstanceValue {
  return { kind: 'instance', cls, attributes: new Map(attributes), module: null, origin: null, base: null };
}

/** A class; its bases' order is worked out as Python does (C3), falling back on depth first where that fails. */
export function classValue(
  name: string,
  bases: readonly ClassValue[],
  entries: Iterable<readonly [string, Value]> = [],
  options: { module?: string; unknownBase?: string | null; source?: SourceSpot | null } = {},
): ClassValue {
  const cls: ClassValue = {
    kind: 'class',
    name,
    module: options.module ?? 'builtins',
    bases,
    mro: [],
    dict: new Map(entries),
    unknownBase: options.unknownBase ?? bases.find((b) => b.unknownBase)?.unknownBase ?? null,
    source: options.source ?? null,
  };
  (cls as { mro: readonly ClassValue[] }).mro = [cls, ...linearise(bases)];
  return cls;
}

/** C3 linearisation. Source: "The Python 2.3 Method Resolution Order". */
function linearise(bases: readonly ClassValue[]): ClassValue[] {
  const queues = [...bases.map((b) => [...b.mro]), [...bases]].filter((q) => q.length > 0);
  const out: ClassValue[] = [];
  while (queues.some((q) => q.length > 0)) {
    const heads = queues.filter((q) => q.length > 0);
    const next = heads.find((q) => !heads.some((other) => other.indexOf(q[0]!) > 0))?.[0] ?? heads[0]![0]!;
    out.push(next);
    for (const q of queues) {
      const at = q.indexOf(next);
      if (at >= 0) q.splice(at, 1);
    }
  }
  return out;
}

export const isSubclass = (cls: ClassValue, of: ClassValue): boolean => cls.mro.includes(of);

let identities = 0;
const identity = new WeakMap<object, number>();

/** A number for a value that is the same only as itself. */
export function identityOf(value: object): number {
  let id = identity.get(value);
  if (id === undefined) identity.set(value, (id = ++identities));
  return id;
}

/** A key that is equal where Python's == and hash() say so; null where the value is not known or not hashable. */
export function hashOf(value: Value): string | null {
  switch (value.kind) {
    case 'none':
      return 'None';
    case 'bool':
      return value.value ? '1' : '0';
    case 'int':
      return keyOf(value.value);
    case 'float':
      return String(value.value);
    case 'str':
      return `'${value.value}`;
    case 'tuple': {
      const parts = value.items.map(hashOf);
      return parts.includes(null) ? null : `(${parts.join(',')})`;
    }
    case 'opaque':
      return `<${value.type} ${value.name}>`;
    case 'unknown':
    case 'list':
    case 'dict':
    case 'set':
      return null;
    case 'instance':
      for (const c of value.cls.mro) {
        // A frozen dataclass is its fields; a __hash__ of the user's would have to be run.
        const names = c.dict.get('*hash');
        if (names?.kind === 'tuple') {
          const parts = names.items.map((n) => hashOf(value.attributes.get((n as StrValue).value) ?? unknown('')));
          return parts.includes(null) ? null : `#${identityOf(value.cls)}(${parts.join(',')})`;
        }
        if (c.source && c.dict.has('__hash__')) return null;
      }
      return value.base && ['str', 'int', 'float', 'tuple'].includes(value.base.kind)
        ? hashOf(value.base)
        : `#${identityOf(value)}`;
    default:
      return `#${identityOf(value)}`;
  }
}

/** The dim of an int or bool, else null. */
export function asDim(value: Value | undefined): Dim | null {
  if (!value) return null;
  if (value.kind === 'int') return value.value;
  if (value.kind === 'bool') return value.value ? 1 : 0;
  if (value.kind === 'instance' && value.base) return asDim(value.base);
  if (value.kind === 'tensor' && value.elements?.length === 1 && value.dtype?.startsWith('int'))
    return value.elements[0]!;
  return null;
}

/** A known number (int, float or bool), else null. */
export function asNumber(value: Value | undefined): number | null {
  if (!value) return null;
  if (value.kind === 'float') return value.value;
  if (value.kind === 'tensor') return value.elements?.length === 1 ? value.elements[0]! : null;
  const d = asDim(value);
  return d !== null && isExact(d) ? d : null;
}

export const asString = (value: Value | undefined): string | null =>
  value?.kind === 'str'
    ? value.value
    : value?.kind === 'instance' && value.base?.kind === 'str'
      ? value.base.value
      : null;
export const isNone = (value: Value | undefined): boolean => value === undefined || value.kind === 'none';

/** The items of a list or tuple whose items are known, else null. */
export function asItems(value: Value | undefined): readonly Value[] | null {
  if (value?.kind === 'tuple') return value.items;
  if (value?.kind === 'list' && value.unknown === null) return value.items;
  if (value?.kind === 'instance' && value.base) return asItems(value.base);
  if (value?.kind === 'range') {
    const { start, stop, step } = value;
    if (!isExact(start) || !isExact(stop) || !isExact(step) || step === 0) return null;
    const n = Math.max(0, Math.ceil((stop - start) / step));
    return n > 100_000 ? null : Array.from({ length: n }, (_, i) => int(start + i * step));
  }
  return null;
}
