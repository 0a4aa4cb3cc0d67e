// copy: copy.copy and copy.deepcopy of containers, objects and modules.

import { natives } from '../../interp/native.ts';
import type { InstanceValue, Value } from '../../values/value.ts';

/** copy.deepcopy: new containers and objects; modules get parameters of their own. */
export function deepCopy(value: Value, seen = new Map<Value, Value>()): Value {
  const known = seen.get(value);
  if (known) return known;
  const copyMap = <T extends Value>(from: Map<string, T>): Map<string, T> =>
    new Map([...from].map(([k, v]) => [k, deepCopy(v, seen) as T]));
  switch (value.kind) {
    case 'list': {
      const made: Value = { ...value, items: [] };
      seen.set(value, made);
      made.items = value.items.map((v) => deepCopy(v, seen));
      return made;
    }
    case 'tuple':
      return { ...value, items: value.items.map((v) => deepCopy(v, seen)) };
    case 'dict': {
      const made: Value = { ...value, entries: new Map() };
      seen.set(value, made);
      for (const [hash, e] of value.entries) made.entries.set(hash, { key: e.key, value: deepCopy(e.value, seen) });
      return made;
    }
    case 'set':
      return { ...value, entries: new Map(value.entries) };
    case 'tensor': {
      const made: Value = { ...value, parameter: value.parameter ? { ...value.parameter } : null };
      seen.set(value, made);
      return made;
    }
    case 'instance': {
      if (value.attributes.has('_name_')) return value;
      const made: InstanceValue = { ...value, attributes: new Map(), module: null };
      seen.set(value, made);
      made.attributes = copyMap(value.attributes);
      made.base = value.base && deepCopy(value.base, seen);
      if (value.module) {
        made.module = {
          parameters: copyMap(value.module.parameters),
          buffers: copyMap(value.module.buffers),
          children: copyMap(value.module.children),
          unknownChildren: value.module.unknownChildren,
          copies: new Map(value.module.copies),
        };
      }
      return made;
    }
    default:
      return value;
  }
}

export const copy = (): [string, Value][] =>
  natives(
    {
      deepcopy: ['value, memo=None', (_, { value }) => deepCopy(value!)],
      copy: [
        'value',
        (_, { value }) => {
          const v = value!;
          if (v.kind === 'list') return { ...v, items: [...v.items] };
          if (v.kind === 'dict') return { ...v, entries: new Map(v.entries) };
          if (v.kind === 'set') return { ...v, entries: new Map(v.entries) };
          if (v.kind === 'instance')
            return {
              ...v,
              attributes: new Map(v.attributes),
              module: v.module && {
                parameters: new Map(v.module.parameters),
                buffers: new Map(v.module.buffers),
                children: new Map(v.module.children),
                unknownChildren: v.module.unknownChildren,
                copies: new Map(v.module.copies),
              },
            };
          return v;
        },
      ],
    },
    false,
  );
