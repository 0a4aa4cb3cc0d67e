// Shapes in docstrings: Google's and NumPy's sections, Sphinx' fields, and PyTorch's own `Shape:`.
//   Args:                                      Shape:
//       x (Tensor): of shape (N, C, H, W)          - Input: :math:`(N, C, H, W)`
// and, without any section, `x: (N, C, H, W) pictures`.

import { readAnnotation } from './annotation.ts';
import { INPUT, OUTPUT } from './comment.ts';
import type { ShapeText } from './givenShape.ts';
import { bracketed, type Group, isShape, multiplied } from './groupText.ts';

export interface DocstringShape extends ShapeText {
  /** A parameter's name, INPUT or OUTPUT. */
  name: string;
  /** Line of the docstring, from 0; `start` and `end` count in it. */
  line: number;
}

type Section = 'parameters' | 'returns' | 'shape' | 'other';

interface Entry {
  name: string;
  lines: { line: number; column: number; text: string }[];
}

/** Before any work. */
const MAY_BE_SHAPE = /[([][^()[\]]*[,\w*.][^()[\]]*[)\]]|\b[A-Z] ?[x×] ?[A-Z\d]/;

const HEADER =
  /^\s*(?:(args|arguments|parameters|params|inputs?|keyword args)|(returns?|outputs?)|(shapes?)|([A-Z][\w ]*))\s*:?\s*$/i;
const GOOGLE = /^(\s*)(?:-\s*)?(\*{0,2}[A-Za-z_]\w*)\s*(\(.*?\)(?=\s*:|\s*$))?\s*:(?!:)\s*(.*)$/;
const LOOSE = /^\s*(?:[-*]\s+)?([A-Za-z_]\w*)\s*:\s*[([]/;
const SPHINX = /^\s*:(param|arg|parameter|return|returns)\s*([^:]*):\s*(.*)$/;

/** `shape`: a class's own docstring describes the constructor's arguments, and only its `Shape:` what goes through. */
export function readDocstring(text: string, only: 'all' | 'shape' = 'all'): DocstringShape[] {
  if (!MAY_BE_SHAPE.test(text)) return [];
  const entries = entriesOf(text);
  // Several things that are returned, each on its line: which is which is not plain.
  const isTuple = entries.filter((entry) => entry.section === 'returns').length > 1;
  return entries
    .filter((entry) => (only === 'all' || entry.section === 'shape') && !(isTuple && entry.section === 'returns'))
    .flatMap((entry) => {
      const shape = shapeOfEntry(entry);
      return shape ? [shape] : [];
    });
}

/** What is said of each name, section by section. */
function entriesOf(text: string): (Entry & { section: Section })[] {
  const lines = text.split('\n');
  const entries: (Entry & { section: Section })[] = [];
  let section: Section = 'other';
  let indent = -1;
  let open: (Entry & { section: Section }) | null = null;
  const begin = (name: string, line: number, column: number): void => {
    open = { section, name, lines: [{ line, column, text: lines[line]!.slice(column) }] };
    entries.push(open);
  };
  lines.forEach((content, line) => {
    const sphinx = SPHINX.exec(content);
    const own = /^\s*/.exec(content)![0].length;
    if (sphinx) {
      const [, field = '', words = '', said = ''] = sphinx;
      section = field.startsWith('return') ? 'returns' : 'parameters';
      begin(
        section === 'returns' ? OUTPUT : (words.trim().split(/\s+/).at(-1) ?? ''),
        line,
        content.length - said.length,
      );
      indent = own;
      return;
    }
    const next = lines[line + 1] ?? '';
    const isNumpy = /^\s*-{3,}\s*$/.test(next);
    const header = /:\s*$/.test(content) || isNumpy ? HEADER.exec(content) : null;
    if (header && (indent < 0 || own < indent || isNumpy || section === 'other')) {
      section = header[1] ? 'parameters' : header[2] ? 'returns' : header[3] ? 'shape' : 'other';
      indent = -1;
      open = null;
      return;
    }
    if (section === 'other') {
      // Without any section: a name, and at once its shape. What is said next is no more of it.
      const loose = LOOSE.exec(content);
      if (loose) {
        section = 'parameters';
        begin(loose[1]!, line, content.indexOf(':'));
        section = 'other';
        open = null;
      }
      return;
    }
    if (/^\s*(-{3,})?\s*$/.test(content)) return;
    if (indent < 0) indent = own;
    if (own < indent) {
      section = 'other';
      open = null;
      return;
    }
    if (own > indent && open) {
      open.lines.push({ line, column: 0, text: content });
      return;
    }
    const google = GOOGLE.exec(content);
    if (google && section !== 'returns')
      begin(roleOr(google[2]!), line, content.indexOf(google[2]!) + google[2]!.length);
    else if (section === 'returns') begin(OUTPUT, line, own);
  });
  return entries;
}

const roleOr = (name: string): string =>
  /^Inputs?$/.test(name) ? INPUT : /^Outputs?$/.test(name) ? OUTPUT : name.replace(/^\*+/, '');

/** The one shape that an entry tells; null where it tells none, or several. */
function shapeOfEntry(entry: Entry & { section: Section }): DocstringShape | null {
  const whole = entry.lines.map((l) => l.text).join('\n');
  // A list of tensors, one of several types, or a shape that depends: nothing to hold anybody to.
  const type = /^\s*:?\s*\(?[^)\n]*/.exec(whole)![0];
  if (/\b(list|tuple|dict|sequence|iterable|union)\b/i.test(type) || /[)\]]`* or [`:(A-Z]/.test(whole)) return null;
  const found: DocstringShape[] = [];
  for (const { line, column, text } of entry.lines) {
    for (const shape of shapesIn(text, entry.section === 'shape'))
      found.push({ ...shape, name: entry.name, line, start: shape.start + column, end: shape.end + column });
  }
  const [first] = found;
  if (first === undefined || found.length > 1) return null;
  return first;
}

