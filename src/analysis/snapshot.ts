// Snapshot: everything that the analysis found in one version of one file. Immutable; features only read it.

import type { ModelGraph, ShapeJson, SizeJson, SourceRange } from './graph/modelGraph.ts';
import type { OutlineRow } from './graph/outline.ts';
import type { Problem } from './rules/problem.ts';

/** Lines and columns from 0; `end` is exclusive. Columns count UTF-16 units, as in the LSP. */
export interface Range {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** Where a plain function was called: its uses differ by that. */
export interface CalledFrom {
  /** Path of the module that was running: 'layer1.0.attn'; '-' where none was. */
  path: string;
  file: string;
  /** Of the call, from 0. */
  line: number;
}

/**
 * Set where the user chose a use of the class or function that a fact is of: 'here': that use's own comes first in `uses`;
 * 'elsewhere': the chosen use does not run this line.
 */
export type Choice = 'here' | 'elsewhere';

/** What a line did in one use of its class: the value it made when the module at `path` ran. */
export interface Observation {
  /** Module path of the use: 'layer2.0'; '' for the model itself, '-' for a plain function. */
  path: string;
  /** Which root it was seen under: index into `Snapshot.roots`. */
  root: number;
  /** Of a plain function alone. */
  from?: CalledFrom;
  /** As people write it: `(B, 64, ⌈H/2⌉, ⌈W/2⌉)`; tuples and lists of tensors as `((…), (…))`. */
  text: string;
  shape: ShapeJson;
  dtype: string | null;
}

/** A tensor-valued place in the source: an assigned name, a parameter of `forward`, a returned value, a name that is read. */
export interface ValueFact {
  /** What is read has a hover, but no hint. */
  kind: 'assign' | 'parameter' | 'return' | 'read';
  /** The name (`x`), or 'return'. */
  name: string;
  /** Of the name; for a return, of the whole statement. */
  range: Range;
  /** Where a hint goes: the end of the name (assign, parameter) or of the statement (return). */
  hintAt: { line: number; column: number };
  /** One per distinct use, first from the file's main root. Never empty. */
  uses: readonly Observation[];
  choice?: Choice;
}

/** A call that ran a layer or an operator: `self.conv1(x)`, `F.relu(x)`, `torch.cat(…)`. */
export interface CallFact {
  range: Range;
  /** Of the callee's name alone (`self.conv1`), for hovers. */
  calleeRange: Range;
  /** 'Conv2d', 'max_pool2d'. */
  operator: string;
  uses: readonly CallUse[];
  choice?: Choice;
}

export interface CallUse {
  path: string;
  root: number;
  from?: CalledFrom;
  /** Path of the layer itself: 'layer1.0.conv1'; null for a function. */
  layer: string | null;
  inputs: readonly string[];
  output: string;
  dtype: string | null;
  params: number | null;
  macs: number | null;
  /** MACs as a formula of the symbols, where sizes are symbolic: `9408·⌈H/2⌉·⌈W/2⌉`. */
  macsText: string | null;
  /** Of the output, one sample of the batch or as known; null where a size is not known. */
  bytes: number | null;
  /** Markdown lines: how the size follows, with its numbers: `⌊(224 + 2·3 − 1·(7 − 1) − 1) / 2⌋ + 1 = 112`. */
  arithmetic: readonly string[];
  /** Receptive field of the output, if known: size, stride and offset on the input, in pixels, by axis. */
  receptiveField: { size: readonly number[]; stride: readonly number[]; start: readonly number[] } | null;
}

/** A layer's construction: `self.conv1 = nn.Conv2d(3, 64, 7)`. */
export interface LayerFact {
  /** Of the whole constructor call. */
  range: Range;
  className: string;
  uses: readonly {
    path: string;
    root: number;
    params: number;
    paramsText: string;
    parameters: readonly { name: string; shape: string }[];
  }[];
  choice?: Choice;
}

/**
 * A class or function of the file with the places that run it: hints show one of them, and the CodeLens says which.
 * BasicBlock: layer1.0, layer1.1, layer2.0, … under resnet18(), and again under resnet34().
 */
export interface InstanceFact {
  kind: 'class' | 'function';
  name: string;
  /** Of the name. */
  range: Range;
  /** Of the whole definition: whatever stands in these lines is of it. */
  firstLine: number;
  lastLine: number;
  /** Each use once, in the order in which they ran, the main root's first; those that never ran come last. */
  uses: readonly InstanceUse[];
}

export interface InstanceUse {
  root: number;
  /** Module path of the instance; for a function, of the module that calls it ('-': none does). */
  path: string;
  /** Of a function: the place of the call, and which of the calls in that module it is, from 0. */
  call: { file: string; line: number; nth: number } | null;
  /** What goes in and comes out: `(B, 64, 56, 56) → (B, 64, 56, 56)`; '' where it did not run. */
  flow: string;
  params: number | null;
  macs: number | null;
}

/** A class of the file that is (or contains) a model, for CodeLenses. */
export interface ModelFact {
  className: string;
  /** Of the class's name. */
  range: Range;
  /** The roots whose model is of this class (indices), best first; empty where the class only appears inside others. */
  roots: readonly number[];
  uses: number;
  /** For a class seen only inside others: its first use. */
  params: number | null;
  macs: number | null;
}

/**
 * Where an input's shape came from, best first: what the command line or the settings ask for, a pin in the source, what
 * annotations, comments and docstrings say, calls in the file or the workspace, a DataLoader's samples, the model's own
 * constraints; 'assumed' where nothing tells.
 */
export type InputSource =
  | 'option'
  | 'setting'
  | 'pin'
  | 'annotation'
  | 'comment'
  | 'docstring'
  | 'call'
  | 'loader'
  | 'layers'
  | 'assumed';

/** What is fed to one parameter of forward. */
export interface InputFact {
  name: string;
  /** As people write it: `(B, 3, H, W)`. */
  text: string;
  shape: readonly SizeJson[] | null;
  /** Sentences on it, for hovers: `H = W in 32…35; 32 leaves nothing over`, `C = 3, because conv1 wants 3 channels`. */
  notes: readonly string[];
}

/** A place where analysis started: how the model was built and what it was fed. */
export interface RootFact {
  className: string;
  build: string;
  inputs: readonly InputFact[];
  inputSource: InputSource;
  /** Where the root stands: the call, or the constructor; perhaps in another file of the workspace. */
  source: SourceRange | null;
  /** Where a DataLoader's batch is what it is fed: of which dataset, and where the loader is made. */
  loader?: { dataset: string; source: SourceRange | null };
  /** Null where the model holds something that is not known. */
  params: number | null;
  /** With symbols where arguments of the constructor are symbols: `12·dim² + 13·dim`. */
  paramsText: string | null;
  trainable: number | null;
  buffers: number;
  macs: number | null;
  /** With the symbols of the input: `9408·⌈H/2⌉·⌈W/2⌉`. */
  macsText: string | null;
  /** Sizes at which `macs` is stated where the input's are symbols: `{H: 224, W: 224, B: 1}`. */
  macsAt: Readonly<Record<string, number>> | null;
  /** The graph with exact sizes (symbols replaced by `macsAt`), for the visualiser. Null where the model could not run. */
  graph: ModelGraph | null;
  /** Of a model whose sizes stay symbols: its modules, with formulas. Null where there is a graph. */
  outline: readonly OutlineRow[] | null;
}

/** A place that the analysis could not follow, and why. */
export interface Gap {
  range: Range;
  reason: string;
}

export interface Snapshot {
  file: string;
  version: number | string;
  values: readonly ValueFact[];
  calls: readonly CallFact[];
  layers: readonly LayerFact[];
  models: readonly ModelFact[];
  instances: readonly InstanceFact[];
  roots: readonly RootFact[];
  problems: readonly Problem[];
  gaps: readonly Gap[];
  /** Other files that were read, with absent ones: a change of any asks for a new analysis. */
  dependencies: readonly string[];
  /** Paths that the host said were 'pending'. */
  pending: readonly string[];
  /** True where a budget ran out before the end. */
  incomplete: boolean;
  milliseconds: number;
}
