// layerlens/pin: the pin above a class, what it could say, and the edits that write it, change it or take it away.
//   {name: 'Net', text: '(1, 3, 32, 32)'} → insert "# layerlens: input=(1, 3, 32, 32)" above `class Net` and its decorators

import type { SizeJson } from '../analysis/graph/modelGraph.ts';
import { parsePin, pinBody, pinExample } from '../analysis/roots/pins.ts';
import type { RootFact, Snapshot } from '../analysis/snapshot.ts';
import type { PinParams, PinResult } from '../protocol/server.ts';
import { inCell } from './cellSnapshot.ts';
import { mainRoot } from './graph.ts';
import { toLspRange } from './positions.ts';
import type { View } from './view.ts';

/** Edits of a notebook are edits of its cells. */
export function pinEdit(
  { document, whole, layout }: Pick<View, 'document' | 'whole' | 'layout'>,
  asked: PinParams,
): PinResult {
  const target = targetOf(whole, asked);
  if (target === null) return null;
  const { name, line } = target;
  const lines = document.getText().split(/\r?\n/);
  const top = withDecorators(lines, line);
  const pin = pinOf(lines, top, line);
  const current = pin === null ? proposal(whole, name) : shortened(pin.body);
  const answer = { name, current, hasPin: pin !== null, problem: null, edits: [] };

  const { text } = asked;
  if (text === undefined || (text === null && pin === null)) return answer;
  const edit = (first: number, column: number, last: number, endColumn: number, newText: string): PinResult => {
    const range = { file: whole.file, line: first, column, endLine: last, endColumn };
    const place = layout ? inCell(range, whole.file, layout) : range;
    const uri = place === range ? document.uri : place.file;
    return { ...answer, edits: [{ uri, range: toLspRange(place), newText }] };
  };
  if (text === null) return edit(pin?.line ?? 0, 0, (pin?.line ?? 0) + 1, 0, '');
  const said = lengthened(text);
  const parsed = parsePin(said);
  if ('reason' in parsed)
    return { ...answer, problem: `${upperFirst(parsed.reason)}. An example: ${pinExample.slice(2)}` };
  const comment = `# layerlens: ${said}`;
  const old = lines[pin?.line ?? top] ?? '';
  const indent = indentOf(old);
  if (pin !== null) return edit(pin.line, indent.length, pin.line, old.length, comment);
  return edit(top, 0, top, 0, `${indent}${comment}\n`);
}

/** The class or function that is named, or stands at the cursor, or else the file's main model. */
function targetOf(snapshot: Snapshot, { name, position }: PinParams): { name: string; line: number } | null {
  const named = (wanted: string | undefined): { name: string; line: number } | null => {
    const model = snapshot.models.find(({ className }) => className === wanted);
    const range = model?.range ?? snapshot.instances.find((fact) => fact.name === wanted)?.range;
    return wanted !== undefined && range ? { name: wanted, line: range.line } : null;
  };
  if (name !== undefined) return named(name);
  const around = snapshot.instances.find(
    ({ firstLine, lastLine }) => position && position.line >= firstLine && position.line <= lastLine,
  );
  const main = mainRoot(snapshot);
  const first = main === null ? undefined : snapshot.roots[main]?.className;
  const chosen = around?.kind === 'class' ? around.name : first;
  return named(chosen) ?? named(snapshot.models[0]?.className);
}

/** The first line of a definition's decorators; its own where it has none. */
function withDecorators(lines: readonly string[], line: number): number {
  let top = line;
  for (let at = line - 1; at >= 0; at--) {
    const text = lines[at] ?? '';
    if (/^\s*@/.test(text)) top = at;
    // A decorator's call may go over several lines.
    else if (!/^(\s+\S|[)\]])/.test(text)) break;
  }
  return top;
}

/** The pin that is read for a definition: above it, past comments and empty lines, or in its body. Also one that is malformed. */
function pinOf(lines: readonly string[], top: number, line: number): { line: number; body: string } | null {
  const at = (where: number): { line: number; body: string } | null => {
    const body = pinBody(lines[where] ?? '');
    return body === null ? null : { line: where, body };
  };
  for (let above = top - 1; above >= 0 && /^\s*(#|$)/.test(lines[above] ?? ''); above--) {
    const found = at(above);
    if (found) return found;
  }
  for (let inside = line + 1; inside < lines.length && /^(\s|$|[)\]#])/.test(lines[inside] ?? ''); inside++) {
    if (/^#/.test(lines[inside] ?? '')) continue;
    const found = at(inside);
    if (found) return found;
  }
  return null;
}

/** What the shown use is fed, with numbers for its symbols, and its dtype where it is not the usual one. */
function proposal(snapshot: Snapshot, name: string): string {
  const use = snapshot.instances.find((fact) => fact.name === name)?.uses[0];
  const root = use && snapshot.roots[use.root];
  if (!use || !root) return '(1, 3, 224, 224)';
  const scope = root.graph?.scopes.find(({ path }) => path === use.path);
  const drawn = scope?.input?.map((shape) => (Array.isArray(shape) ? exactly(shape) : null)) ?? [];
  const shapes =
    drawn.length > 0 ? drawn : use.path === '' ? root.inputs.map(({ shape }) => shape && exactly(shape)) : [];
  const known = shapes.filter((shape) => shape !== null);
  if (known.length === 0 || known.length < shapes.length) return '(1, 3, 224, 224)';
  const input = known.join(', ');
  const dtypes = use.path === '' ? dtypesOf(root) : [];
  if (dtypes.every((dtype) => dtype === 'float32')) return input;
  const said = new Set(dtypes).size === 1 ? dtypes[0] : `(${dtypes.join(', ')})`;
  return `input=${input}, dtype=${said}`;
}

function dtypesOf({ graph }: RootFact): string[] {
  return graph?.inputs.map(({ value }) => graph.values[value]?.dtype ?? 'float32') ?? [];
}

/** `(1, 3, 224, 224)`; null where a size is no number. */
function exactly(shape: readonly SizeJson[]): string | null {
  if (!shape.every((size) => typeof size === 'number')) return null;
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

/** What a box shows of a pin: of one that says only shapes, the shapes alone. */
function shortened(body: string): string {
  const shape = /^input\s*=\s*([([].*)$/.exec(body)?.[1];
  return shape !== undefined && !/=/.test(shape) ? shape : body;
}

/** What is typed into the box, as a pin: `1, 3, 32, 32`, `1x3x32x32` and `(1, 3, 32, 32)` are all `input=(1, 3, 32, 32)`. */
function lengthened(text: string): string {
  const trimmed = text.trim().replace(/^#\s*layerlens:\s*/, '');
  if (/^\w+(\s*[,x×]\s*\w+)+$/.test(trimmed) && /^\d/.test(trimmed))
    return `input=(${trimmed.split(/\s*[,x×]\s*/).join(', ')})`;
  return /^[([]/.test(trimmed) ? `input=${trimmed}` : trimmed;
}

const indentOf = (line: string): string => /^\s*/.exec(line)?.[0] ?? '';
const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
