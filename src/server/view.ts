// View: what one request looks at: a document's snapshot with the user's choices, or the part of it that a notebook's cell shows.

import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Snapshot } from '../analysis/snapshot.ts';
import type { TextPosition, UseChoice } from '../protocol/server.ts';
import { cellSnapshot } from './cellSnapshot.ts';
import { withChoices } from './choices.ts';
import type { Analysed } from './documents.ts';
import type { Layout } from './notebooks.ts';

export interface View {
  /** The whole text: of a file, or of all of a notebook's cells. */
  document: TextDocument;
  /** As it was analysed. */
  snapshot: Snapshot;
  choices: readonly UseChoice[];
  /** The same with the chosen uses first. */
  whole: Snapshot;
  /** What the asked document shows of that: all, or its cell's part in its own lines. */
  here: Snapshot;
  /** Null where the document is no notebook. */
  layout: Layout | null;
  /** The asked document's own text. */
  text(): string;
  /** The text of one of the asked document's lines, without its end. */
  line(number: number): string;
  /** A place of the asked document in the whole text. */
  toWhole(position: TextPosition): TextPosition;
}

export function viewOf(
  { document, snapshot }: Analysed,
  uri: string,
  choices: readonly UseChoice[],
  layout: Layout | null,
): View {
  const whole = withChoices(snapshot, choices);
  const cell = layout?.uris.indexOf(uri) ?? -1;
  const first = layout?.cells[cell]?.first ?? 0;
  return {
    document,
    snapshot,
    choices,
    whole,
    here: layout && cell >= 0 ? cellSnapshot(whole, layout, cell) : whole,
    layout,
    text() {
      const shown = layout?.cells[cell];
      if (!shown) return document.getText();
      return document.getText({
        start: { line: shown.first, character: 0 },
        end: { line: shown.last + 1, character: 0 },
      });
    },
    line(number) {
      const line = first + number;
      const range = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
      return document.getText(range).replace(/[\r\n]+$/, '');
    },
    toWhole: ({ line, character }) => ({ line: line + first, character }),
  };
}
