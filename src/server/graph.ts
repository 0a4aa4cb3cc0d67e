// layerlens/graph: the graph that the panel draws, for a class whose lens was clicked or for the file's main model.
//   {uri, className: 'ResNet'} → {graph, title: 'ResNet · resnet18()', …}      {uri: 'utils.py'} → {reason: 'No model was found in utils.py.'}

import type { RootFact, Snapshot } from '../analysis/snapshot.ts';
import type { GraphParams, GraphResult } from '../protocol/server.ts';

export function graphFor(snapshot: Snapshot, version: number, asked: GraphParams): GraphResult {
  const name = fileName(snapshot.file);
  if (snapshot.roots.length === 0) return { reason: noRoot(snapshot, name) };

  const { root, select } = chooseRoot(snapshot, asked);
  const fact = root === null ? undefined : snapshot.roots[root];
  if (root === null || fact === undefined) {
    return { reason: `No model in ${name} uses ${asked.className ?? 'this class'}.` };
  }
  if (fact.graph === null) return { reason: didNotRun(fact, snapshot) };
  return { graph: fact.graph, title: `${fact.className} · ${fact.build}`, version, root, select };
}

/** The root that was asked for, else the class's best, else the first model that holds the class, else the main one. */
function chooseRoot(snapshot: Snapshot, asked: GraphParams): { root: number | null; select: string | null } {
  const { className } = asked;
  if (asked.root !== undefined) {
    const fact = snapshot.roots[asked.root];
    // An edit may have moved the roots since: the index alone is not trusted.
    if (fact && (className === undefined || fact.className === className)) return { root: asked.root, select: null };
  }
  if (className === undefined) return { root: mainRoot(snapshot), select: null };

  const best = snapshot.models.find((model) => model.className === className)?.roots[0];
  if (best !== undefined) return { root: best, select: null };
  // The use that hints show, where it can be drawn.
  const use = snapshot.instances.find((fact) => fact.name === className)?.uses[0];
  if (use && snapshot.roots[use.root]?.graph?.scopes.some(({ path }) => path === use.path))
    return { root: use.root, select: use.path };
  for (const [index, root] of snapshot.roots.entries()) {
    if (root.className === className) return { root: index, select: null };
    const scope = root.graph?.scopes.find((candidate) => candidate.className === className);
    if (scope) return { root: index, select: scope.path };
  }
  return { root: null, select: null };
}

/** The first root that can be drawn; roots stand in the analysis' own order, the file's main one first. */
export function mainRoot(snapshot: Snapshot): number | null {
  const drawable = snapshot.roots.findIndex((root) => root.graph !== null);
  if (drawable >= 0) return drawable;
  return snapshot.roots.length > 0 ? 0 : null;
}

function noRoot(snapshot: Snapshot, name: string): string {
  if (snapshot.incomplete) return `The analysis of ${name} ran out of its budget before it found a model.`;
  if (snapshot.pending.length > 0) return `LayerLens is still reading the files that ${name} imports.`;
  return `No model was found in ${name}: LayerLens looks for classes that derive from torch.nn.Module.`;
}

function didNotRun(root: RootFact, snapshot: Snapshot): string {
  if (root.params === null && root.paramsText !== null)
    return `Nobody says what ${root.build} is built with, so that its layers have no numbers. A comment above the class does: # layerlens: build=${root.className}(…)`;
  const problem = snapshot.problems.find((candidate) => candidate.severity === 'error');
  if (problem) return `${root.build} could not be run: ${problem.message} (line ${problem.range.line + 1})`;
  const gap = snapshot.gaps[0];
  if (gap) return `${root.build} could not be followed: ${gap.reason} (line ${gap.range.line + 1})`;
  return `${root.build} could not be run, and LayerLens does not know why.`;
}

function fileName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1) || file;
}
