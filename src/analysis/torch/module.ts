// nn.Module: registration of parameters, buffers and children, and the methods that every module has.

import { getAttribute, setInstanceAttribute } from '../interp/attributes.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { type NativeTable, native, natives } from '../interp/native.ts';
import { OBJECT } from '../python/types.ts';
import { asString, bool, builtin, classValue, dict, iterator, NONE, str, tuple } from '../values/make.ts';
import type { TensorValue } from '../values/tensor.ts';
import type { Arguments, ClassValue, InstanceValue, Value } from '../values/value.ts';
import { flag } from './arguments.ts';

export const MODULE: ClassValue = classValue('Module', [OBJECT], [], { module: 'torch.nn.modules.module' });

export const isModule = (v: Value | undefined): v is InstanceValue => v?.kind === 'instance' && v.module !== null;

/** The registries of a module; makes them where __init__ has not run yet. */
export function stateOf(self: InstanceValue): NonNullable<InstanceValue['module']> {
  self.module ??= {
    parameters: new Map(),
    buffers: new Map(),
    children: new Map(),
    unknownChildren: null,
    copies: new Map(),
  };
  return self.module;
}

/** Every module of the tree with its path, parents first, each once. */
export function* walk(
  self: InstanceValue,
  path = '',
  seen = new Set<InstanceValue>(),
): Generator<[string, InstanceValue]> {
  if (seen.has(self)) return;
  seen.add(self);
  yield [path, self];
  for (const [name, child] of self.module?.children ?? []) {
    // A Sequential may hold what is not known.
    if (child.kind === 'instance') yield* walk(child, path ? `${path}.${name}` : name, seen);
  }
}

/** Every parameter with its name, as named_parameters gives them: each once. */
export function* namedParameters(self: InstanceValue): Generator<[string, TensorValue]> {
  const seen = new Set<TensorValue>();
  for (const [path, m] of walk(self)) {
    for (const [name, p] of m.module?.parameters ?? []) {
      if (p.kind === 'none' || seen.has(p)) continue;
      seen.add(p);
      yield [path ? `${path}.${name}` : name, p];
    }
  }
}

export function* namedBuffers(self: InstanceValue): Generator<[string, TensorValue]> {
  const seen = new Set<TensorValue>();
  for (const [path, m] of walk(self)) {
    for (const [name, b] of m.module?.buffers ?? []) {
      if (b.kind === 'none' || seen.has(b)) continue;
      seen.add(b);
      yield [path ? `${path}.${name}` : name, b];
    }
  }
}

/** Registers what is assigned to a module's attribute; false where it is a plain attribute. */
export function setModuleAttribute(ip: Interpreter, self: InstanceValue, name: string, value: Value): boolean {
  const state = self.module;
  if (!state) return false;
  const put = (registry: Map<string, Value>): true => {
    for (const other of [state.parameters, state.buffers, state.children, self.attributes] as Map<string, Value>[]) {
      if (other !== registry && other.has(name)) ip.deleteVariable(other, name);
    }
    ip.setVariable(registry, name, value);
    if (registry !== (state.buffers as Map<string, Value>)) registered(ip, self);
    return true;
  };
  if (value.kind === 'tensor' && value.parameter?.isParameter) return put(state.parameters as Map<string, Value>);
  if (isModule(value)) {
    const at = ip.spot();
    if (at) value.assignedAt ??= at;
    return put(state.children as Map<string, Value>);
  }
  for (const registry of [state.parameters, state.buffers, state.children] as Map<string, Value>[]) {
    if (registry.has(name) && (value.kind === 'none' || value.kind === 'tensor')) return put(registry);
    if (registry.has(name)) ip.deleteVariable(registry, name);
  }
  return false;
}

/** A layer that is added under a condition that is not known may not be there: what there is cannot be counted. */
export function registered(ip: Interpreter, self: InstanceValue): void {
  if (ip.speculation > 0 && (self.branch === undefined || self.branch !== ip.journal))
    stateOf(self).unknownChildren ??= 'whether a layer is in it depends on a condition that is not known';
}

export function moduleAttribute(self: InstanceValue, name: string): Value | null {
  const state = self.module;
  if (!state) return null;
  const found = state.parameters.get(name) ?? state.buffers.get(name) ?? state.children.get(name);
  if (found) return found;
  const registry = (m: Map<string, Value>): Value => dict([...m].map(([k, v]) => [str(k), v] as const));
  switch (name) {
    case '_modules':
      return registry(state.children as Map<string, Value>);
    case '_parameters':
      return registry(state.parameters as Map<string, Value>);
    case '_buffers':
      return registry(state.buffers as Map<string, Value>);
    default:
      return null;
  }
}

