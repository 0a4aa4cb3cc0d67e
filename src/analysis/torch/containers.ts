// Containers: Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict.

import { add, type Dim, isExact } from '../dims/dim.ts';
import { showShape } from '../dims/display.ts';
import { callMethod } from '../interp/attributes.ts';
import { sliceIndices } from '../interp/indexing.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import { type NativeTable, natives } from '../interp/native.ts';
import {
  asDim,
  asItems,
  asString,
  bool,
  classValue,
  instance,
  int,
  iterator,
  list,
  NONE,
  str,
  tuple,
  unknown,
} from '../values/make.ts';
import type { ClassValue, InstanceValue, Value } from '../values/value.ts';
import { isModule, MODULE, registered, stateOf } from './module.ts';

const childrenOf = (self: Value | undefined): Map<string, Value> =>
  stateOf(self as InstanceValue).children as Map<string, Value>;
const parametersOf = (self: Value | undefined): Map<string, Value> =>
  stateOf(self as InstanceValue).parameters as Map<string, Value>;

/** Names that are numbers are closed up again after one is removed or inserted. */
function renumber(ip: Interpreter, registry: Map<string, Value>, items: readonly Value[]): void {
  for (const name of [...registry.keys()]) ip.deleteVariable(registry, name);
  items.forEach((item, i) => {
    ip.setVariable(registry, String(i), item);
  });
}

/** A container that holds something unknown: what it computes and counts is not known from here on. */
function unknownElement(ip: Interpreter, self: Value | undefined): void {
  const reason = 'an element of this container is not known';
  stateOf(self as InstanceValue).unknownChildren ??= reason;
  ip.gap(reason);
}

/** What a container gives, unless something in it is not known. */
function whole(self: Value | undefined, give: () => Value): Value {
  const { unknownChildren } = stateOf(self as InstanceValue);
  return unknownChildren === null ? give() : unknown(unknownChildren);
}

/** A child that stands for as many as a symbol says. */
function addCopies(
  ip: Interpreter,
  self: Value | undefined,
  registry: Registry,
  { item, count }: { item: Value; count: Dim },
): void {
  const name = String(registry(self).size);
  ip.setVariable(registry(self), name, item);
  ip.setVariable(stateOf(self as InstanceValue).copies, name, int(count));
}

const copiesOf = (self: Value | undefined): Map<string, Value> => stateOf(self as InstanceValue).copies;

/** How many children there are, each counted as often as it stands for. */
function countOf(self: Value | undefined, registry: Registry): Dim {
  return [...registry(self).keys()].reduce<Dim>((sum, name) => {
    const copies = copiesOf(self).get(name);
    return add(sum, copies?.kind === 'int' ? copies.value : 1);
  }, 0);
}

/** x through as many alike: where one of them keeps its shape, so do all. */
function throughCopies(ip: Interpreter, child: Value, input: Value): Value {
  const output = ip.call(child, [input]);
  const isKept =
    input.kind === 'tensor' && output.kind === 'tensor' && showShape(input.shape) === showShape(output.shape);
  return isKept ? output : unknown('how often this layer is repeated is not known');
}

type Registry = (self: Value | undefined) => Map<string, Value>;

