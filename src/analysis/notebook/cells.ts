// Cells: the code cells of a notebook as the text of one module, in which each cell keeps its lines and columns.
//   [1] import torch          →  import torch
//       %matplotlib inline       #matplotlib inline
//   [2] x = torch.ones(3)        x = torch.ones(3)

/** What of a notebook is analysed, and where each of its cells lies in it. */
export interface JoinedCells {
  text: string;
  /** Lines of the text, from 0; the last one belongs to the cell. */
  cells: readonly { first: number; last: number }[];
}

export function joinCells(texts: readonly string[]): JoinedCells {
  const lines: string[] = [];
  const cells = texts.map((text) => {
    const first = lines.length;
    const own = pythonOf(text.split(/\r?\n/));
    lines.push(...own);
    const last = lines.length - 1;
    lines.push(blockOf(own), END_OF_CELL);
    return { first, last };
  });
  return { text: lines.length > 0 ? `${lines.join('\n')}\n` : '', cells };
}

/** The cell that a line of the joined text belongs to, and the line in it; what stands between two cells is the first one's end. */
export function cellAt(joined: JoinedCells, line: number): { cell: number; line: number } | null {
  const cell = joined.cells.findLastIndex(({ first }) => first <= line);
  const found = joined.cells[cell];
  return found ? { cell, line: Math.min(line, found.last) - found.first } : null;
}

/** A statement between cells: whatever a cell leaves open does not go on in the next one. */
const END_OF_CELL = 'pass';

/** `if ready:` at the end of a cell, with nothing behind it yet: its block is given something to hold. */
function blockOf(lines: readonly string[]): string {
  const last = lines.findLast((line) => !/^\s*(#|$)/.test(line)) ?? '';
  return /:\s*(#.*)?$/.test(last) ? `${/^\s*/.exec(last)?.[0]}    pass` : '';
}

/** Cell magics whose cells hold no Python that runs here; behind any other (`%%time`) the rest of the cell does. */
const OTHER_LANGUAGES =
  /^\s*%%(!|(bash|cmd|cython|file|html|javascript|js|julia|latex|markdown|perl|pypy|r|ruby|script|sh|sql|svg|sx|system|writefile)\b)/i;

/** `%matplotlib inline`, `!pip install torch`, `?net`, `net?`, `files = !ls`, `t = %timeit -o f()` */
const MAGIC = /^\s*([%!?]|[\w.]+\?{1,2}\s*$|[\w., ]+=\s*[%!])/;

/** IPython's own lines become comments of the same length, and so does what a bracket or a quote that never ends would swallow. */
function pythonOf(lines: readonly string[]): string[] {
  const out = [...lines];
  const start = out.findIndex((line) => line.trim() !== '');
  if (OTHER_LANGUAGES.test(out[start] ?? '')) return out.map(commentOut);
  for (let line = 0; line < out.length; ) {
    const text = out[line] ?? '';
    if (MAGIC.test(text)) {
      out[line++] = blank(text);
      for (let goesOn = /\\\s*$/.test(text); goesOn && line < out.length; line++) {
        goesOn = /\\\s*$/.test(out[line] ?? '');
        out[line] = commentOut(out[line] ?? '');
      }
      continue;
    }
    const end = endOfStatement(out, line);
    if (end.kind === 'closed') line = end.next;
    else {
      out[line++] = blank(text);
      for (; end.kind === 'string' && line < out.length; line++) out[line] = commentOut(out[line] ?? '');
    }
  }
  return out;
}

/** A comment as long as the line. */
const commentOut = (line: string): string => line.replace(/\S/, '#');

/** The same for a statement: in a block it leaves a `pass`, since it may be all that the block holds. */
function blank(line: string): string {
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  const rest = line.slice(indent.length);
  return indent !== '' && rest.length > 4 ? `${indent}pass#${rest.slice(5)}` : commentOut(line);
}

type StatementEnd = { kind: 'closed'; next: number } | { kind: 'bracket' } | { kind: 'string' };

/** The line behind a logical line: past its brackets, its triple quotes and its backslashes, if they end at all. */
function endOfStatement(lines: readonly string[], start: number): StatementEnd {
  let depth = 0;
  let quote: string | null = null;
  for (let line = start; line < lines.length; line++) {
    const text = lines[line] ?? '';
    let continued = false;
    for (let at = 0; at < text.length; at++) {
      const c = text[at] ?? '';
      if (quote !== null) {
        if (c === '\\') at++;
        else if (text.startsWith(quote, at)) {
          at += quote.length - 1;
          quote = null;
        }
      } else if (c === '#') break;
      else if (c === '"' || c === "'") {
        quote = text.startsWith(c.repeat(3), at) ? c.repeat(3) : c;
        at += quote.length - 1;
      } else if ('([{'.includes(c)) depth++;
      else if (')]}'.includes(c)) depth = Math.max(0, depth - 1);
      else if (c === '\\' && at === text.trimEnd().length - 1) continued = true;
    }
    // A quote of one character ends with its line, whether it does or not.
    if (quote?.length === 1) quote = null;
    if (depth === 0 && quote === null && !continued) return { kind: 'closed', next: line + 1 };
  }
  if (quote !== null) return { kind: 'string' };
  return depth > 0 ? { kind: 'bracket' } : { kind: 'closed', next: lines.length };
}
