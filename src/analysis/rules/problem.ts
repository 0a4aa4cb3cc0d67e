// Problem: a diagnostic as the analysis reports it, with the path that leads to it and, where one word mends it, its fix.
//   Linear expects 400 features, gets 576 = 16·6·6      ResNet → layer2.0 → downsample.0

import type { SourceRange } from '../graph/modelGraph.ts';

/** error: PyTorch would raise here, on this path. warning: runs, and is very likely not meant. hint: worth knowing. */
export type Severity = 'error' | 'warning' | 'hint';

/** Stable codes, one per rule; shown in the editor and used to silence it. */
export type ProblemCode =
  | 'linear-features'
  | 'conv-channels'
  | 'conv-rank'
  | 'norm-features'
  | 'broadcast'
  | 'stride-drops'
  | 'kernel-too-large'
  | 'groups-divide'
  | 'concat-mismatch'
  | 'reshape-size'
  | 'matmul-mismatch'
  | 'annotation-mismatch'
  | 'interpolate-rank'
  | 'attention-rank'
  | 'recurrent-rank'
  | 'pin'
  | 'syntax';

export interface TextEdit {
  range: SourceRange;
  newText: string;
}

export interface Fix {
  /** What it does, as a code action's title: "Set in_features to 576". */
  title: string;
  edits: readonly TextEdit[];
}

export interface Problem {
  code: ProblemCode;
  severity: Severity;
  message: string;
  range: SourceRange;
  /** The path to it, outermost first, each with its place: "ResNet → layer2.0 → downsample.0". */
  related: readonly { message: string; range: SourceRange }[];
  fixes: readonly Fix[];
}
