// Classes: `class Block(nn.Module): …` and `Block(64)`.

import type { Expression, Statement } from '../syntax/program.ts';
import { classValue, dict, instance, isSubclass, NONE, str, tuple, unknown } from '../values/make.ts';
import type { Arguments, ClassValue, InstanceValue, Scope, Value } from '../values/value.ts';
import { callMethod, docstring, findMethod, lookInClass, metaclassOf } from './attributes.ts';
import { callValue } from './calls.ts';
import { evaluateArguments } from './expressions.ts';
import { spotOf } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { namespaceOf } from './namespaces.ts';
import { originOf } from './observer.ts';
import { runBlock } from './statements.ts';

export function defineClass(ip: Interpreter, node: Statement & { kind: 'Class' }): Value {
  const frame = ip.frame!;
  const args = evaluateArguments(ip, node.bases);
  const bases: ClassValue[] = [];
  let unknownBase: string | null = null;
  for (const [i, base] of args.positional.entries()) {
    if (base.kind === 'class') bases.push(base);
    // Generic[T], Protocol and the like add nothing at run time.
    else if (base.kind !== 'opaque') unknownBase ??= nameOf(node, i);
  }
  const variables = new Map<string, Value>();
  const scope: Scope = { variables, parent: frame.scope, kind: 'class', elsewhere: null, module: frame.module };
  const inner = { ...frame, scope, possibleReturns: [], yields: null };
  ip.frame = inner;
  try {
    runBlock(ip, node.body);
  } finally {
    ip.frame = frame;
  }
  const object = ip.library.builtins.get('object') as ClassValue;
  const cls = classValue(node.name, bases.length > 0 ? bases : [object], variables, {
    module: frame.module.name,
    unknownBase: unknownBase ?? bases.find((b) => b.unknownBase)?.unknownBase ?? null,
    source: spotOf(frame, node.namePlace),
  });
  const doc = docstring(node.body);
  if (doc.kind === 'str' && !variables.has('__doc__')) cls.dict.set('__doc__', doc);
  const annotations = annotationsOf(ip, node.body);
  if (annotations && !cls.dict.has('__annotations__')) cls.dict.set('__annotations__', annotations);
  const keywords = args.keywords ?? new Map<string, Value>();
  const meta = keywords.get('metaclass');
  keywords.delete('metaclass');
  // ABC's own mark: its subclasses cannot be made while they lack a method.
  if (meta?.kind === 'class' && meta.mro.some((c) => c.name === 'ABCMeta')) cls.dict.set('_abc_impl', NONE);
  if (meta?.kind === 'class' && meta.source) cls.dict.set('*metaclass', meta);
  const maker = metaclassOf(cls);
  const create = maker && lookInClass(ip, maker, '__new__');
  if (create?.owner.source) {
    const namespace = namespaceOf(ip, cls.dict);
    classesBeingMade.set(namespace, cls);
    const f = create.value.kind === 'staticmethod' ? create.value.function : create.value;
    const made = ip.call(f, [maker!, str(cls.name), tuple(bases), namespace], keywords);
    if (made.kind === 'class' && made !== cls) return completeClass(ip, made, keywords);
  }
  return completeClass(ip, cls, keywords);
}

/** Classes whose metaclass makes them, by the namespace that it is given: type.__new__ finds them here. */
export const classesBeingMade = new WeakMap<Value, ClassValue>();

/** What follows a class's body: its methods learn their class, its descriptors their names, its bases that it is there. */
export function completeClass(ip: Interpreter, cls: ClassValue, keywords: Map<string, Value>): Value {
  for (const [name, value] of [...cls.dict]) {
    if (value.kind === 'lazy') continue;
    adopt(value, cls);
    if (value.kind === 'instance' && findMethod(ip, value, '__set_name__'))
      callMethod(ip, value, '__set_name__', [cls, str(name)]);
  }
  const made = finishClass(ip, cls, keywords);
  const meta = metaclassOf(cls);
  const init = meta && lookInClass(ip, meta, '__init__');
  if (init?.owner.source) ip.call(init.value, [cls, str(cls.name), tuple(cls.bases), namespaceOf(ip, cls.dict)]);
  return made;
}

/** `x: int = 3`: the names, with the types that need no look into another module. */
function annotationsOf(ip: Interpreter, body: readonly Statement[]): Value | null {
  const pairs: [Value, Value][] = [];
  for (const s of body) {
    if (s.kind === 'AnnotatedAssign' && s.target.kind === 'Name')
      pairs.push([str(s.target.name), annotationValue(ip, s.annotation)]);
  }
  return pairs.length > 0 ? dict(pairs) : null;
}

