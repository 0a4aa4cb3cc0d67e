// The layers of torch.nn, class by class, from the files of their families.

import { MULTIHEAD_ATTENTION } from './attention.ts';
import { DISTANCE_LAYERS } from './distances.ts';
import type { LayerSpec } from './layer.ts';
import { BASIC_LAYERS } from './layers.ts';
import { LAZY_LAYERS } from './lazyLayers.ts';
import { LOSS_LAYERS } from './losses.ts';
import { RARE_LAYERS } from './rareLayers.ts';
import { RARE_POOLING_LAYERS } from './rarePool.ts';
import { RECURRENT_LAYERS } from './recurrent.ts';

export const LAYERS: Readonly<Record<string, LayerSpec>> = {
  ...BASIC_LAYERS,
  ...RECURRENT_LAYERS,
  ...LOSS_LAYERS,
  ...DISTANCE_LAYERS,
  ...RARE_LAYERS,
  ...RARE_POOLING_LAYERS,
  ...LAZY_LAYERS,
  NonDynamicallyQuantizableLinear: BASIC_LAYERS['Linear']!,
  MultiheadAttention: MULTIHEAD_ATTENTION,
};
