// Layers: torch.nn's classes that are not convolutions, attention, recurrent or losses (those have files of their own).

import type { MaybeDim } from '../dims/display.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { asDim, bool, int, NONE, str, tuple, unknown } from '../values/make.ts';
import type { InstanceValue, Value } from '../values/value.ts';
import { dimList, flag } from './arguments.ts';
import { biasFill, convolutionSpec, kaimingUniform } from './convLayers.ts';
import { ACTIVATIONS } from './elementwise.ts';
import { asTensor } from './emit.ts';
import { constant, normal } from './initialise.ts';
import { addBuffer, addParameter, functional, type LayerSpec, noParameter, part, parts, set } from './layer.ts';
import { LINEAR_FUNCTIONAL } from './linear.ts';
import { NORMALISATIONS } from './norm.ts';
import { POOLING } from './pool.ts';
import { RESHAPING } from './reshape.ts';
import { SPATIAL } from './spatial.ts';

function batchNormSpec(): LayerSpec {
  return {
    signature: 'num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, device=None, dtype=None',
    build(ip, self, a) {
      const n = asDim(a['num_features']);
      if (flag(a['affine']) === false) {
        noParameter(ip, self, 'weight');
        noParameter(ip, self, 'bias');
      } else {
        addParameter(ip, self, 'weight', [n], () => constant(1));
        addParameter(ip, self, 'bias', [n], () => constant(0));
      }
      if (flag(a['track_running_stats']) === false) return;
      addBuffer(ip, self, 'running_mean', [n], 0);
      addBuffer(ip, self, 'running_var', [n], 1);
      addBuffer(ip, self, 'num_batches_tracked', [], 0, 'int64');
    },
    forward: [
      'input',
      (ip, self, { input }) =>
        NORMALISATIONS['batch_norm']![1](ip, {
          input: input!,
          ...parts(self, 'weight', 'bias', 'running_mean', 'running_var', 'eps'),
        }),
    ],
  };
}

const affinePair = (
  ip: Interpreter,
  self: InstanceValue,
  shape: readonly MaybeDim[],
  affine: boolean,
  bias = true,
): void => {
  if (!affine) {
    noParameter(ip, self, 'weight');
    noParameter(ip, self, 'bias');
    return;
  }
  addParameter(ip, self, 'weight', shape, () => constant(1));
  if (bias) addParameter(ip, self, 'bias', shape, () => constant(0));
  else noParameter(ip, self, 'bias');
};

const dropout: LayerSpec = functional('p=0.5, inplace=False', ACTIVATIONS, 'dropout');

const ACTIVATION_LAYERS: readonly [string, string, string][] = [
  ['ReLU', 'inplace=False', 'relu'],
  ['ReLU6', 'inplace=False', 'relu6'],
  ['Sigmoid', '', 'sigmoid'],
  ['Tanh', '', 'tanh'],
  ['SiLU', 'inplace=False', 'silu'],
  ['Mish', 'inplace=False', 'mish'],
  ['Hardswish', 'inplace=False', 'hardswish'],
  ['Hardsigmoid', 'inplace=False', 'hardsigmoid'],
  ['Softsign', '', 'softsign'],
  ['SELU', 'inplace=False', 'selu'],
  ['Tanhshrink', '', 'tanhshrink'],
  ['LogSigmoid', '', 'logsigmoid'],
  ['LeakyReLU', 'negative_slope=0.01, inplace=False', 'leaky_relu'],
  ['ELU', 'alpha=1.0, inplace=False', 'elu'],
  ['CELU', 'alpha=1.0, inplace=False', 'celu'],
  ['GELU', 'approximate="none"', 'gelu'],
  ['Hardtanh', 'min_val=-1.0, max_val=1.0, inplace=False', 'hardtanh'],
  ['Softplus', 'beta=1, threshold=20', 'softplus'],
  ['Softmax', 'dim=None', 'softmax'],
  ['LogSoftmax', 'dim=None', 'log_softmax'],
];

const RANKS = [1, 2, 3] as const;

const syncBatchNorm: LayerSpec = {
  ...batchNormSpec(),
  signature:
    'num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, process_group=None, device=None, dtype=None',
  classMethods: { convert_sync_batchnorm: ['cls, module, process_group=None', (_ip, a) => a['module']!] },
};

