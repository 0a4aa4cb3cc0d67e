// math, os, sys, re, warnings, logging, inspect and the like: what model files use of them.

import * as dims from '../../dims/dim.ts';
import { getAttribute } from '../../interp/attributes.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { elementsOf } from '../../interp/iteration.ts';
import { type NativeTable, native, natives } from '../../interp/native.ts';
import { binary } from '../../interp/operators.ts';
import type { Parameter } from '../../syntax/program.ts';
import {
  asDim,
  asItems,
  asNumber,
  asString,
  bool,
  builtin,
  classValue,
  dict,
  float,
  instance,
  int,
  isNone,
  list,
  moduleValue,
  NONE,
  str,
  tuple,
  unknown,
} from '../../values/make.ts';
import type { FunctionValue, Value } from '../../values/value.ts';
import { OBJECT } from '../types.ts';

const notKnown = (): Value => unknown('a calculation with values that are not known');

/** Functions of one float. */
const REAL: Readonly<Record<string, (x: number) => number>> = {
  sqrt: Math.sqrt,
  exp: Math.exp,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  atan: Math.atan,
  asin: Math.asin,
  acos: Math.acos,
  tanh: Math.tanh,
  fabs: Math.abs,
  radians: (x) => (x * Math.PI) / 180,
  degrees: (x) => (x * 180) / Math.PI,
};

const MATH: NativeTable = {
  ...Object.fromEntries(
    Object.entries(REAL).map(([name, f]) => [
      name,
      [
        'x',
        (_ip: Interpreter, { x }: Readonly<Record<string, Value>>) => {
          const n = asNumber(x);
          return n === null ? notKnown() : float(f(n));
        },
      ] as const,
    ]),
  ),
  log: [
    'x, base=None',
    (ip, { x, base }) => {
      const n = asNumber(x);
      if (n === null) return notKnown();
      if (n <= 0) return ip.raise('ValueError', 'math domain error');
      const b = asNumber(base);
      return float(
        isNone(base)
          ? Math.log(n)
          : b === 2
            ? Math.log2(n)
            : b === 10
              ? Math.log10(n)
              : Math.log(n) / Math.log(b ?? Math.E),
      );
    },
  ],
  floor: ['x', (_, { x }) => whole(x!, Math.floor)],
  ceil: ['x', (_, { x }) => whole(x!, Math.ceil)],
  trunc: ['x', (_, { x }) => whole(x!, Math.trunc)],
  pow: ['x, y', (_, { x, y }) => real2(x!, y!, (a, b) => a ** b)],
  atan2: ['x, y', (_, { x, y }) => real2(x!, y!, Math.atan2)],
  fmod: ['x, y', (_, { x, y }) => real2(x!, y!, (a, b) => a % b)],
  isqrt: ['x', (_, { x }) => whole(x!, (n) => Math.floor(Math.sqrt(n)))],
  gcd: [
    '*values',
    (_, { values }) => {
      const ns = (asItems(values) ?? []).map(asNumber);
      const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));
      return ns.includes(null) ? notKnown() : int((ns as number[]).reduce(gcd, 0));
    },
  ],
  prod: [
    'iterable, *, start=1',
    (ip, { iterable, start }) => {
      const items = elementsOf(ip, iterable!);
      return items ? items.reduce((a, b) => binary(ip, '*', a, b), start!) : notKnown();
    },
  ],
  isnan: ['x', (_, { x }) => (asNumber(x) === null ? notKnown() : bool(Number.isNaN(asNumber(x))))],
  isinf: [
    'x',
    (_, { x }) => (asNumber(x) === null ? notKnown() : bool(Math.abs(asNumber(x)!) === Number.POSITIVE_INFINITY)),
  ],
  isclose: [
    'a, b, rel_tol=1e-9, abs_tol=0.0',
    (_, { a, b }) =>
      asNumber(a) === null || asNumber(b) === null
        ? notKnown()
        : bool(
            Math.abs(asNumber(a)! - asNumber(b)!) <= 1e-9 * Math.max(Math.abs(asNumber(a)!), Math.abs(asNumber(b)!)),
          ),
  ],
  factorial: [
    'x',
    (_, { x }) => whole(x!, (n) => Array.from({ length: n }, (_v, i) => i + 1).reduce((a, b) => a * b, 1)),
  ],
  comb: [
    'n, k',
    (_, { n, k }) =>
      real2(n!, k!, (a, b) => Array.from({ length: b }, (_v, i) => (a - i) / (i + 1)).reduce((p, q) => p * q, 1)),
  ],
};

