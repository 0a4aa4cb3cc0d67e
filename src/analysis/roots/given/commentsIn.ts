// Comments of a statement's text: the tree has none, and a # in a string is none.
//   x = f("#")  # (B, C)      → one comment, at column 12, with code before it

import type { Chunk } from '../../syntax/program.ts';
import { endOfString } from '../../syntax/repair.ts';

export interface FoundComment {
  /** From the chunk's first line. */
  line: number;
  column: number;
  /** With its `#`. */
  text: string;
  /** Nothing else stands on its line. */
  alone: boolean;
}

export interface Layout {
  comments: readonly FoundComment[];
  lines: readonly string[];
  /** Whether a line ends inside brackets or a string: the statement goes on. */
  continues: readonly boolean[];
}

const known = new WeakMap<Chunk, Layout>();

/** Once per text: an edit elsewhere leaves the chunk as it is. */
export function layoutOf(chunk: Chunk): Layout {
  let layout = known.get(chunk);
  if (layout === undefined) known.set(chunk, (layout = readLayout(chunk.text)));
  return layout;
}

const MARK = /"""|'''|["'#\n([{)\]}]/g;

export function readLayout(text: string): Layout {
  const lines = text.split('\n');
  const comments: FoundComment[] = [];
  const continues: boolean[] = [];
  let depth = 0;
  let line = 0;
  let lineStart = 0;
  const endLine = (at: number, inside: boolean): void => {
    continues.push(inside || text[at - 1] === '\\');
    line++;
    lineStart = at + 1;
  };
  MARK.lastIndex = 0;
  for (let match = MARK.exec(text); match; match = MARK.exec(text)) {
    const at = match.index;
    const mark = match[0];
    if (mark === '\n') endLine(at, depth > 0);
    else if (mark === '#') {
      const end = text.indexOf('\n', at);
      const comment = text.slice(at, end < 0 ? text.length : end).trimEnd();
      const column = at - lineStart;
      comments.push({ line, column, text: comment, alone: text.slice(lineStart, at).trim() === '' });
      MARK.lastIndex = end < 0 ? text.length : end;
    } else if ('([{'.includes(mark)) depth++;
    else if (')]}'.includes(mark)) depth = Math.max(0, depth - 1);
    else {
      const end = endOfString(text, at + mark.length, mark);
      for (let nl = text.indexOf('\n', at); nl >= 0 && nl < end; nl = text.indexOf('\n', nl + 1)) endLine(nl, true);
      MARK.lastIndex = end;
    }
  }
  continues.push(false);
  return { comments, lines, continues };
}
