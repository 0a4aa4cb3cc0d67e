// Cell snapshots: what a notebook's analysis found in one of its cells, in that cell's own lines.
//   line 41 of net.ipynb as one text      # is line 3 of vscode-notebook-cell:…#W2

import type { ModelGraph, SourceRange } from '../analysis/graph/modelGraph.ts';
import { cellAt } from '../analysis/notebook/cells.ts';
import type { Problem } from '../analysis/rules/problem.ts';
import type { CalledFrom, InstanceUse, Snapshot } from '../analysis/snapshot.ts';
import { placeIn } from './diagnostics.ts';
import type { Layout } from './notebooks.ts';

/** Lines from 0. */
interface Lines {
  line: number;
  endLine: number;
}

/** The part of a notebook's snapshot that lies in one cell, as if the cell were a file. */
export function cellSnapshot(snapshot: Snapshot, layout: Layout, cell: number): Snapshot {
  const { first, last } = layout.cells[cell] ?? { first: 0, last: -1 };
  const file = layout.uris[cell] ?? snapshot.file;
  const isHere = ({ range }: { range: Lines }): boolean => range.line >= first && range.line <= last;
  const up = <T extends Lines>(range: T): T => ({ ...range, line: range.line - first, endLine: range.endLine - first });
  const toCell = <T extends SourceRange>(range: T): T => inCell(range, snapshot.file, layout);
  const from = <U extends { from?: CalledFrom }>(use: U): U =>
    use.from ? { ...use, from: calledFrom(use.from, snapshot.file, layout) } : use;
  const called = (call: NonNullable<InstanceUse['call']>): InstanceUse['call'] => {
    const { file, line } = calledFrom({ ...call, path: '' }, snapshot.file, layout);
    return { file, line, nth: call.nth };
  };
  return {
    ...snapshot,
    file,
    values: snapshot.values.filter(isHere).map((value) => ({
      ...value,
      range: up(value.range),
      hintAt: { ...value.hintAt, line: value.hintAt.line - first },
      uses: value.uses.map(from),
    })),
    calls: snapshot.calls.filter(isHere).map((call) => ({
      ...call,
      range: up(call.range),
      calleeRange: up(call.calleeRange),
      uses: call.uses.map(from),
    })),
    layers: snapshot.layers.filter(isHere).map((layer) => ({ ...layer, range: up(layer.range) })),
    models: snapshot.models.filter(isHere).map((model) => ({ ...model, range: up(model.range) })),
    instances: snapshot.instances.filter(isHere).map((fact) => ({
      ...fact,
      range: up(fact.range),
      firstLine: fact.firstLine - first,
      lastLine: fact.lastLine - first,
      uses: fact.uses.map((use) => (use.call ? { ...use, call: called(use.call) } : use)),
    })),
    gaps: snapshot.gaps.filter(isHere).map((gap) => ({ ...gap, range: up(gap.range) })),
    roots: snapshot.roots.map((root) => ({ ...root, source: root.source && toCell(root.source) })),
    problems: snapshot.problems
      .filter((problem) => isShownIn(problem, snapshot.file, first, last))
      .map((problem) => ({
        ...problem,
        range: toCell(problem.range),
        related: problem.related.map((step) => ({ ...step, range: toCell(step.range) })),
        fixes: problem.fixes.map((fix) => ({
          ...fix,
          edits: fix.edits.map((edit) => ({ ...edit, range: toCell(edit.range) })),
        })),
      })),
  };
}

/** A problem is shown in one cell alone, whatever other cells its path leads through. */
function isShownIn(problem: Problem, notebook: string, first: number, last: number): boolean {
  const place = placeIn(notebook, problem);
  return place !== null && place.line >= first && place.line <= last;
}

/** A place in a notebook's text as one in its cell; any other stays what it is. */
export function inCell<T extends SourceRange>(range: T, notebook: string, layout: Layout): T {
  const place = range.file === notebook ? cellAt(layout, range.line) : null;
  const file = place && layout.uris[place.cell];
  if (!place || file === undefined || file === null) return range;
  return { ...range, file, line: place.line, endLine: place.line + range.endLine - range.line };
}

function calledFrom(from: CalledFrom, notebook: string, layout: Layout): CalledFrom {
  const { file, line } = inCell({ ...from, endLine: from.line, column: 0, endColumn: 0 }, notebook, layout);
  return { path: from.path, file, line };
}

/** A graph whose layers lead to the cells that build them. */
export function cellGraph(graph: ModelGraph, notebook: string, layout: Layout): ModelGraph {
  const source = <T extends { source: SourceRange | null }>(each: T): T =>
    each.source ? { ...each, source: inCell(each.source, notebook, layout) } : each;
  return { ...graph, nodes: graph.nodes.map(source), scopes: graph.scopes.map(source) };
}