export const BASIC_LAYERS: Readonly<Record<string, LayerSpec>> = {
  SyncBatchNorm: syncBatchNorm,
  // Private, but subclassed by model files.
  _BatchNorm: batchNormSpec(),
  _NormBase: batchNormSpec(),
  ...Object.fromEntries(
    RANKS.flatMap((rank): [string, LayerSpec][] => [
      [`Conv${rank}d`, convolutionSpec(rank, false)],
      [`ConvTranspose${rank}d`, convolutionSpec(rank, true)],
      [`BatchNorm${rank}d`, batchNormSpec()],
      [
        `MaxPool${rank}d`,
        functional(
          'kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False',
          POOLING,
          `max_pool${rank}d`,
        ),
      ],
      [
        `AvgPool${rank}d`,
        functional(
          `kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True${rank === 1 ? '' : ', divisor_override=None'}`,
          POOLING,
          `avg_pool${rank}d`,
        ),
      ],
      [`AdaptiveAvgPool${rank}d`, functional('output_size', POOLING, `adaptive_avg_pool${rank}d`)],
      [
        `AdaptiveMaxPool${rank}d`,
        functional('output_size, return_indices=False', POOLING, `adaptive_max_pool${rank}d`),
      ],
      [`Dropout${rank}d`, dropout],
      [
        `InstanceNorm${rank}d`,
        {
          signature:
            'num_features, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False, device=None, dtype=None',
          build: (ip, self, a) => affinePair(ip, self, [asDim(a['num_features'])], flag(a['affine']) === true),
          forward: [
            'input',
            (ip, self, { input }) =>
              NORMALISATIONS['instance_norm']![1](ip, { input: input!, ...parts(self, 'weight', 'bias') }),
          ],
        },
      ],
    ]),
  ),
  ...Object.fromEntries(ACTIVATION_LAYERS.map(([name, signature, f]) => [name, functional(signature, ACTIVATIONS, f)])),
  Linear: {
    signature: 'in_features, out_features, bias=True, device=None, dtype=None',
    build(ip, self, a) {
      const [i, o] = [asDim(a['in_features']), asDim(a['out_features'])];
      const weight = addParameter(ip, self, 'weight', [o, i], kaimingUniform);
      if (flag(a['bias']) === false) noParameter(ip, self, 'bias');
      else addParameter(ip, self, 'bias', [o], biasFill(weight));
    },
    forward: [
      'input',
      (ip, self, { input }) => LINEAR_FUNCTIONAL['linear']![1](ip, { input: input!, ...parts(self, 'weight', 'bias') }),
    ],
  },
  Embedding: {
    classMethods: {
      from_pretrained: [
        'cls, embeddings, freeze=True, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False',
        (ip, a) => pretrained(ip, a['cls']!, a['embeddings'], flag(a['freeze']) !== false),
      ],
    },
    signature:
      'num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False, _weight=None, device=None, dtype=None',
    build: (ip, self, a) =>
      void addParameter(ip, self, 'weight', [asDim(a['num_embeddings']), asDim(a['embedding_dim'])], () => normal(1)),
    forward: [
      'input',
      (ip, self, { input }) => LINEAR_FUNCTIONAL['embedding']![1](ip, { input: input!, weight: part(self, 'weight') }),
    ],
  },
  LayerNorm: {
    signature: 'normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None, dtype=None',
    build(ip, self, a) {
      const shape = dimList(a['normalized_shape']) ?? [null];
      set(ip, self, 'normalized_shape', tuple(shape.map((d) => (d === null ? NONE : int(d)))));
      affinePair(ip, self, shape, flag(a['elementwise_affine']) !== false, flag(a['bias']) !== false);
    },
    forward: [
      'input',
      (ip, self, { input }) =>
        NORMALISATIONS['layer_norm']![1](ip, {
          input: input!,
          ...parts(self, 'normalized_shape', 'weight', 'bias', 'eps'),
        }),
    ],
  },
  GroupNorm: {
    signature: 'num_groups, num_channels, eps=1e-05, affine=True, device=None, dtype=None',
    build: (ip, self, a) => affinePair(ip, self, [asDim(a['num_channels'])], flag(a['affine']) !== false),
    forward: [
      'input',
      (ip, self, { input }) =>
        NORMALISATIONS['group_norm']![1](ip, { input: input!, ...parts(self, 'num_groups', 'weight', 'bias', 'eps') }),
    ],
  },
  LocalResponseNorm: functional('size, alpha=0.0001, beta=0.75, k=1.0', NORMALISATIONS, 'local_response_norm'),
  PReLU: {
    signature: 'num_parameters=1, init=0.25, device=None, dtype=None',
    build: (ip, self, a) => void addParameter(ip, self, 'weight', [asDim(a['num_parameters'])], () => constant(0.25)),
    forward: [
      'input',
      (ip, self, { input }) => ACTIVATIONS['prelu']![1](ip, { input: input!, weight: part(self, 'weight') }),
    ],
  },
  Dropout: dropout,
  AlphaDropout: dropout,
  Identity: { signature: '*args, **kwargs', forward: ['input', (_ip, _self, { input }) => input!] },
  Flatten: functional('start_dim=1, end_dim=-1', RESHAPING, 'flatten'),
  Unflatten: {
    signature: 'dim, unflattened_size',
    forward: [
      'input',
      (ip, self, { input }) =>
        RESHAPING['unflatten']![1](ip, {
          input: input!,
          dim: part(self, 'dim'),
          sizes: part(self, 'unflattened_size'),
        }),
    ],
  },
  Upsample: {
    signature: 'size=None, scale_factor=None, mode="nearest", align_corners=None, recompute_scale_factor=None',
    forward: [
      'input',
      (ip, self, { input }) =>
        SPATIAL['interpolate']![1](ip, {
          input: input!,
          ...parts(self, 'size', 'scale_factor', 'mode', 'align_corners'),
        }),
    ],
  },
  UpsamplingNearest2d: {
    signature: 'size=None, scale_factor=None',
    forward: [
      'input',
      (ip, self, { input }) =>
        SPATIAL['interpolate']![1](ip, { input: input!, ...parts(self, 'size', 'scale_factor'), mode: str('nearest') }),
    ],
  },
  UpsamplingBilinear2d: {
    signature: 'size=None, scale_factor=None',
    forward: [
      'input',
      (ip, self, { input }) =>
        SPATIAL['interpolate']![1](ip, {
          input: input!,
          ...parts(self, 'size', 'scale_factor'),
          mode: str('bilinear'),
          align_corners: bool(true),
        }),
    ],
  },
  PixelShuffle: {
    signature: 'upscale_factor',
    forward: [
      'input',
      (ip, self, { input }) =>
        SPATIAL['pixel_shuffle']![1](ip, { input: input!, factor: part(self, 'upscale_factor') }),
    ],
  },
  PixelUnshuffle: {
    signature: 'downscale_factor',
    forward: [
      'input',
      (ip, self, { input }) =>
        SPATIAL['pixel_unshuffle']![1](ip, { input: input!, factor: part(self, 'downscale_factor') }),
    ],
  },
  ...Object.fromEntries(
    RANKS.flatMap((rank): [string, LayerSpec][] => [
      [`ZeroPad${rank}d`, padding(rank, 'constant', 0)],
      [`ReflectionPad${rank}d`, padding(rank, 'reflect', 0)],
      [`ReplicationPad${rank}d`, padding(rank, 'replicate', 0)],
    ]),
  ),
};

/** An embedding of a given table; frozen unless told otherwise. */
export function pretrained(ip: Interpreter, cls: Value, table: Value | undefined, frozen: boolean): Value {
  const [rows, columns] = asTensor(table)?.shape ?? [];
  if (rows == null || columns == null) return unknown('the size of the embeddings is not known');
  const made = ip.call(cls, [int(rows), int(columns)]);
  const weight = made.kind === 'instance' ? asTensor(part(made, 'weight')) : null;
  if (weight?.parameter) weight.parameter.requiresGrad = !frozen;
  return made;
}

function padding(rank: number, mode: string, value: number): LayerSpec {
  return {
    signature: 'padding',
    forward: [
      'input',
      (ip, self, { input }) => {
        const one = asDim(part(self, 'padding'));
        const pad = one === null ? part(self, 'padding') : tuple(Array.from({ length: 2 * rank }, () => int(one)));
        return SPATIAL['pad']![1](ip, { input: input!, pad, mode: str(mode), value: int(value) });
      },
    ],
  };
}
