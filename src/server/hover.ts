// Hover: what the thing under the cursor does to its tensors, and what it costs.
//   x = self.conv1(x)      # on `self.conv1`:  Conv2d conv1 · (B, 3, 224, 224) → (B, 64, 112, 112) · float32
//                          #                   9.4 K params · 118.01 MMACs · 3.06 MiB · ⌊(224 + 2·3 − 7) / 2⌋ + 1 = 112

import type { Hover, Position } from 'vscode-languageserver';
import { bytes, exact, macs, params } from '../analysis/graph/numbers.ts';
import type {
  CallFact,
  CallUse,
  Choice,
  Gap,
  LayerFact,
  Observation,
  Range,
  RootFact,
  Snapshot,
  ValueFact,
} from '../analysis/snapshot.ts';
import { innermost, toLspRange } from './positions.ts';
import { code, groupUses, listUses, notesOf } from './uses.ts';

type Fact =
  | { kind: 'call'; range: Range; call: CallFact }
  | { kind: 'value'; range: Range; value: ValueFact }
  | { kind: 'layer'; range: Range; layer: LayerFact }
  | { kind: 'gap'; range: Range; gap: Gap };

export function hover(snapshot: Snapshot, position: Position, lineText: string): Hover | null {
  const facts = allFacts(snapshot);
  const fact = innermost(facts, (candidate) => candidate.range, position) ?? layerOfTarget(facts, position, lineText);
  if (fact === null) return null;
  return {
    contents: { kind: 'markdown', value: describe(fact, snapshot) },
    range: toLspRange(fact.range),
  };
}

/** Calls come first: of two facts with the same range, the first one is shown. */
function allFacts(snapshot: Snapshot): Fact[] {
  return [
    ...snapshot.calls.map((call): Fact => ({ kind: 'call', range: call.calleeRange, call })),
    ...snapshot.values.map((value): Fact => ({ kind: 'value', range: value.range, value })),
    ...snapshot.layers.map((layer): Fact => ({ kind: 'layer', range: layer.range, layer })),
    ...snapshot.gaps.map((gap): Fact => ({ kind: 'gap', range: gap.range, gap })),
  ];
}

/** `self.conv1 = nn.Conv2d(…)` with the cursor on `self.conv1`: the layer that the line builds. */
function layerOfTarget(facts: readonly Fact[], position: Position, lineText: string): Fact | null {
  const target = /^\s*(?:self\.)?[\w.]+/.exec(lineText);
  if (target === null || position.character > target[0].length) return null;
  for (const fact of facts) {
    if (fact.kind !== 'layer' || fact.range.line !== position.line) continue;
    const between = lineText.slice(target[0].length, fact.range.column);
    if (/^\s*(?::[^=]*)?=\s*$/.test(between)) return fact;
  }
  return null;
}

function describe(fact: Fact, snapshot: Snapshot): string {
  switch (fact.kind) {
    case 'call':
      return describeCall(fact.call, snapshot);
    case 'value':
      return describeValue(fact.value, snapshot.roots);
    case 'layer':
      return describeLayer(fact.layer, snapshot.roots);
    case 'gap':
      return `LayerLens cannot follow this: ${fact.gap.reason}`;
  }
}

function describeCall(call: CallFact, snapshot: Snapshot): string {
  const use = call.uses[0];
  if (use === undefined) return `**${call.operator}**`;
  const parts = [
    `**${call.operator}**${use.layer ? ` ${code(use.layer)}` : ''}`,
    [code(flow(use)), use.dtype].filter(isText).join(' · '),
    costs(use),
    ...use.arithmetic,
    receptiveField(use),
  ];
  const gap = snapshot.gaps.find((candidate) => sameRange(candidate.range, call.range));
  if (gap) parts.push(`LayerLens cannot follow this: ${gap.reason}`);
  const groups = groupUses(call.uses, flow);
  if (groups.length > 1) parts.push(bullets(listUses(groups, snapshot.roots, call.choice)));
  return paragraphs([...parts, elsewhere(call)]);
}

