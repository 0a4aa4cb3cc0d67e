// Attributes: self.conv, x.shape, Config.depth: instance, class, module and library attributes, as Python finds them.

import type { Statement } from '../syntax/program.ts';
import { builtin, classValue, dict, instance, int, NONE, str, tuple, unknown } from '../values/make.ts';
import type { ClassValue, FunctionValue, InstanceValue, Lazy, TupleValue, Value } from '../values/value.ts';
import { assignedNames } from './assign.ts';
import type { Interpreter } from './interpreter.ts';
import { isException } from './iteration.ts';
import { namespaceOf } from './namespaces.ts';
import { Raise } from './signals.ts';

/** The first of the class's bases (from `start` on) that defines the name. */
export function lookInClass(
  ip: Interpreter,
  cls: ClassValue,
  name: string,
  start = 0,
): { value: Value; owner: ClassValue } | null {
  for (let i = start; i < cls.mro.length; i++) {
    const owner = cls.mro[i]!;
    const value = ip.read(owner.dict, name);
    if (value !== undefined) return { value, owner };
  }
  return null;
}

/** What a class's entry becomes when it is found through an instance (or the class itself: self is null). */
function bind(ip: Interpreter, found: Value, self: Value | null, cls: ClassValue): Value {
  switch (found.kind) {
    case 'function':
      return self ? { kind: 'method', self, function: found } : found;
    case 'builtin':
      return self && found.bindsSelf ? { kind: 'method', self, function: found } : found;
    case 'property':
      return self ? ip.call(found.get, [self]) : found;
    case 'staticmethod':
      return found.function;
    case 'classmethod':
      return { kind: 'method', self: cls, function: found.function };
    case 'instance': {
      const getter = lookInClass(ip, found.cls, '__get__');
      return getter ? ip.call({ kind: 'method', self: found, function: getter.value }, [self ?? NONE, cls]) : found;
    }
    default:
      return found;
  }
}

/** The method that an instance's class has under a name, for protocols like __len__; not one that only `object` has. */
export function findMethod(ip: Interpreter, self: InstanceValue, name: string): Value | null {
  const found = lookInClass(ip, self.cls, name);
  return found && found.owner.name !== 'object' ? bind(ip, found.value, self, self.cls) : null;
}

export function callMethod(ip: Interpreter, self: Value, name: string, args: readonly Value[]): Value {
  return ip.call(getAttribute(ip, self, name), args);
}

/** getattr(value, name). Raises AttributeError where Python would. */
export function getAttribute(ip: Interpreter, value: Value, name: string): Value {
  const found = findAttribute(ip, value, name);
  if (found) return found;
  if (value.kind === 'instance' && value.cls.unknownBase)
    return unknown(`${value.cls.name} inherits from ${value.cls.unknownBase}, which is not known`);
  if (value.kind === 'class' && value.unknownBase)
    return unknown(`${value.name} inherits from ${value.unknownBase}, which is not known`);
  const type = value.kind === 'module' ? `module '${value.name}'` : `'${ip.library.typeOf(value).name}' object`;
  ip.raise('AttributeError', `${type} has no attribute '${name}'`);
}

