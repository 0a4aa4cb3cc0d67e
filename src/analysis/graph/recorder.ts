// GraphRecorder: writes down, while a forward runs, which operator made which value: the ModelGraph in the making.

import * as dims from '../dims/dim.ts';
import type { TensorValue } from '../values/tensor.ts';
import type { InstanceValue, SourceSpot, Value } from '../values/value.ts';
import type { ShapeJson } from './modelGraph.ts';
import type { Operator } from './operators.ts';
import { shapeOf, tensorsIn } from './shapes.ts';

export interface RecordedNode {
  op: Operator;
  inputs: readonly number[];
  outputs: readonly number[];
  params: Readonly<Record<string, TensorValue>>;
  macs: dims.Dim | null;
  module: InstanceValue | null;
  call: number;
  source: SourceSpot | null;
}

/** What a module got and gave when it was called: written down at once, since lists and dicts may change later. */
export interface RecordedCall {
  inputs: readonly ShapeJson[];
  output: ShapeJson;
  outputs: readonly TensorValue[];
}

export class GraphRecorder {
  readonly recording: number;
  readonly values: TensorValue[] = [];
  readonly nodes: RecordedNode[] = [];
  /** Each module's first call. */
  readonly calls = new Map<InstanceValue, RecordedCall>();
  readonly callCounts = new Map<InstanceValue, number>();
  /** MACs of each module's own nodes and those of the modules it calls. */
  readonly macs = new Map<InstanceValue, dims.Dim | null>();
  total: dims.Dim | null = 0;
  /** How many outputs have a size that is not known. */
  unknownShapes = 0;
  /** How often a view's −1 was left with 1. */
  idleAxes = 0;
  /** Module → path in the model, known before the forward runs. */
  readonly paths: ReadonlyMap<InstanceValue, string>;

  constructor(recording: number, paths: ReadonlyMap<InstanceValue, string>) {
    this.recording = recording;
    this.paths = paths;
  }

  idOf(tensor: TensorValue): number {
    if (tensor.recording !== this.recording || tensor.id < 0) {
      tensor.recording = this.recording;
      tensor.id = this.values.length;
      this.values.push(tensor);
    }
    return tensor.id;
  }

  node(
    op: Operator,
    inputs: readonly TensorValue[],
    outputs: readonly TensorValue[],
    rest: {
      params: Readonly<Record<string, TensorValue>>;
      macs: dims.Dim | null;
      modules: readonly InstanceValue[];
      source: SourceSpot | null;
    },
  ): void {
    const module = rest.modules[rest.modules.length - 1] ?? null;
    const ins = inputs.map((t) => this.idOf(t));
    for (const t of outputs) t.id = -1;
    for (const t of outputs) if (t.shape === null || t.shape.includes(null)) this.unknownShapes++;
    this.nodes.push({
      op,
      inputs: ins,
      outputs: outputs.map((t) => this.idOf(t)),
      params: rest.params,
      macs: rest.macs,
      module,
      call: module ? (this.callCounts.get(module) ?? 1) - 1 : 0,
      source: rest.source,
    });
    this.total = plus(this.total, rest.macs);
    if (rest.macs !== 0)
      for (const m of new Set(rest.modules)) this.macs.set(m, plus(this.macs.get(m) ?? 0, rest.macs));
  }

  /** A value that is one of two, after a condition that is not known. */
  choice(result: TensorValue, a: TensorValue, b: TensorValue): void {
    this.node({ op: 'opaque', name: 'one of two branches' }, [a, b], [result], {
      params: {},
      macs: 0,
      modules: [],
      source: null,
    });
  }

  /** What was counted since `before` happens as often as a symbol says. */
  repeatSince(before: dims.Dim | null, count: dims.Dim): void {
    if (before === null || this.total === null) return;
    this.total = dims.add(before, dims.mul(dims.sub(this.total, before), count));
  }

  called(module: InstanceValue, inputs: readonly Value[], output: Value): void {
    if (!this.calls.has(module)) {
      this.calls.set(module, {
        inputs: inputs.map((v) => shapeOf(v)),
        output: shapeOf(output),
        outputs: tensorsIn(output),
      });
    }
  }

  entering(module: InstanceValue): void {
    this.callCounts.set(module, (this.callCounts.get(module) ?? 0) + 1);
  }
}

const plus = (a: dims.Dim | null, b: dims.Dim | null): dims.Dim | null =>
  a === null || b === null ? null : dims.add(a, b);
