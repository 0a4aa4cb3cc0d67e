// Shapes as comments behind what they are of; a shape that stands there already is replaced, any other comment is kept.
//   x = self.conv(x)  # (B, 64, 32, 32)

import type { TextEdit } from 'vscode-languageserver';
import type { ShapeJson } from '../analysis/graph/modelGraph.ts';
import { isShape } from '../analysis/graph/shapes.ts';
import { readShapeComment } from '../analysis/roots/given/comment.ts';
import type { Layout } from '../analysis/roots/given/commentsIn.ts';
import { shapeComment, writeSizes } from '../analysis/roots/given/write.ts';
import type { ValueFact } from '../analysis/snapshot.ts';
import { statementEnd } from './functionText.ts';

/** One comment for each line, or statement, that has values of known shape. */
export function commentEdits(values: readonly ValueFact[], layout: Layout): TextEdit[] {
  const byLine = new Map<number, ValueFact[]>();
  for (const value of values) {
    if (!isNamedFirst(value, layout)) continue;
    const { line } = value.range;
    // A parameter's comment stands on its own line, inside the brackets.
    const at = value.kind === 'parameter' ? line : statementEnd(layout, line);
    const group = byLine.get(at);
    if (group) group.push(value);
    else byLine.set(at, [value]);
  }
  return [...byLine].flatMap(([line, group]) => {
    const edit = commentEdit(line, group, layout);
    return edit ? [edit] : [];
  });
}

/** `x = …` and `a, b = …`, but not the x of `for x in …` or of a comprehension. */
function isNamedFirst({ kind, range }: ValueFact, { lines }: Layout): boolean {
  if (kind !== 'assign') return kind !== 'read';
  return /^\s*[([]?(\w+\s*(:[^=]*)?[,=]\s*)*$/.test((lines[range.line] ?? '').slice(0, range.column));
}

function commentEdit(line: number, values: readonly ValueFact[], { comments, lines }: Layout): TextEdit | null {
  const text = wordsFor(values, lines[line] ?? '');
  if (text === null) return null;
  const comment = comments.find((c) => c.line === line);
  const code = lines[line] ?? '';
  if (comment === undefined) {
    const end = code.trimEnd().length;
    return edit(line, end, code.replace(/\r$/, '').length, `  # ${text}`);
  }
  const shapes = readShapeComment(comment.text);
  const { column } = comment;
  const [only] = shapes;
  const [value] = values;
  if (only && value && shapes.length === 1 && values.length === 1 && only.dtype === null) {
    const shape = value.uses[0]!.shape;
    const isOurs = only.name === null || only.name.startsWith('<') || only.name === value.name;
    if (isOurs && shape !== null && isShape(shape))
      return edit(line, column + only.start, column + only.end, writeSizes(shape, only.style));
  }
  const end = column + comment.text.length;
  if (shapes.length > 0 && shapes.every((s) => s.name === null || values.some((v) => v.name === s.name)))
    return edit(line, column, end, `# ${text}`);
  // What tools read must stay first.
  if (/^#\s*(type:|noqa|pylint|pyright|mypy|fmt:|pragma)/.test(comment.text))
    return edit(line, end, end, `  # ${text}`);
  const inner = column + /^#+\s*/.exec(comment.text)![0].length;
  return edit(line, column, inner, `# ${text}; `);
}

/** `(B, 64)`; of several values each with its name. Null where one of them has no shape. */
function wordsFor(values: readonly ValueFact[], code: string): string | null {
  const [first] = values;
  if (first === undefined) return null;
  const alone = values.length === 1 && (first.kind !== 'parameter' || isOnlyParameter(first.name, code));
  const shapes = values.map((v) => shapeText(v.uses[0]?.shape ?? null));
  if (shapes.some((s) => s === null)) return null;
  return alone ? shapes[0]! : values.map((v, i) => `${v.name}: ${shapes[i]}`).join(', ');
}

/** A tensor's shape, or those of a tuple of tensors. */
function shapeText(shape: ShapeJson): string | null {
  if (shape === null) return null;
  if (isShape(shape)) return shapeComment(shape);
  if (!('seq' in shape)) return null;
  const items = shape.seq.map((item) => (item !== null && isShape(item) ? shapeComment(item) : null));
  return items.length === 0 || items.length > 4 || items.includes(null) ? null : items.join(', ');
}

const isOnlyParameter = (name: string, code: string): boolean =>
  new RegExp(
    `^\\s*(?:(?:async\\s+)?def\\s+\\w+\\(\\s*(?:(?:self|cls)\\s*,\\s*)?)?${name}\\s*(?::[^,]*|:.*\\[.*\\]\\s*)?(?:,\\s*$|\\)|,\\s*#|$)`,
  ).test(code);

const edit = (line: number, from: number, to: number, newText: string): TextEdit => ({
  range: { start: { line, character: from }, end: { line, character: to } },
  newText,
});