/** getattr without the error: null where there is no such attribute. */
export function findAttribute(ip: Interpreter, value: Value, name: string): Value | null {
  switch (value.kind) {
    case 'unknown':
      return value;
    case 'instance':
      return instanceAttribute(ip, value, name);
    case 'class':
      return classAttribute(ip, value, name);
    case 'module': {
      const bound = ip.read(value.variables, name);
      if (bound !== undefined) return bound;
      if (name === '__name__') return str(value.name);
      if (name === '__dict__') return namespaceOf(ip, value.variables);
      if (name === '__file__') return str(value.file ?? '');
      const submodule = ip.loader.submodule(ip, value, name);
      if (submodule) return submodule;
      return value.open ? ip.gap(`no rule for ${value.name}.${name}`) : null;
    }
    case 'super':
      return superAttribute(ip, value, name);
    case 'function':
      return functionAttribute(ip, value, name) ?? ip.library.attribute(ip, value, name);
    case 'method':
      if (name === '__self__') return value.self;
      if (name === '__func__') return value.function;
      return findAttribute(ip, value.function, name);
    case 'builtin':
      return (
        value.attributes?.get(name) ??
        (name === '__name__' || name === '__qualname__'
          ? str(value.name.split('.').pop()!)
          : ip.library.attribute(ip, value, name))
      );
    case 'property':
      if (name === 'setter') return builtin('setter', (_, a) => ({ ...value, set: a.positional[0] ?? null }), false);
      if (name === 'getter') return builtin('getter', (_, a) => ({ ...value, get: a.positional[0] ?? NONE }), false);
      if (name === 'deleter') return builtin('deleter', () => value, false);
      if (name === 'fget') return value.get;
      if (name === 'fset') return value.set ?? NONE;
      return null;
    case 'staticmethod':
    case 'classmethod':
      return name === '__func__' ? value.function : findAttribute(ip, value.function, name);
    case 'tuple':
    case 'dict': {
      const { cls } = value;
      if (!cls) return ip.library.attribute(ip, value, name);
      const field = value.kind === 'tuple' ? (value.fields?.indexOf(name) ?? -1) : -1;
      if (field >= 0) return (value as TupleValue).items[field]!;
      const found = lookInClass(ip, cls, name);
      return found && found.owner.module !== 'builtins'
        ? bind(ip, found.value, value, cls)
        : ip.library.attribute(ip, value, name);
    }
    default:
      return ip.library.attribute(ip, value, name);
  }
}

function instanceAttribute(ip: Interpreter, self: InstanceValue, name: string): Value | null {
  const inClass = lookInClass(ip, self.cls, name);
  if (inClass && isDataDescriptor(ip, inClass.value)) return bind(ip, inClass.value, self, self.cls);
  const own = self.attributes.get(name);
  if (own) return own;
  if (inClass) return bind(ip, inClass.value, self, self.cls);
  switch (name) {
    case '__class__':
      return self.cls;
    case '__dict__':
      return namespaceOf(ip, self.attributes as Map<string, Value | Lazy>);
    case '__module__':
      return str(self.cls.module);
    case '__doc__':
      return ip.read(self.cls.dict, '__doc__') ?? NONE;
  }
  if (self.module) {
    const child = ip.library.moduleAttribute(self, name);
    if (child) return child;
  }
  if (self.base) {
    const inherited = ip.library.attribute(ip, self.base, name);
    if (inherited) return inherited;
  }
  const fallback = lookInClass(ip, self.cls, '__getattr__');
  if (fallback && fallback.owner.name !== 'Module' && !name.startsWith('__')) {
    return ip.call({ kind: 'method', self, function: fallback.value }, [str(name)]);
  }
  return null;
}

function classAttribute(ip: Interpreter, cls: ClassValue, name: string): Value | null {
  if (name === '__doc__') return ip.read(cls.dict, '__doc__') ?? NONE;
  const found = lookInClass(ip, cls, name);
  if (found && found.owner.name !== 'object') return bind(ip, found.value, null, cls);
  const builtIn = cls.mro.find((c) => c.module === 'builtins');
  const method = builtIn && ip.library.typeAttribute(builtIn, name);
  if (method) return method;
  if (found) return bind(ip, found.value, null, cls);
  switch (name) {
    case '__name__':
    case '__qualname__':
      return str(cls.name);
    case '__module__':
      return str(cls.module);
    case '__bases__':
      return tuple(cls.bases);
    case '__mro__':
      return tuple(cls.mro);
    case '__dict__':
      return namespaceOf(ip, cls.dict);
    case '__class__':
      return ip.library.typeOf(cls);
    default:
      return metaclassAttribute(ip, cls, name);
  }
}

