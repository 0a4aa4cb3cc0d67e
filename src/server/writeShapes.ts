// Code actions that write inferred shapes into the source: as comments, or as jaxtyping annotations.
//   x = self.conv(x)      # 💡 Write the shape as a comment   →   x = self.conv(x)  # (B, 64, 32, 32)

import { type CodeAction, CodeActionKind, type CodeActionParams, type TextEdit } from 'vscode-languageserver';
import { readLayout } from '../analysis/roots/given/commentsIn.ts';
import type { Snapshot } from '../analysis/snapshot.ts';
import { isPartOf } from './codeActions.ts';
import { functionAround, statementEnd } from './functionText.ts';
import { annotationEdits } from './writeAnnotations.ts';
import { commentEdits } from './writeComments.ts';

/** What can be written at a line of the text that the snapshot is of. */
export function writeShapeActions(
  snapshot: Snapshot,
  text: string,
  { range, context }: Pick<CodeActionParams, 'range' | 'context'>,
  uri: string,
): CodeAction[] {
  if (context.only !== undefined && !context.only.some((kind) => isPartOf(CodeActionKind.RefactorRewrite, kind)))
    return [];
  const { line } = range.start;
  const values = snapshot.values.filter((value) => value.kind !== 'read');
  if (values.length === 0) return [];
  const layout = readLayout(text);
  const f = functionAround(layout, line);
  let start = line;
  while (start > 0 && layout.continues[start - 1]) start--;
  const end = statementEnd(layout, line);
  const isSignature = f !== null && start === f.from;
  const here = values.filter(({ range: at }) => (isSignature ? at.line === line : at.line >= start && at.line <= end));
  // Elsewhere in a function nobody asked.
  if (here.length === 0 && !isSignature) return [];
  const inside = f === null ? [] : values.filter(({ range: at }) => at.line >= f.from && at.line <= f.to);
  const name = f?.name ?? '';
  const offers: [title: string, edits: TextEdit[]][] = [
    ['Write the shape as a comment', commentEdits(here, layout)],
    [`Write shapes of all of ${name} as comments`, commentEdits(inside, layout)],
    ['Write shapes as jaxtyping annotations', f === null ? [] : annotationEdits(inside, f, layout)],
  ];
  return offers.flatMap(([title, edits]) =>
    edits.length === 0 ? [] : [{ title, kind: CodeActionKind.RefactorRewrite, edit: { changes: { [uri]: edits } } }],
  );
}
