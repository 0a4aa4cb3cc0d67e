// The function around a line, by its text: where its signature ends, and where it ends itself.
//   def forward(self, x,      # from
//               y=None):      # signatureEnd
//       return x              # to

import type { Layout } from '../analysis/roots/given/commentsIn.ts';

export interface FunctionText {
  name: string;
  /** Lines from 0; `to` is the last. */
  from: number;
  signatureEnd: number;
  to: number;
}

/** The innermost function whose signature or body holds a line; null where none does. */
export function functionAround({ lines, continues }: Layout, line: number): FunctionText | null {
  const indentAt = (at: number): number => /^\s*/.exec(lines[at] ?? '')![0].length;
  const isBlank = (at: number): boolean => /^\s*(#.*)?$/.test(lines[at] ?? '');
  // From inside a statement over several lines to its start.
  let start = line;
  while (start > 0 && continues[start - 1]) start--;
  let indent = isBlank(start) ? Number.POSITIVE_INFINITY : indentAt(start) + 1;
  for (let from = start; from >= 0; from--) {
    if (isBlank(from) || (from > 0 && continues[from - 1]) || indentAt(from) >= indent) continue;
    indent = indentAt(from);
    const name = /^\s*(?:async\s+)?def\s+(\w+)/.exec(lines[from]!)?.[1];
    if (name === undefined) continue;
    const signatureEnd = statementEnd({ lines, continues }, from);
    let to = signatureEnd;
    for (let at = signatureEnd + 1; at < lines.length; at++) {
      if (isBlank(at)) continue;
      if (indentAt(at) <= indent && !continues[at - 1]) break;
      to = at;
    }
    return to >= line ? { name, from, signatureEnd, to } : null;
  }
  return null;
}

/** The last line of the statement that a line begins. */
export function statementEnd({ continues }: Pick<Layout, 'lines' | 'continues'>, line: number): number {
  while (continues[line]) line++;
  return line;
}
