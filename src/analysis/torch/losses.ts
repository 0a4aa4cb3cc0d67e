// Losses: a number for a prediction and its target, as layers and as functions.
//   nn.CrossEntropyLoss()(logits, labels)    # (B, 10), (B,) → ()

import type { Interpreter } from '../interp/interpreter.ts';
import type { NativeTable } from '../interp/native.ts';
import { asString, unknown } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { broadcast } from './broadcast.ts';
import { asTensor, emit } from './emit.ts';
import { type LayerSpec, part } from './layer.ts';

/** What an unreduced loss has: 'broadcast' one number a pair of elements, 'target' one a target, 'batch' one a sample. */
type Unreduced = 'broadcast' | 'target' | 'batch';

/** Layer, function, arguments beside input and target, and what is left without a reduction. */
const LOSSES: readonly (readonly [layer: string, name: string, rest: string, unreduced: Unreduced])[] = [
  [
    'CrossEntropyLoss',
    'cross_entropy',
    'weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean", label_smoothing=0.0',
    'target',
  ],
  ['NLLLoss', 'nll_loss', 'weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"', 'target'],
  ['BCELoss', 'binary_cross_entropy', 'weight=None, size_average=None, reduce=None, reduction="mean"', 'broadcast'],
  [
    'BCEWithLogitsLoss',
    'binary_cross_entropy_with_logits',
    'weight=None, size_average=None, reduce=None, reduction="mean", pos_weight=None',
    'broadcast',
  ],
  ['MSELoss', 'mse_loss', 'size_average=None, reduce=None, reduction="mean"', 'broadcast'],
  ['L1Loss', 'l1_loss', 'size_average=None, reduce=None, reduction="mean"', 'broadcast'],
  ['SmoothL1Loss', 'smooth_l1_loss', 'size_average=None, reduce=None, reduction="mean", beta=1.0', 'broadcast'],
  ['HuberLoss', 'huber_loss', 'reduction="mean", delta=1.0', 'broadcast'],
  ['KLDivLoss', 'kl_div', 'size_average=None, reduce=None, reduction="mean", log_target=False', 'broadcast'],
  [
    'HingeEmbeddingLoss',
    'hinge_embedding_loss',
    'margin=1.0, size_average=None, reduce=None, reduction="mean"',
    'broadcast',
  ],
  ['SoftMarginLoss', 'soft_margin_loss', 'size_average=None, reduce=None, reduction="mean"', 'broadcast'],
  [
    'PoissonNLLLoss',
    'poisson_nll_loss',
    'log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction="mean"',
    'broadcast',
  ],
  [
    'MultiLabelSoftMarginLoss',
    'multilabel_soft_margin_loss',
    'weight=None, size_average=None, reduce=None, reduction="mean"',
    'batch',
  ],
  [
    'MultiMarginLoss',
    'multi_margin_loss',
    'p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction="mean"',
    'batch',
  ],
];

function loss(
  ip: Interpreter,
  name: string,
  unreduced: Unreduced,
  input: Value | undefined,
  target: Value | undefined,
  reduction: string,
): Value {
  const [x, y] = [asTensor(input), asTensor(target)];
  if (!x) return unknown('what the loss is of is not known');
  const inputs = y ? [x, y] : [x];
  if (reduction !== 'none') return emit(ip, { op: { op: 'opaque', name }, inputs, shape: [], dtype: x.dtype });
  const left =
    unreduced === 'target'
      ? (y?.shape ?? null)
      : unreduced === 'batch'
        ? x.shape && x.shape.slice(0, 1)
        : y
          ? broadcast(x.shape, y.shape).shape
          : null;
  return emit(ip, { op: { op: 'opaque', name }, inputs, shape: left, dtype: x.dtype });
}

export const LOSS_FUNCTIONS: NativeTable = Object.fromEntries(
  LOSSES.map(([, name, rest, unreduced]): [string, NativeTable[string]] => [
    name,
    [
      `input, target, ${rest}`,
      (ip, a) => loss(ip, name, unreduced, a['input'], a['target'], asString(a['reduction']) ?? 'mean'),
    ],
  ]),
);

export const LOSS_LAYERS: Readonly<Record<string, LayerSpec>> = Object.fromEntries(
  LOSSES.map(([layer, name, rest, unreduced]): [string, LayerSpec] => [
    layer,
    {
      signature: rest,
      forward: [
        'input, target',
        (ip, self, { input, target }) =>
          loss(ip, name, unreduced, input, target, asString(part(self, 'reduction')) ?? 'mean'),
      ],
    },
  ]),
);
