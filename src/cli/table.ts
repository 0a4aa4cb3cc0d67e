// The summary's table: layers as a tree with input and output shapes, parameters and MACs, as torchinfo's users know it.

import { activationBytes } from '../analysis/graph/memory.ts';
import type { GraphScope, ShapeJson } from '../analysis/graph/modelGraph.ts';
import { bytes, exact, macs, statedAt } from '../analysis/graph/numbers.ts';
import type { RootFact } from '../analysis/snapshot.ts';

/** `from`: how the root was found, where the command line did not ask for it. */
export function summaryTable(root: RootFact, failure: string | null, from: string | null = null): string {
  const rows = rowsOf(root);
  const header = {
    name: 'Layer (type: name)',
    input: 'Input Shape',
    output: 'Output Shape',
    params: 'Param #',
    macs: 'MACs',
  };
  const all = [header, ...rows];
  const width = (key: keyof typeof header) => Math.max(...all.map((r) => r[key].length));
  const widths = {
    name: width('name'),
    input: width('input'),
    output: width('output'),
    params: width('params'),
    macs: width('macs'),
  };
  const line = (r: typeof header) =>
    `${r.name.padEnd(widths.name)}  ${r.input.padEnd(widths.input)}  ${r.output.padEnd(widths.output)}  ${r.params.padStart(widths.params)}  ${r.macs.padStart(widths.macs)}`.trimEnd();
  const rule = '='.repeat(widths.name + widths.input + widths.output + widths.params + widths.macs + 8);
  const inputs = root.inputs.map((i) => `${i.name}: ${i.text}`).join(', ');
  const at = statedAt(root.macsAt);
  const notes = root.inputs.flatMap((i) => i.notes.map((note) => `${i.name}: ${note}`));
  return [
    rule,
    `${root.className} · ${root.build}${inputs ? ` · ${inputs}` : ''}${at ? ` · costs at ${at}` : ''}`,
    ...(from ? [from] : []),
    ...notes,
    rule,
    ...(rows.length > 0 ? [line(header), rule, ...rows.map(line), rule] : []),
    ...parameterLines(root),
    `Total MACs: ${root.macs === null ? (root.macsText ?? 'not known') : `${exact(root.macs)} (${macs(root.macs)})`}`,
    ...activations(root),
    ...(failure ? [`The forward did not come to its end: ${failure}`] : []),
    ...(root.graph?.gaps ?? []).slice(0, 10).map((g) => `Not followed: ${g}`),
    rule,
    '',
  ].join('\n');
}

interface Row {
  name: string;
  input: string;
  output: string;
  params: string;
  macs: string;
}

function rowsOf({ graph, outline }: RootFact): Row[] {
  const scopes = graph?.scopes ?? [];
  const numbers = scopes.map((s) => ({
    ...flowOf(s, scopes),
    params: ownParams(s, scopes),
    macs: s.macs === null || s.macs === 0 ? '--' : exact(s.macs),
  }));
  const formulas = (outline ?? []).map((s, _, all) => ({
    ...flowOf(s, all),
    params: all.some((c) => c.path !== '' && parentOf(c.path) === s.path && c !== s) ? '--' : known(s.params),
    macs: known(s.macs),
  }));
  return graph ? numbers : formulas;
}

const known = (formula: string | null): string => (formula === null ? '?' : formula === '0' ? '--' : formula);

/** What a module is called, and what goes in and out. */
type Module = Pick<GraphScope, 'path' | 'className' | 'input' | 'output'>;

const flowOf = (s: Module, all: readonly Module[]): Pick<Row, 'name' | 'input' | 'output'> => ({
  name: `${branch(s, all)}${s.className}${s.path ? `: ${s.path.slice(s.path.lastIndexOf('.') + 1)}` : ''}`,
  input: s.input ? s.input.map(shapeText).join(', ') : '--',
  output: shapeText(s.output),
});

function parameterLines({ params, trainable, paramsText }: RootFact): string[] {
  if (params === null && paramsText !== null) return [`Total params: ${paramsText}`];
  if (params === null || trainable === null)
    return ['Total params: not known (the model holds something that is not known)'];
  return [
    `Total params: ${exact(params)}`,
    `Trainable params: ${exact(trainable)}`,
    `Non-trainable params: ${exact(params - trainable)}`,
    `Params size: ${bytes(4 * params)}`,
  ];
}

function activations({ graph }: RootFact): string[] {
  const size = graph && activationBytes(graph);
  if (!size) return [];
  return [`Forward pass size: ${bytes(size.forward)}`, `Forward/backward pass size: ${bytes(size.training)}`];
}

function shapeText(s: ShapeJson): string {
  if (s === null) return '--';
  if (Array.isArray(s)) return `[${s.map((d) => d ?? '?').join(', ')}]`;
  const nested = s as { seq: readonly ShapeJson[] } | { map: Readonly<Record<string, ShapeJson>> };
  if ('seq' in nested) return `(${nested.seq.map(shapeText).join(', ')})`;
  return `{${Object.entries(nested.map)
    .map(([k, v]) => `${k}: ${shapeText(v)}`)
    .join(', ')}}`;
}

/** Parameters of the module itself: those of its children stand on their own lines. */
function ownParams(s: GraphScope, scopes: readonly GraphScope[]): string {
  const children = scopes.filter((c) => c.path !== '' && parentOf(c.path) === s.path && c !== s);
  if (s.params === null) return '?';
  const own = s.params - children.reduce((n, c) => n + (c.params ?? 0), 0);
  return own > 0 ? exact(own) : '--';
}

const parentOf = (path: string): string => (path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : '');

/** ├─ and └─ as a tree draws them. */
function branch(s: Module, scopes: readonly Module[]): string {
  if (s.path === '') return '';
  const isLast = (path: string): boolean => {
    const siblings = scopes.filter((c) => c.path !== '' && parentOf(c.path) === parentOf(path));
    return siblings[siblings.length - 1]?.path === path;
  };
  const parts = s.path.split('.');
  let text = '';
  for (let depth = 1; depth < parts.length; depth++) text += isLast(parts.slice(0, depth).join('.')) ? '   ' : '│  ';
  return `${text}${isLast(s.path) ? '└─' : '├─'}`;
}
