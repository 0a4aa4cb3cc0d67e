// Text of values: str() and repr(), as Python writes them; null where the value is not known.

import { isExact } from '../dims/dim.ts';
import { dimExpression } from '../dims/display.ts';
import type { Value } from '../values/value.ts';
import { callMethod, findMethod } from './attributes.ts';
import type { Interpreter } from './interpreter.ts';
import { floatText } from './numberText.ts';

/** str(value); null where it is not known. */
export function text(ip: Interpreter, value: Value): string | null {
  if (value.kind === 'str') return value.value;
  if (value.kind === 'instance') {
    if (findMethod(ip, value, '__str__')) {
      const s = callMethod(ip, value, '__str__', []);
      return s.kind === 'str' ? s.value : null;
    }
    if (value.base?.kind === 'str' && !findMethod(ip, value, '__repr__')) return value.base.value;
  }
  return repr(ip, value);
}

/** Containers that repr() is inside of: one that holds itself shows as [...]. */
const open: Value[] = [];

/** repr(value); null where it is not known. */
export function repr(ip: Interpreter, value: Value): string | null {
  if (value.kind !== 'list' && value.kind !== 'dict' && value.kind !== 'tuple' && value.kind !== 'instance')
    return reprPlain(ip, value);
  if (open.includes(value)) return value.kind === 'list' ? '[...]' : value.kind === 'dict' ? '{...}' : '...';
  open.push(value);
  try {
    return reprPlain(ip, value);
  } finally {
    open.pop();
  }
}

function reprPlain(ip: Interpreter, value: Value): string | null {
  const all = (values: Iterable<Value>): string | null => {
    const parts = Array.from(values, (v) => repr(ip, v));
    return parts.includes(null) ? null : parts.join(', ');
  };
  const wrap = (before: string, inner: string | null, after: string): string | null =>
    inner === null ? null : before + inner + after;
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
      return quoted(value.value);
    case 'ellipsis':
      return 'Ellipsis';
    case 'tuple': {
      if (value.fields) {
        const parts = value.items.map((v, i) => wrap(`${value.fields![i]}=`, repr(ip, v), ''));
        return parts.includes(null) ? null : `${value.cls?.name ?? ''}(${parts.join(', ')})`;
      }
      if (value.cls?.name === 'Size') return wrap('torch.Size([', all(value.items), '])');
      return wrap('(', all(value.items), value.items.length === 1 ? ',)' : ')');
    }
    case 'list':
      return value.unknown !== null ? null : wrap('[', all(value.items), ']');
    case 'set':
      if (value.unknown !== null) return null;
      return value.entries.size === 0 ? 'set()' : wrap('{', all(value.entries.values()), '}');
    case 'dict':
      return value.unknown !== null ? null : reprDict(ip, value);
    case 'range': {
      const { start, stop, step } = value;
      if (!isExact(start) || !isExact(stop) || !isExact(step)) return null;
      return `range(${start}, ${stop}${step === 1 ? '' : `, ${step}`})`;
    }
    case 'slice':
      return wrap('slice(', all([value.start, value.stop, value.step]), ')');
    case 'class':
      return `<class '${value.module === 'builtins' ? '' : `${value.module}.`}${value.name}'>`;
    case 'opaque':
      return value.type === 'dtype' ? `torch.${value.name}` : value.name;
    case 'instance':
      return reprInstance(ip, value);
    default:
      return null;
  }
}

function reprDict(ip: Interpreter, value: Value & { kind: 'dict' }): string | null {
  const pairs: string[] = [];
  const ordered = value.cls?.name === 'OrderedDict';
  for (const e of value.entries.values()) {
    const k = repr(ip, e.key);
    const v = repr(ip, e.value);
    if (k === null || v === null) return null;
    pairs.push(ordered ? `(${k}, ${v})` : `${k}: ${v}`);
  }
  const inner = pairs.join(', ');
  if (ordered) return inner ? `OrderedDict([${inner}])` : 'OrderedDict()';
  if (value.cls?.name === 'Counter') return inner ? `Counter({${inner}})` : 'Counter()';
  return value.cls?.name === 'defaultdict' ? null : `{${inner}}`;
}

function reprInstance(ip: Interpreter, value: Value & { kind: 'instance' }): string | null {
  if (findMethod(ip, value, '__repr__')) {
    const s = callMethod(ip, value, '__repr__', []);
    return s.kind === 'str' ? s.value : null;
  }
  if (!value.base) return null;
  if (value.cls.name === 'bytes' && value.base.kind === 'tuple') {
    const codes = value.base.items.map((v) => (v.kind === 'int' && isExact(v.value) ? v.value : 63));
    return `b'${codes.map((c) => (c >= 32 && c < 127 ? String.fromCharCode(c) : `\\x${c.toString(16).padStart(2, '0')}`)).join('')}'`;
  }
  return repr(ip, value.base);
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '\\': '\\\\' };

/** A string in quotes, its odd characters escaped. */
export function quoted(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  let out = quote;
  for (const c of value) {
    const code = c.codePointAt(0)!;
    if (ESCAPES[c]) out += ESCAPES[c];
    else if (c === quote) out += `\\${c}`;
    else if (code < 32 || (code >= 127 && code < 161)) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else out += c;
  }
  return out + quote;
}
