// Formatting: f"layer{i}", "denselayer%d" % (i + 1), "{}.{}".format(a, b). Layer names are built this way, so it is exact.

import { isExact } from '../dims/dim.ts';
import { dimExpression } from '../dims/display.ts';
import type { FormatPart } from '../syntax/program.ts';
import { asDim, asNumber, str, unknown } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { callMethod, findMethod, getAttribute } from './attributes.ts';
import { evaluate } from './expressions.ts';
import { getItem } from './indexing.ts';
import type { Interpreter } from './interpreter.ts';
import { exponentText, fixedText, floatText, generalText } from './numberText.ts';
import { repr, text } from './text.ts';

export { floatText, repr, text };

const notKnown = (): Value => unknown('a string made from a value that is not known');

/** An f-string. */
export function format(ip: Interpreter, parts: readonly FormatPart[]): Value {
  const out = formatParts(ip, parts);
  return out === null ? notKnown() : str(out);
}

function formatParts(ip: Interpreter, parts: readonly FormatPart[]): string | null {
  let out = '';
  let known = true;
  for (const part of parts) {
    if (typeof part === 'string') {
      out += part;
      continue;
    }
    const value = evaluate(ip, part.value);
    const spec = formatParts(ip, part.spec);
    const piece = spec === null ? null : converted(ip, value, part.conversion, spec);
    if (piece === null) known = false;
    out += piece ?? '';
  }
  return known ? out : null;
}

function converted(ip: Interpreter, value: Value, conversion: string, spec: string): string | null {
  if (!conversion) return applySpec(ip, value, spec);
  const shown = conversion === 's' ? text(ip, value) : repr(ip, value);
  return shown === null ? null : applySpec(ip, str(shown), spec);
}

interface Spec {
  fill: string;
  align: string;
  sign: string;
  alternate: boolean;
  width: number;
  group: string;
  precision: number | null;
  type: string;
}

