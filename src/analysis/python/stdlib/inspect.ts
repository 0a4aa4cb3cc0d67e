// inspect: signature() where it is used to filter keyword arguments, and questions about what something is.

import { getAttribute } from '../../interp/attributes.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { native } from '../../interp/native.ts';
import type { Parameter } from '../../syntax/program.ts';
import { asItems, bool, classValue, dict, instance, list, NONE, str, tuple, unknown } from '../../values/make.ts';
import type { FunctionValue, Value } from '../../values/value.ts';
import { OBJECT } from '../types.ts';

const notKnown = (): Value => unknown('whether it is one is not known');

const PARAMETER = classValue('Parameter', [OBJECT]);
const SIGNATURE = classValue('Signature', [OBJECT]);
const KINDS: Readonly<Record<Parameter['kind'], string>> = {
  positionalOnly: 'POSITIONAL_ONLY',
  normal: 'POSITIONAL_OR_KEYWORD',
  rest: 'VAR_POSITIONAL',
  keywordOnly: 'KEYWORD_ONLY',
  restKeywords: 'VAR_KEYWORD',
};
const EMPTY: Value = { kind: 'opaque', type: 'other', name: 'inspect._empty' };
for (const kind of Object.values(KINDS)) PARAMETER.dict.set(kind, { kind: 'opaque', type: 'other', name: kind });
PARAMETER.dict.set('empty', EMPTY);

/** inspect.signature of a function, method, class or wrapper of the user's. */
function signature(ip: Interpreter, target: Value): Value {
  const found = functionOf(ip, target);
  if (!found) return unknown('the signature of something that is not known');
  const { f, skip, given } = found;
  const params = f.code.params
    .slice(skip)
    .filter((p) => !given.has(p.name))
    .map((p): [Value, Value] => [
      str(p.name),
      instance(PARAMETER, [
        ['name', str(p.name)],
        ['kind', PARAMETER.dict.get(KINDS[p.kind]) as Value],
        ['default', f.defaults.has(p.name) ? ip.force(f.defaults.get(p.name)!) : EMPTY],
        ['annotation', EMPTY],
      ]),
    ]);
  return instance(SIGNATURE, [['parameters', dict(params)]]);
}

function functionOf(ip: Interpreter, v: Value): { f: FunctionValue; skip: number; given: ReadonlySet<string> } | null {
  switch (v.kind) {
    case 'function': {
      // As inspect does, follow __wrapped__ to the function underneath.
      const wrapped = v.attributes.get('__wrapped__');
      return wrapped ? functionOf(ip, wrapped) : { f: v, skip: 0, given: new Set() };
    }
    case 'method': {
      const inner = functionOf(ip, v.function);
      return inner && { ...inner, skip: inner.skip + 1 };
    }
    case 'class': {
      const init = getAttribute(ip, v, '__init__');
      const inner = functionOf(ip, init);
      return inner && { ...inner, skip: inner.skip + 1 };
    }
    case 'builtin': {
      const wrapped = v.attributes?.get('__wrapped__');
      return wrapped ? functionOf(ip, wrapped) : null;
    }
    case 'instance':
      // A partial: what it fills in by position is no parameter any more.
      if (v.cls.name === 'partial' && v.attributes.has('func')) {
        const inner = functionOf(ip, v.attributes.get('func')!);
        return inner && { ...inner, skip: inner.skip + (asItems(v.attributes.get('args'))?.length ?? 0) };
      }
      if (v.module) return functionOf(ip, getAttribute(ip, v, 'forward'));
      return functionOf(ip, getAttribute(ip, v, '__call__'));
    default:
      return null;
  }
}

export const inspect = (): [string, Value][] => [
  ['signature', native('signature', 'target, **options', (ip, { target }) => signature(ip, target!), false)],
  ['Parameter', PARAMETER],
  ['Signature', SIGNATURE],
  ...(['class', 'function', 'module', 'method', 'builtin'] as const).map((kind): [string, Value] => [
    `is${kind}`,
    native(
      `is${kind}`,
      'value',
      (_, { value }) => (value!.kind === 'unknown' ? notKnown() : bool(value!.kind === kind)),
      false,
    ),
  ]),
  ['isabstract', native('isabstract', 'value', () => notKnown(), false)],
  [
    'isgeneratorfunction',
    native(
      'isgeneratorfunction',
      'value',
      (_, { value }) => bool(value!.kind === 'function' && value!.code.isGenerator()),
      false,
    ),
  ],
  [
    'iscoroutinefunction',
    native(
      'iscoroutinefunction',
      'value',
      (_, { value }) => bool(value!.kind === 'function' && value!.code.isAsync),
      false,
    ),
  ],
  [
    'getmembers',
    native('getmembers', 'value, predicate=None', (ip, { value, predicate }) => members(ip, value!, predicate!), false),
  ],
  ['getfullargspec', native('getfullargspec', 'target', (ip, { target }) => argumentSpec(ip, target!), false)],
  ['getdoc', native('getdoc', 'value', (ip, { value }) => getAttribute(ip, value!, '__doc__'), false)],
  ['stack', native('stack', 'context=1', () => unknown('the stack of calls is not followed'), false)],
  ['currentframe', native('currentframe', '', () => unknown('the stack of calls is not followed'), false)],
  ['_empty', EMPTY],
];

/** getmembers of a module or class whose names are all known: pairs, by name. */
function members(ip: Interpreter, value: Value, predicate: Value): Value {
  const from = value.kind === 'module' ? value.variables : value.kind === 'class' ? value.dict : null;
  if (!from || (value.kind === 'module' && value.open)) return unknown('its members are not all known');
  const pairs: Value[] = [];
  for (const name of [...from.keys()].filter((n) => !n.startsWith('*')).sort()) {
    const member = getAttribute(ip, value, name);
    const kept = predicate.kind === 'none' ? bool(true) : ip.call(predicate, [member]);
    if (kept.kind !== 'bool') return unknown('which of its members are kept is not known');
    if (kept.value) pairs.push(tuple([str(name), member]));
  }
  return list(pairs);
}

const SPEC = classValue('FullArgSpec', [OBJECT], [], { module: 'inspect' });

function argumentSpec(ip: Interpreter, target: Value): Value {
  const found = functionOf(ip, target);
  if (!found) return unknown('the signature of something that is not known');
  const { params } = found.f.code;
  const named = (...kinds: Parameter['kind'][]): Value[] =>
    params.filter((p) => kinds.includes(p.kind)).map((p) => str(p.name));
  const one = (kind: Parameter['kind']): Value => named(kind)[0] ?? NONE;
  return instance(SPEC, [
    ['args', list(named('normal', 'positionalOnly'))],
    ['varargs', one('rest')],
    ['varkw', one('restKeywords')],
    ['defaults', getAttribute(ip, found.f, '__defaults__')],
    ['kwonlyargs', list(named('keywordOnly'))],
    ['kwonlydefaults', getAttribute(ip, found.f, '__kwdefaults__')],
    ['annotations', unknown('type hints are not evaluated')],
  ]);
}
