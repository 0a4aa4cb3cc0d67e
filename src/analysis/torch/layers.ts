// Layers: torch.nn's classes: the signature of each constructor, its parameters with PyTorch's initialisation, and the
// function of torch.nn.functional that its forward calls.

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import { type MaybeDim, showDim } from '../dims/display.ts';
import type { Fill } from '../graph/modelGraph.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { bindNative, type NativeTable, native, signatureOf } from '../interp/native.ts';
import { report } from '../rules/report.ts';
import { asDim, bool, builtin, classValue, int, NONE, str, tuple } from '../values/make.ts';
import { type DType, type TensorValue, tensor } from '../values/tensor.ts';
import type { ClassValue, InstanceValue, Value } from '../values/value.ts';
import { dimList, flag, sizesOf } from './arguments.ts';
import { CONVOLUTIONS } from './conv.ts';
import { ACTIVATIONS } from './elementwise.ts';
import { constant, kaimingStd, normal, recordFill, uniform } from './initialise.ts';
import { LINEAR_FUNCTIONAL } from './linear.ts';
import { MODULE, stateOf } from './module.ts';
import { NORMALISATIONS } from './norm.ts';
import { POOLING } from './pool.ts';
import { RESHAPING } from './reshape.ts';
import { SPATIAL } from './spatial.ts';

export type Values = Readonly<Record<string, Value>>;

export interface LayerSpec {
  /** Of the constructor, without self. */
  signature: string;
  /** Makes parameters and further attributes. The arguments are attributes already. */
  build?: (ip: Interpreter, self: InstanceValue, args: Values) => void;
  forward: readonly [signature: string, run: (ip: Interpreter, self: InstanceValue, args: Values) => Value];
}

/** Not kept as attributes: they are parameters, or say where and in what dtype to make them. */
const NOT_ATTRIBUTES = new Set(['bias', 'device', 'dtype', '_weight', 'generator']);

export function layerClass(
  name: string,
  spec: LayerSpec,
  module = 'torch.nn.modules',
  base: ClassValue = MODULE,
): ClassValue {
  const cls = classValue(name, [base], [], { module });
  const params = signatureOf(`self, ${spec.signature}`);
  cls.dict.set(
    '__init__',
    builtin<Interpreter>(`${name}.__init__`, (ip, args) => {
      const bound = bindNative(ip, name, params, args);
      const self = bound['self'] as InstanceValue;
      stateOf(self);
      set(ip, self, 'training', bool(true));
      for (const p of params)
        if (p.name !== 'self' && !NOT_ATTRIBUTES.has(p.name)) set(ip, self, p.name, bound[p.name]!);
      spec.build?.(ip, self, bound);
      return NONE;
    }),
  );
  const [signature, run] = spec.forward;
  cls.dict.set(
    'forward',
    native(`${name}.forward`, `self, ${signature}`, (ip, args) => run(ip, args['self'] as InstanceValue, args)),
  );
  return cls;
}

const set = (ip: Interpreter, self: InstanceValue, name: string, value: Value): void =>
  ip.setVariable(self.attributes as Map<string, Value>, name, value);

/** Adds a parameter that is initialised as PyTorch does. */
export function addParameter(
  ip: Interpreter,
  self: InstanceValue,
  name: string,
  shape: readonly MaybeDim[],
  fill: (t: TensorValue) => Fill,
): TensorValue {
  const t = tensor(shape);
  t.parameter = { requiresGrad: true, isParameter: true };
  ip.setVariable(stateOf(self).parameters as Map<string, Value>, name, t);
  recordFill(ip, t, fill(t));
  return t;
}

export const noParameter = (ip: Interpreter, self: InstanceValue, name: string): void =>
  ip.setVariable(stateOf(self).parameters as Map<string, Value>, name, NONE);

export function addBuffer(
  ip: Interpreter,
  self: InstanceValue,
  name: string,
  shape: readonly MaybeDim[],
  value: number,
  dtype: DType = 'float32',
): void {
  const t = tensor(shape, dtype);
  t.parameter = { requiresGrad: false, isParameter: false };
  ip.setVariable(stateOf(self).buffers as Map<string, Value>, name, t);
  recordFill(ip, t, constant(value));
}

/** A parameter, buffer or attribute as it is now (it may have been replaced since). */
export const part = (self: InstanceValue, name: string): Value =>
  self.module?.parameters.get(name) ?? self.module?.buffers.get(name) ?? self.attributes.get(name) ?? NONE;

