// A ModelGraph made ready to run: shapes as numbers, who produces which value, and what cannot be computed and why.
//   const network = new Network(graph, weights, backend);
//   network.blocked(value) → "no kernel for torch.roll (needed by layer2.0.attn)" | null

import type { GraphNode, ModelGraph, ValueId } from '../../src/analysis/graph/modelGraph.ts';
import type { Backend } from './backend.ts';
import type { WeightSource } from './initialise/weights.ts';
import { elementsOf, type Shape } from './shape.ts';
import { concreteShape, symbolSizes } from './sizes.ts';

export class Network {
  readonly graph: ModelGraph;
  readonly #backend: Backend;
  readonly #weights: WeightSource;
  readonly #shapes: (number[] | { unknown: string })[];
  readonly #parameterShapes = new Map<string, number[]>();
  readonly #producers = new Map<ValueId, GraphNode>();
  readonly #roots = new Map<ValueId, ValueId>();
  readonly #blocked = new Map<ValueId, string>();

  constructor(graph: ModelGraph, weights: WeightSource, backend: Backend) {
    this.graph = graph;
    this.#backend = backend;
    this.#weights = weights;
    const symbols = symbolSizes(graph);
    this.#shapes = graph.values.map((value) => concreteShape(value.shape, symbols));
    for (const parameter of graph.parameters) {
      const shape = concreteShape(parameter.shape, symbols);
      if (Array.isArray(shape)) this.#parameterShapes.set(parameter.name, shape);
    }
    const fed = new Set(graph.inputs.map((input) => input.value));
    for (const node of graph.nodes) for (const output of node.outputs) this.#producers.set(output, node);
    graph.values.forEach((value, id) => {
      if (this.#producers.has(id) || fed.has(id)) return;
      const reason = value.parameter !== undefined ? weights.whyUnknown(value.parameter) : null;
      if (reason) this.#blocked.set(id, reason);
      else if (value.parameter === undefined && value.constant === undefined) {
        this.#blocked.set(id, 'made by the model from something other than its input');
      }
    });
    for (const node of graph.nodes) this.#settle(node);
  }

  /** Sizes of a value that is not blocked. */
  shape = (value: ValueId): Shape => {
    const shape = this.#shapes[value];
    if (!Array.isArray(shape)) throw new Error(`value ${value}: ${shape?.unknown ?? 'no such value'}`);
    return shape;
  };

  parameterShape(name: string): Shape {
    return this.#parameterShapes.get(name) ?? [];
  }

  /** The node that computes this value (a root). */
  producer(value: ValueId): GraphNode | undefined {
    return this.#producers.get(value);
  }

  /** The value whose memory this one is: itself, or what it reshapes. */
  root = (value: ValueId): ValueId => this.#roots.get(value) ?? value;

  isComputed(value: ValueId): boolean {
    return this.#producers.has(value);
  }

  /** Why this value cannot be computed; null: it can. */
  blocked(value: ValueId): string | null {
    return this.#blocked.get(value) ?? null;
  }

  #settle(node: GraphNode): void {
    const reason = this.#whyBlocked(node);
    if (reason) {
      for (const output of node.outputs) this.#blocked.set(output, reason);
      return;
    }
    if (isAlias(node)) this.#roots.set(node.outputs[0]!, this.root(node.inputs[0]!));
  }

  #whyBlocked(node: GraphNode): string | null {
    for (const input of node.inputs) {
      const reason = this.#blocked.get(input);
      if (reason) return reason;
    }
    const at = node.scope === '' ? '' : ` (at ${node.scope})`;
    if (node.op.op === 'opaque') return `no kernel for ${node.op.name}${at}`;
    const output = this.#shapes[node.outputs[0]!];
    const inputs = node.inputs.map((input) => this.#shapes[input]);
    const unknown = [...inputs, output].find((shape) => !Array.isArray(shape));
    if (unknown && 'unknown' in unknown) return `${node.op.op}${at}: ${unknown.unknown}`;
    const shapes = inputs as number[][];
    const result = output as number[];
    if (isAlias(node)) {
      return elementsOf(shapes[0] ?? []) === elementsOf(result) ? null : `${node.op.op}${at}: sizes do not match`;
    }
    if (node.outputs.length !== 1) return `no kernel for ${node.op.op} with several outputs${at}`;
    const noKernel = this.#backend.whyNot(node.op, shapes, result);
    if (noKernel) return noKernel + at;
    const { maxElements } = this.#backend.info;
    for (const name of Object.values(node.params)) {
      const missing = this.#weights.whyUnknown(name);
      if (missing) return missing;
      if (elementsOf(this.parameterShape(name)) > maxElements) return `${name} is too large for this adapter`;
    }
    if (elementsOf(result) > maxElements) return `the output of ${node.op.op}${at} is too large for this adapter`;
    return missingParameter(node);
  }
}

function isAlias(node: GraphNode): boolean {
  return node.op.op === 'reshape' || node.op.op === 'identity';
}

/** Parameters without which an operator means nothing. */
function missingParameter(node: GraphNode): string | null {
  const { op } = node.op;
  const wanted = op === 'batch_norm' ? ['running_mean', 'running_var'] : NEEDS_WEIGHT.test(op) ? ['weight'] : [];
  const missing = wanted.find((role) => node.params[role] === undefined);
  return missing ? `${op} without a ${missing} that is known` : null;
}

const NEEDS_WEIGHT = /^(conv|linear$|embedding$|prelu$)/;
