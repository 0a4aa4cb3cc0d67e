// What to run, in which order, and when memory is free again.
//   planForward(network, [value], { available, keep }) → { steps: [{ node, release }], … }
// A plan goes back from the wanted values to what is already there, so looking at an early layer runs early layers
// only. Reshape and identity move nothing: their output is another name (`root`) for their input's memory.

import type { GraphNode, ValueId } from '../../src/analysis/graph/modelGraph.ts';
import type { Network } from './network.ts';
import { elementsOf } from './shape.ts';

export interface Step {
  node: GraphNode;
  output: ValueId;
  /** Values whose memory nobody needs after this step. */
  release: readonly ValueId[];
}

export interface Plan {
  steps: readonly Step[];
  macs: number;
  /** The most float32 values of activations that are alive at once, kept ones included. */
  peakElements: number;
}

export interface PlanOptions {
  /** Roots that are computed already and still in memory. */
  available: ReadonlySet<ValueId>;
  /** Whether a computed value stays in memory after its last use. Wanted values always do. */
  keep: (value: ValueId) => boolean;
}

/** `wanted` must not be blocked. */
export function planForward(network: Network, wanted: readonly ValueId[], { available, keep }: PlanOptions): Plan {
  const needed = neededNodes(network, wanted, available);
  const stays = new Set(wanted.map(network.root));
  const lastUse = new Map<ValueId, GraphNode>();
  for (const node of needed) {
    for (const input of node.inputs) lastUse.set(network.root(input), node);
  }

  const steps: Step[] = [];
  let macs = 0;
  let alive = 0;
  let peakElements = 0;
  for (const node of needed) {
    const output = node.outputs[0]!;
    alive += elementsOf(network.shape(output));
    peakElements = Math.max(peakElements, alive);
    const release = [...new Set([...node.inputs.map(network.root), output])].filter(
      (value) =>
        network.isComputed(value) &&
        !available.has(value) &&
        !stays.has(value) &&
        !keep(value) &&
        (lastUse.get(value) ?? node) === node,
    );
    for (const value of release) alive -= elementsOf(network.shape(value));
    macs += node.macs ?? 0;
    steps.push({ node, output, release });
  }
  return { steps, macs, peakElements };
}

/** Nodes that lead to the wanted values and move numbers, in the graph's order (inputs before users). */
function neededNodes(network: Network, wanted: readonly ValueId[], available: ReadonlySet<ValueId>): GraphNode[] {
  const needed = new Set<GraphNode>();
  const open = wanted.map(network.root);
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const node = network.producer(value);
    if (!node || available.has(value) || needed.has(node)) continue;
    needed.add(node);
    open.push(...node.inputs.map(network.root));
  }
  return network.graph.nodes.filter((node) => needed.has(node));
}
