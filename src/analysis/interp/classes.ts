// Classes: `class Block(nn.Module): …` and `Block(64)`.

import type { Statement } from '../syntax/program.ts';
import { classValue, instance, NONE, str } from '../values/make.ts';
import type { Arguments, ClassValue, InstanceValue, Scope, Value } from '../values/value.ts';
import { lookInClass } from './attributes.ts';
import { callValue } from './calls.ts';
import { evaluate, evaluateArguments } from './expressions.ts';
import { spotOf } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
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
  const fields = node.body.filter((s) => s.kind === 'AnnotatedAssign' && s.target.kind === 'Name');
  if (fields.length > 0 && !cls.dict.has('__annotations__')) {
    cls.dict.set('__annotations__', {
      kind: 'dict',
      entries: new Map(
        fields.map((s) => {
          const name = (s as { target: { name: string } }).target.name;
          return [`'${name}`, { key: str(name), value: NONE }];
        }),
      ),
      unknown: null,
      cls: null,
      factory: null,
    });
  }
  for (const value of variables.values()) adopt(value, cls);
  return finishClass(ip, cls, args.keywords ?? new Map());
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
    keywords.delete('metaclass');
    callValue(ip, f, { positional: [cls], keywords });
  }
  return cls;
}

const nameOf = (node: Statement & { kind: 'Class' }, i: number): string => {
  const base = node.bases[i]?.value;
  return base?.kind === 'Name' ? base.name : base?.kind === 'Attribute' ? base.name : 'a base class';
};

/** cls(*args, **kwargs): __new__, then __init__. */
export function instantiate(ip: Interpreter, cls: ClassValue, args: Arguments): Value {
  const create = lookInClass(ip, cls, '__new__');
  let made: Value;
  if (create) {
    const f = create.value.kind === 'staticmethod' ? create.value.function : create.value;
    made = callValue(ip, f, { positional: [cls, ...args.positional], keywords: args.keywords });
    if (made.kind !== 'instance' || made.cls !== cls) return made;
  } else made = newObject(ip, cls);
  const init = lookInClass(ip, cls, '__init__');
  if (init) callValue(ip, init.value, { positional: [made, ...args.positional], keywords: args.keywords });
  return made;
}

/** object.__new__(cls): an instance that remembers where it was made. */
export function newObject(ip: Interpreter, cls: ClassValue): InstanceValue {
  const made = instance(cls);
  made.origin = originOf(ip);
  return made;
}

export { evaluate };
