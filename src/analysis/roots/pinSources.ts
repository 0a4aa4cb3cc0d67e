// Pin sources: the pin of a definition, from a comment in the source or from the settings, and what is wrong with one.
//   # layerlens: input=(1, -3)      # warning: "-3" is no size; write it like `# layerlens: input=(1, 3, 224, 224)`

import type { Problem } from '../rules/problem.ts';
import type { Program } from '../syntax/program.ts';
import type { TopLevelDefinition } from './find.ts';
import { type MalformedPin, type Pin, parsePin, pinExample, settingFor } from './pins.ts';

/** A pin, and who says it. */
export interface PinFound {
  pin: Pin;
  source: 'pin' | 'setting';
}

export const malformedPin = (file: string, { line, column, endColumn, reason }: MalformedPin): Problem =>
  warning(
    { file, line, column, endLine: line, endColumn },
    `This pin cannot be read: ${reason}. An example: ${pinExample}`,
  );

/** Its `build=` raises, gives no module, or is no Python. */
export function pinThatBuildsNothing(program: Program, { line, build }: Pin): Problem {
  const text = program.source.split('\n')[line] ?? '';
  const column = text.length - text.trimStart().length;
  const range = { file: program.file, line, column, endLine: line, endColumn: text.trimEnd().length };
  return warning(
    range,
    `This pin gives no model: ${build} could not be built. An example: ${pinExample}, build=Net(10)`,
  );
}

/** What the settings say of a definition. One that cannot be read is told at the definition's name. */
export function settingPin(
  settings: Readonly<Record<string, string>>,
  file: string,
  { chunk, statement, name }: TopLevelDefinition,
  problems: Problem[],
): PinFound | null {
  const text = settingFor(settings, file, name);
  if (text === null) return null;
  const pin = parsePin(text);
  if (!('reason' in pin)) return { pin: { line: -1, ...pin }, source: 'setting' };
  const place = statement.kind === 'Class' ? statement.namePlace : statement.code.namePlace;
  const range = { ...place, file, line: place.line + chunk.line, endLine: place.endLine + chunk.line };
  const message = `The setting layerlens.inputs for ${name} cannot be read: ${pin.reason}. An example: "(1, 3, 224, 224)"`;
  problems.push(warning(range, message));
  return null;
}

const warning = (range: Problem['range'], message: string): Problem => ({
  code: 'pin',
  severity: 'warning',
  message,
  range,
  related: [],
  fixes: [],
});
