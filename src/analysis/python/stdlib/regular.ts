// re: regular expressions of Python's that JavaScript's can stand for, on texts that are known.

import type { Interpreter } from '../../interp/interpreter.ts';
import { native } from '../../interp/native.ts';
import {
  asNumber,
  asString,
  builtin,
  classValue,
  dict,
  instance,
  int,
  iterator,
  list,
  NONE,
  str,
  tuple,
  unknown,
} from '../../values/make.ts';
import type { Value } from '../../values/value.ts';
import { OBJECT } from '../types.ts';

/** Flags of re, with what JavaScript calls them; 0: it has none. */
const FLAGS: Readonly<Record<string, readonly [value: number, letter: string]>> = {
  IGNORECASE: [2, 'i'],
  I: [2, 'i'],
  MULTILINE: [8, 'm'],
  M: [8, 'm'],
  DOTALL: [16, 's'],
  S: [16, 's'],
  ASCII: [256, ''],
  A: [256, ''],
  UNICODE: [32, ''],
  U: [32, ''],
};

/** Repetitions inside repetitions may take forever. */
const MAY_BACKTRACK = /\([^()]*[+*}][^()]*\)[+*{]/;
const LONGEST = 20_000;

/** A regular expression of Python's as JavaScript's; null where it uses what the latter lacks. */
function compile(pattern: string, flags: number): RegExp | null {
  const known = new Set(
    Object.values(FLAGS)
      .filter(([value]) => (flags & value) !== 0)
      .map(([, letter]) => letter),
  );
  const all = Object.values(FLAGS).reduce((a, [value]) => a | value, 0);
  if ((flags & ~all) !== 0 || MAY_BACKTRACK.test(pattern) || /\(\?(?:P=|\(|[aiLmsux]+[-:)])/.test(pattern)) return null;
  try {
    return new RegExp(
      pattern.replaceAll('(?P<', '(?<').replace(/\\Z/g, '$(?![\\s\\S])').replace(/\\A/g, '(?<![\\s\\S])'),
      [...known].join(''),
    );
  } catch {
    return null;
  }
}

const MATCH = classValue('Match', [OBJECT]);
MATCH.dict.set(
  '__getitem__',
  native('__getitem__', 'self, group', (ip, { self, group }) =>
    ip.call(self!.kind === 'instance' ? self!.attributes.get('group')! : NONE, [group!]),
  ),
);
const PATTERN = classValue('Pattern', [OBJECT]);

const position = (of: (group: number) => number): Value =>
  builtin(
    'position',
    (_, { positional: [group] }) => {
      const n = of(asNumber(group) ?? 0);
      return Number.isNaN(n) ? unknown('where a group stands is not followed') : int(n);
    },
    false,
  );

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
    ['start', position((i) => m.index + (i === 0 ? 0 : Number.NaN))],
    ['end', position((i) => m.index + (i === 0 ? m[0].length : Number.NaN))],
    ['span', builtin('span', () => tuple([int(m.index), int(m.index + m[0].length)]), false)],
    ['string', str(m.input)],
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

type Use = (
  ip: Interpreter,
  r: RegExp,
  text: string,
  args: readonly Value[],
  keywords: Map<string, Value> | null,
) => Value;

const everywhere = (r: RegExp, text: string): RegExpExecArray[] => [
  ...text.matchAll(new RegExp(r.source, `${r.flags}g`)),
];
const shown = (m: RegExpExecArray): Value =>
  m.length > 2 ? tuple(m.slice(1).map((g) => str(g ?? ''))) : str((m.length > 1 ? m[1] : m[0]) ?? '');

const USES: Readonly<Record<string, Use>> = {
  match: (_, r, text) => matchValue(new RegExp(`(?<![\\s\\S])(?:${r.source})`, r.flags).exec(text)),
  fullmatch: (_, r, text) => matchValue(new RegExp(`(?<![\\s\\S])(?:${r.source})(?![\\s\\S])`, r.flags).exec(text)),
  search: (_, r, text) => matchValue(r.exec(text)),
  findall: (_, r, text) => list(everywhere(r, text).map(shown)),
  finditer: (_, r, text) => iterator(everywhere(r, text).map((m) => matchValue(m))),
  split: (_, r, text, [most], keywords) => {
    const limit = asNumber(most ?? keywords?.get('maxsplit')) ?? 0;
    const parts: Value[] = [];
    let at = 0;
    for (const [i, m] of everywhere(r, text).entries()) {
      if (limit > 0 && i >= limit) break;
      parts.push(str(text.slice(at, m.index)), ...m.slice(1).map((g) => (g === undefined ? NONE : str(g))));
      at = m.index + m[0].length;
    }
    return list([...parts, str(text.slice(at))]);
  },
};

/** re.sub: the replacement is a text with \\1 and \\g<name>, or a function of the match. */
function substitute(
  ip: Interpreter,
  r: RegExp,
  [by, subject, most]: readonly Value[],
  keywords: Map<string, Value> | null,
): Value {
  const text = asString(subject);
  const limit = asNumber(most ?? keywords?.get('count')) ?? 0;
  const template = asString(by);
  if (text === null || text.length > LONGEST || !by) return unknown('a text that is not known');
  let out = '';
  let at = 0;
  for (const [i, m] of everywhere(r, text).entries()) {
    if (limit > 0 && i >= limit) break;
    const fresh =
      template === null
        ? asString(ip.call(by, [matchValue(m)]))
        : template.replace(/\\(?:g<(\w+)>|(\d+)|(n|t|\\))/g, (_all, name, digit, escaped) =>
            escaped
              ? ({ n: '\n', t: '\t' }[escaped as 'n' | 't'] ?? '\\')
              : ((name && !/^\d+$/.test(name) ? m.groups?.[name] : m[Number(name ?? digit)]) ?? ''),
          );
    if (fresh === null) return unknown('a text that is not known');
    out += text.slice(at, m.index) + fresh;
    at = m.index + m[0].length;
  }
  return str(out + text.slice(at));
}

function regular(
  ip: Interpreter,
  name: string,
  pattern: Value | undefined,
  flags: number | null,
  args: readonly Value[],
  keywords: Map<string, Value> | null,
): Value {
  const source = asString(pattern);
  const r = source === null || flags === null ? null : compile(source, flags);
  if (!r) return unknown('a regular expression that is not known');
  if (name === 'sub') return substitute(ip, r, args, keywords);
  const text = asString(args[0] ?? keywords?.get('string'));
  return text === null || text.length > LONGEST
    ? unknown('a text that is not known')
    : USES[name]!(ip, r, text, args.slice(1), keywords);
}

const NAMES = [...Object.keys(USES), 'sub'];
/** Where flags stand among the arguments after the pattern. */
const FLAG_AT: Readonly<Record<string, number>> = { split: 2, sub: 3 };

const flagsOf = (v: Value | undefined): number | null => (v === undefined ? 0 : asNumber(v));

/** A pattern may be given compiled. */
const sourceOf = (v: Value | undefined): { pattern: Value | undefined; flags: number | null } =>
  v?.kind === 'instance' && v.cls === PATTERN
    ? { pattern: v.attributes.get('pattern'), flags: flagsOf(v.attributes.get('flags')) }
    : { pattern: v, flags: 0 };

function compiled(pattern: Value | undefined, flags: Value | undefined): Value {
  if (pattern?.kind === 'instance' && pattern.cls === PATTERN) return pattern;
  const bits = flagsOf(flags);
  return instance(PATTERN, [
    ['pattern', pattern ?? NONE],
    ['flags', flags ?? int(0)],
    ...NAMES.map((name): [string, Value] => [
      name,
      builtin<Interpreter>(
        name,
        (ip, { positional, keywords }) => regular(ip, name, pattern, bits, positional, keywords),
        false,
      ),
    ]),
  ]);
}

export const re = (): [string, Value][] => [
  ...NAMES.map((name): [string, Value] => [
    name,
    builtin<Interpreter>(
      `re.${name}`,
      (ip, { positional: [first, ...args], keywords }) => {
        const { pattern, flags } = sourceOf(first);
        const more = flagsOf(args[FLAG_AT[name] ?? 1] ?? keywords?.get('flags'));
        const all = flags === null || more === null ? null : flags | more;
        return regular(ip, name, pattern, all, args, keywords);
      },
      false,
    ),
  ]),
  ...Object.entries(FLAGS).map(([name, [value]]): [string, Value] => [name, int(value)]),
  [
    'compile',
    builtin(
      're.compile',
      (_, { positional: [pattern, flags], keywords }) => compiled(pattern, flags ?? keywords?.get('flags')),
      false,
    ),
  ],
  [
    'escape',
    native(
      'escape',
      'pattern',
      (_, { pattern }) =>
        asString(pattern) === null
          ? unknown('a text that is not known')
          : str(asString(pattern)!.replace(/[.*+?^${}()|[\]\\\-#&~\s]/g, '\\$&')),
      false,
    ),
  ],
  ['Pattern', PATTERN],
  ['Match', MATCH],
];