/** What a class has from its metaclass: its methods are bound to the class. */
function metaclassAttribute(ip: Interpreter, cls: ClassValue, name: string): Value | null {
  const meta = metaclassOf(cls);
  const found = meta && lookInClass(ip, meta, name);
  return found && found.owner.name !== 'object' && found.owner.name !== 'type'
    ? bind(ip, found.value, cls, meta)
    : null;
}

/** The metaclass of the user's that a class (or a base of it) was made with. */
export function metaclassOf(cls: ClassValue): ClassValue | null {
  for (const c of cls.mro) {
    const meta = c.dict.get('*metaclass');
    if (meta?.kind === 'class') return meta;
  }
  return null;
}

/** A property, or an object with __set__: it comes before the instance's own attributes. */
const isDataDescriptor = (ip: Interpreter, v: Value): boolean =>
  v.kind === 'property' || (v.kind === 'instance' && lookInClass(ip, v.cls, '__set__') !== null);

/** What object's own __init__ does. */
const ignored = builtin('object.__init__', () => NONE, false);

function superAttribute(ip: Interpreter, value: Value & { kind: 'super' }, name: string): Value | null {
  const own = value.self.kind === 'class' ? value.self : ip.library.typeOf(value.self);
  // In a metaclass, self is a class, and super() goes on among the metaclass's bases.
  const meta = value.self.kind === 'class' && !own.mro.includes(value.after) ? metaclassOf(own) : null;
  if (value.self.kind === 'class' && !own.mro.includes(value.after)) {
    const above = meta?.mro.includes(value.after) ? meta : value.after;
    const inherited = lookInClass(ip, above, name, above.mro.indexOf(value.after) + 1);
    if (!inherited || inherited.owner.name === 'object') return inherited ? ignored : null;
    return bind(ip, inherited.value, name === '__new__' ? null : value.self, above);
  }
  const cls = own;
  const start = cls.mro.indexOf(value.after) + 1;
  const found = lookInClass(ip, cls, name, start);
  if (value.self.kind === 'instance' && value.self.base && (!found || found.owner.name === 'object')) {
    const method = ip.library.typeAttribute(ip.library.typeOf(value.self.base), name);
    if (method) return { kind: 'method', self: value.self, function: method };
    const inherited = ip.library.attribute(ip, value.self.base, name);
    if (inherited) return inherited;
  }
  if (found)
    return bind(
      ip,
      found.value,
      value.self.kind === 'class' && found.value.kind !== 'classmethod' ? null : value.self,
      cls,
    );
  if (cls.unknownBase) return unknown(`${cls.name} inherits from ${cls.unknownBase}, which is not known`);
  if (value.self.kind === 'instance' && value.self.module && name === '__getattr__') return null;
  return null;
}

function functionAttribute(ip: Interpreter, f: FunctionValue, name: string): Value | null {
  const own = f.attributes.get(name);
  if (own) return own;
  switch (name) {
    case '__name__':
      return str(f.name);
    case '__qualname__':
      return str(f.owner ? `${f.owner.name}.${f.name}` : f.name);
    case '__module__':
      return str(f.scope.module.name);
    case '__doc__':
      return docstring(f.code.body());
    case '__dict__':
      return namespaceOf(ip, f.attributes as Map<string, Value | Lazy>);
    case '__defaults__': {
      const given = f.code.params.filter((p) => p.kind !== 'keywordOnly' && f.defaults.has(p.name));
      return given.length === 0 ? NONE : tuple(given.map((p) => ip.force(f.defaults.get(p.name)!)));
    }
    case '__kwdefaults__': {
      const given = f.code.params.filter((p) => p.kind === 'keywordOnly' && f.defaults.has(p.name));
      return given.length === 0
        ? NONE
        : dict(given.map((p) => [str(p.name), ip.force(f.defaults.get(p.name)!)] as const));
    }
    case '__code__':
      return codeObject(f);
    default:
      return null;
  }
}

