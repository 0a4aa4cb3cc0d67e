// Python: tree-sitter's tree → Program, one top-level statement at a time, so that an edit converts only what it touched.

import type { Parser, Tree } from 'web-tree-sitter';
import { type Concrete, LineTable, readBody, readConcrete } from './concrete.ts';
import type { Chunk, ExceptClause, FunctionCode, ImportedName, Place, Program, Statement } from './program.ts';
import {
  argumentsOf,
  type Conversion,
  childOf,
  childrenOf,
  expression,
  nameOf,
  optional,
  parametersOf,
  textOf,
} from './pythonExpressions.ts';
import { pattern } from './pythonPatterns.ts';
import { repaired } from './repair.ts';

type Bare<T> = T extends Place ? Omit<T, keyof Place> : never;

/** A file's text, converted; keeps what the next version of the text can reuse. */
export class PythonSource {
  readonly program: Program;

  private constructor(program: Program) {
    this.program = program;
  }

  static parse(parser: Parser, file: string, text: string, previous?: PythonSource): PythonSource {
    const errors: Place[] = [];
    const asWritten = parser.parse(text);
    if (!asWritten) return new PythonSource({ file, chunks: [], errors, source: text });
    if (asWritten.rootNode.hasError) collectErrors(asWritten, new LineTable(text), errors);
    // What is still being written is mended where it breaks off, and nothing moves: the rest of the file reads on.
    const mended = errors.length > 0 || ENDS_IN_A_DOT.test(text) ? repaired(text) : null;
    const source = mended ?? text;
    const tree = (mended === null ? null : parser.parse(mended)) ?? asWritten;
    if (tree !== asWritten) asWritten.delete();
    // A first reading defers the bodies of functions and so keeps its tree; after an edit, only the statement that
    // changed is read, whole, and its tree can go.
    const defer = previous === undefined;
    const lines = new LineTable(source);
    const reusable = new Map<string, Chunk[]>();
    for (const chunk of previous?.program.chunks ?? []) {
      if ((chunk.statements[0]?.column ?? 0) !== 0) continue;
      const same = reusable.get(chunk.text);
      if (same) same.push(chunk);
      else reusable.set(chunk.text, [chunk]);
    }
    const chunks: Chunk[] = [];
    const cursor = tree.walk();
    if (cursor.gotoFirstChild()) {
      do {
        if (!cursor.nodeIsNamed || cursor.nodeType === 'comment') continue;
        const text = source.slice(cursor.startIndex, cursor.endIndex);
        const line = lines.line(cursor.startIndex);
        // Behind a `;` a statement's columns move with what stands before it: it is read afresh.
        const atMargin = cursor.startIndex === 0 || source[cursor.startIndex - 1] === '\n';
        const known = atMargin ? reusable.get(text)?.pop() : undefined;
        if (known) {
          known.line = line;
          chunks.push(known);
        } else {
          // A cursor of its own: where a statement is too deep to read, this one goes on with the next.
          const own = cursor.currentNode.walk();
          const chunk = shallowEnough(() => convertChunk(tree, readConcrete(own, defer), text, line, source, lines));
          own.delete();
          chunks.push(chunk ?? { line, text, statements: [] });
        }
      } while (cursor.gotoNextSibling());
    }
    cursor.delete();
    if (!defer) tree.delete();
    return new PythonSource({ file, chunks, errors, source });
  }
}

