// Python expressions: tree-sitter's names for them → Program.

import type { Concrete } from './concrete.ts';
import { numberLiteral } from './literals.ts';
import type {
  Argument,
  BinaryOperator,
  Chunk,
  CompareOperator,
  ComprehensionClause,
  Expression,
  FunctionCode,
  Parameter,
  Place,
} from './program.ts';
import { concatenated, stringLiteral } from './pythonStrings.ts';

/** What conversion needs of its surroundings. */
export interface Conversion {
  source: string;
  chunk: Chunk;
  place(node: Concrete): Place;
  /** The code of a `def` or `lambda`. */
  functionCode(node: Concrete): FunctionCode;
  /** The class whose body holds the code: its private names are its own. */
  className: string | null;
  within(className: string): Conversion;
}

/** `__x` inside class A is `_A__x`. */
export function nameOf(c: Conversion, node: Concrete): string {
  const name = textOf(c, node);
  if (c.className === null || !name.startsWith('__') || name.endsWith('__')) return name;
  const owner = c.className.replace(/^_+/, '');
  return owner === '' ? name : `_${owner}${name}`;
}

export type Bare<T> = T extends Place ? Omit<T, keyof Place> : never;

export const textOf = (c: Conversion, node: Concrete): string => c.source.slice(node.start, node.end);
export const childOf = (node: Concrete, field: string): Concrete | undefined =>
  node.children.find((n) => n.field === field);
export const childrenOf = (node: Concrete, field: string): Concrete[] => node.children.filter((n) => n.field === field);

/** What a call, an attribute or an item is taken of. */
const HEADS: Readonly<Record<string, string>> = { call: 'function', attribute: 'object', subscript: 'value' };

/** The grammar reads `*x.shape, None` as an attribute of `*x`: the same without its star, or null where it has none. */
function unstarred(node: Concrete): Concrete | null {
  const field = HEADS[node.type];
  const head = field === undefined ? undefined : childOf(node, field);
  if (!head) return null;
  const inner = head.type === 'list_splat' ? head.children[0] : unstarred(head);
  return inner
    ? { ...node, children: node.children.map((n) => (n === head ? { ...inner, field: head.field } : n)) }
    : null;
}

export function expression(c: Conversion, node: Concrete | undefined): Expression {
  if (!node) return { kind: 'Bad', text: '', line: 0, column: 0, endLine: 0, endColumn: 0 };
  const plain = unstarred(node);
  if (plain) return { kind: 'Spread', value: expression(c, plain), ...c.place(node) };
  return Object.assign(c.place(node), convert(c, node)) as Expression;
}

export const optional = (c: Conversion, node: Concrete | undefined): Expression | null =>
  node ? expression(c, node) : null;

const all = (c: Conversion, nodes: readonly Concrete[]): Expression[] => nodes.map((n) => expression(c, n));