/** What lists of modules and lists of parameters have in common. */
function listMethods(registry: Registry, wants: (v: Value) => boolean): NativeTable {
  const add = (ip: Interpreter, self: Value | undefined, item: Value): void => {
    const items = registry(self);
    if (!wants(item)) {
      unknownElement(ip, self);
      return;
    }
    registered(ip, self as InstanceValue);
    ip.setVariable(items, String(items.size), item);
  };
  return {
    append: [
      'self, item',
      (ip, { self, item }) => {
        add(ip, self, item!);
        return self!;
      },
    ],
    extend: [
      'self, items',
      (ip, { self, items }) => {
        const all = elementsOf(ip, items!);
        const repeat = items!.kind === 'list' ? items!.repeat : undefined;
        if (!all && repeat && wants(repeat.item)) addCopies(ip, self, registry, repeat);
        else if (!all) unknownElement(ip, self);
        for (const item of all ?? []) add(ip, self, item);
        return self!;
      },
    ],
    insert: [
      'self, index, item',
      (ip, { self, index, item }) => {
        const items = [...registry(self).values()];
        const at = asDim(index);
        items.splice(at !== null && isExact(at) ? at : items.length, 0, item!);
        renumber(ip, registry(self), items);
        return NONE;
      },
    ],
    pop: [
      'self, index=-1',
      (ip, { self, index }) => {
        const items = [...registry(self).values()];
        const at = asDim(index);
        const [item] = items.splice(at !== null && isExact(at) ? at : -1, 1);
        renumber(ip, registry(self), items);
        return item ?? ip.raise('IndexError', 'pop from empty list');
      },
    ],
    __len__: ['self', (_, { self }) => whole(self, () => int(countOf(self, registry)))],
    __iter__: [
      'self',
      (_, { self }) =>
        copiesOf(self).size > 0
          ? unknown('how often a layer is repeated is not known')
          : whole(self, () => iterator([...registry(self).values()])),
    ],
    __contains__: ['self, item', (_, { self, item }) => bool([...registry(self).values()].includes(item!))],
    __getitem__: [
      'self, index',
      (ip, { self, index }) => whole(self, () => pick(ip, self as InstanceValue, registry, index!)),
    ],
    __setitem__: [
      'self, index, item',
      (ip, { self, index, item }) => {
        const items = registry(self);
        const names = [...items.keys()];
        const at = asDim(index);
        if (at !== null && isExact(at))
          ip.setVariable(items, names[at < 0 ? at + names.length : at] ?? String(at), item!);
        else if (asString(index) !== null) ip.setVariable(items, asString(index)!, item!);
        return NONE;
      },
    ],
    __delitem__: [
      'self, index',
      (ip, { self, index }) => {
        const at = asDim(index);
        const items = [...registry(self).values()];
        const gone =
          index!.kind === 'slice'
            ? sliceIndices(index!, items.length)
            : at !== null && isExact(at)
              ? [at < 0 ? at + items.length : at]
              : null;
        if (gone)
          renumber(
            ip,
            registry(self),
            items.filter((_, i) => !gone.includes(i)),
          );
        return NONE;
      },
    ],
    __iadd__: [
      'self, items',
      (ip, { self, items }) => {
        for (const item of elementsOf(ip, items!) ?? []) add(ip, self, item);
        return self!;
      },
    ],
    __add__: [
      'self, other',
      (ip, { self, other }) => {
        const made = blank((self as InstanceValue).cls);
        const items = [...registry(self).values(), ...(elementsOf(ip, other!) ?? [])];
        items.forEach((item, i) => {
          registry(made).set(String(i), item);
        });
        return made;
      },
    ],
  };
}

function blank(cls: ClassValue): InstanceValue {
  const made = instance(cls, [['training', bool(true)]]);
  stateOf(made);
  return made;
}

function pick(ip: Interpreter, self: InstanceValue, registry: Registry, index: Value): Value {
  const entries = [...registry(self)];
  if (index.kind === 'slice') {
    const at = sliceIndices(index, entries.length);
    if (!at) return unknown('the bounds of the slice are not known');
    const made = blank(
      self.cls.name === 'Sequential' || self.cls.name === 'ModuleList'
        ? self.cls
        : (self.cls.mro.find((c) => c === SEQUENTIAL || c === MODULE_LIST) ?? self.cls),
    );
    const sequential = self.cls.mro.includes(SEQUENTIAL);
    at.forEach((i, n) => {
      registry(made).set(sequential ? entries[i]![0] : String(n), entries[i]![1]);
    });
    return made;
  }
  const i = asDim(index);
  const copies = self.module?.copies.size ?? 0;
  // Which of several alike does not matter.
  if (copies > 0 && entries.length === 1 && asString(index) === null) return entries[0]![1];
  if (i === null || !isExact(i)) {
    const name = asString(index);
    return name !== null ? (registry(self).get(name) ?? ip.raise('KeyError', name)) : unknown('the index is not known');
  }
  return entries[i < 0 ? i + entries.length : i]?.[1] ?? ip.raise('IndexError', `index ${i} is out of range`);
}

function container(name: string, table: NativeTable): ClassValue {
  const cls = classValue(name, [MODULE], [], { module: 'torch.nn.modules.container' });
  for (const [method, value] of natives(table)) cls.dict.set(method, value);
  return cls;
}

const begin = (ip: Interpreter, self: Value | undefined): void => {
  stateOf(self as InstanceValue);
  ip.setVariable((self as InstanceValue).attributes as Map<string, Value>, 'training', bool(true));
};

export const SEQUENTIAL: ClassValue = container('Sequential', {
  ...listMethods(childrenOf, isModule),
  __init__: [
    'self, *args',
    (ip, { self, args }) => {
      begin(ip, self);
      const items = asItems(args) ?? [];
      const [only] = items;
      if (items.length === 1 && only?.kind === 'dict') {
        for (const { key, value } of only.entries.values())
          ip.setVariable(childrenOf(self), asString(key) ?? '?', value);
        if (only.unknown !== null) unknownElement(ip, self);
        return NONE;
      }
      items.forEach((item, i) => {
        const repeat = item.kind === 'unknown' && item.about?.kind === 'items' ? item.about.repeat : undefined;
        if (repeat && isModule(repeat.item)) {
          addCopies(ip, self, childrenOf, repeat);
          return;
        }
        ip.setVariable(childrenOf(self), String(i), item);
        if (!isModule(item)) unknownElement(ip, self);
      });
      return NONE;
    },
  ],
  forward: [
    'self, input',
    (ip, { self, input }) => {
      return whole(self, () => {
        let x = input!;
        for (const [name, child] of childrenOf(self))
          x = copiesOf(self).has(name) ? throughCopies(ip, child, x) : ip.call(child, [x]);
        return x;
      });
    },
  ],
});

