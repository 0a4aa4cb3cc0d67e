// What the page and its engine worker say to each other. Pictures and canvases are transferred, not copied.

import type { ModelGraph, ValueId } from '../src/analysis/graph/modelGraph.ts';
import type { ValueStats } from '../src/protocol/panel.ts';
import type { Maps, MapView } from './engine/featureMaps.ts';

export type ToEngine =
  /** First of all: the canvas that maps are drawn on. */
  | { type: 'start'; canvas: OffscreenCanvas }
  | { type: 'model'; graph: ModelGraph; seed: number }
  /** RGBA, 8 bits each. */
  | { type: 'picture'; width: number; height: number; data: ArrayBuffer }
  /** Compute this value and make it what is drawn. A newer request stops an older one. */
  | { type: 'show'; request: number; value: ValueId }
  | { type: 'view'; view: MapView }
  | { type: 'probe'; request: number; channel: number; y: number; x: number };

export type FromEngine =
  | { type: 'ready'; adapter: string; software: boolean }
  | { type: 'noDevice'; reason: 'noWebGpu' | 'noAdapter' | 'noDevice'; message: string }
  /** The device is gone (driver reset, GPU unplugged); a new worker may find another. */
  | { type: 'lost'; message: string }
  /** Of the model just taken: where its weights come from, and which module paths cannot be shown, and why. */
  | { type: 'modelReady'; weights: string; blocked: Readonly<Record<string, string>> }
  /** What was done to the picture. */
  | { type: 'pictureReady'; steps: string }
  | { type: 'progress'; request: number; done: number; total: number }
  | {
      type: 'shown';
      request: number;
      shape: readonly number[];
      maps: Maps;
      stats: ValueStats;
      milliseconds: number;
    }
  /** `blocked`: the graph says so (no kernel, an unknown size); else something went wrong. */
  | { type: 'notShown'; request: number; blocked: boolean; reason: string }
  | { type: 'probed'; request: number; value: number | null }
  | { type: 'failed'; message: string };