const FORMS = new Set(['ClassVar', 'InitVar', 'KW_ONLY']);

function annotationValue(ip: Interpreter, annotation: Expression): Value {
  const named = annotation.kind === 'Index' ? annotation.object : annotation;
  const name = named.kind === 'Name' || named.kind === 'Attribute' ? named.name : '';
  if (FORMS.has(name)) return { kind: 'opaque', type: 'other', name };
  const type = annotation.kind === 'Name' ? ip.library.builtins.get(name) : undefined;
  return type?.kind === 'class' ? type : unknown('type hints are not evaluated');
}

/** Methods learn their class, for super(). */
function adopt(value: Value, cls: ClassValue): void {
  switch (value.kind) {
    case 'function':
      value.owner ??= cls;
      break;
    case 'staticmethod':
    case 'classmethod':
      adopt(value.function, cls);
      break;
    case 'property':
      adopt(value.get, cls);
      if (value.set) adopt(value.set, cls);
      break;
    case 'builtin': {
      const wrapped = value.attributes?.get('__wrapped__');
      if (wrapped) adopt(wrapped, cls);
      break;
    }
    default:
      break;
  }
}

/** Lets a base complete a new class: Enum makes members of its constants, NamedTuple its constructor. */
function finishClass(ip: Interpreter, cls: ClassValue, keywords: Map<string, Value>): Value {
  const finish = lookInClass(ip, cls, '__finish_class__', 1);
  if (finish) return ip.call(finish.value, [cls]);
  const hook = lookInClass(ip, cls, '__init_subclass__', 1);
  if (hook && hook.value.kind !== 'builtin') {
    const f = hook.value.kind === 'classmethod' ? hook.value.function : hook.value;
    callValue(ip, f, { positional: [cls], keywords });
  }
  return cls;
}

const nameOf = (node: Statement & { kind: 'Class' }, i: number): string => {
  const base = node.bases[i]?.value;
  return base?.kind === 'Name' ? base.name : base?.kind === 'Attribute' ? base.name : 'a base class';
};

/** cls(*args, **kwargs). */
export function instantiate(ip: Interpreter, cls: ClassValue, args: Arguments): Value {
  const meta = metaclassOf(cls);
  const call = meta && lookInClass(ip, meta, '__call__');
  if (call?.owner.source)
    return callValue(ip, call.value, { positional: [cls, ...args.positional], keywords: args.keywords });
  return makeInstance(ip, cls, args);
}

/** type.__call__: __new__, then __init__. */
export function makeInstance(ip: Interpreter, cls: ClassValue, args: Arguments): Value {
  const missing = abstractMethods(ip, cls);
  if (missing.length > 0)
    ip.raise(
      'TypeError',
      `Can't instantiate abstract class ${cls.name} with abstract method${missing.length > 1 ? 's' : ''} ${missing.join(', ')}`,
    );
  const create = lookInClass(ip, cls, '__new__');
  let made: Value;
  if (create && create.owner.name !== 'object') {
    const f = create.value.kind === 'staticmethod' ? create.value.function : create.value;
    made = callValue(ip, f, { positional: [cls, ...args.positional], keywords: args.keywords });
    if (made.kind !== 'instance' || !isSubclass(made.cls, cls)) return made;
  } else made = newObject(ip, cls);
  const init = lookInClass(ip, cls, '__init__');
  if (init) callValue(ip, init.value, { positional: [made, ...args.positional], keywords: args.keywords });
  return made;
}

const abstractOf = new WeakMap<ClassValue, readonly string[]>();

/** The abstract methods that a class inherits and does not define. */
function abstractMethods(ip: Interpreter, cls: ClassValue): readonly string[] {
  const known = abstractOf.get(cls);
  if (known) return known;
  const missing: string[] = [];
  if (lookInClass(ip, cls, '_abc_impl')) {
    const seen = new Set<string>();
    for (const c of cls.mro) {
      for (const [name, value] of c.dict) {
        if (!seen.has(name) && value.kind !== 'lazy' && isAbstract(value)) missing.push(name);
        seen.add(name);
      }
    }
  }
  abstractOf.set(cls, missing);
  return missing;
}

function isAbstract(value: Value): boolean {
  if (value.kind === 'property') return isAbstract(value.get);
  if (value.kind === 'staticmethod' || value.kind === 'classmethod') return isAbstract(value.function);
  return value.kind === 'function' && value.attributes.has('__isabstractmethod__');
}

/** object.__new__(cls): an instance that remembers where it was made. */
export function newObject(ip: Interpreter, cls: ClassValue): InstanceValue {
  const made = instance(cls);
  made.origin = originOf(ip);
  if (ip.journal) made.branch = ip.journal;
  return made;
}
