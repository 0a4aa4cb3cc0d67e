// Methods of str and bytes.

import { bytes } from '../interp/expressions.ts';
import { braceFormat } from '../interp/format.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import { type NativeTable, natives } from '../interp/native.ts';
import { text } from '../interp/text.ts';
import {
  asItems,
  asNumber,
  asString,
  bool,
  builtin,
  dict,
  int,
  isNone,
  list,
  str,
  tuple,
  unknown,
} from '../values/make.ts';
import type { BuiltinValue, Value } from '../values/value.ts';

const of = (v: Value | undefined): string => asString(v) ?? '';
const NOT_KNOWN = 'a string that is not known';

/** The part of a string between start and end, as its methods take them; null where they are not known. */
function within(
  self: Value | undefined,
  start: Value | undefined,
  end: Value | undefined,
): { text: string; from: number } | null {
  const whole = of(self);
  const bound = (v: Value | undefined, otherwise: number): number | null => {
    if (isNone(v)) return otherwise;
    const n = asNumber(v);
    return n === null ? null : Math.min(Math.max(n < 0 ? n + whole.length : n, 0), whole.length);
  };
  const from = bound(start, 0);
  const to = bound(end, whole.length);
  return from === null || to === null ? null : { text: whole.slice(from, Math.max(from, to)), from };
}

function affix(
  self: Value,
  what: Value,
  start: Value,
  end: Value,
  test: (text: string, part: string) => boolean,
): Value {
  const part = within(self, start, end);
  const all = what.kind === 'tuple' ? what.items : [what];
  if (!part || all.some((p) => asString(p) === null)) return unknown(NOT_KNOWN);
  return bool(all.some((p) => test(part.text, of(p))));
}

function position(ip: Interpreter, a: Readonly<Record<string, Value>>, last: boolean, must: boolean): Value {
  const part = within(a['self'], a['start'], a['end']);
  const sub = asString(a['sub']);
  if (!part || sub === null) return unknown(NOT_KNOWN);
  const at = last ? part.text.lastIndexOf(sub) : part.text.indexOf(sub);
  if (at < 0) return must ? ip.raise('ValueError', 'substring not found') : int(-1);
  return int(at + part.from);
}

function stripped(whole: string, chars: Value, left: boolean, right: boolean): string {
  const members = isNone(chars) ? null : new Set(of(chars));
  const drops = (c: string): boolean => (members ? members.has(c) : /\s/.test(c));
  const all = [...whole];
  let from = 0;
  let to = all.length;
  if (left) while (from < to && drops(all[from]!)) from++;
  if (right) while (to > from && drops(all[to - 1]!)) to--;
  return all.slice(from, to).join('');
}

function split(ip: Interpreter, whole: string, sep: Value, most: Value, fromRight: boolean): Value {
  const limit = asNumber(most) ?? -1;
  if (isNone(sep)) return list(splitBlanks(whole, limit, fromRight).map(str));
  const joint = asString(sep);
  if (joint === null) return unknown(NOT_KNOWN);
  if (joint === '') return ip.raise('ValueError', 'empty separator');
  const parts = whole.split(joint);
  if (limit < 0 || parts.length <= limit + 1) return list(parts.map(str));
  const kept = fromRight
    ? [parts.slice(0, parts.length - limit).join(joint), ...parts.slice(parts.length - limit)]
    : [...parts.slice(0, limit), parts.slice(limit).join(joint)];
  return list(kept.map(str));
}

/** Runs of blanks separate; what is left over after `limit` splits keeps its own. */
function splitBlanks(whole: string, limit: number, fromRight: boolean): string[] {
  const out: string[] = [];
  let rest = fromRight ? whole.trimEnd() : whole.trimStart();
  while (rest !== '') {
    if (limit >= 0 && out.length === limit) {
      out.push(fromRight ? rest : rest);
      break;
    }
    const m = (fromRight ? /^(?:([\s\S]*)\s)?(\S+)$/ : /^(\S+)(?:\s([\s\S]*))?$/).exec(rest)!;
    out.push(m[fromRight ? 2 : 1]!);
    rest = fromRight ? (m[1] ?? '').trimEnd() : (m[2] ?? '').trimStart();
  }
  return fromRight ? out.reverse() : out;
}

function padded(self: Value, width: Value, fill: Value, how: 'left' | 'right' | 'both'): Value {
  const whole = of(self);
  const room = (asNumber(width) ?? 0) - [...whole].length;
  if (room <= 0) return str(whole);
  const f = of(fill) || ' ';
  if (how === 'left') return str(f.repeat(room) + whole);
  if (how === 'right') return str(whole + f.repeat(room));
  // The odd one goes to the left where the width is odd.
  const left = Math.floor(room / 2) + (room & (asNumber(width) ?? 0) & 1);
  return str(f.repeat(left) + whole + f.repeat(room - left));
}

