// Python's strings: "a" 'b', f"{x!r:>{width}}", b"bytes" → Program.

import type { Concrete } from './concrete.ts';
import { stringPrefix, unescapeText } from './literals.ts';
import type { Expression, FormatPart } from './program.ts';
import { type Bare, type Conversion, childOf, expression, textOf } from './pythonExpressions.ts';

export function stringLiteral(c: Conversion, node: Concrete): Bare<Expression> {
  const opening = node.children.find((n) => n.type === 'string_start');
  const closing = node.children.find((n) => n.type === 'string_end');
  const prefix = stringPrefix(opening ? textOf(c, opening) : '');
  const unescaped = (text: string) => (prefix.raw ? text : unescapeText(text));
  const literal = (text: string) =>
    prefix.format ? unescaped(text).replaceAll('{{', '{').replaceAll('}}', '}') : unescaped(text);
  const parts: FormatPart[] = [];
  let at = opening?.end ?? node.start;
  const end = closing?.start ?? node.end;
  for (const part of node.children) {
    if (part.type !== 'interpolation') continue;
    parts.push(literal(c.source.slice(at, part.start)));
    parts.push(...interpolation(c, part));
    at = part.end;
  }
  const tail = literal(c.source.slice(at, end));
  if (parts.length === 0) return { kind: 'Literal', literal: { type: prefix.bytes ? 'bytes' : 'str', value: tail } };
  parts.push(tail);
  return { kind: 'Format', parts };
}

function interpolation(c: Conversion, node: Concrete): FormatPart[] {
  const conversion = node.children.find((n) => n.type === 'type_conversion');
  const spec = node.children.find((n) => n.type === 'format_specifier');
  const inner = childOf(node, 'expression') ?? node.children.find((n) => n.type !== '{');
  // `{n=}` shows its own text first.
  const label = inner ? /^\s*=(?!=)\s*/.exec(c.source.slice(inner.end, node.end)) : null;
  const written = conversion ? textOf(c, conversion).slice(1) : label && !spec ? 'r' : '';
  const part: FormatPart = {
    value: expression(c, inner),
    conversion: written,
    spec: spec ? specification(c, spec) : [],
  };
  return label && inner ? [c.source.slice(node.start + 1, inner.end) + label[0], part] : [part];
}

/** `>{width}.{digits}f`: text, and values of its own. */
function specification(c: Conversion, node: Concrete): FormatPart[] {
  const parts: FormatPart[] = [];
  let at = node.start + 1;
  for (const part of node.children) {
    if (part.type !== 'format_expression' && part.type !== 'interpolation') continue;
    if (part.start > at) parts.push(c.source.slice(at, part.start));
    parts.push(...interpolation(c, part));
    at = part.end;
  }
  if (node.end > at) parts.push(c.source.slice(at, node.end));
  return parts;
}

export function concatenated(parts: readonly Bare<Expression>[]): Bare<Expression> {
  const pieces = parts.flatMap((p) =>
    p.kind === 'Format' ? p.parts : p.kind === 'Literal' && 'value' in p.literal ? [String(p.literal.value)] : [],
  );
  if (parts.length > 0 && parts.every((p) => p.kind === 'Literal' && p.literal.type === 'bytes'))
    return { kind: 'Literal', literal: { type: 'bytes', value: pieces.join('') } };
  if (pieces.every((p) => typeof p === 'string'))
    return { kind: 'Literal', literal: { type: 'str', value: pieces.join('') } };
  return { kind: 'Format', parts: pieces };
}