/** Weights of linear and conv: kaiming_uniform(a=√5). */
const kaimingUniform = (t: TensorValue): Fill => {
  const std = kaimingStd(t, Math.sqrt(5), 'fan_in', 'leaky_relu');
  return uniform(std === null ? null : Math.sqrt(3) * std);
};

/** Their bias: uniform within 1 / √fan_in of the weight. */
const biasFill = (weight: TensorValue) => (): Fill => {
  const shape = weight.shape;
  if (!shape?.every((d): d is number => typeof d === 'number')) return { kind: 'unknown' };
  const fanIn = shape.slice(1).reduce((a, b) => a * b, 1);
  return uniform(fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0);
};

function convolutionSpec(rank: number, transposed: boolean): LayerSpec {
  const common = 'in_channels, out_channels, kernel_size, stride=1, padding=0';
  const name = transposed ? `conv_transpose${rank}d` : `conv${rank}d`;
  return {
    signature: transposed
      ? `${common}, output_padding=0, groups=1, bias=True, dilation=1, padding_mode="zeros", device=None, dtype=None`
      : `${common}, dilation=1, groups=1, bias=True, padding_mode="zeros", device=None, dtype=None`,
    build(ip, self, a) {
      const [inChannels, outChannels, groups] = [asDim(a['in_channels']), asDim(a['out_channels']), asDim(a['groups'])];
      for (const field of ['kernel_size', 'stride', 'padding', 'dilation', 'output_padding']) {
        const sizes = a[field]?.kind === 'str' ? null : sizesOf(a[field], rank);
        if (sizes) set(ip, self, field, tuple(sizes.map((d) => int(d))));
      }
      const divide = checkGroups(ip, self.cls.name, inChannels, outChannels, groups);
      // PyTorch has no such layer: with a weight of unknown size, nothing more is said of it.
      const over = (d: Dim | null): MaybeDim =>
        d === null || groups === null || !divide ? null : dims.floorDiv(d, groups);
      const kernel: MaybeDim[] = sizesOf(a['kernel_size'], rank) ?? Array<null>(rank).fill(null);
      const shape = transposed
        ? [inChannels, over(outChannels), ...kernel]
        : [outChannels, over(inChannels), ...kernel];
      const weight = addParameter(ip, self, 'weight', shape, kaimingUniform);
      if (flag(a['bias']) === false) noParameter(ip, self, 'bias');
      else addParameter(ip, self, 'bias', [outChannels], biasFill(weight));
    },
    forward: [
      transposed ? 'input, output_size=None' : 'input',
      (ip, self, { input }) => {
        const fields = ['stride', 'padding', 'dilation', 'groups', 'padding_mode', 'output_padding'];
        return CONVOLUTIONS[name]![1](ip, {
          input: input!,
          weight: part(self, 'weight'),
          bias: part(self, 'bias'),
          ...Object.fromEntries(fields.map((f) => [f, part(self, f)])),
        });
      },
    ],
  };
}

/** False, and reported, where the channels are no multiple of the groups. */
function checkGroups(
  ip: Interpreter,
  name: string,
  inChannels: Dim | null,
  outChannels: Dim | null,
  groups: Dim | null,
): boolean {
  if (groups === null || !dims.isExact(groups) || groups < 1) return true;
  for (const [what, channels] of [
    ['in_channels', inChannels],
    ['out_channels', outChannels],
  ] as const) {
    if (channels === null || !dims.isExact(channels) || channels % groups === 0) continue;
    const message = `${name}: ${what} (${showDim(channels)}) must be a multiple of groups (${groups}); ${channels} = ${Math.floor(channels / groups)}·${groups} + ${channels % groups}.`;
    if (ip.guarded > 0) ip.raise('ValueError', message);
    report(ip, 'error', { code: 'groups-divide', message });
    return false;
  }
  return true;
}

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

const parts = (self: InstanceValue, ...names: string[]): Record<string, Value> =>
  Object.fromEntries(names.map((n) => [n, part(self, n)]));

/** A layer without parameters: it calls a function with its own attributes. */
function functional(signature: string, table: NativeTable, name: string, extra: Values = {}): LayerSpec {
  const names = signatureOf(signature).map((p) => p.name);
  const [own] = table[name]!;
  const accepted = signatureOf(own);
  return {
    signature,
    forward: [
      'input',
      (ip, self, { input }) => {
        const args: Record<string, Value> = {};
        for (const p of accepted) if (p.default) args[p.name] = p.default;
        for (const n of names) args[n] = part(self, n);
        return table[name]![1](ip, { ...args, ...extra, input: input! });
      },
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

const BASIC_LAYERS: Readonly<Record<string, LayerSpec>> = {
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

export { BASIC_LAYERS };
