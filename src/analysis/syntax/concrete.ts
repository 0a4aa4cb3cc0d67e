// Concrete: tree-sitter's tree read once into plain objects. Reading tree-sitter nodes crosses into WebAssembly,
// so one cursor walk fetches the little that conversion needs, and everything after that is plain JavaScript.

import type { Tree, TreeCursor } from 'web-tree-sitter';
import type { Place } from './program.ts';

/** A syntax node: named ones, and the operator tokens of the parents that need them. */
export interface Concrete {
  type: string;
  field: string | null;
  start: number;
  end: number;
  children: Concrete[];
  /** Set on function bodies that were left out of the walk: they are read when first run. */
  deferred: boolean;
}

/** Parents whose anonymous tokens (operators, colons, keywords) carry meaning. */
const TOKENS_MATTER = new Set([
  'binary_operator',
  'augmented_assignment',
  'comparison_operator',
  'boolean_operator',
  'unary_operator',
  'slice',
  'yield',
  'function_definition',
  'interpolation',
  'case_pattern',
  'splat_pattern',
  'union_pattern',
  'dict_pattern',
  'keyword_pattern',
  'parameters',
  'lambda_parameters',
]);

/** Reads the subtree under the cursor. `deferBodies`: function bodies are left for `readBody`. */
export function readConcrete(cursor: TreeCursor, deferBodies: boolean, parentType = ''): Concrete {
  const type = cursor.nodeType;
  const node: Concrete = {
    type,
    field: cursor.currentFieldName,
    start: cursor.startIndex,
    end: cursor.endIndex,
    children: [],
    deferred: false,
  };
  if (deferBodies && type === 'block' && parentType === 'function_definition') {
    node.deferred = true;
    return node;
  }
  if (cursor.gotoFirstChild()) {
    const keepTokens = TOKENS_MATTER.has(type);
    do {
      if (cursor.nodeIsNamed ? cursor.nodeType !== 'comment' : keepTokens) {
        node.children.push(readConcrete(cursor, deferBodies, type));
      }
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }
  return node;
}

/** The body of a function whose reading was deferred: the block at exactly [start, end). */
export function readBody(tree: Tree, start: number, end: number): Concrete | null {
  let node = tree.rootNode.descendantForIndex(start, Math.max(start, end - 1));
  while (node && !(node.type === 'block' && node.startIndex === start && node.endIndex === end)) node = node.parent;
  if (!node) return null;
  const cursor = node.walk();
  const body = readConcrete(cursor, true);
  cursor.delete();
  return body;
}

/** Turns offsets into lines and columns. */
export class LineTable {
  readonly #starts: number[] = [0];

  constructor(source: string) {
    for (let i = source.indexOf('\n'); i >= 0; i = source.indexOf('\n', i + 1)) this.#starts.push(i + 1);
  }

  line(offset: number): number {
    const starts = this.#starts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The place of [start, end), its lines counted from `firstLine`. */
  place(start: number, end: number, firstLine = 0): Place {
    const line = this.line(start);
    const endLine = this.line(end);
    return {
      line: line - firstLine,
      column: start - this.#starts[line]!,
      endLine: endLine - firstLine,
      endColumn: end - this.#starts[endLine]!,
    };
  }
}
