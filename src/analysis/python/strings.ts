// Methods of str.

import { braceFormat } from '../interp/format.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import { type NativeTable, natives } from '../interp/native.ts';
import { asNumber, asString, bool, builtin, int, isNone, list, str, tuple, unknown } from '../values/make.ts';
import type { BuiltinValue, Value } from '../values/value.ts';

const of = (v: Value | undefined): string => asString(v) ?? '';
const some = (prefixes: Value, test: (p: string) => boolean): Value =>
  prefixes.kind === 'tuple'
    ? bool(prefixes.items.some((p) => test(of(p))))
    : prefixes.kind === 'str'
      ? bool(test(prefixes.value))
      : unknown('a string that is not known');
const escapeRegExp = (s: string): string => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function stripped(text: string, chars: Value, left: boolean, right: boolean): string {
  const set = isNone(chars) ? '\\s' : `[${escapeRegExp(of(chars)).replaceAll('-', '\\-')}]`;
  let out = text;
  if (left) out = out.replace(new RegExp(`^${set}+`), '');
  if (right) out = out.replace(new RegExp(`${set}+$`), '');
  return out;
}

function split(text: string, sep: Value, most: Value, fromRight: boolean): Value {
  const limit = asNumber(most) ?? -1;
  const parts = isNone(sep)
    ? text
        .trim()
        .split(/\s+/)
        .filter((p) => p !== '')
    : text.split(of(sep));
  if (limit < 0 || parts.length <= limit + 1) return list(parts.map(str));
  const joint = isNone(sep) ? ' ' : of(sep);
  const kept = fromRight
    ? [parts.slice(0, parts.length - limit).join(joint), ...parts.slice(parts.length - limit)]
    : [...parts.slice(0, limit), parts.slice(limit).join(joint)];
  return list(kept.map(str));
}

const TABLE: NativeTable = {
  lower: ['self', (_, { self }) => str(of(self).toLowerCase())],
  upper: ['self', (_, { self }) => str(of(self).toUpperCase())],
  casefold: ['self', (_, { self }) => str(of(self).toLowerCase())],
  title: [
    'self',
    (_, { self }) => str(of(self).replace(/[A-Za-z]+/g, (w) => w[0]!.toUpperCase() + w.slice(1).toLowerCase())),
  ],
  capitalize: ['self', (_, { self }) => str(of(self).slice(0, 1).toUpperCase() + of(self).slice(1).toLowerCase())],
  strip: ['self, chars=None', (_, { self, chars }) => str(stripped(of(self), chars!, true, true))],
  lstrip: ['self, chars=None', (_, { self, chars }) => str(stripped(of(self), chars!, true, false))],
  rstrip: ['self, chars=None', (_, { self, chars }) => str(stripped(of(self), chars!, false, true))],
  split: ['self, sep=None, maxsplit=-1', (_, { self, sep, maxsplit }) => split(of(self), sep!, maxsplit!, false)],
  rsplit: ['self, sep=None, maxsplit=-1', (_, { self, sep, maxsplit }) => split(of(self), sep!, maxsplit!, true)],
  splitlines: ['self, keepends=False', (_, { self }) => list(of(self).split(/\r?\n/).map(str))],
  startswith: ['self, prefix, start=0', (_, { self, prefix }) => some(prefix!, (p) => of(self).startsWith(p))],
  endswith: ['self, suffix, start=0', (_, { self, suffix }) => some(suffix!, (p) => of(self).endsWith(p))],
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
      const n = asNumber(count) ?? -1;
      if (n < 0) return str(of(self).replaceAll(of(old), of(fresh)));
      let out = of(self);
      let from = 0;
      for (let i = 0; i < n; i++) {
        const at = out.indexOf(of(old), from);
        if (at < 0) break;
        out = out.slice(0, at) + of(fresh) + out.slice(at + of(old).length);
        from = at + of(fresh).length;
      }
      return str(out);
    },
  ],
  join: [
    'self, iterable',
    (ip, { self, iterable }) => {
      const parts = elementsOf(ip, iterable!)?.map((v) => asString(v));
      return parts && !parts.includes(null)
        ? str(parts.join(of(self)))
        : unknown('a string made from parts that are not known');
    },
  ],
  find: ['self, sub, start=0', (_, { self, sub, start }) => int(of(self).indexOf(of(sub), asNumber(start) ?? 0))],
  rfind: ['self, sub', (_, { self, sub }) => int(of(self).lastIndexOf(of(sub)))],
  index: [
    'self, sub',
    (ip, { self, sub }) => {
      const at = of(self).indexOf(of(sub));
      return at < 0 ? ip.raise('ValueError', 'substring not found') : int(at);
    },
  ],
  count: [
    'self, sub',
    (_, { self, sub }) => int(of(sub) === '' ? of(self).length + 1 : of(self).split(of(sub)).length - 1),
  ],
  isdigit: ['self', (_, { self }) => bool(/^\d+$/.test(of(self)))],
  isnumeric: ['self', (_, { self }) => bool(/^\d+$/.test(of(self)))],
  isdecimal: ['self', (_, { self }) => bool(/^\d+$/.test(of(self)))],
  isalpha: ['self', (_, { self }) => bool(/^\p{L}+$/u.test(of(self)))],
  isalnum: ['self', (_, { self }) => bool(/^[\p{L}\d]+$/u.test(of(self)))],
  isupper: ['self', (_, { self }) => bool(/\p{Lu}/u.test(of(self)) && !/\p{Ll}/u.test(of(self)))],
  islower: ['self', (_, { self }) => bool(/\p{Ll}/u.test(of(self)) && !/\p{Lu}/u.test(of(self)))],
  isidentifier: ['self', (_, { self }) => bool(/^[A-Za-z_]\w*$/.test(of(self)))],
  isspace: ['self', (_, { self }) => bool(/^\s+$/.test(of(self)))],
  zfill: ['self, width', (_, { self, width }) => str(of(self).padStart(asNumber(width) ?? 0, '0'))],
  ljust: ['self, width, fill=" "', (_, { self, width, fill }) => str(of(self).padEnd(asNumber(width) ?? 0, of(fill)))],
  rjust: [
    'self, width, fill=" "',
    (_, { self, width, fill }) => str(of(self).padStart(asNumber(width) ?? 0, of(fill))),
  ],
  center: ['self, width, fill=" "', (_, { self }) => str(of(self))],
  encode: ['self, encoding="utf-8"', (_, { self }) => str(of(self))],
  partition: [
    'self, sep',
    (_, { self, sep }) => {
      const at = of(self).indexOf(of(sep));
      return tuple(
        (at < 0 ? [of(self), '', ''] : [of(self).slice(0, at), of(sep), of(self).slice(at + of(sep).length)]).map(str),
      );
    },
  ],
  rpartition: [
    'self, sep',
    (_, { self, sep }) => {
      const at = of(self).lastIndexOf(of(sep));
      return tuple(
        (at < 0 ? ['', '', of(self)] : [of(self).slice(0, at), of(sep), of(self).slice(at + of(sep).length)]).map(str),
      );
    },
  ],
};

export const STRING_METHODS: ReadonlyMap<string, BuiltinValue> = new Map([
  ...natives(TABLE),
  [
    'format',
    builtin<Interpreter>('format', (ip, { positional: [self, ...args], keywords }) =>
      braceFormat(ip, of(self), args, keywords),
    ),
  ] as [string, BuiltinValue],
]);
