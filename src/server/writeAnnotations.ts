// Shapes as jaxtyping annotations of a function's parameters and of what it returns.
//   def forward(self, x):   →   def forward(self, x: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 10"]:

import type { TextEdit } from 'vscode-languageserver';
import type { ShapeJson, SizeJson } from '../analysis/graph/modelGraph.ts';
import { isShape } from '../analysis/graph/shapes.ts';
import type { Layout } from '../analysis/roots/given/commentsIn.ts';
import { closing } from '../analysis/roots/given/groupText.ts';
import { isName, jaxtypingSizes } from '../analysis/roots/given/write.ts';
import { commonShape } from '../analysis/rules/contracts.ts';
import type { ValueFact } from '../analysis/snapshot.ts';
import { type FunctionText, statementEnd } from './functionText.ts';

/** What an annotation is made of: jaxtyping's name for the dtype, and the sizes. */
interface Annotation {
  dtype: string;
  sizes: string;
}

/** Edits of the signature, and the imports that they need; empty where nothing can be written. */
export function annotationEdits(values: readonly ValueFact[], f: FunctionText, layout: Layout): TextEdit[] {
  const bound = new Set<string>();
  const used = new Set<string>();
  const edits: TextEdit[] = [];
  for (const value of values) {
    if (value.kind !== 'parameter' || value.range.line < f.from || value.range.line > f.signatureEnd) continue;
    const annotation = annotationOf(
      value.uses.map((use) => [use.shape, use.dtype] as const),
      bound,
    );
    const change = annotation && parameterEdit(value, annotation, layout);
    if (!change) continue;
    for (const name of annotation.sizes.split(' ').filter(isName)) bound.add(name);
    used.add(annotation.dtype);
    edits.push(change);
  }
  const returned = returnEdit(values, f, layout, bound);
  if (returned) {
    edits.push(returned.edit);
    for (const dtype of returned.dtypes) used.add(dtype);
  }
  if (edits.length === 0) return [];
  const needsTensor = edits.some(({ newText }) => /[[(]Tensor\b/.test(newText));
  return [...importEdits(used, needsTensor, f, layout), ...edits];
}

/** What holds in every use: sizes that they share, `_` where they differ, `...` where the axes are not as many. */
function annotationOf(
  uses: readonly (readonly [shape: ShapeJson, dtype: string | null])[],
  bound: ReadonlySet<string>,
): Annotation | null {
  const shapes = uses.map(([shape]) => (shape !== null && isShape(shape) ? shape : null));
  const known = shapes.filter((s): s is readonly SizeJson[] => s !== null);
  if (known.length === 0 || known.length < shapes.length) return null;
  const shape = commonShape(known);
  const [, dtype = null] = uses[0]!;
  const isOne = uses.every(([, other]) => other === dtype);
  return { dtype: isOne ? dtypeName(dtype) : 'Shaped', sizes: shape === null ? '...' : jaxtypingSizes(shape, bound) };
}

function dtypeName(dtype: string | null): string {
  if (dtype === null) return 'Shaped';
  if (/^b?float/.test(dtype)) return 'Float';
  if (/^int/.test(dtype)) return 'Int';
  if (dtype === 'uint8') return 'UInt8';
  return dtype === 'bool' ? 'Bool' : dtype.startsWith('complex') ? 'Complex' : 'Shaped';
}

const written = ({ dtype, sizes }: Annotation, tensor: string, quote: string): string =>
  `${dtype}[${tensor}, ${quote}${sizes}${quote}]`;

/** Puts an annotation behind a parameter's name, or in the place of the tensor in the one that is there. */
function parameterEdit({ range }: ValueFact, annotation: Annotation, { lines }: Layout): TextEdit | null {
  const line = lines[range.line] ?? '';
  const rest = line.slice(range.endColumn);
  const colon = /^\s*:\s*/.exec(rest);
  if (!colon) {
    const fallback = /^\s*=\s*(None\b)?/.exec(rest);
    // One that may be None, too, would need another type.
    if (fallback?.[1]) return null;
    const equals = fallback ? fallback[0].length : 0;
    const text = `: ${written(annotation, 'Tensor', '"')}${fallback ? ' = ' : ''}`;
    return edit(range.line, range.endColumn, range.endColumn + equals, text);
  }
  const start = range.endColumn + colon[0].length;
  const end = annotationEnd(line, start);
  return end === null ? null : replaceTensor(range.line, start, line.slice(start, end), annotation);
}

/** Where an annotation ends on its line: at a comma, a default or the closing bracket; null where it goes on below. */
function annotationEnd(line: string, start: number): number | null {
  for (let at = start; at < line.length; at++) {
    const mark = line[at]!;
    if (mark === '"' || mark === "'") {
      at = line.indexOf(mark, at + 1);
      if (at < 0) return null;
    } else if ('([{'.includes(mark)) {
      at = closing(line, at);
      if (at < 0) return null;
    } else if (',=)#'.includes(mark)) return at;
  }
  return line.length;
}

const SHAPED = /(?:\w+\.)*\w+\[\s*((?:\w+\.)*Tensor)\s*,\s*(["'])[^"']*\2\s*\]/;
const TENSOR = /(?<![\w.])((?:\w+\.)*Tensor)(?![\w[])/;

function replaceTensor(line: number, start: number, text: string, annotation: Annotation): TextEdit | null {
  if (/\b(list|tuple|dict|sequence|iterable|callable|mapping|union|annotated)\b/i.test(text)) return null;
  const found = SHAPED.exec(text) ?? TENSOR.exec(text);
  if (!found) return null;
  const quote = /^\s*"/.test(text) ? "'" : '"';
  const at = start + found.index;
  return edit(line, at, at + found[0].length, written(annotation, found[1]!, quote));
}

/** Behind the parameters; a tuple of tensors is written as one. */
function returnEdit(
  values: readonly ValueFact[],
  f: FunctionText,
  { lines }: Layout,
  bound: ReadonlySet<string>,
): { edit: TextEdit; dtypes: string[] } | null {
  const inner = lines.slice(f.signatureEnd + 1, f.to + 1).some((line) => /^\s*(async\s+)?def\s/.test(line));
  const returns = values.filter((v) => v.kind === 'return' && v.range.line > f.signatureEnd && v.range.line <= f.to);
  const uses = returns.flatMap((v) => v.uses);
  const line = lines[f.signatureEnd] ?? '';
  const end = /\)\s*(->\s*(.*?))?\s*:\s*(#.*)?$/.exec(line);
  if (inner || !end || uses.length === 0) return null;
  const before = end[2];
  const single = annotationOf(
    uses.map((use) => [use.shape, use.dtype] as const),
    bound,
  );
  const at = end.index + 1;
  if (single) {
    if (before === undefined)
      return { edit: edit(f.signatureEnd, at, at, ` -> ${written(single, 'Tensor', '"')}`), dtypes: [single.dtype] };
    const change = replaceTensor(f.signatureEnd, line.indexOf(before, at), before, single);
    return change && { edit: change, dtypes: [single.dtype] };
  }
  const first = uses[0]!.shape;
  if (before !== undefined || first === null || isShape(first) || !('seq' in first)) return null;
  const items = first.seq.map((_, i) =>
    annotationOf(
      uses.map(
        ({ shape }) =>
          [shape !== null && !isShape(shape) && 'seq' in shape ? (shape.seq[i] ?? null) : null, null] as const,
      ),
      bound,
    ),
  );
  if (items.length === 0 || items.some((item) => item === null)) return null;
  const types = items.map((item) => written(item!, 'Tensor', '"')).join(', ');
  return { edit: edit(f.signatureEnd, at, at, ` -> tuple[${types}]`), dtypes: ['Shaped'] };
}

/** Imports of what is not imported yet, behind the last import at the top of the file. */
function importEdits(dtypes: ReadonlySet<string>, needsTensor: boolean, f: FunctionText, layout: Layout): TextEdit[] {
  const text = layout.lines.join('\n');
  const has = (module: string, name: string): boolean =>
    new RegExp(`^from ${module} import (?:\\([^)]*|.*)\\b${name}\\b`, 'm').test(text);
  const missing = [...dtypes].filter((name) => !has('jaxtyping', name)).sort();
  const wanted = missing.length > 0 ? [`from jaxtyping import ${missing.join(', ')}`] : [];
  if (needsTensor && !has('torch', 'Tensor')) wanted.push('from torch import Tensor');
  if (wanted.length === 0) return [];
  let last = -1;
  for (let line = 0; line < f.from; line++) {
    const isStart = line === 0 || !layout.continues[line - 1];
    if (isStart && /^(import|from)\s/.test(layout.lines[line] ?? '')) last = statementEnd(layout, line);
  }
  return [edit(last + 1, 0, 0, `${wanted.join('\n')}\n`)];
}

const edit = (line: number, from: number, to: number, newText: string): TextEdit => ({
  range: { start: { line, character: from }, end: { line, character: to } },
  newText,
});
