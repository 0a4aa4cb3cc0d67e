// Assemble: from what the observer saw to the immutable Snapshot that features read.

import { isExact } from '../dims/dim.ts';
import { showDim, showShape } from '../dims/display.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { moduleParams, type Observer, type ValueRecord } from '../interp/observer.ts';
import type { Gap, LayerFact, ModelFact, Snapshot } from '../snapshot.ts';
import type { Program } from '../syntax/program.ts';
import { walk } from '../torch/module.ts';
import type { ClassValue, InstanceValue } from '../values/value.ts';
import type { AnalysedRoot } from './analyseRoots.ts';
import { instanceFacts } from './instances.ts';

export interface Parts {
  file: string;
  version: number | string;
  program: Program;
  ip: Interpreter;
  observer: Observer;
  roots: readonly AnalysedRoot[];
  models: readonly { cls: ClassValue; name: string }[];
  dependencies: readonly string[];
  pending: readonly string[];
  milliseconds: number;
}

export function assembleSnapshot(p: Parts): Snapshot {
  const here = <T extends { file: string }>(records: Iterable<T>): T[] => [...records].filter((r) => r.file === p.file);
  const byPlace = <T extends { range: { line: number; column: number } }>(a: T, b: T): number =>
    a.range.line - b.range.line || a.range.column - b.range.column;
  const values = withoutRepeats(here(p.observer.values.values())).sort(byPlace);
  const calls = here(p.observer.calls.values()).sort(byPlace);
  return {
    file: p.file,
    version: p.version,
    values,
    calls,
    layers: layerFacts(p).sort(byPlace),
    models: modelFacts(p),
    instances: instanceFacts({ ...p, values, calls }),
    roots: p.roots.map((r) => r.fact),
    problems: p.ip.problems,
    gaps: gapsOf(p),
    dependencies: p.dependencies,
    pending: p.pending,
    incomplete: p.ip.outOfBudget,
    milliseconds: p.milliseconds,
  };
}

/** `x += y` reads x where it assigns it: one fact is enough. */
function withoutRepeats(values: readonly ValueRecord[]): ValueRecord[] {
  const key = (v: ValueRecord): string => `${v.range.line}:${v.range.column}`;
  const assigned = new Set(values.filter((v) => v.kind !== 'read').map(key));
  return values.filter((v) => v.kind !== 'read' || !assigned.has(key(v)));
}

function gapsOf(p: Parts): Gap[] {
  const seen = new Set<string>();
  return p.ip.gaps.flatMap(({ spot, reason }): Gap[] => {
    const key = `${spot.line}:${spot.column} ${reason}`;
    if (spot.file !== p.file || seen.has(key)) return [];
    seen.add(key);
    return [
      { range: { line: spot.line, column: spot.column, endLine: spot.endLine, endColumn: spot.endColumn }, reason },
    ];
  });
}

/** Paths of every module in every root: where a constructed layer ended up. */
function layerFacts(p: Parts): LayerFact[] {
  const places = new Map<InstanceValue, { path: string; root: number }[]>();
  p.roots.forEach((r, root) => {
    for (const [path, m] of walk(r.model)) {
      const known = places.get(m);
      if (known) known.push({ path, root });
      else places.set(m, [{ path, root }]);
    }
  });
  return [...p.observer.layers.values()]
    .filter((r) => r.file === p.file)
    .flatMap((r): LayerFact[] => {
      const uses = r.instances.flatMap(({ instance }) =>
        (places.get(instance) ?? []).slice(0, 1).map(({ path, root }) => {
          const params = moduleParams(instance);
          return {
            path,
            root,
            params: params !== null && isExact(params) ? params : 0,
            paramsText: showDim(params),
            parameters: [...(instance.module?.parameters ?? [])].flatMap(([name, t]) =>
              t.kind === 'none' ? [] : [{ name, shape: showShape(t.shape) }],
            ),
          };
        }),
      );
      return uses.length > 0 ? [{ range: r.range, className: r.className, uses }] : [];
    });
}

function modelFacts(p: Parts): ModelFact[] {
  return p.models.flatMap(({ cls, name }): ModelFact[] => {
    if (!cls.source) return [];
    const roots = p.roots.flatMap((r, i) => (r.model.cls === cls ? [i] : []));
    const uses: { model: InstanceValue; macs: number | null }[] = [];
    for (const r of p.roots) {
      for (const [path, m] of walk(r.model)) {
        if (m.cls === cls)
          uses.push({ model: m, macs: r.fact.graph?.scopes.find((s) => s.path === path)?.macs ?? null });
      }
    }
    const first = uses[0];
    const params = first ? moduleParams(first.model) : null;
    const { line, column, endLine, endColumn } = cls.source;
    return [
      {
        className: name,
        range: { line, column, endLine, endColumn },
        roots,
        uses: uses.length,
        params: params !== null && isExact(params) ? params : null,
        macs: first?.macs ?? null,
      },
    ];
  });
}
