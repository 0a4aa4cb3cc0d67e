// Modules of PyTorch that are given as Python source, by the name that the loader asks for.

import { ADAPTIVE_SOURCE } from './adaptiveSource.ts';
import { TRANSFORMER_SOURCE } from './transformerSource.ts';

export const TORCH_SOURCES: Readonly<Record<string, string>> = {
  'torch.nn.modules.transformer': TRANSFORMER_SOURCE,
  'torch.nn.modules.adaptive': ADAPTIVE_SOURCE,
};

/** Classes of torch.nn that stand in them: name → module. */
export const SOURCE_CLASSES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...['Transformer', 'TransformerEncoder', 'TransformerDecoder', 'TransformerEncoderLayer'],
      'TransformerDecoderLayer',
    ].map((name) => [name, 'torch.nn.modules.transformer']),
  ),
  AdaptiveLogSoftmaxWithLoss: 'torch.nn.modules.adaptive',
};
