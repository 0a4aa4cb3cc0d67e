// Diagnostics: the analysis' problems as squiggles, each with the path that leads to it.
//   self.fc = nn.Linear(400, 10)      # Linear expects 400 features, gets 576 = 16·6·6
//                                     #   ↳ net.py(14): LeNet → fc

import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { SourceRange } from '../analysis/graph/modelGraph.ts';
import type { Problem, Severity } from '../analysis/rules/problem.ts';
import type { Snapshot } from '../analysis/snapshot.ts';
import { toLspRange } from './positions.ts';

export const diagnosticSource = 'LayerLens';

/** Only what can be shown in this file: a problem in an imported one stands where the path to it leaves this file. */
export function diagnostics(snapshot: Snapshot, toUri: (file: string) => string): Diagnostic[] {
  return snapshot.problems.flatMap((problem) => {
    const range = placeIn(snapshot.file, problem);
    return range === null ? [] : [toDiagnostic(problem, range, toUri)];
  });
}

/** Where a problem is shown in a file; null where nothing of it stands there. */
export function placeIn(file: string, problem: Problem): SourceRange | null {
  if (problem.range.file === file) return problem.range;
  return problem.related.findLast((step) => step.range.file === file)?.range ?? null;
}

function toDiagnostic(problem: Problem, range: SourceRange, toUri: (file: string) => string): Diagnostic {
  const path = problem.related.map((step) => ({ message: step.message, range: step.range }));
  if (range !== problem.range) path.push({ message: problem.message, range: problem.range });
  return {
    range: toLspRange(range),
    severity: severityOf(problem.severity),
    code: problem.code,
    source: diagnosticSource,
    message: problem.message,
    relatedInformation: path.map((step) => ({
      message: step.message,
      location: { uri: toUri(step.range.file), range: toLspRange(step.range) },
    })),
  };
}

function severityOf(severity: Severity): DiagnosticSeverity {
  switch (severity) {
    case 'error':
      return DiagnosticSeverity.Error;
    case 'warning':
      return DiagnosticSeverity.Warning;
    case 'hint':
      return DiagnosticSeverity.Hint;
  }
}
