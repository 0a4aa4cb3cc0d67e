// ModelGraph: the contract between the analysis, the CLI and the visualiser. Plain JSON.
//   { values: [{shape: [1,3,224,224]}, {shape: [1,64,112,112]}],
//     nodes: [{op: {op:'conv2d', …}, inputs: [0], outputs: [1], params: {weight: 'conv1.weight'}, scope: 'conv1'}] }

import type { Operator } from './operators.ts';

/** A size: exact, an expression of the graph's symbols ("H // 2"), or unknown. */
export type SizeJson = number | string | null;

/** Index into `ModelGraph.values`. */
export type ValueId = number;

/** Where something stands in a source file. Lines and columns from 0, as in the LSP. */
export interface SourceRange {
  file: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

export interface GraphValue {
  /** null: even the number of axes is unknown. */
  shape: readonly SizeJson[] | null;
  dtype: string;
  /** A parameter's or buffer's name in the state dict, where the value is one (and not the result of a node). */
  parameter?: string;
  /** Known numbers of a small constant (a normalisation's mean, say), row-major. */
  constant?: readonly number[];
}

export interface GraphNode {
  id: number;
  op: Operator;
  inputs: readonly ValueId[];
  outputs: readonly ValueId[];
  /** Role → name in the state dict: `{weight: 'layer1.0.conv1.weight'}`. */
  params: Readonly<Record<string, string>>;
  /** Multiply-accumulates; null where a size is not known. */
  macs: number | null;
  /** Path of the innermost module whose forward was running: 'layer1.0.conv1'; '' is the model itself. */
  scope: string;
  /** Which call of that module made the node, from 0; absent: the first. */
  call?: number;
  source: SourceRange | null;
}

/** A module of the model, in registration order, parents first. The root's path is ''. */
export interface GraphScope {
  path: string;
  className: string;
  /** Parameters of this subtree, shared ones once, buffers apart. */
  params: number | null;
  trainable: number | null;
  macs: number | null;
  /** Shapes of its first call's inputs and output, as CLI shapes; null where it was never called. */
  input: readonly ShapeJson[] | null;
  output: ShapeJson;
  /** The output values of its first call, in order: what a feature-map view of this module shows. */
  outputs: readonly ValueId[];
  /** Where it is constructed (`self.conv1 = nn.Conv2d(…)`). */
  source: SourceRange | null;
  /** Short constructor text as PyTorch's repr has it: `Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2))`. */
  repr: string;
}

/** A shape as the CLI prints it; see the design's contracts. */
export type ShapeJson =
  | readonly SizeJson[]
  | { seq: readonly ShapeJson[] }
  | { map: Readonly<Record<string, ShapeJson>> }
  | null;

/** How a parameter's values are drawn or set when the model is built. */
export type Fill =
  | { kind: 'uniform'; low: number; high: number }
  | { kind: 'normal'; mean: number; std: number }
  | { kind: 'trunc_normal'; mean: number; std: number; low: number; high: number }
  | { kind: 'constant'; value: number }
  /** Nothing is known of the values. */
  | { kind: 'unknown' };

/** One drawing of values while the model is built, in order: a seed reproduces the weights from these. */
export interface InitStep {
  /** Name in the state dict; null: a tensor that did not stay in the model (it used up random numbers all the same). */
  parameter: string | null;
  /** How many values. */
  count: number;
  fill: Fill;
}

export interface GraphParameter {
  name: string;
  shape: readonly SizeJson[];
  dtype: string;
  /** A buffer (running_mean) is saved, but is not counted as a parameter. */
  buffer: boolean;
  trainable: boolean;
}

export interface GraphSymbol {
  name: string;
  /** What it stands for: "height of x". */
  meaning: string;
  /** The size that costs are stated at. */
  assumed: number | null;
}

export interface ModelGraph {
  version: 1;
  /** The model's class. */
  name: string;
  /** The expression or factory that built it: `resnet18()`. */
  build: string;
  inputs: readonly { name: string; value: ValueId }[];
  outputs: readonly { name: string; value: ValueId }[];
  values: readonly GraphValue[];
  nodes: readonly GraphNode[];
  scopes: readonly GraphScope[];
  parameters: readonly GraphParameter[];
  init: readonly InitStep[];
  symbols: readonly GraphSymbol[];
  /** What the analysis could not follow, for people: "no rule for torch.foo (net.py:12)". */
  gaps: readonly string[];
}
