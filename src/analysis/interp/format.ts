// Formatting: f"layer{i}", "denselayer%d" % (i + 1), "{}.{}".format(a, b). Layer names are built this way, so it is exact.

import { isExact } from '../dims/dim.ts';
import { dimExpression } from '../dims/display.ts';
import type { Expression } from '../syntax/program.ts';
import { asNumber, str, unknown } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { callMethod, findMethod, getAttribute } from './attributes.ts';
import { evaluate } from './expressions.ts';
import { getItem } from './indexing.ts';
import type { Interpreter } from './interpreter.ts';

/** An f-string. */
export function format(ip: Interpreter, parts: (Expression & { kind: 'Format' })['parts']): Value {
  let out = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      out += part;
      continue;
    }
    const value = evaluate(ip, part.value);
    const text = part.conversion === 'r' ? repr(ip, value) : applySpec(ip, value, part.spec);
    if (text === null) return unknown('a string made from a value that is not known');
    out += text;
  }
  return str(out);
}

/** str(value); null where it is not known. */
export function text(ip: Interpreter, value: Value): string | null {
  if (value.kind === 'str') return value.value;
  if (value.kind === 'instance' && findMethod(ip, value, '__str__')) {
    const s = callMethod(ip, value, '__str__', []);
    return s.kind === 'str' ? s.value : null;
  }
  return repr(ip, value);
}

/** repr(value); null where it is not known. */
export function repr(ip: Interpreter, value: Value): string | null {
  switch (value.kind) {
    case 'none':
      return 'None';
    case 'bool':
      return value.value ? 'True' : 'False';
    case 'int':
      return isExact(value.value) ? String(value.value) : dimExpression(value.value);
    case 'float':
      return floatText(value.value);
    case 'str':
      return `'${value.value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    case 'tuple': {
      const parts = value.items.map((v) => repr(ip, v));
      return parts.includes(null) ? null : `(${parts.join(', ')}${parts.length === 1 ? ',' : ''})`;
    }
    case 'list': {
      const parts = value.items.map((v) => repr(ip, v));
      return value.unknown !== null || parts.includes(null) ? null : `[${parts.join(', ')}]`;
    }
    case 'class':
      return `<class '${value.module}.${value.name}'>`;
    case 'opaque':
      return value.type === 'dtype' ? `torch.${value.name}` : value.name;
    case 'instance':
      if (findMethod(ip, value, '__repr__')) {
        const s = callMethod(ip, value, '__repr__', []);
        return s.kind === 'str' ? s.value : null;
      }
      return value.base ? repr(ip, value.base) : null;
    default:
      return null;
  }
}

/** A float as Python writes it. */
export function floatText(x: number): string {
  if (Number.isInteger(x) && Math.abs(x) < 1e16) return `${x}.0`;
  if (Number.isNaN(x)) return 'nan';
  if (!Number.isFinite(x)) return x > 0 ? 'inf' : '-inf';
  return String(x).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** format(value, spec) for the specifications that names use: width, fill, alignment, d, f, s, x. */
function applySpec(ip: Interpreter, value: Value, spec: string): string | null {
  if (spec === '') return text(ip, value);
  const m = /^(?:(.)?([<>^]))?([+ ]?)(0?)(\d*)(,?)(?:\.(\d+))?([a-zA-Z%]?)$/.exec(spec);
  if (!m) return null;
  const [, fill, align, , zero, width, comma, precision, type] = m;
  let body: string | null;
  if (type && 'feEgG%'.includes(type)) {
    const x = asNumber(value);
    if (x === null) return null;
    const digits = precision ? Number(precision) : 6;
    body =
      type === '%'
        ? `${(x * 100).toFixed(digits)}%`
        : type === 'f'
          ? x.toFixed(digits)
          : type === 'e'
            ? x.toExponential(digits)
            : String(Number(x.toPrecision(digits || 1)));
  } else if (type && 'dxob'.includes(type)) {
    const x = asNumber(value);
    if (x === null) return null;
    body = x.toString(type === 'x' ? 16 : type === 'o' ? 8 : type === 'b' ? 2 : 10);
  } else {
    body = text(ip, value);
    if (precision && body !== null && value.kind === 'str') body = body.slice(0, Number(precision));
  }
  if (body === null) return null;
  if (comma) body = body.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const size = Number(width || 0);
  const pad = fill ?? (zero ? '0' : ' ');
  const right = align ? align === '>' : value.kind !== 'str';
  return right ? body.padStart(size, pad) : body.padEnd(size, pad);
}

/** "…%d…" % values */
export function percentFormat(ip: Interpreter, pattern: string, values: Value): Value {
  const items = values.kind === 'tuple' ? [...values.items] : [values];
  let known = true;
  const out = pattern.replace(
    /%(?:\((\w+)\))?([-0 ]*)(\d*)(?:\.(\d+))?([sdrifgex%])/g,
    (_all, key, flags, width, precision, type) => {
      if (type === '%') return '%';
      const value = key ? (values.kind === 'dict' ? values.entries.get(`'${key}`)?.value : undefined) : items.shift();
      if (!value) {
        known = false;
        return '';
      }
      const zero = String(flags).includes('0') ? '0' : '';
      const body =
        type === 'r'
          ? repr(ip, value)
          : type === 's'
            ? text(ip, value)
            : type === 'd' || type === 'i'
              ? wholeText(value)
              : applySpec(ip, value, precision ? `.${precision}${type}` : type);
      if (body === null) known = false;
      const filled = String(flags).includes('-')
        ? (body ?? '').padEnd(Number(width || 0))
        : (body ?? '').padStart(Number(width || 0), zero || ' ');
      return filled;
    },
  );
  return known ? str(out) : unknown('a string made from a value that is not known');
}

const wholeText = (value: Value): string | null => {
  const x = asNumber(value);
  return x === null ? null : String(Math.trunc(x));
};

/** "{} {name} {0.size[1]:>3}".format(*args, **kwargs) */
export function braceFormat(
  ip: Interpreter,
  pattern: string,
  args: readonly Value[],
  keywords: ReadonlyMap<string, Value> | null,
): Value {
  let next = 0;
  let known = true;
  const out = pattern.replace(
    /\{\{|\}\}|\{([^{}:!]*)(?:!([rsa]))?(?::([^{}]*))?\}/g,
    (all, field: string | undefined, conversion, spec) => {
      if (all === '{{') return '{';
      if (all === '}}') return '}';
      const [, head, rest] = /^([\w]*)(.*)$/.exec(field ?? '') ?? [];
      let value: Value | undefined = !head
        ? args[next++]
        : /^\d+$/.test(head)
          ? args[Number(head)]
          : keywords?.get(head);
      for (const [, attribute, index] of (rest ?? '').matchAll(/\.(\w+)|\[([^\]]*)\]/g)) {
        if (!value) break;
        value = attribute
          ? getAttribute(ip, value, attribute)
          : getItem(ip, value, /^\d+$/.test(index!) ? { kind: 'int', value: Number(index) } : str(index!));
      }
      const body = value ? (conversion === 'r' ? repr(ip, value) : applySpec(ip, value, spec ?? '')) : null;
      if (body === null) known = false;
      return body ?? '';
    },
  );
  return known ? str(out) : unknown('a string made from a value that is not known');
}
