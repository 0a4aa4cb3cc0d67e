// Code actions: a problem's fixes as quick fixes.
//   self.fc = nn.Linear(400, 10)      # 💡 Set in_features to 576

import { type CodeAction, CodeActionKind, type CodeActionParams, type TextEdit } from 'vscode-languageserver';
import type { Fix, Problem } from '../analysis/rules/problem.ts';
import type { Snapshot } from '../analysis/snapshot.ts';
import { diagnosticSource, placeIn } from './diagnostics.ts';
import { overlaps, toLspRange } from './positions.ts';

export function codeActions(
  snapshot: Snapshot,
  request: Pick<CodeActionParams, 'range' | 'context'>,
  toUri: (file: string) => string,
): CodeAction[] {
  const { only } = request.context;
  if (only !== undefined && !only.some((kind) => isPartOf(CodeActionKind.QuickFix, kind))) return [];
  return snapshot.problems.flatMap((problem) => {
    const place = placeIn(snapshot.file, problem);
    if (place === null || !overlaps(toLspRange(place), request.range)) return [];
    return problem.fixes.map((fix) => toAction(problem, fix, request, toUri));
  });
}

function toAction(
  problem: Problem,
  fix: Fix,
  request: Pick<CodeActionParams, 'context'>,
  toUri: (file: string) => string,
): CodeAction {
  const changes: Record<string, TextEdit[]> = {};
  for (const edit of fix.edits) {
    const uri = toUri(edit.range.file);
    (changes[uri] ??= []).push({ range: toLspRange(edit.range), newText: edit.newText });
  }
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    isPreferred: problem.fixes.length === 1,
    diagnostics: request.context.diagnostics.filter(
      (shown) => shown.source === diagnosticSource && shown.code === problem.code && shown.message === problem.message,
    ),
    edit: { changes },
  };
}

/** Kinds are dotted: a request for 'quickfix' asks for 'quickfix.layerlens' too, and '' asks for all. */
export function isPartOf(kind: string, asked: string): boolean {
  return asked === '' || kind === asked || kind.startsWith(`${asked}.`);
}
