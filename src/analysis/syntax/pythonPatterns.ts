// Patterns of `match`: case (x, *rest), case {'dim': d}, case Config(depth=n), case 'gelu' | 'silu'.

import type { Concrete } from './concrete.ts';
import type { Pattern } from './program.ts';
import { type Conversion, expression, textOf } from './pythonExpressions.ts';

export function pattern(c: Conversion, node: Concrete): Pattern {
  const named = node.children.filter((n) => /^[a-z_]+$/.test(n.type) && n.type !== 'as');
  switch (node.type) {
    case 'case_pattern': {
      if (textOf(c, node) === '_') return { kind: 'capture', name: null };
      if (named.length === 0 || textOf(c, node).startsWith('-'))
        return { kind: 'value', value: expression(c, named[0] ?? node) };
      return pattern(c, named[0]!);
    }
    case 'as_pattern':
      return { kind: 'as', pattern: pattern(c, named[0]!), name: textOf(c, named[1] ?? node) };
    case 'union_pattern':
      return { kind: 'or', alternatives: named.map((n) => pattern(c, n)) };
    case 'list_pattern':
    case 'tuple_pattern':
      return { kind: 'sequence', items: named.map((n) => pattern(c, n)) };
    case 'splat_pattern': {
      const name = named.find((n) => n.type === 'identifier');
      return { kind: 'star', name: name ? textOf(c, name) : null };
    }
    case 'dict_pattern':
      return mapping(c, named);
    case 'class_pattern': {
      const [cls, ...rest] = named;
      const args = rest.map((n) =>
        n.type === 'case_pattern' && n.children[0]?.type === 'keyword_pattern' ? n.children[0] : n,
      );
      return {
        kind: 'class',
        class: expression(c, cls),
        positional: args.filter((n) => n.type !== 'keyword_pattern').map((n) => pattern(c, n)),
        keywords: args
          .filter((n) => n.type === 'keyword_pattern')
          .map((n) => ({ name: textOf(c, n.children[0]!), pattern: pattern(c, n.children[n.children.length - 1]!) })),
      };
    }
    case 'identifier':
      return { kind: 'capture', name: textOf(c, node) };
    case 'dotted_name':
      return node.children.length === 1
        ? { kind: 'capture', name: textOf(c, node) }
        : { kind: 'value', value: expression(c, node) };
    default:
      return { kind: 'value', value: expression(c, node) };
  }
}

function mapping(c: Conversion, nodes: readonly Concrete[]): Pattern {
  const entries: { key: ReturnType<typeof expression>; pattern: Pattern }[] = [];
  let rest: string | null = null;
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (node.type === 'splat_pattern') rest = textOf(c, node).replace(/^\*+/, '').trim();
    else {
      const value = nodes[++i];
      if (value)
        entries.push({
          key: expression(c, node.type === 'case_pattern' ? node.children[0] : node),
          pattern: pattern(c, value),
        });
    }
  }
  return { kind: 'mapping', entries, rest };
}