function convert(c: Conversion, node: Concrete): Bare<Expression> {
  switch (node.type) {
    case 'identifier':
      return { kind: 'Name', name: nameOf(c, node) };
    case 'integer':
    case 'float': {
      const literal = numberLiteral(textOf(c, node));
      return literal ? { kind: 'Literal', literal } : bad(c, node);
    }
    case 'true':
    case 'false':
      return { kind: 'Literal', literal: { type: 'bool', value: node.type === 'true' } };
    case 'none':
    case 'ellipsis':
      return { kind: 'Literal', literal: { type: node.type } };
    case 'string':
      return stringLiteral(c, node);
    case 'concatenated_string':
      return concatenated(node.children.filter((n) => n.type === 'string').map((n) => stringLiteral(c, n)));
    case 'list':
    case 'list_pattern':
      return { kind: 'List', items: all(c, node.children) };
    case 'tuple':
    case 'tuple_pattern':
    case 'expression_list':
    case 'pattern_list':
      return { kind: 'Tuple', items: all(c, node.children) };
    case 'set':
      return { kind: 'Set', items: all(c, node.children) };
    case 'dictionary':
      return { kind: 'Dict', entries: node.children.flatMap((n) => dictEntry(c, n)) };
    case 'parenthesized_expression':
    case 'parenthesized_list_splat':
    case 'type':
    case 'as_pattern_target':
      return node.children[0] ? convert(c, node.children[0]) : bad(c, node);
    case 'unary_operator': {
      const operator = textOf(c, childOf(node, 'operator')!) as '-' | '+' | '~';
      return { kind: 'Unary', operator, operand: expression(c, childOf(node, 'argument')) };
    }
    case 'not_operator':
      return { kind: 'Unary', operator: 'not', operand: expression(c, childOf(node, 'argument')) };
    case 'binary_operator':
      return {
        kind: 'Binary',
        operator: textOf(c, childOf(node, 'operator')!) as BinaryOperator,
        left: expression(c, childOf(node, 'left')),
        right: expression(c, childOf(node, 'right')),
      };
    case 'boolean_operator':
      return {
        kind: 'Logical',
        operator: textOf(c, childOf(node, 'operator')!) as 'and' | 'or',
        left: expression(c, childOf(node, 'left')),
        right: expression(c, childOf(node, 'right')),
      };
    case 'comparison_operator':
      return comparison(c, node);
    case 'conditional_expression': {
      const [then, test, otherwise] = node.children;
      return {
        kind: 'Conditional',
        test: expression(c, test),
        consequent: expression(c, then),
        otherwise: expression(c, otherwise),
      };
    }
    case 'call': {
      const callee = childOf(node, 'function');
      return { kind: 'Call', callee: expression(c, callee), args: argumentsOf(c, childOf(node, 'arguments')) };
    }
    case 'attribute': {
      const name = childOf(node, 'attribute')!;
      return {
        kind: 'Attribute',
        object: expression(c, childOf(node, 'object')),
        name: nameOf(c, name),
        namePlace: c.place(name),
      };
    }
    case 'subscript': {
      const indices = childrenOf(node, 'subscript');
      const object = expression(c, childOf(node, 'value'));
      if (indices.length === 1 && !endsWithComma(c, node))
        return { kind: 'Index', object, index: expression(c, indices[0]) };
      const place = indices[0] ? c.place(indices[0]) : c.place(node);
      return { kind: 'Index', object, index: { kind: 'Tuple', items: all(c, indices), ...place } };
    }
    case 'slice':
      return slice(c, node);
    case 'lambda':
      return { kind: 'Lambda', code: c.functionCode(node) };
    case 'list_comprehension':
    case 'set_comprehension':
    case 'dictionary_comprehension':
    case 'generator_expression':
      return comprehension(c, node);
    case 'named_expression':
      return {
        kind: 'NamedExpression',
        target: textOf(c, childOf(node, 'name')!),
        value: expression(c, childOf(node, 'value')),
      };
    case 'await':
      return { kind: 'Await', value: expression(c, node.children[0]) };
    case 'yield': {
      const value = node.children.find((n) => n.type !== 'yield' && n.type !== 'from');
      return { kind: 'Yield', value: optional(c, value), from: node.children.some((n) => n.type === 'from') };
    }
    case 'list_splat':
    case 'list_splat_pattern':
      return { kind: 'Spread', value: expression(c, node.children[0]) };
    case 'generic_type': {
      // `List[int]` inside an annotation.
      const [name, parameters] = node.children;
      const items = (parameters?.children ?? []).map((n) => expression(c, n));
      const index: Expression =
        items.length === 1 ? items[0]! : { kind: 'Tuple', items, ...c.place(parameters ?? node) };
      return { kind: 'Index', object: expression(c, name), index };
    }
    case 'member_type': {
      const [object, name] = node.children;
      return name
        ? { kind: 'Attribute', object: expression(c, object), name: textOf(c, name), namePlace: c.place(name) }
        : bad(c, node);
    }
    case 'union_type':
      return {
        kind: 'Binary',
        operator: '|',
        left: expression(c, node.children[0]),
        right: expression(c, node.children[1]),
      };
    case 'dotted_name': {
      const parts = node.children;
      if (parts.length === 1) return { kind: 'Name', name: textOf(c, parts[0]!) };
      const last = parts[parts.length - 1]!;
      const object: Concrete = { ...node, children: parts.slice(0, -1), end: parts[parts.length - 2]!.end };
      return { kind: 'Attribute', object: expression(c, object), name: textOf(c, last), namePlace: c.place(last) };
    }
    default:
      return /^[A-Za-z_]\w*$/.test(textOf(c, node)) ? { kind: 'Name', name: textOf(c, node) } : bad(c, node);
  }
}

const bad = (c: Conversion, node: Concrete): Bare<Expression> => ({ kind: 'Bad', text: textOf(c, node) });

/** `x[1,]` is a tuple of one. */
const endsWithComma = (c: Conversion, node: Concrete): boolean => /,\s*\]$/.test(textOf(c, node));

function dictEntry(c: Conversion, node: Concrete): { key: Expression | null; value: Expression }[] {
  if (node.type === 'pair')
    return [{ key: expression(c, childOf(node, 'key')), value: expression(c, childOf(node, 'value')) }];
  if (node.type === 'dictionary_splat') return [{ key: null, value: expression(c, node.children[0]) }];
  return [];
}

const COMPARISONS = new Set(['<', '<=', '>', '>=', '==', '!=', '<>', 'in', 'not in', 'is', 'is not', 'not', 'is not']);

