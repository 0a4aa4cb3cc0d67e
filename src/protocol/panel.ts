// The one door between the extension host and the layer panel's page.
//   host → page: { type: 'model', graph, title: 'ResNet · resnet18()', seed: 0, file: 'resnet.py', version: 3 }
//   page → host: { type: 'reveal', path: 'layer1.0.conv1', source: { file, line, … } }
// Only small JSON passes here: pictures travel as resource URIs, weights are drawn in the page from `graph.init`.

import type { ModelGraph, SourceRange } from '../analysis/graph/modelGraph.ts';

/** A picture shipped in `media/images`, or any other that the host offers. */
export interface SampleImage {
  /** Shown under the thumbnail and used as its identity: "chelsea". */
  name: string;
  /** A URI that the page may load (`webview.asWebviewUri`). */
  uri: string;
}

export type ToPanel =
  /** The model to show, or a newer version of it: the page keeps the selection where the path still exists. */
  | {
      type: 'model';
      graph: ModelGraph;
      /** What the page is headed with: the class and what built it. */
      title: string;
      /** The seed that weights are drawn from (`torch.manual_seed(seed); Model()`). */
      seed: number;
      /** The model's file, as people name it. */
      file: string;
      /** Of the document; comes back in `status`. */
      version: number;
    }
  /** The newest text cannot be analysed; the page keeps the last model and says so. */
  | { type: 'analysisFailed'; reason: string }
  /** There is nothing to show ("net.py defines no model"). */
  | { type: 'noModel'; reason: string }
  /** The cursor moved to the layer of this path. Unknown paths are ignored. */
  | { type: 'select'; path: string }
  | { type: 'images'; images: readonly SampleImage[] };

export type FromPanel =
  /** The page listens: send `images`, and `model` or `noModel`. */
  | { type: 'ready' }
  /** The user chose a layer: show where it is constructed. */
  | { type: 'reveal'; path: string; source: SourceRange }
  /** For the log; the page has told the user already. */
  | { type: 'error'; message: string }
  /** After every change of what is shown. */
  | { type: 'status'; status: PanelStatus };

export interface PanelStatus {
  state:
    | 'loading' // the engine starts
    | 'noModel'
    | 'noAdapter' // the page explains what to do
    | 'running'
    | 'shown'
    | 'blocked' // the chosen layer cannot be computed; `message` says why
    | 'failed';
  /** Name of the adapter; '' before it is known. */
  adapter: string;
  /** A software adapter: right, but slow. */
  software: boolean;
  /** Of the document that the model came from; 0 without a model. */
  version: number;
  /** Chosen layer, '' for the whole model. */
  path: string;
  /** Name of the picture. */
  image: string;
  /** The error or the explanation that the page shows; '' if all is well. */
  message: string;
  /** Of the value that is shown. */
  shape?: readonly number[];
  stats?: ValueStats;
  /** Milliseconds from the choice to the drawing. */
  milliseconds?: number;
}

/** Of one value of the graph, computed on the GPU. */
export interface ValueStats {
  min: number;
  max: number;
  mean: number;
  /** Elements that are NaN or infinite; min, max and mean leave them out. */
  notFinite: number;
  /** The first values, row-major: what tests compare. */
  first: readonly number[];
}