/** module(*args): forward, written down in the graph. */
export function callModule(ip: Interpreter, self: InstanceValue, args: Arguments): Value {
  const run = (): Value => {
    const { recorder } = ip;
    recorder?.entering(self);
    ip.moduleStack.push(self);
    const depth = ip.moduleStack.length;
    try {
      const output = ip.call(getAttribute(ip, self, 'forward'), args.positional, args.keywords);
      recorder?.called(self, args.positional, output);
      return output;
    } finally {
      ip.moduleStack.length = depth - 1;
    }
  };
  if (ip.moduleStack.length === 0 && ip.onTopLevelCall) return ip.onTopLevelCall(self, args, run);
  return run();
}

/** Whether it was made in a branch that was taken back: nothing of it is left, not even the mode that each is made in. */
export const isTakenBack = (self: InstanceValue): boolean => !self.attributes.has('training');

const asModule = (v: Value | undefined): InstanceValue => v as InstanceValue;

function setTraining(ip: Interpreter, self: InstanceValue, training: boolean): void {
  for (const [, m] of walk(self)) ip.setVariable(m.attributes as Map<string, Value>, 'training', bool(training));
}

/** Puts a model into evaluation, as the oracle and inference run it. */
export const evaluationMode = (ip: Interpreter, self: InstanceValue): void => setTraining(ip, self, false);

const itself: NativeTable[string] = ['self, *args, **kwargs', (_, { self }) => self!];
const ignored: NativeTable[string] = ['self, *args, **kwargs', () => NONE];