const WORD = /\b(?:shape|size|shaped|dims|dimensions)s?(?: (?:of|is|are))?\s*[:=]?\s*:?(?:math:)?[`'"]*(?=[([A-Z])/g;
const TENSOR = /\b(?:\w*Tensor)\[/g;

/** Shapes in one line of prose: behind the word `shape`, in `Tensor[N, 4]`, or a list that can be nothing else. */
function shapesIn(raw: string, inShapeSection: boolean): ShapeText[] {
  const text = withoutMarkup(raw);
  for (const match of text.matchAll(TENSOR)) {
    const at = match.index + match[0].length - 1;
    const group = bracketed(text, at);
    const read = group && readAnnotation(text.slice(match.index, group.after));
    if (read && group) return [{ ...read, start: match.index + read.start, end: match.index + read.end }];
    return [];
  }
  const found: Group[] = [];
  for (const match of text.matchAll(WORD)) {
    const at = match.index + match[0].length;
    const group = bracketed(text, at) ?? multiplied(text, at);
    // `groups of size (channels // 4)` is a number in brackets.
    const isList = group !== null && (group.axes.length > 1 || text.slice(group.start, group.end).includes(','));
    if (group && isList && isShape(group, 'named') && !found.some((g) => g.start === group.start)) found.push(group);
  }
  if (found.length === 0) {
    for (const match of text.matchAll(/(^|[\s`:])(?=[([])/g)) {
      const group = bracketed(text, match.index + match[0].length);
      const isOne = group?.axes.length === 1 && text.slice(group.start, group.end).includes(',');
      if (group && (group.axes.length > 1 || isOne) && isShape(group, inShapeSection ? 'named' : 'bare'))
        found.push(group);
    }
  }
  return found.map(({ axes, start, end, style }) => ({ axes, dtype: null, start, end, style }));
}

/** LaTeX and backticks become spaces or plain letters, each in its place, so that columns stay. */
function withoutMarkup(text: string): string {
  return text
    .replace(/:math:`/g, (m) => ' '.repeat(m.length))
    .replace(/`/g, ' ')
    .replace(/_\{(?:\\text\{)?(\w+)\}?\}/g, (m, name: string) => `_${name}`.padEnd(m.length))
    .replace(/\\text\{(\w+)\}/g, (m, name: string) => name.padEnd(m.length))
    .replace(/\\(times|cdot)/g, (m) => '*'.padEnd(m.length))
    .replace(/\\ast/g, (m) => '*'.padEnd(m.length));
}
