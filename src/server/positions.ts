// Places in a text: the analysis' ranges to the LSP's and back, and which fact stands under the cursor.
//   self.conv1(x)      # cursor on `conv1`: of all facts whose range holds it, the one with the shortest range

import type { Position as LspPosition, Range as LspRange } from 'vscode-languageserver';
import type { SourceRange } from '../analysis/graph/modelGraph.ts';
import type { Range } from '../analysis/snapshot.ts';

export function toLspRange(range: Range | SourceRange): LspRange {
  return {
    start: { line: range.line, character: range.column },
    end: { line: range.endLine, character: range.endColumn },
  };
}

/** Both ends count as inside: a cursor right behind a word is on the word. */
export function contains(range: Range, position: LspPosition): boolean {
  const { line, character } = position;
  if (line < range.line || line > range.endLine) return false;
  if (line === range.line && character < range.column) return false;
  return !(line === range.endLine && character > range.endColumn);
}

export function overlaps(a: LspRange, b: LspRange): boolean {
  return !before(a.end, b.start) && !before(b.end, a.start);
}

/** Does `outer` hold `inner`, without being it? */
export function encloses(outer: Range, inner: Range): boolean {
  const startsFirst = before(toLspRange(outer).start, toLspRange(inner).start);
  const endsLast = before(toLspRange(inner).end, toLspRange(outer).end);
  const startsLate = before(toLspRange(inner).start, toLspRange(outer).start);
  const endsEarly = before(toLspRange(outer).end, toLspRange(inner).end);
  return (startsFirst || endsLast) && !startsLate && !endsEarly;
}

/** Of the things whose range holds the position, the one with the shortest range; the first of equals. */
export function innermost<T>(things: readonly T[], rangeOf: (thing: T) => Range, position: LspPosition): T | null {
  let best: T | null = null;
  for (const thing of things) {
    if (!contains(rangeOf(thing), position)) continue;
    if (best === null || shorter(rangeOf(thing), rangeOf(best))) best = thing;
  }
  return best;
}

function shorter(a: Range, b: Range): boolean {
  const lines = a.endLine - a.line - (b.endLine - b.line);
  if (lines !== 0) return lines < 0;
  return a.endColumn - a.column < b.endColumn - b.column;
}

function before(a: LspPosition, b: LspPosition): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