const METHODS: NativeTable = {
  __init__: [
    'self, *args, **kwargs',
    (ip, { self }) => {
      stateOf(asModule(self));
      ip.setVariable(asModule(self).attributes as Map<string, Value>, 'training', bool(true));
      return NONE;
    },
  ],
  add_module: ['self, name, module', (ip, { self, name, module }) => addChild(ip, asModule(self), name!, module!)],
  register_module: ['self, name, module', (ip, { self, name, module }) => addChild(ip, asModule(self), name!, module!)],
  register_buffer: [
    'self, name, tensor, persistent=True',
    (ip, { self, name, tensor }) => {
      if (tensor!.kind === 'tensor') tensor!.parameter ??= { requiresGrad: false, isParameter: false };
      if (tensor!.kind === 'tensor' || tensor!.kind === 'none')
        ip.setVariable(stateOf(asModule(self)).buffers as Map<string, Value>, asString(name) ?? '?', tensor!);
      else ip.setVariable(asModule(self).attributes as Map<string, Value>, asString(name) ?? '?', tensor!);
      return NONE;
    },
  ],
  register_parameter: [
    'self, name, param',
    (ip, { self, name, param }) => {
      if (param!.kind === 'tensor' || param!.kind === 'none')
        ip.setVariable(stateOf(asModule(self)).parameters as Map<string, Value>, asString(name) ?? '?', param!);
      return NONE;
    },
  ],
  modules: ['self', (_, { self }) => iterator([...walk(asModule(self))].map(([, m]) => m))],
  named_modules: [
    'self, memo=None, prefix="", remove_duplicate=True',
    (_, { self, prefix }) =>
      iterator([...walk(asModule(self), asString(prefix) ?? '')].map(([path, m]) => tuple([str(path), m]))),
  ],
  children: [
    'self',
    (_, { self }) => iterator([...(asModule(self).module?.children.values() ?? [])].filter((m) => m.kind !== 'none')),
  ],
  named_children: [
    'self',
    (_, { self }) =>
      iterator(
        [...(asModule(self).module?.children ?? [])]
          .filter(([, m]) => m.kind !== 'none')
          .map(([n, m]) => tuple([str(n), m])),
      ),
  ],
  parameters: ['self, recurse=True', (_, { self }) => iterator([...namedParameters(asModule(self))].map(([, p]) => p))],
  named_parameters: [
    'self, prefix="", recurse=True',
    (_, { self }) => iterator([...namedParameters(asModule(self))].map(([n, p]) => tuple([str(n), p]))),
  ],
  buffers: ['self, recurse=True', (_, { self }) => iterator([...namedBuffers(asModule(self))].map(([, b]) => b))],
  named_buffers: [
    'self, prefix="", recurse=True',
    (_, { self }) => iterator([...namedBuffers(asModule(self))].map(([n, b]) => tuple([str(n), b]))),
  ],
  state_dict: [
    'self, *args, **kwargs',
    (_, { self }) =>
      dict([...namedParameters(asModule(self)), ...namedBuffers(asModule(self))].map(([n, p]) => [str(n), p] as const)),
  ],
  get_submodule: [
    'self, target',
    (ip, { self, target }) =>
      (asString(target) ?? '').split('.').reduce<Value>((m, part) => (part ? getAttribute(ip, m, part) : m), self!),
  ],
  get_parameter: [
    'self, target',
    (ip, { self, target }) =>
      (asString(target) ?? '').split('.').reduce<Value>((m, part) => getAttribute(ip, m, part), self!),
  ],
  apply: [
    'self, fn',
    (ip, { self, fn }) => {
      const inner = [...walk(asModule(self))].map(([, m]) => m);
      // Children before their parents, as PyTorch does.
      const visit = (m: InstanceValue): void => {
        for (const child of m.module?.children.values() ?? []) if (child.kind !== 'none') visit(child);
        ip.call(fn!, [m]);
      };
      if (inner.length > 0) visit(asModule(self));
      return self!;
    },
  ],
  train: [
    'self, mode=True',
    (ip, { self, mode }) => {
      setTraining(ip, asModule(self), flag(mode) ?? true);
      return self!;
    },
  ],
  eval: [
    'self',
    (ip, { self }) => {
      setTraining(ip, asModule(self), false);
      return self!;
    },
  ],
  requires_grad_: [
    'self, requires_grad=True',
    (_, { self, requires_grad }) => {
      for (const [, p] of namedParameters(asModule(self)))
        if (p.parameter) p.parameter.requiresGrad = flag(requires_grad) ?? true;
      return self!;
    },
  ],
  to: itself,
  cuda: itself,
  cpu: itself,
  half: itself,
  float: itself,
  double: itself,
  bfloat16: itself,
  type: itself,
  to_empty: itself,
  share_memory: itself,
  compile: ignored,
  zero_grad: ignored,
  load_state_dict: ignored,
  _load_from_state_dict: ignored,
  register_forward_hook: ignored,
  register_forward_pre_hook: ignored,
  register_backward_hook: ignored,
  register_full_backward_hook: ignored,
  _register_load_state_dict_pre_hook: ignored,
  register_load_state_dict_post_hook: ignored,
  _register_state_dict_hook: ignored,
  _get_name: ['self', (_, { self }) => str(asModule(self).cls.name)],
  extra_repr: ['self', () => str('')],
  __setattr__: [
    'self, name, value',
    (ip, { self, name, value }) => {
      setInstanceAttribute(ip, asModule(self), asString(name) ?? '?', value!);
      return NONE;
    },
  ],
  __getattr__: [
    'self, name',
    (ip, { self, name }) =>
      moduleAttribute(asModule(self), asString(name) ?? '') ??
      ip.raise('AttributeError', `'${asModule(self).cls.name}' object has no attribute '${asString(name)}'`),
  ],
  forward: [
    'self, *args, **kwargs',
    (ip, { self }) =>
      ip.raise('NotImplementedError', `Module [${asModule(self).cls.name}] is missing the required "forward" function`),
  ],
};

function addChild(ip: Interpreter, self: InstanceValue, name: Value, module: Value): Value {
  registered(ip, self);
  if (isModule(module) || module.kind === 'none')
    ip.setVariable(stateOf(self).children as Map<string, Value>, asString(name) ?? '?', module);
  return NONE;
}

for (const [name, method] of natives(METHODS)) MODULE.dict.set(name, method);
MODULE.dict.set(
  '__call__',
  builtin<Interpreter>('Module.__call__', (ip, { positional: [self, ...rest], keywords }) =>
    callModule(ip, asModule(self), { positional: rest, keywords }),
  ),
);
// Assigning to a module goes through setModuleAttribute anyway: only a user's own __setattr__ needs to be called.
MODULE.dict.delete('__setattr__');
OBJECT.dict.set('__setattr__', native('__setattr__', 'self, name, value', METHODS['__setattr__']![1]));