function parseSpec(spec: string): Spec | null {
  const m = /^(?:(.)?([<>=^]))?([+\- ]?)z?(#?)(0?)(\d*)([,_]?)(?:\.(\d+))?([a-zA-Z%]?)$/su.exec(spec);
  if (!m) return null;
  const [, fill, align, sign, alternate, zero, width, group, precision, type] = m;
  return {
    fill: fill ?? (zero ? '0' : ' '),
    align: align ?? (zero ? '=' : ''),
    sign: sign!,
    alternate: alternate === '#',
    width: Number(width || 0),
    group: group!,
    precision: precision === undefined ? null : Number(precision),
    type: type!,
  };
}

/** format(value, spec); null where it is not known. */
export function applySpec(ip: Interpreter, value: Value, spec: string): string | null {
  if (value.kind === 'instance' && findMethod(ip, value, '__format__')) {
    const s = callMethod(ip, value, '__format__', [str(spec)]);
    return s.kind === 'str' ? s.value : null;
  }
  if (spec === '') return text(ip, value);
  const parsed = parseSpec(spec);
  if (!parsed) return null;
  const { type } = parsed;
  const plain = value.kind === 'instance' && value.base ? value.base : value;
  const isNumber = plain.kind === 'int' || plain.kind === 'float' || (plain.kind === 'bool' && type !== '');
  if (isNumber || plain.kind === 'tensor') {
    const body = number(ip, plain, parsed);
    return body === null ? null : padNumber(body, parsed);
  }
  if (type !== '' && type !== 's') {
    return value.kind === 'unknown'
      ? null
      : ip.raise('ValueError', `Unknown format code '${type}' for object of type '${ip.library.typeOf(value).name}'`);
  }
  const body = text(ip, value);
  return body === null ? null : pad(parsed.precision === null ? body : body.slice(0, parsed.precision), parsed, '<');
}

/** The number as text, its sign first. */
function number(ip: Interpreter, value: Value, spec: Spec): string | null {
  const { type, precision } = spec;
  const dim = value.kind === 'float' ? null : asDim(value);
  if (dim !== null && !isExact(dim)) return type === '' || type === 'd' ? dimExpression(dim) : null;
  const x = asNumber(value);
  if (x === null) return null;
  const whole = value.kind !== 'float' && value.kind !== 'tensor';
  switch (type) {
    case 'f':
    case 'F':
      return fixedText(x, precision ?? 6);
    case 'e':
      return exponentText(x, precision ?? 6);
    case 'E':
      return exponentText(x, precision ?? 6).toUpperCase();
    case 'g':
      return generalText(x, precision ?? 6);
    case 'G':
      return generalText(x, precision ?? 6).toUpperCase();
    case '%':
      return `${fixedText(x * 100, precision ?? 6)}%`;
    case '':
    case 'n':
      if (whole) return String(x);
      return precision === null ? floatText(x) : generalText(x, precision, true);
    case 's':
      return null;
    default:
      return whole
        ? inBase(x, type, spec.alternate)
        : ip.raise('ValueError', `Unknown format code '${type}' for object of type 'float'`);
  }
}

const BASES: Readonly<Record<string, number>> = { d: 10, x: 16, X: 16, o: 8, b: 2 };

function inBase(x: number, type: string, prefixed: boolean): string | null {
  if (type === 'c') return String.fromCodePoint(x);
  const base = BASES[type];
  if (base === undefined) return null;
  const digits = Math.abs(x).toString(base);
  const prefix = prefixed && type !== 'd' ? `0${type}` : '';
  return `${x < 0 ? '-' : ''}${prefix}${type === 'X' ? digits.toUpperCase() : digits}`;
}

function padNumber(body: string, spec: Spec): string {
  const negative = body.startsWith('-');
  const sign = negative ? '-' : spec.sign === '-' ? '' : spec.sign;
  let digits = negative ? body.slice(1) : body;
  if (spec.group) {
    const [whole, ...rest] = digits.split(/(?=[.e%])/);
    digits = whole!.replace(/\B(?=(\d{3})+(?!\d))/g, spec.group) + rest.join('');
  }
  if (spec.align === '=') return sign + digits.padStart(spec.width - sign.length, spec.fill);
  return pad(sign + digits, spec, '>');
}

function pad(body: string, spec: Pick<Spec, 'align' | 'fill' | 'width'>, usual: '<' | '>'): string {
  const room = spec.width - [...body].length;
  if (room <= 0) return body;
  switch (spec.align || usual) {
    case '^':
      return spec.fill.repeat(Math.floor(room / 2)) + body + spec.fill.repeat(Math.ceil(room / 2));
    case '>':
      return spec.fill.repeat(room) + body;
    case '=':
      return spec.fill.repeat(room) + body;
    default:
      return body + spec.fill.repeat(room);
  }
}

/** "…%d…" % values */
export function percentFormat(ip: Interpreter, pattern: string, values: Value): Value {
  const plain = values.kind === 'instance' && values.base ? values.base : values;
  const items = plain.kind === 'tuple' ? [...plain.items] : [values];
  let known = true;
  const out = pattern.replace(
    /%(?:\((\w+)\))?([-+0 #]*)(\d*)(?:\.(\d+))?[hlL]?([sdrifFgGeExXocau%])/g,
    (_all, key: string | undefined, flags: string, width: string, precision: string | undefined, type: string) => {
      if (type === '%') return '%';
      const value = key !== undefined ? mapped(ip, plain, key) : items.shift();
      if (!value) {
        if (values.kind !== 'unknown' && key === undefined)
          ip.raise('TypeError', 'not enough arguments for format string');
        known = false;
        return '';
      }
      const body = percentBody(ip, value, type, precision, flags);
      if (body === null) known = false;
      const spec = { fill: ' ', align: flags.includes('-') ? '<' : '>', width: Number(width || 0) };
      if (flags.includes('0') && !flags.includes('-') && !'srac'.includes(type)) {
        const sign = /^[-+ ]/.exec(body ?? '')?.[0] ?? '';
        return sign + (body ?? '').slice(sign.length).padStart(spec.width - sign.length, '0');
      }
      return pad(body ?? '', spec, '>');
    },
  );
  return known ? str(out) : notKnown();
}

const mapped = (ip: Interpreter, values: Value, key: string): Value | undefined =>
  values.kind === 'dict' ? getItem(ip, values, str(key)) : undefined;

function percentBody(
  ip: Interpreter,
  value: Value,
  type: string,
  precision: string | undefined,
  flags: string,
): string | null {
  if (type === 's' || type === 'r' || type === 'a') {
    const shown = type === 's' ? text(ip, value) : repr(ip, value);
    return shown !== null && precision !== undefined ? shown.slice(0, Number(precision)) : shown;
  }
  if (type === 'c' && value.kind === 'str') return value.value;
  if (value.kind === 'unknown') return null;
  const sign = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  if ('diu'.includes(type)) {
    const d = asDim(value);
    if (d !== null && !isExact(d)) return dimExpression(d);
    const x = asNumber(value);
    if (x === null)
      return ip.raise('TypeError', `%${type} format: a real number is required, not ${ip.library.typeOf(value).name}`);
    const whole = String(Math.trunc(x) + 0);
    return whole.startsWith('-') ? whole : sign + whole;
  }
  if (asNumber(value) === null) return null;
  const number = 'xXoc'.includes(type) ? value : ({ kind: 'float', value: asNumber(value)! } as const);
  return applySpec(
    ip,
    number,
    `${sign}${flags.includes('#') ? '#' : ''}${precision === undefined ? '' : `.${precision}`}${type}`,
  );
}

/** "{} {name} {0.size[1]:>{width}}".format(*args, **kwargs) */
export function braceFormat(
  ip: Interpreter,
  pattern: string,
  args: readonly Value[],
  keywords: ReadonlyMap<string, Value> | null,
): Value {
  const counter = { next: 0 };
  const out = braces(ip, pattern, args, keywords, counter);
  return out === null ? notKnown() : str(out);
}

function braces(
  ip: Interpreter,
  pattern: string,
  args: readonly Value[],
  keywords: ReadonlyMap<string, Value> | null,
  counter: { next: number },
): string | null {
  let known = true;
  // A field may hold fields of its own, in its specification.
  const out = pattern.replace(
    /\{\{|\}\}|\{((?:[^{}]|\[[^\]]*\])*?)(?:!([rsa]))?(?::((?:[^{}]|\{[^{}]*\})*))?\}/g,
    (all, field: string | undefined, conversion: string | undefined, spec: string | undefined) => {
      if (all === '{{') return '{';
      if (all === '}}') return '}';
      const value = fieldValue(ip, field ?? '', args, keywords, counter);
      const inner = spec?.includes('{') ? braces(ip, spec, args, keywords, counter) : (spec ?? '');
      const body = value && inner !== null ? converted(ip, value, conversion ?? '', inner) : null;
      if (body === null) known = false;
      return body ?? '';
    },
  );
  return known ? out : null;
}

function fieldValue(
  ip: Interpreter,
  field: string,
  args: readonly Value[],
  keywords: ReadonlyMap<string, Value> | null,
  counter: { next: number },
): Value | undefined {
  const [, head, rest] = /^([^.[]*)(.*)$/s.exec(field) ?? [];
  const position = !head ? counter.next++ : /^\d+$/.test(head) ? Number(head) : null;
  let value: Value | undefined = position === null ? keywords?.get(head!) : args[position];
  if (!value) {
    if (keywords?.has('**')) return undefined;
    if (position === null) return ip.raise('KeyError', str(head!));
    return ip.raise('IndexError', `Replacement index ${position} out of range for positional args tuple`);
  }
  for (const [, attribute, index] of (rest ?? '').matchAll(/\.(\w+)|\[([^\]]*)\]/g)) {
    value = attribute
      ? getAttribute(ip, value, attribute)
      : getItem(ip, value, /^\d+$/.test(index!) ? { kind: 'int', value: Number(index) } : str(index!));
  }
  return value;
}