const title = (s: string): string => s.replace(/\p{L}+/gu, (w) => w[0]!.toUpperCase() + w.slice(1).toLowerCase());
const test = (pattern: RegExp): NativeTable[string] => ['self', (_, { self }) => bool(pattern.test(of(self)))];
const mapped = (f: (s: string) => string): NativeTable[string] => ['self', (_, { self }) => str(f(of(self)))];

const TABLE: NativeTable = {
  lower: mapped((s) => s.toLowerCase()),
  upper: mapped((s) => s.toUpperCase()),
  casefold: mapped((s) => s.toLowerCase()),
  swapcase: mapped((s) => s.replace(/\p{L}/gu, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()))),
  title: mapped(title),
  capitalize: mapped((s) => s.slice(0, 1).toUpperCase() + s.slice(1).toLowerCase()),
  strip: ['self, chars=None', (_, { self, chars }) => str(stripped(of(self), chars!, true, true))],
  lstrip: ['self, chars=None', (_, { self, chars }) => str(stripped(of(self), chars!, true, false))],
  rstrip: ['self, chars=None', (_, { self, chars }) => str(stripped(of(self), chars!, false, true))],
  split: ['self, sep=None, maxsplit=-1', (ip, { self, sep, maxsplit }) => split(ip, of(self), sep!, maxsplit!, false)],
  rsplit: ['self, sep=None, maxsplit=-1', (ip, { self, sep, maxsplit }) => split(ip, of(self), sep!, maxsplit!, true)],
  splitlines: [
    'self, keepends=False',
    (_, { self, keepends }) => {
      const lines = of(self).match(/[^\n\r]*(?:\r\n|\n|\r)|[^\n\r]+$/g) ?? [];
      const keep = keepends!.kind === 'bool' && keepends!.value;
      return list(lines.map((l) => str(keep ? l : l.replace(/[\r\n]+$/, ''))));
    },
  ],
  startswith: [
    'self, prefix, start=None, end=None',
    (_, { self, prefix, start, end }) => affix(self!, prefix!, start!, end!, (t, p) => t.startsWith(p)),
  ],
  endswith: [
    'self, suffix, start=None, end=None',
    (_, { self, suffix, start, end }) => affix(self!, suffix!, start!, end!, (t, p) => t.endsWith(p)),
  ],
  removeprefix: [
    'self, prefix',
    (_, { self, prefix }) => str(of(self).startsWith(of(prefix)) ? of(self).slice(of(prefix).length) : of(self)),
  ],
  removesuffix: [
    'self, suffix',
    (_, { self, suffix }) =>
      str(of(suffix) && of(self).endsWith(of(suffix)) ? of(self).slice(0, -of(suffix).length) : of(self)),
  ],
  replace: [
    'self, old, new, count=-1',
    (_, { self, old, new: fresh, count }) => {
      const n = asNumber(count);
      if (asString(old) === null || asString(fresh) === null || n === null) return unknown(NOT_KNOWN);
      const parts = of(self).split(of(old));
      if (of(old) === '' || n < 0 || parts.length - 1 <= n) return str(of(self).replaceAll(of(old), () => of(fresh)));
      return str([parts.slice(0, n + 1).join(of(fresh)), ...parts.slice(n + 1)].join(of(old)));
    },
  ],
  join: [
    'self, iterable',
    (ip, { self, iterable }) => {
      const items = elementsOf(ip, iterable!);
      const parts = items?.map((v) => asString(v));
      if (parts && !parts.includes(null)) return str(parts.join(of(self)));
      const odd = items?.findIndex((v) => asString(v) === null && v.kind !== 'unknown') ?? -1;
      return odd >= 0
        ? ip.raise(
            'TypeError',
            `sequence item ${odd}: expected str instance, ${ip.library.typeOf(items![odd]!).name} found`,
          )
        : unknown('a string made from parts that are not known');
    },
  ],
  find: ['self, sub, start=None, end=None', (ip, a) => position(ip, a, false, false)],
  rfind: ['self, sub, start=None, end=None', (ip, a) => position(ip, a, true, false)],
  index: ['self, sub, start=None, end=None', (ip, a) => position(ip, a, false, true)],
  rindex: ['self, sub, start=None, end=None', (ip, a) => position(ip, a, true, true)],
  count: [
    'self, sub, start=None, end=None',
    (_, { self, sub, start, end }) => {
      const part = within(self, start, end);
      if (!part || asString(sub) === null) return unknown(NOT_KNOWN);
      return int(of(sub) === '' ? part.text.length + 1 : part.text.split(of(sub)).length - 1);
    },
  ],
  isdigit: test(/^\d+$/),
  isnumeric: test(/^\p{N}+$/u),
  isdecimal: test(/^\d+$/),
  isalpha: test(/^\p{L}+$/u),
  isalnum: test(/^[\p{L}\p{N}]+$/u),
  isascii: ['self', (_, { self }) => bool([...of(self)].every((c) => c.charCodeAt(0) < 128))],
  isupper: ['self', (_, { self }) => bool(/\p{Lu}/u.test(of(self)) && !/\p{Ll}/u.test(of(self)))],
  islower: ['self', (_, { self }) => bool(/\p{Ll}/u.test(of(self)) && !/\p{Lu}/u.test(of(self)))],
  istitle: ['self', (_, { self }) => bool(/\p{L}/u.test(of(self)) && title(of(self)) === of(self))],
  isidentifier: test(/^[\p{L}_][\p{L}\p{N}_]*$/u),
  isspace: test(/^\s+$/),
  isprintable: ['self', (_, { self }) => bool([...of(self)].every((c) => c >= ' ' && c !== '\x7f'))],
  zfill: [
    'self, width',
    (_, { self, width }) => {
      const sign = /^[-+]/.exec(of(self))?.[0] ?? '';
      return str(
        sign +
          of(self)
            .slice(sign.length)
            .padStart((asNumber(width) ?? 0) - sign.length, '0'),
      );
    },
  ],
  ljust: ['self, width, fill=" "', (_, { self, width, fill }) => padded(self!, width!, fill!, 'right')],
  rjust: ['self, width, fill=" "', (_, { self, width, fill }) => padded(self!, width!, fill!, 'left')],
  center: ['self, width, fill=" "', (_, { self, width, fill }) => padded(self!, width!, fill!, 'both')],
  expandtabs: [
    'self, tabsize=8',
    (_, { self, tabsize }) => {
      const size = asNumber(tabsize) ?? 8;
      let out = '';
      for (const c of of(self)) {
        const column = out.length - (out.lastIndexOf('\n') + 1);
        out += c === '\t' ? ' '.repeat(size > 0 ? size - (column % size) : 0) : c;
      }
      return str(out);
    },
  ],
  translate: [
    'self, table',
    (ip, { self, table }) => {
      if (table!.kind !== 'dict' || table!.unknown !== null) return unknown(NOT_KNOWN);
      const { entries } = table!;
      const parts = [...of(self)].map((c) => {
        const to = entries.get(String(c.codePointAt(0)))?.value;
        if (!to) return c;
        if (to.kind === 'none') return '';
        return to.kind === 'int' ? String.fromCodePoint(asNumber(to) ?? 63) : text(ip, to);
      });
      return parts.includes(null) ? unknown(NOT_KNOWN) : str(parts.join(''));
    },
  ],
  encode: [
    'self, encoding="utf-8", errors="strict"',
    (ip, { self }) => bytes(ip, String.fromCharCode(...new TextEncoder().encode(of(self)))),
  ],
  partition: ['self, sep', (_, { self, sep }) => parted(of(self), of(sep), of(self).indexOf(of(sep)), false)],
  rpartition: ['self, sep', (_, { self, sep }) => parted(of(self), of(sep), of(self).lastIndexOf(of(sep)), true)],
  format_map: [
    'self, mapping',
    (ip, { self, mapping }) =>
      mapping!.kind === 'dict' && mapping!.unknown === null
        ? braceFormat(ip, of(self), [], new Map([...mapping!.entries.values()].map((e) => [of(e.key), e.value])))
        : unknown(NOT_KNOWN),
  ],
};

