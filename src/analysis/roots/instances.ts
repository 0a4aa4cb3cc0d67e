// Instances: where each class and function of the file runs, and what each of those uses is fed and gives.
//   class BasicBlock      # layer1.0: (B, 64, 56, 56) → (B, 64, 56, 56), layer1.1: …, layer2.0: (B, 64, 56, 56) → (B, 128, 28, 28)
//   def split(x): …       # called from `attn` in line 40, from `attn` in line 41

import type { GraphScope } from '../graph/modelGraph.ts';
import type { CallFact, InstanceFact, InstanceUse, ValueFact } from '../snapshot.ts';
import type { Program, Statement } from '../syntax/program.ts';
import { walk } from '../torch/module.ts';
import type { ClassValue } from '../values/value.ts';
import type { AnalysedRoot } from './analyseRoots.ts';
import { definitions, type TopLevelDefinition } from './find.ts';

interface Seen {
  program: Program;
  models: readonly { cls: ClassValue; name: string }[];
  roots: readonly AnalysedRoot[];
  values: readonly ValueFact[];
  calls: readonly CallFact[];
}

/** A use as one fact of it tells. */
type Told = ValueFact['uses'][number] | CallFact['uses'][number];

export function instanceFacts(seen: Seen): InstanceFact[] {
  const scopes = seen.roots.map((r) => new Map((r.fact.graph?.scopes ?? []).map((s) => [s.path, s])));
  const modules = seen.roots.map((r) => [...walk(r.model)]);
  return definitions(seen.program).flatMap((definition): InstanceFact[] => {
    const { chunk, statement, name } = definition;
    const firstLine = chunk.line + statement.line;
    const lastLine = chunk.line + statement.endLine;
    const within = ({ range }: { range: { line: number } }): boolean =>
      range.line >= firstLine && range.line <= lastLine;
    const values = seen.values.filter(within);
    const facts = [...values, ...seen.calls.filter(within)];
    const place = { name, range: rangeOfName(definition), firstLine, lastLine };
    if (statement.kind === 'Function') {
      const uses = functionUses(facts, values);
      return uses.length > 0 ? [{ kind: 'function', ...place, uses }] : [];
    }
    const model = seen.models.find((m) => m.name === name);
    if (!model) return [];
    const entry = forwardOf(statement, chunk.line);
    const inForward = values.filter(({ range }) => entry && range.line >= entry.first && range.line <= entry.last);
    const paths = modules.map((all) => all.flatMap(([path, m]) => (m.cls.mro.includes(model.cls) ? [path] : [])));
    const uses = classUses(paths, facts, inForward, scopes);
    return uses.length > 0 ? [{ kind: 'class', ...place, uses }] : [];
  });
}

/** Every module of the class (or of one that extends it), in the order in which the class' lines saw them. */
function classUses(
  paths: readonly (readonly string[])[],
  facts: readonly { uses: readonly Told[] }[],
  inForward: readonly ValueFact[],
  scopes: readonly ReadonlyMap<string, GraphScope>[],
): InstanceUse[] {
  const order = new Map<string, number>();
  for (const { uses } of facts) for (const use of uses) if (!order.has(keyOf(use))) order.set(keyOf(use), order.size);
  const flows = flowsOf(inForward, keyOf);
  return paths.flatMap((ofRoot, root) => {
    const uses = ofRoot.map((path): InstanceUse => {
      const scope = scopes[root]?.get(path);
      const flow = flows.get(keyOf({ root, path })) ?? '';
      return { root, path, call: null, flow, params: scope?.params ?? null, macs: scope?.macs ?? null };
    });
    const at = (use: InstanceUse): number => order.get(keyOf(use)) ?? order.size;
    return uses.sort((a, b) => at(a) - at(b));
  });
}

const keyOf = ({ root, path }: { root: number; path: string }): string => `${root} ${path}`;

/** Every call of a function, as its lines saw them. */
function functionUses(facts: readonly { uses: readonly Told[] }[], values: readonly ValueFact[]): InstanceUse[] {
  const calls = new Map<string, InstanceUse>();
  const counts = new Map<string, number>();
  const flows = flowsOf(values, callKey);
  for (const use of facts.flatMap((fact) => fact.uses)) {
    const { from, root } = use;
    if (!from || calls.has(callKey(use))) continue;
    const { path, file, line } = from;
    const nth = counts.get(keyOf({ root, path })) ?? 0;
    counts.set(keyOf({ root, path }), nth + 1);
    const flow = flows.get(callKey(use)) ?? '';
    calls.set(callKey(use), { root, path, call: { file, line, nth }, flow, params: null, macs: null });
  }
  return [...calls.values()].sort((a, b) => a.root - b.root);
}

const callKey = ({ root, from }: Told): string => (from ? `${root} ${from.path} ${from.file}:${from.line}` : '');

/** By use: what the parameters held, and what was returned last: `(B, 3), (B, 4) → (B, 7)`. */
function flowsOf(values: readonly ValueFact[], keyOf: (use: Told) => string): Map<string, string> {
  const inputs = new Map<string, string[]>();
  const outputs = new Map<string, string>();
  for (const { kind, uses } of values) {
    const told = new Set<string>();
    for (const use of uses) {
      const key = keyOf(use);
      if (kind === 'return') outputs.set(key, use.text);
      // One value a parameter: a module that is called again may be fed something else.
      if (kind !== 'parameter' || told.has(key)) continue;
      told.add(key);
      inputs.set(key, [...(inputs.get(key) ?? []), use.text]);
    }
  }
  const flow = (key: string): string => {
    const output = outputs.get(key);
    return `${inputs.get(key)?.join(', ') ?? ''}${output === undefined ? '' : ` → ${output}`}`.trim();
  };
  return new Map([...inputs.keys(), ...outputs.keys()].map((key) => [key, flow(key)]));
}

/** Lines of `forward`, in the file. */
function forwardOf(cls: Statement & { kind: 'Class' }, base: number): { first: number; last: number } | null {
  const forward = cls.body.find((s) => s.kind === 'Function' && s.code.name === 'forward');
  return forward ? { first: base + forward.line, last: base + forward.endLine } : null;
}

function rangeOfName({ chunk, statement }: TopLevelDefinition): InstanceFact['range'] {
  const place = statement.kind === 'Function' ? statement.code.namePlace : statement.namePlace;
  const { line, column, endLine, endColumn } = place;
  return { line: line + chunk.line, column, endLine: endLine + chunk.line, endColumn };
}
