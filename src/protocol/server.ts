// Messages between the language server and its client, beside the standard LSP ones. Plain data: both ends import this and nothing of each other.
//   client → server   layerlens/graph {uri: 'file:///net.py'}          the model's graph, for the panel
//   client → server   layerlens/layerAt {uri, position}                'layer1.0.conv1', to select in the panel
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
export const chooseBuildCommand = 'layerlens.chooseBuild';

/** `root` is null for a class that only appears inside other models. */
export type OpenLayersArguments = [uri: string, className: string, root: number | null];

export interface Build {
  /** `resnet18()` */
  label: string;
  root: number;
}

export type ChooseBuildArguments = [uri: string, className: string, builds: readonly Build[]];

// ─── what both ends look for ───────────────────────────────────────────────────────────────────────────────────────

/** Does a Python text import a library that LayerLens knows? A cheap first look: `import torch`, `from timm.models import …`. */
export function usesLibrary(text: string): boolean {
  return /^[ \t]*(?:import|from)[ \t][^\n#]*\b(?:torch|torchvision|einops|timm)\b/m.test(text);
}