function parted(whole: string, sep: string, at: number, fromRight: boolean): Value {
  const parts =
    at >= 0 ? [whole.slice(0, at), sep, whole.slice(at + sep.length)] : fromRight ? ['', '', whole] : [whole, '', ''];
  return tuple(parts.map(str));
}

/** str.maketrans(from, to, drop) or str.maketrans({…}) */
export const makeTranslation = builtin<Interpreter>(
  'maketrans',
  (_, { positional: [from, to, drop] }) => {
    const code = (c: string): Value => int(c.codePointAt(0)!);
    if (from?.kind === 'dict')
      return dict([...from.entries.values()].map((e) => [e.key.kind === 'str' ? code(e.key.value) : e.key, e.value]));
    const target = [...of(to)];
    const pairs = [...of(from)].map((c, i): [Value, Value] => [code(c), code(target[i] ?? c)]);
    return dict([...pairs, ...[...of(drop)].map((c): [Value, Value] => [code(c), { kind: 'none' }])]);
  },
  false,
);

export const STRING_METHODS: ReadonlyMap<string, BuiltinValue> = new Map([
  ...natives(TABLE),
  [
    'format',
    builtin<Interpreter>('format', (ip, { positional: [self, ...args], keywords }) =>
      braceFormat(ip, of(self), args, keywords),
    ),
  ] as [string, BuiltinValue],
]);

const codes = (v: Value | undefined): number[] => (asItems(v) ?? []).map((n) => asNumber(n) ?? 63);

export const BYTES_METHODS: ReadonlyMap<string, BuiltinValue> = new Map(
  natives({
    decode: [
      'self, encoding="utf-8", errors="strict"',
      (_, { self }) => str(new TextDecoder().decode(Uint8Array.from(codes(self)))),
    ],
    hex: [
      'self',
      (_, { self }) =>
        str(
          codes(self)
            .map((n) => n.toString(16).padStart(2, '0'))
            .join(''),
        ),
    ],
  }),
);