export const MODULE_LIST: ClassValue = container('ModuleList', {
  ...listMethods(childrenOf, isModule),
  __init__: [
    'self, modules=None',
    (ip, { self, modules }) => {
      begin(ip, self);
      if (modules!.kind !== 'none') callMethod(ip, self!, 'extend', [modules!]);
      return NONE;
    },
  ],
});

/** What dicts of modules and dicts of parameters have in common. */
function dictMethods(registry: Registry, wants: (v: Value) => boolean): NativeTable {
  const put = (ip: Interpreter, self: Value | undefined, name: string | null, value: Value): void => {
    if (name === null || (!wants(value) && value.kind !== 'none')) unknownElement(ip, self);
    else {
      registered(ip, self as InstanceValue);
      ip.setVariable(registry(self), name, value);
    }
  };
  const update = (ip: Interpreter, self: Value | undefined, other: Value): void => {
    const from = other.kind === 'instance' && other.module ? registry(other) : null;
    if (from) for (const [name, v] of from) put(ip, self, name, v);
    else if (other.kind === 'dict')
      for (const { key, value } of other.entries.values()) put(ip, self, asString(key), value);
    else {
      for (const pair of elementsOf(ip, other) ?? []) {
        const [key, value] = asItems(pair) ?? [];
        if (key && value) put(ip, self, asString(key), value);
      }
    }
  };
  return {
    __init__: [
      'self, values=None',
      (ip, { self, values }) => {
        begin(ip, self);
        if (values!.kind !== 'none') update(ip, self, values!);
        return NONE;
      },
    ],
    update: [
      'self, values',
      (ip, { self, values }) => {
        update(ip, self, values!);
        return NONE;
      },
    ],
    __getitem__: [
      'self, key',
      (ip, { self, key }) =>
        asString(key) === null
          ? unknown('the key is not known')
          : (registry(self).get(asString(key)!) ?? ip.raise('KeyError', asString(key)!)),
    ],
    __setitem__: [
      'self, key, value',
      (ip, { self, key, value }) => {
        put(ip, self, asString(key), value!);
        return NONE;
      },
    ],
    __delitem__: [
      'self, key',
      (ip, { self, key }) => {
        ip.deleteVariable(registry(self), asString(key) ?? '?');
        return NONE;
      },
    ],
    __len__: ['self', (_, { self }) => whole(self, () => int(registry(self).size))],
    __iter__: ['self', (_, { self }) => whole(self, () => iterator([...registry(self).keys()].map(str)))],
    __contains__: [
      'self, key',
      (_, { self, key }) =>
        asString(key) === null ? unknown('the key is not known') : bool(registry(self).has(asString(key)!)),
    ],
    keys: ['self', (_, { self }) => whole(self, () => list([...registry(self).keys()].map(str)))],
    values: ['self', (_, { self }) => whole(self, () => list([...registry(self).values()]))],
    items: ['self', (_, { self }) => whole(self, () => list([...registry(self)].map(([k, v]) => tuple([str(k), v]))))],
    get: [
      'self, key, default=None',
      (_, { self, key, default: fallback }) => registry(self).get(asString(key) ?? '') ?? fallback!,
    ],
    pop: [
      'self, key',
      (ip, { self, key }) => {
        const v = registry(self).get(asString(key) ?? '');
        ip.deleteVariable(registry(self), asString(key) ?? '');
        return v ?? ip.raise('KeyError', asString(key) ?? '?');
      },
    ],
  };
}

export const MODULE_DICT: ClassValue = container('ModuleDict', dictMethods(childrenOf, isModule));
export const PARAMETER_DICT: ClassValue = container(
  'ParameterDict',
  dictMethods(parametersOf, (v) => v.kind === 'tensor'),
);
export const PARAMETER_LIST: ClassValue = container('ParameterList', {
  ...listMethods(parametersOf, (v) => v.kind === 'tensor'),
  __init__: [
    'self, values=None',
    (ip, { self, values }) => {
      begin(ip, self);
      if (values!.kind !== 'none') callMethod(ip, self!, 'extend', [values!]);
      return NONE;
    },
  ],
});
