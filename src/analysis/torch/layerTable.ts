// The layers of torch.nn, class by class, from the files of their families.

import { MULTIHEAD_ATTENTION } from './attention.ts';
import type { LayerSpec } from './layer.ts';
import { BASIC_LAYERS } from './layers.ts';
import { LOSS_LAYERS } from './losses.ts';
import { RECURRENT_LAYERS } from './recurrent.ts';

export const LAYERS: Readonly<Record<string, LayerSpec>> = {
  ...BASIC_LAYERS,
  ...RECURRENT_LAYERS,
  ...LOSS_LAYERS,
  NonDynamicallyQuantizableLinear: BASIC_LAYERS['Linear']!,
  MultiheadAttention: MULTIHEAD_ATTENTION,
};