function describeValue(value: ValueFact, roots: readonly RootFact[]): string {
  const use = value.uses[0];
  if (use === undefined) return code(value.name);
  const title = value.kind === 'return' ? `return ${use.text}` : `${value.name}: ${use.text}`;
  const parts = [[code(title), use.dtype, memory(use)].filter(isText).join(' · '), bullets(notesOf(value, roots))];
  const groups = groupUses(value.uses, (candidate) => candidate.text);
  if (groups.length > 1) parts.push(bullets(listUses(groups, roots, value.choice)));
  return paragraphs([...parts, elsewhere(value)]);
}

function describeLayer(layer: LayerFact, roots: readonly RootFact[]): string {
  const use = layer.uses[0];
  if (use === undefined) return `**${layer.className}**`;
  const parts = [
    `**${layer.className}**${use.path && use.path !== '-' ? ` ${code(use.path)}` : ''}`,
    `${layerParams(use)}${use.params >= 1000 ? ` (${exact(use.params)})` : ''}`,
    bullets(use.parameters.map((parameter) => `${code(parameter.name)} ${code(parameter.shape)}`)),
  ];
  const groups = groupUses(layer.uses, layerParams);
  if (groups.length > 1) parts.push(bullets(listUses(groups, roots, layer.choice)));
  return paragraphs([...parts, elsewhere(layer)]);
}

/** The other lines of the class show the chosen use; this one has nothing of it. */
function elsewhere(fact: { choice?: Choice }): string | null {
  return fact.choice === 'elsewhere' ? 'The use that is chosen above does not run this.' : null;
}

/** `9.4 K params`; with symbolic sizes their formula: `12·dim² + 13·dim params`. */
export function layerParams(use: LayerFact['uses'][number]): string {
  if (use.paramsText === '' || /^[\d,_ ]+$/.test(use.paramsText)) return params(use.params);
  return `${use.paramsText} params`;
}

function flow(use: CallUse): string {
  return use.inputs.length > 0 ? `${use.inputs.join(', ')} → ${use.output}` : `→ ${use.output}`;
}

function costs(use: CallUse): string {
  const macsShown =
    use.macsText !== null && !/^\d+$/.test(use.macsText)
      ? `${use.macsText} MACs${use.macs === null ? '' : ` = ${macs(use.macs)}`}`
      : use.macs === null
        ? null
        : macs(use.macs);
  return [
    use.params ? params(use.params) : null,
    use.macs === 0 ? null : macsShown,
    use.bytes === null ? null : bytes(use.bytes),
  ]
    .filter(isText)
    .join(' · ');
}

function receptiveField(use: CallUse): string | null {
  if (use.receptiveField === null) return null;
  const { size, stride } = use.receptiveField;
  if (size.every((reach) => reach === 1)) return null;
  return `sees ${size.join('×')} px of the input, one step is ${stride.join('×')} px`;
}

const bytesOf: Readonly<Record<string, number>> = {
  float64: 8,
  int64: 8,
  complex64: 8,
  float32: 4,
  int32: 4,
  float16: 2,
  bfloat16: 2,
  int16: 2,
  uint8: 1,
  int8: 1,
  bool: 1,
};

/** Of one value: its sizes times its type's; per sample where only the first axis, the batch, is not known. */
function memory(use: Observation): string | null {
  const size = use.dtype === null ? undefined : bytesOf[use.dtype];
  if (size === undefined || !isSizes(use.shape)) return null;
  const [first, ...rest] = use.shape;
  if (!rest.every((dim) => typeof dim === 'number')) return null;
  const sample = rest.reduce<number>((product, dim) => product * Number(dim), size);
  if (typeof first === 'number') return bytes(sample * first);
  return rest.length > 0 ? `${bytes(sample)} a sample` : null;
}

function isSizes(shape: Observation['shape']): shape is readonly (number | string | null)[] {
  return Array.isArray(shape);
}

function sameRange(a: Range, b: Range): boolean {
  return a.line === b.line && a.column === b.column && a.endLine === b.endLine && a.endColumn === b.endColumn;
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function paragraphs(parts: readonly (string | null)[]): string {
  return parts.filter(isText).join('\n\n');
}

function isText(part: string | null | undefined): part is string {
  return part !== null && part !== undefined && part !== '';
}
