// Messages between the language server and its client, beside the standard LSP ones. Plain data: both ends import this and nothing of each other.
//   client → server   layerlens/graph {uri: 'file:///net.py'}          the model's graph, for the panel
//   client → server   layerlens/layerAt {uri, position}                'layer1.0.conv1', to select in the panel
//   client → server   layerlens/uses {uri, name: 'BasicBlock'}         where a class runs, to choose from
//   client → server   layerlens/choices {files: {…}}                   which use of a class its hints shall show
//   client → server   layerlens/pin {uri, name, text: '(1, 3, 32, 32)'} the edits that pin an input above a class
//   server → client   layerlens/analysed {uri, models: 2, …}           a new version was analysed
//   server → client   layerlens/readFile {uri}                         a file's text, where the server has no disk

import type { ModelGraph } from '../analysis/graph/modelGraph.ts';

/** Lines and UTF-16 columns from 0, as in the LSP. */
export interface TextPosition {
  line: number;
  character: number;
}

// ─── layerlens/graph ───────────────────────────────────────────────────────────────────────────────────────────────

export const graphMethod = 'layerlens/graph';

export interface GraphParams {
  uri: string;
  /** The class whose lens was clicked; absent: the file's main model. */
  className?: string;
  /** Index of the root (the build) that was chosen; absent: the best one of the class. */
  root?: number;
}

export interface GraphFound {
  graph: ModelGraph;
  /** What the panel is headed with: `ResNet · resnet18()`. */
  title: string;
  /** Version of the document that the graph belongs to. */
  version: number;
  /** Index of the root that it shows. */
  root: number;
  /** The module to select first: set where the asked class only appears inside the model. */
  select: string | null;
}

/** Why there is nothing to draw, in a sentence for people. */
export interface GraphMissing {
  reason: string;
}

export type GraphResult = GraphFound | GraphMissing;

// ─── layerlens/layerAt ─────────────────────────────────────────────────────────────────────────────────────────────

export const layerAtMethod = 'layerlens/layerAt';

export interface LayerAtParams {
  uri: string;
  position: TextPosition;
  /** Index of the root that the panel shows; absent: the file's main one. */
  root?: number;
  /** The layer that is chosen now: of several places that use the same line, the nearest to it is meant. */
  near?: string;
}

/** Module path of what stands under the cursor: 'layer1.0.conv1'; '' is the model itself. */
export type LayerAtResult = { path: string } | null;

// ─── layerlens/uses and layerlens/choices ──────────────────────────────────────────────────────────────────────────

export const usesMethod = 'layerlens/uses';

export interface UsesParams {
  uri: string;
  /** A class or function of the file; absent: the one at `position`. */
  name?: string;
  position?: TextPosition;
}

/** Null where the file has no such class or function, or nothing runs it. */
export type UsesResult = {
  name: string;
  uses: readonly UseEntry[];
  /** Index of the one that is shown. */
  shown: number;
  /** It is a class that a pin can stand above. */
  isModel: boolean;
} | null;

export interface UseEntry {
  /** `resnet18 › layer2.0` */
  label: string;
  /** `(B, 64, 56, 56) → (B, 128, 28, 28)` */
  flow: string;
  choice: UseChoice;
}

/**
 * A use of a class or function, named so that it is found again after edits: by its root's build and inputs, and by the path
 * of its module (of a function: of the module that calls it, and the nth of its calls there).
 */
export interface UseChoice {
  name: string;
  build: string;
  inputs: string;
  path: string;
  nth: number;
}

/** A notification: all that the user has chosen, by document; of each the last choice last. */
export const choicesMethod = 'layerlens/choices';

export interface ChoicesParams {
  files: Readonly<Record<string, readonly UseChoice[]>>;
}

// ─── layerlens/pin ─────────────────────────────────────────────────────────────────────────────────────────────────

export const pinMethod = 'layerlens/pin';

/** Asks for the pin of a class or function, and how to change it. */
export interface PinParams {
  uri: string;
  /** Absent: what stands at `position`, else the file's main model. */
  name?: string;
  position?: TextPosition;
  /** What it shall say, `(1, 3, 224, 224)` or all of a pin's text; null: it shall go; absent: only asked. */
  text?: string | null;
}

export type PinResult = {
  name: string;
  /** What the pin says, or what one could say: `(1, 3, 224, 224)`. */
  current: string;
  hasPin: boolean;
  /** Why `text` is none, in a sentence for people. */
  problem: string | null;
  /** Edits of `uri` (in a notebook, of its cell) that make it so. */
  edits: readonly { uri: string; range: { start: TextPosition; end: TextPosition }; newText: string }[];
} | null;

// ─── layerlens/analysed ────────────────────────────────────────────────────────────────────────────────────────────

export const analysedMethod = 'layerlens/analysed';

export interface AnalysedParams {
  uri: string;
  version: number;
  /** How many model classes the file holds; 0 also where the file uses none of our libraries. */
  models: number;
  /** The main model, as the status bar names it: `ResNet`. */
  model: string | null;
  milliseconds: number;
}

// ─── layerlens/readFile ────────────────────────────────────────────────────────────────────────────────────────────

export const readFileMethod = 'layerlens/readFile';

export interface ReadFileParams {
  uri: string;
}

export type ReadFileResult = { kind: 'file'; text: string } | { kind: 'directory' } | { kind: 'absent' };

// ─── layerlens/environment ─────────────────────────────────────────────────────────────────────────────────────────

/** From the client: folders of installed packages, which imports are looked up in last, as source. */
export const environmentMethod = 'layerlens/environment';

export interface EnvironmentParams {
  /** URIs of site-packages folders of the selected Python environment. */
  packages: readonly string[];
}

// ─── commands that the server's CodeLenses name and the client runs ────────────────────────────────────────────────

export const openLayersCommand = 'layerlens.openLayers';
export const chooseUseCommand = 'layerlens.chooseUse';
export const nextUseCommand = 'layerlens.nextUse';
export const setInputCommand = 'layerlens.setInput';

/** `root` is null for a class that only appears inside other models. */
export type OpenLayersArguments = [uri: string, className: string, root: number | null];

export type ChooseUseArguments = [uri: string, name: string];
export type SetInputArguments = [uri: string, className: string];

// ─── what both ends look for ───────────────────────────────────────────────────────────────────────────────────────

/** Does a Python text import a library that LayerLens knows? A cheap first look: `import torch`, `from timm.models import …`. */
export function usesLibrary(text: string): boolean {
  return /^[ \t]*(?:import|from)[ \t][^\n#]*\b(?:torch|torchvision|einops|timm)\b/m.test(text);
}