function whole(x: Value, f: (n: number) => number): Value {
  const d = asDim(x);
  if (d !== null && !dims.isExact(d)) return int(d);
  const n = asNumber(x);
  return n === null ? notKnown() : int(f(n));
}

function real2(x: Value, y: Value, f: (a: number, b: number) => number): Value {
  const a = asNumber(x);
  const b = asNumber(y);
  return a === null || b === null ? notKnown() : float(f(a, b));
}

export const math = (): [string, Value][] => [
  ...natives(MATH, false),
  ['pi', float(Math.PI)],
  ['e', float(Math.E)],
  ['inf', float(Number.POSITIVE_INFINITY)],
  ['nan', float(Number.NaN)],
];

const ignore = (name: string): [string, Value] => [name, builtin(name, () => NONE, false)];
const nothing = (...names: string[]): [string, Value][] => names.map(ignore);

const CONTEXT = classValue(
  'nullcontext',
  [OBJECT],
  [
    ['__enter__', builtin('__enter__', () => NONE)],
    ['__exit__', builtin('__exit__', () => NONE)],
    ['__init__', builtin('__init__', () => NONE)],
  ],
);

export const warnings = (): [string, Value][] => [
  ...nothing('warn', 'filterwarnings', 'simplefilter', 'warn_explicit', 'resetwarnings'),
  ['catch_warnings', CONTEXT],
];

const LOGGER = classValue(
  'Logger',
  [OBJECT],
  nothing(
    'debug',
    'info',
    'warning',
    'warn',
    'error',
    'critical',
    'exception',
    'log',
    'setLevel',
    'addHandler',
    'warning_once',
    'info_once',
  ),
);

export const logging = (): [string, Value][] => [
  ...nothing('debug', 'info', 'warning', 'warn', 'error', 'critical', 'exception', 'basicConfig', 'disable'),
  ['getLogger', builtin('getLogger', () => instance(LOGGER), false)],
  ['Logger', LOGGER],
];

export const contextlib = (): [string, Value][] => [
  ['nullcontext', CONTEXT],
  ['suppress', CONTEXT],
  [
    'contextmanager',
    builtin<Interpreter>('contextmanager', () => builtin('contextmanager', () => instance(CONTEXT), false), false),
  ],
  ['ExitStack', CONTEXT],
];

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
  const { f, skip } = found;
  const params = f.code.params.slice(skip).map((p): [Value, Value] => [
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

function functionOf(ip: Interpreter, v: Value): { f: FunctionValue; skip: number } | null {
  switch (v.kind) {
    case 'function': {
      // As inspect does, follow __wrapped__ to the function underneath.
      const wrapped = v.attributes.get('__wrapped__');
      return wrapped ? functionOf(ip, wrapped) : { f: v, skip: 0 };
    }
    case 'method': {
      const inner = functionOf(ip, v.function);
      return inner && { f: inner.f, skip: inner.skip + 1 };
    }
    case 'class': {
      const init = getAttribute(ip, v, '__init__');
      const inner = functionOf(ip, init);
      return inner && { f: inner.f, skip: 1 };
    }
    case 'instance':
      return functionOf(ip, getAttribute(ip, v, 'forward'));
    default:
      return null;
  }
}

export const inspect = (): [string, Value][] => [
  ['signature', native('signature', 'target, **options', (ip, { target }) => signature(ip, target!), false)],
  ['Parameter', PARAMETER],
  ['Signature', SIGNATURE],
  [
    'isclass',
    native(
      'isclass',
      'value',
      (_, { value }) => (value!.kind === 'unknown' ? notKnown() : bool(value!.kind === 'class')),
      false,
    ),
  ],
  [
    'isfunction',
    native(
      'isfunction',
      'value',
      (_, { value }) => (value!.kind === 'unknown' ? notKnown() : bool(value!.kind === 'function')),
      false,
    ),
  ],
  [
    'ismodule',
    native(
      'ismodule',
      'value',
      (_, { value }) => (value!.kind === 'unknown' ? notKnown() : bool(value!.kind === 'module')),
      false,
    ),
  ],
  ['_empty', EMPTY],
];

/** A regular expression of Python's as JavaScript's; null where it uses what the latter lacks. */
function compile(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern.replaceAll('(?P<', '(?<').replace(/\\Z/g, '$').replace(/\\A/g, '^'));
  } catch {
    return null;
  }
}

