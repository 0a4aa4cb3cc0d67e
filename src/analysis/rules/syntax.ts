// Syntax errors: said once per place; what parses around them is analysed all the same.

import type { Program } from '../syntax/program.ts';
import type { Problem } from './problem.ts';

/** As hints: the language's own extension reports them as errors. */
export function syntaxProblems(program: Program): Problem[] {
  return program.errors.map((place) => ({
    code: 'syntax',
    severity: 'hint',
    message: 'This does not parse: LayerLens reads the rest of the file without it.',
    range: { file: program.file, ...place },
    related: [],
    fixes: [],
  }));
}