/** The string that a body begins with. */
export function docstring(body: readonly Statement[]): Value {
  const [first] = body;
  return first?.kind === 'Expression' && first.value.kind === 'Literal' && first.value.literal.type === 'str'
    ? str(first.value.literal.value.trim())
    : NONE;
}

const CODE = classValue('code', []);

function codeObject(f: FunctionValue): Value {
  const { params } = f.code;
  const counted = params.filter((p) => p.kind === 'normal' || p.kind === 'positionalOnly');
  const keywordOnly = params.filter((p) => p.kind === 'keywordOnly');
  const rest = params.filter((p) => p.kind === 'rest' || p.kind === 'restKeywords');
  const named = [...counted, ...keywordOnly, ...rest].map((p) => p.name);
  const names = [...new Set([...named, ...assignedNames(f.code.body())])];
  return instance(CODE, [
    ['co_varnames', tuple(names.map(str))],
    ['co_argcount', int(counted.length)],
    ['co_kwonlyargcount', int(keywordOnly.length)],
    ['co_name', str(f.name)],
  ]);
}

/** setattr(target, name, value). */
export function setAttribute(ip: Interpreter, target: Value, name: string, value: Value): void {
  switch (target.kind) {
    case 'instance': {
      const inClass = lookInClass(ip, target.cls, name);
      if (inClass?.value.kind === 'property') {
        if (inClass.value.set) ip.call(inClass.value.set, [target, value]);
        else ip.raise('AttributeError', `property '${name}' of '${target.cls.name}' object has no setter`);
        return;
      }
      if (inClass?.value.kind === 'instance' && lookInClass(ip, inClass.value.cls, '__set__')) {
        callMethod(ip, inClass.value, '__set__', [target, value]);
        return;
      }
      const setter = lookInClass(ip, target.cls, '__setattr__');
      if (setter && setter.owner.name !== 'object') {
        ip.call({ kind: 'method', self: target, function: setter.value }, [str(name), value]);
        return;
      }
      setInstanceAttribute(ip, target, name, value);
      return;
    }
    case 'class':
      ip.setVariable(target.dict, name, value);
      return;
    case 'module':
      ip.setVariable(target.variables, name, value);
      return;
    case 'function':
      ip.setVariable(target.attributes, name, value);
      return;
    case 'builtin':
      target.attributes ??= new Map();
      target.attributes.set(name, value);
      return;
    default:
      return;
  }
}

/** object.__setattr__, and nn.Module's. */
export function setInstanceAttribute(ip: Interpreter, target: InstanceValue, name: string, value: Value): void {
  if (ip.library.setModuleAttribute(ip, target, name, value)) return;
  ip.setVariable(target.attributes as Map<string, Value>, name, value);
}

export function deleteAttribute(ip: Interpreter, target: Value, name: string): void {
  if (target.kind === 'instance') {
    ip.deleteVariable(target.attributes as Map<string, Value>, name);
    for (const registry of target.module
      ? [target.module.parameters, target.module.buffers, target.module.children]
      : []) {
      ip.deleteVariable(registry as Map<string, Value>, name);
    }
  } else if (target.kind === 'class') ip.deleteVariable(target.dict, name);
}

/** hasattr: whether getattr would find it; null where that is not known. */
export function hasAttribute(ip: Interpreter, value: Value, name: string): boolean | null {
  if (value.kind === 'unknown') return null;
  if (value.kind === 'module' && value.open && !value.variables.has(name)) return null;
  try {
    const found = findAttribute(ip, value, name);
    if (found) return true;
    return (value.kind === 'instance' && value.cls.unknownBase) || (value.kind === 'class' && value.unknownBase)
      ? null
      : false;
  } catch (signal) {
    if (signal instanceof Raise && isException(signal.exception, 'AttributeError')) return false;
    throw signal;
  }
}
