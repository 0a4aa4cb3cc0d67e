// Build: from what was recorded while a forward ran, to the ModelGraph that the visualiser draws and the engine runs.

import { isExact } from '../dims/dim.ts';
import { moduleParams } from '../interp/observer.ts';
import { namedBuffers, namedParameters, walk } from '../torch/module.ts';
import type { InitRecord, TensorValue } from '../values/tensor.ts';
import type { InstanceValue, Value } from '../values/value.ts';
import type {
  GraphNode,
  GraphParameter,
  GraphScope,
  GraphSymbol,
  GraphValue,
  InitStep,
  ModelGraph,
} from './modelGraph.ts';
import type { GraphRecorder } from './recorder.ts';
import { reprOf } from './repr.ts';
import { sizeJson, tensorsIn } from './shapes.ts';

export interface FinishedRun {
  model: InstanceValue;
  build: string;
  recorder: GraphRecorder;
  inputs: readonly { name: string; value: TensorValue }[];
  output: Value;
  initialisation: readonly InitRecord[];
  symbols: readonly GraphSymbol[];
  gaps: readonly string[];
}

const number = (d: Parameters<typeof sizeJson>[0]): number | null => (d !== null && isExact(d) ? d : null);

export function buildGraph(run: FinishedRun): ModelGraph {
  const { recorder, model } = run;
  const names = new Map<TensorValue, string>();
  const parameters: GraphParameter[] = [];
  const add = (name: string, t: TensorValue, buffer: boolean): void => {
    if (names.has(t)) return;
    names.set(t, name);
    parameters.push({
      name,
      shape: t.shape?.map(sizeJson) ?? [],
      dtype: t.dtype ?? 'float32',
      buffer,
      trainable: !buffer && (t.parameter?.requiresGrad ?? true),
    });
  };
  for (const [name, t] of namedParameters(model)) add(name, t, false);
  for (const [name, t] of namedBuffers(model)) add(name, t, true);

  const inputs = run.inputs.map(({ name, value }) => ({ name, value: recorder.idOf(value) }));
  const outputs = tensorsIn(run.output).map((t, i) => ({
    name: i === 0 ? 'output' : `output ${i}`,
    value: recorder.idOf(t),
  }));
  const nodes = recorder.nodes.map((n, id): GraphNode => {
    const params: Record<string, string> = {};
    const loose: number[] = [];
    for (const [role, t] of Object.entries(n.params)) {
      const name = names.get(t);
      if (name !== undefined) params[role] = name;
      else loose.push(recorder.idOf(t));
    }
    // Weights that the forward itself computes are inputs, which no kernel of the plain operator takes.
    const op =
      loose.length > 0 && n.op.op !== 'opaque'
        ? ({ op: 'opaque', name: `${n.op.op} with computed weights` } as const)
        : n.op;
    return {
      id,
      op,
      inputs: [...n.inputs, ...loose],
      outputs: n.outputs,
      params,
      macs: number(n.macs),
      scope: (n.module && recorder.paths.get(n.module)) ?? '',
      ...(n.call > 0 ? { call: n.call } : {}),
      source: n.source,
    };
  });
  const values = recorder.values.map((t): GraphValue => {
    const parameter = names.get(t);
    return {
      shape: t.shape?.map(sizeJson) ?? null,
      dtype: t.dtype ?? 'float32',
      ...(parameter !== undefined ? { parameter } : {}),
      ...(t.elements && !nodes.some((n) => n.outputs.includes(t.id)) ? { constant: t.elements } : {}),
    };
  });
  return {
    version: 1,
    name: model.cls.name,
    build: run.build,
    inputs,
    outputs,
    values,
    nodes,
    scopes: [...walk(model)].map(([path, m]) => scopeOf(path, m, recorder)),
    parameters,
    init: run.initialisation.map(
      (r): InitStep => ({ parameter: names.get(r.tensor) ?? null, count: r.count, fill: r.fill }),
    ),
    symbols: run.symbols,
    gaps: run.gaps,
  };
}

function scopeOf(path: string, m: InstanceValue, recorder: GraphRecorder): GraphScope {
  const call = recorder.calls.get(m);
  return {
    path,
    className: m.cls.name,
    params: number(moduleParams(m)),
    trainable: number(moduleParams(m, new Set(), true)),
    macs: recorder.macs.has(m) ? number(recorder.macs.get(m)!) : call ? 0 : null,
    input: call?.inputs ?? null,
    output: call?.output ?? null,
    outputs: call?.outputs.map((t) => recorder.idOf(t)) ?? [],
    source: m.assignedAt ?? m.origin?.spot ?? null,
    repr: reprOf(m),
  };
}
