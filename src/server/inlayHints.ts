// Inlay hints: the shape behind each value, the parameters behind each layer.
//   self.conv1 = nn.Conv2d(3, 64, 7)‹ 9.4 K params›
//   x‹: (B, 64, 112, 112)› = self.conv1(x)
//   return x‹ → (B, 1000)›

import { type InlayHint, InlayHintKind, type Range as LspRange } from 'vscode-languageserver';
import { exact } from '../analysis/graph/numbers.ts';
import type { LayerFact, Range, RootFact, Snapshot, ValueFact } from '../analysis/snapshot.ts';
import { layerParams } from './hover.ts';
import { encloses, overlaps } from './positions.ts';
import { code, groupUses, listUses, notesOf } from './uses.ts';

export interface InlayHintSettings {
  shapes: boolean;
  params: boolean;
}

/** The part of a document that hints look at. */
export interface Lines {
  /** The text of a line, without its end. */
  line(number: number): string;
}

export function inlayHints(
  snapshot: Snapshot,
  within: LspRange,
  settings: InlayHintSettings,
  lines: Lines,
): InlayHint[] {
  const hints: InlayHint[] = [];
  if (settings.shapes) {
    for (const value of snapshot.values) {
      if (value.kind !== 'read' && value.choice !== 'elsewhere' && inside(value.hintAt, within))
        hints.push(...shapeHint(value, snapshot.roots, lines));
    }
  }
  if (settings.params) {
    const shown = snapshot.layers.filter(
      (layer) => layer.choice !== 'elsewhere' && overlaps(endOf(layer.range), within),
    );
    for (const layer of shown) {
      if (!shown.some((other) => endsAround(other, layer))) hints.push(...paramsHint(layer, snapshot.roots));
    }
  }
  return hints.sort((a, b) => a.position.line - b.position.line || a.position.character - b.position.character);
}

/** One shape is shown; where the line has others in other places, their number stands behind it. */
function shapeHint(value: ValueFact, roots: readonly RootFact[], lines: Lines): InlayHint[] {
  const groups = groupUses(value.uses, (use) => use.text);
  const first = groups[0];
  // `(…)`: that it is a tensor is nothing that anybody wants to read.
  if (first === undefined || !/[\w?]/.test(first.text)) return [];
  const { line, column } = value.hintAt;
  const more = groups.length > 1 ? ` +${groups.length - 1}` : '';
  // `x: Tensor` has its colon already.
  const annotated = /^\s*:/.test(lines.line(line).slice(column));
  const arrow = value.kind === 'return';
  const label = arrow ? `→ ${first.text}${more}` : annotated ? `${first.text}${more}` : `: ${first.text}${more}`;
  const dtype = first.uses[0]?.dtype;
  return [
    {
      position: { line, character: column },
      label,
      kind: InlayHintKind.Type,
      paddingLeft: arrow || annotated,
      tooltip: {
        kind: 'markdown',
        value:
          groups.length > 1
            ? listUses(groups, roots)
                .map((text) => `- ${text}`)
                .join('\n')
            : [
                `${code(first.text)}${dtype ? ` · ${dtype}` : ''}`,
                ...notesOf(value, roots).map((note) => `- ${note}`),
              ].join('\n'),
      },
    },
  ];
}

/** Layers without parameters, such as ReLU, have no hint. */
function paramsHint(layer: LayerFact, roots: readonly RootFact[]): InlayHint[] {
  const uses = layer.uses.filter((use) => layerParams(use) !== '0 params');
  const groups = groupUses(uses, layerParams);
  const first = groups[0];
  const use = first?.uses[0];
  if (first === undefined || use === undefined) return [];
  const parameters = use.parameters.map((parameter) => `- ${code(parameter.name)} ${code(parameter.shape)}`);
  const tooltip =
    groups.length > 1
      ? listUses(groups, roots).map((text) => `- ${text}`)
      : [`**${layer.className}** ${exact(use.params)} params`, '', ...parameters];
  return [
    {
      position: { line: layer.range.endLine, character: layer.range.endColumn },
      label: `${first.text}${groups.length > 1 ? ` +${groups.length - 1}` : ''}`,
      kind: InlayHintKind.Type,
      paddingLeft: true,
      tooltip: { kind: 'markdown', value: tooltip.join('\n') },
    },
  ];
}

/** Of `nn.Sequential(nn.Conv2d(…), nn.ReLU())` on one line, only the outermost layer has a hint. */
function endsAround(outer: LayerFact, inner: LayerFact): boolean {
  return outer !== inner && outer.range.endLine === inner.range.endLine && encloses(outer.range, inner.range);
}

function inside(at: { line: number; column: number }, within: LspRange): boolean {
  const point = { line: at.line, character: at.column };
  return overlaps({ start: point, end: point }, within);
}

function endOf(range: Range): LspRange {
  const end = { line: range.endLine, character: range.endColumn };
  return { start: end, end };
}