function comparison(c: Conversion, node: Concrete): Bare<Expression> {
  const operands: Expression[] = [];
  const operators: CompareOperator[] = [];
  for (const child of node.children) {
    const text = textOf(c, child).replace(/\s+/g, ' ');
    if (child.field === 'operators' && COMPARISONS.has(text))
      operators.push((text === '<>' ? '!=' : text) as CompareOperator);
    else operands.push(expression(c, child));
  }
  return { kind: 'Compare', operands, operators };
}

function slice(c: Conversion, node: Concrete): Bare<Expression> {
  const slots: (Expression | null)[] = [null, null, null];
  let slot = 0;
  for (const child of node.children) {
    if (child.type === ':') slot++;
    else if (slot < 3) slots[slot] = expression(c, child);
  }
  return { kind: 'Slice', start: slots[0]!, stop: slots[1]!, step: slots[2]! };
}

export function argumentsOf(c: Conversion, node: Concrete | undefined): Argument[] {
  if (!node) return [];
  // `sum(x for x in y)`: the generator stands in for the argument list.
  if (node.type === 'generator_expression') return [{ kind: 'positional', value: expression(c, node) }];
  return node.children.map((n): Argument => {
    switch (n.type) {
      case 'keyword_argument':
        return { kind: 'keyword', name: textOf(c, childOf(n, 'name')!), value: expression(c, childOf(n, 'value')) };
      case 'list_splat':
        return { kind: 'spread', value: expression(c, n.children[0]) };
      case 'dictionary_splat':
        return { kind: 'spreadKeywords', value: expression(c, n.children[0]) };
      default:
        return { kind: 'positional', value: expression(c, n) };
    }
  });
}

const FORMS: Readonly<Record<string, 'list' | 'set' | 'dict' | 'generator'>> = {
  list_comprehension: 'list',
  set_comprehension: 'set',
  dictionary_comprehension: 'dict',
  generator_expression: 'generator',
};

function comprehension(c: Conversion, node: Concrete): Bare<Expression> {
  const body = childOf(node, 'body');
  const clauses: { target: Expression; iterable: Expression; conditions: Expression[] }[] = [];
  for (const child of node.children) {
    if (child.type === 'for_in_clause') {
      const rights = childrenOf(child, 'right');
      const iterable: Expression =
        rights.length > 1 ? { kind: 'Tuple', items: all(c, rights), ...c.place(rights[0]!) } : expression(c, rights[0]);
      clauses.push({ target: expression(c, childOf(child, 'left')), iterable, conditions: [] });
    } else if (child.type === 'if_clause') {
      clauses[clauses.length - 1]?.conditions.push(expression(c, child.children[0]));
    }
  }
  const pair = body?.type === 'pair' ? body : undefined;
  return {
    kind: 'Comprehension',
    form: FORMS[node.type] ?? 'list',
    element: expression(c, pair ? childOf(pair, 'key') : body),
    value: pair ? expression(c, childOf(pair, 'value')) : null,
    clauses: clauses satisfies ComprehensionClause[],
  };
}

/** Parameters of a `def` or `lambda`. */
export function parametersOf(c: Conversion, node: Concrete | undefined): Parameter[] {
  const params: Parameter[] = [];
  let kind: Parameter['kind'] = 'normal';
  const named = (name: Concrete, rest: Partial<Parameter>): Parameter => ({
    name: textOf(c, name),
    place: c.place(name),
    kind,
    default: null,
    annotation: null,
    ...rest,
  });
  const splat = (n: Concrete, annotation: Expression | null) => {
    const rest = n.type === 'list_splat_pattern';
    params.push(named(n.children[0] ?? n, { kind: rest ? 'rest' : 'restKeywords', annotation }));
    if (rest) kind = 'keywordOnly';
  };
  for (const n of node?.children ?? []) {
    switch (n.type) {
      case 'identifier':
        params.push(named(n, {}));
        break;
      case 'default_parameter':
        params.push(named(childOf(n, 'name')!, { default: expression(c, childOf(n, 'value')) }));
        break;
      case 'typed_parameter': {
        const annotation = optional(c, childOf(n, 'type'));
        const name = n.children[0]!;
        if (name.type === 'identifier') params.push(named(name, { annotation }));
        else splat(name, annotation);
        break;
      }
      case 'typed_default_parameter':
        params.push(
          named(childOf(n, 'name')!, {
            default: expression(c, childOf(n, 'value')),
            annotation: optional(c, childOf(n, 'type')),
          }),
        );
        break;
      case 'list_splat_pattern':
      case 'dictionary_splat_pattern':
        splat(n, null);
        break;
      case 'keyword_separator':
        kind = 'keywordOnly';
        break;
      case 'positional_separator':
        for (const p of params) p.kind = 'positionalOnly';
        break;
      default:
        break;
    }
  }
  return params;
}