const MATCH = classValue('Match', [OBJECT]);
const PATTERN = classValue('Pattern', [OBJECT]);

function matchValue(m: RegExpExecArray | null): Value {
  if (!m) return NONE;
  const at = (i: number) => (m[i] === undefined ? NONE : str(m[i]!));
  return instance(MATCH, [
    [
      'group',
      builtin<Interpreter>(
        'group',
        (_, { positional }) => {
          const pick = (v: Value | undefined): Value => {
            const name = asString(v);
            return name !== null
              ? m.groups?.[name] === undefined
                ? NONE
                : str(m.groups[name]!)
              : at(asNumber(v) ?? 0);
          };
          return positional.length > 1 ? tuple(positional.map(pick)) : pick(positional[0]);
        },
        false,
      ),
    ],
    ['groups', builtin('groups', () => tuple(m.slice(1).map((_, i) => at(i + 1))), false)],
    [
      'groupdict',
      builtin(
        'groupdict',
        () => dict(Object.entries(m.groups ?? {}).map(([k, v]) => [str(k), v === undefined ? NONE : str(v)] as const)),
        false,
      ),
    ],
  ]);
}

type Use = (r: RegExp, text: string, args: readonly Value[]) => Value;
const USES: Readonly<Record<string, Use>> = {
  match: (r, text) => matchValue(new RegExp(`^(?:${r.source})`, r.flags).exec(text)),
  fullmatch: (r, text) => matchValue(new RegExp(`^(?:${r.source})$`, r.flags).exec(text)),
  search: (r, text) => matchValue(r.exec(text)),
  findall: (r, text) =>
    list(
      [...text.matchAll(new RegExp(r.source, `${r.flags}g`))].map((m) =>
        m.length > 2 ? tuple(m.slice(1).map((g) => str(g ?? ''))) : str(m[1] ?? m[0]),
      ),
    ),
  split: (r, text) => list(text.split(r).map((p) => str(p ?? ''))),
};

function regular(name: string, pattern: Value | undefined, args: readonly Value[]): Value {
  const source = asString(pattern);
  const r = source === null ? null : compile(source);
  if (!r) return unknown('a regular expression that is not known');
  if (name === 'sub') {
    const [replacement, text] = args.map((v) => asString(v));
    if (replacement === null || text === null || replacement === undefined || text === undefined)
      return unknown('a text that is not known');
    return str(
      text.replace(
        new RegExp(r.source, `${r.flags}g`),
        replacement.replace(/\\(\d)/g, '$$$1').replace(/\\g<(\w+)>/g, '$<$1>'),
      ),
    );
  }
  const text = asString(args[0]);
  return text === null ? unknown('a text that is not known') : USES[name]!(r, text, args.slice(1));
}

export const re = (): [string, Value][] => [
  ...[...Object.keys(USES), 'sub'].map((name): [string, Value] => [
    name,
    builtin<Interpreter>(`re.${name}`, (_, { positional: [pattern, ...args] }) => regular(name, pattern, args), false),
  ]),
  [
    'compile',
    builtin<Interpreter>(
      're.compile',
      (_, { positional: [pattern] }) =>
        instance(PATTERN, [
          ['pattern', pattern ?? NONE],
          ...[...Object.keys(USES), 'sub'].map((name): [string, Value] => [
            name,
            builtin<Interpreter>(name, (_ip, { positional: args }) => regular(name, pattern, args), false),
          ]),
        ]),
      false,
    ),
  ],
];

export const os = (): [string, Value][] => [
  ['environ', unknown('the environment')],
  ['getenv', builtin('getenv', () => unknown('the environment'), false)],
  ['path', moduleValue('os.path', [], true)],
  ['sep', str('/')],
  ...nothing('makedirs', 'mkdir'),
];

export const sys = (): [string, Value][] => [
  ['version_info', tuple([3, 11, 0].map((n) => int(n)))],
  ['modules', unknown('which modules are loaded')],
  ['path', list([])],
  ['argv', list([str('model.py')])],
  ['maxsize', int(Number.MAX_SAFE_INTEGER)],
  ['platform', str('linux')],
  ['version', str('3.11.0')],
  ...nothing('exit'),
];

export const importlib = (): [string, Value][] => [
  [
    'import_module',
    native(
      'import_module',
      'name, package=None',
      (ip, { name }) =>
        asString(name) === null
          ? notKnown()
          : (ip.loader.load(ip, asString(name)!) ?? unknown('this module was not found')),
      false,
    ),
  ],
];