/** `x = self.` alone on its line: the grammar takes the next line's first name for its attribute. */
const ENDS_IN_A_DOT = /^[^#\n'"]*[\w)\]]\.[ \t]*$/m;

/** Null where the code nests too deeply for the stack (thousands of operators in a row): it is left out. */
function shallowEnough<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Places of ERROR and missing nodes, at most 20. */
function collectErrors(tree: Tree, lines: LineTable, errors: Place[]): void {
  const open = [tree.rootNode];
  while (open.length > 0 && errors.length < 20) {
    const node = open.pop()!;
    if (node.isError || node.isMissing)
      errors.push(lines.place(node.startIndex, Math.max(node.endIndex, node.startIndex + 1)));
    else if (node.hasError) for (const child of node.children) if (child) open.push(child);
  }
  errors.sort((a, b) => a.line - b.line || a.column - b.column);
}

function convertChunk(tree: Tree, node: Concrete, text: string, line: number, source: string, lines: LineTable): Chunk {
  const statements: Statement[] = [];
  const chunk: Chunk = { line, text, statements };
  const within = (className: string | null): Conversion => {
    const conversion: Conversion = {
      source,
      chunk,
      place: (n) => lines.place(n.start, n.end, line),
      functionCode: (n) => functionCode(conversion, tree, n),
      className,
      within,
    };
    return conversion;
  };
  statements.push(...statement(within(null), node));
  return chunk;
}

function functionCode(c: Conversion, tree: Tree, node: Concrete): FunctionCode {
  const name = childOf(node, 'name');
  const body = childOf(node, 'body');
  const isLambda = node.type === 'lambda';
  let converted: readonly Statement[] | null = null;
  let generator: boolean | null = null;
  const convertBody = (): readonly Statement[] => {
    if (!body) return [];
    if (isLambda) return [{ kind: 'Return', value: expression(c, body), ...c.place(body) }];
    return (
      shallowEnough(() => {
        const read = body.deferred ? readBody(tree, body.start, body.end) : body;
        return read ? block(c, read) : [];
      }) ?? []
    );
  };
  return {
    name: isLambda || !name ? '<lambda>' : nameOf(c, name),
    namePlace: c.place(name ?? node),
    params: parametersOf(c, childOf(node, 'parameters')),
    body: () => (converted ??= convertBody()),
    isAsync: node.children.some((n) => n.type === 'async'),
    isGenerator: () =>
      (generator ??=
        body !== undefined &&
        /\byield\b/.test(c.source.slice(body.start, body.end)) &&
        yields(converted ?? (converted = convertBody()))),
    returns: optional(c, childOf(node, 'return_type')),
    isLambda,
    chunk: c.chunk,
  };
}

/** Whether statements hold a `yield` outside nested functions and classes. */
function yields(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(yields);
  if (typeof node !== 'object' || node === null) return false;
  const kind = (node as { kind?: string }).kind;
  if (kind === 'Yield') return true;
  if (kind === 'Function' || kind === 'Class' || kind === 'Lambda') return false;
  return Object.values(node).some(yields);
}

const block = (c: Conversion, node: Concrete | undefined): Statement[] =>
  (node?.children ?? []).flatMap((n) => statement(c, n));

function statement(c: Conversion, node: Concrete): Statement[] {
  const one = (bare: Bare<Statement>): Statement[] => [Object.assign(c.place(node), bare) as Statement];
  switch (node.type) {
    case 'expression_statement':
      return expressionStatement(c, node);
    case 'return_statement':
      return one({ kind: 'Return', value: optional(c, node.children[0]) });
    case 'if_statement':
      return one(ifStatement(c, node, childrenOf(node, 'alternative')));
    case 'for_statement':
      return one({
        kind: 'For',
        target: expression(c, childOf(node, 'left')),
        iterable: expression(c, childOf(node, 'right')),
        body: block(c, childOf(node, 'body')),
        otherwise: elseBlock(c, node),
      });
    case 'while_statement':
      return one({
        kind: 'While',
        test: expression(c, childOf(node, 'condition')),
        body: block(c, childOf(node, 'body')),
        otherwise: elseBlock(c, node),
      });
    case 'break_statement':
      return one({ kind: 'Break' });
    case 'continue_statement':
      return one({ kind: 'Continue' });
    case 'pass_statement':
      return one({ kind: 'Pass' });
    case 'function_definition':
      return one({ kind: 'Function', code: c.functionCode(node), decorators: [] });
    case 'class_definition':
      return one({ ...classDefinition(c, node), decorators: [] });
    case 'decorated_definition':
      return decorated(c, node);
    case 'import_statement':
      return one({ kind: 'Import', names: childrenOf(node, 'name').map((n) => importedName(c, n)) });
    case 'import_from_statement':
      return one(importFrom(c, node));
    case 'future_import_statement':
      return one({ kind: 'Pass' });
    case 'raise_statement':
      return one({
        kind: 'Raise',
        exception: optional(
          c,
          node.children.find((n) => n.field !== 'cause'),
        ),
      });
    case 'try_statement':
      return one(tryStatement(c, node));
    case 'with_statement':
      return one(withStatement(c, node));
    case 'assert_statement':
      return one({ kind: 'Assert', test: expression(c, node.children[0]), message: optional(c, node.children[1]) });
    case 'delete_statement': {
      const target = expression(c, node.children[0]);
      return one({ kind: 'Delete', targets: target.kind === 'Tuple' ? target.items : [target] });
    }
    case 'global_statement':
      return one({ kind: 'Global', names: node.children.map((n) => textOf(c, n)) });
    case 'nonlocal_statement':
      return one({ kind: 'Nonlocal', names: node.children.map((n) => textOf(c, n)) });
    case 'match_statement':
      return one({
        kind: 'Match',
        subject: expression(c, childOf(node, 'subject')),
        cases: (childOf(node, 'body')?.children ?? node.children)
          .filter((n) => n.type === 'case_clause')
          .map((n) => ({
            pattern: casePattern(c, n),
            guard: optional(c, childOf(n, 'guard')?.children[0]),
            body: block(c, childOf(n, 'consequence')),
          })),
      });
    case 'block':
      return block(c, node);
    case 'ERROR':
      // What parses inside a broken piece is still worth having.
      return node.children.filter((n) => /_(statement|definition)$/.test(n.type)).flatMap((n) => statement(c, n));
    default:
      return one({ kind: 'Bad', text: textOf(c, node) });
  }
}

function expressionStatement(c: Conversion, node: Concrete): Statement[] {
  const inner = node.children[0];
  const place = c.place(node);
  if (!inner) return [];
  if (node.children.length > 1) {
    return [
      {
        kind: 'Expression',
        value: { kind: 'Tuple', items: node.children.map((n) => expression(c, n)), ...place },
        ...place,
      },
    ];
  }
  if (inner.type === 'assignment') return [{ ...assignment(c, inner), ...place }];
  if (inner.type === 'augmented_assignment') {
    return [
      {
        kind: 'AugmentedAssign',
        target: expression(c, childOf(inner, 'left')),
        operator: textOf(c, childOf(inner, 'operator')!).slice(0, -1) as never,
        value: expression(c, childOf(inner, 'right')),
        ...place,
      },
    ];
  }
  return [{ kind: 'Expression', value: expression(c, inner), ...place }];
}

function assignment(c: Conversion, node: Concrete): Bare<Statement> {
  const targets = [];
  let at: Concrete | undefined = node;
  let annotation: Concrete | undefined;
  let value: Concrete | undefined;
  // a = b = value nests to the right.
  while (at && at.type === 'assignment') {
    targets.push(expression(c, childOf(at, 'left')));
    annotation ??= childOf(at, 'type');
    value = childOf(at, 'right');
    at = value;
  }
  if (annotation)
    return {
      kind: 'AnnotatedAssign',
      target: targets[0]!,
      annotation: expression(c, annotation),
      value: optional(c, value),
    };
  if (value?.type === 'augmented_assignment') value = childOf(value, 'right');
  return { kind: 'Assign', targets, value: expression(c, value) };
}

function ifStatement(c: Conversion, node: Concrete, alternatives: readonly Concrete[]): Bare<Statement> {
  const [first, ...rest] = alternatives;
  let otherwise: Statement[] = [];
  if (first?.type === 'elif_clause')
    otherwise = [Object.assign(c.place(first), ifStatement(c, first, rest)) as Statement];
  else if (first) otherwise = block(c, childOf(first, 'body'));
  return {
    kind: 'If',
    test: expression(c, childOf(node, 'condition')),
    consequent: block(c, childOf(node, 'consequence')),
    otherwise,
  };
}

const elseBlock = (c: Conversion, node: Concrete): Statement[] => {
  const clause = childOf(node, 'alternative') ?? node.children.find((n) => n.type === 'else_clause');
  return clause ? block(c, childOf(clause, 'body') ?? clause.children.find((n) => n.type === 'block')) : [];
};

function classDefinition(c: Conversion, node: Concrete): Omit<Extract<Statement, { kind: 'Class' }>, keyof Place> {
  const name = childOf(node, 'name')!;
  return {
    kind: 'Class',
    name: textOf(c, name),
    namePlace: c.place(name),
    bases: argumentsOf(c, childOf(node, 'superclasses')),
    body: block(c.within(textOf(c, name)), childOf(node, 'body')),
    decorators: [],
  };
}

function decorated(c: Conversion, node: Concrete): Statement[] {
  const decorators = node.children.filter((n) => n.type === 'decorator').map((n) => expression(c, n.children[0]));
  const definition = childOf(node, 'definition');
  const [inner] = definition ? statement(c, definition) : [];
  return inner?.kind === 'Function' || inner?.kind === 'Class' ? [{ ...inner, decorators }] : [];
}

function importedName(c: Conversion, node: Concrete): ImportedName {
  if (node.type !== 'aliased_import') return { name: textOf(c, node), alias: null };
  return { name: textOf(c, childOf(node, 'name')!), alias: textOf(c, childOf(node, 'alias')!) };
}

function importFrom(c: Conversion, node: Concrete): Bare<Statement> {
  const from = childOf(node, 'module_name');
  const text = from ? textOf(c, from).replace(/\s/g, '') : '';
  const dots = /^\.*/.exec(text)![0].length;
  const names = node.children.some((n) => n.type === 'wildcard_import')
    ? '*'
    : childrenOf(node, 'name').map((n) => importedName(c, n));
  return { kind: 'ImportFrom', module: text.slice(dots), level: dots, names };
}

function tryStatement(c: Conversion, node: Concrete): Bare<Statement> {
  const handlers: ExceptClause[] = [];
  let last: Statement[] = [];
  for (const clause of node.children) {
    const body = clause.children.find((n) => n.type === 'block');
    if (clause.type === 'except_clause' || clause.type === 'except_group_clause') {
      let [type, alias] = clause.children.filter((n) => n.type !== 'block');
      if (type?.type === 'as_pattern') [type, alias] = type.children;
      handlers.push({ type: optional(c, type), name: alias ? textOf(c, alias) : null, body: block(c, body) });
    } else if (clause.type === 'finally_clause') last = block(c, body);
  }
  const otherwise = node.children.find((n) => n.type === 'else_clause');
  return {
    kind: 'Try',
    body: block(c, childOf(node, 'body')),
    handlers,
    otherwise: otherwise ? block(c, childOf(otherwise, 'body')) : [],
    finally: last,
  };
}

function withStatement(c: Conversion, node: Concrete): Bare<Statement> {
  const clause = node.children.find((n) => n.type === 'with_clause');
  const items = (clause?.children ?? [])
    .flatMap((n) => (n.type === 'with_item' ? [childOf(n, 'value')!] : n.type === 'tuple' ? n.children : []))
    .map((n) => {
      const aliased = n.type === 'as_pattern';
      return {
        value: expression(c, aliased ? n.children[0] : n),
        target: aliased ? optional(c, childOf(n, 'alias') ?? n.children[1]) : null,
      };
    });
  return { kind: 'With', items, body: block(c, childOf(node, 'body')) };
}

function casePattern(c: Conversion, node: Concrete) {
  const patterns = node.children.filter((n) => n.type === 'case_pattern');
  const items = patterns.map((n) => pattern(c, n));
  return items.length === 1 && !/^case\s[^:]*,\s*(:|if\b)/.test(textOf(c, node))
    ? items[0]!
    : ({ kind: 'sequence', items } as const);
}
