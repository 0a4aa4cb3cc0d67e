// The rarer layers of torch.nn: Bilinear, EmbeddingBag, RMSNorm, GLU, ChannelShuffle, Unfold, ConstantPad and their kin.

import * as dims from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { Bound, NativeTable } from '../interp/native.ts';
import { asDim, int, NONE, str, tuple } from '../values/make.ts';
import { type Shape, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { axisOf, dimList, flag } from './arguments.ts';
import { broadcast } from './broadcast.ts';
import { parameterCount } from './conv.ts';
import { biasFill } from './convLayers.ts';
import { ACTIVATIONS } from './elementwise.ts';
import { asTensor, emit, unknownResult } from './emit.ts';
import { PICKING } from './gather.ts';
import { constant, normal } from './initialise.ts';
import { addParameter, functional, type LayerSpec, noParameter, part, parts, set } from './layer.ts';
import { pretrained } from './layers.ts';
import { PATCHES } from './patches.ts';
import { on, opaque, productOf, withAxis } from './rule.ts';
import { SPATIAL } from './spatial.ts';

/** Source: torch.nn.functional.bilinear: (…, in1), (…, in2) → (…, out). */
function bilinear(ip: Interpreter, a: Bound): Value {
  const [x, y, weight] = [asTensor(a['input1']), asTensor(a['input2']), asTensor(a['weight'])];
  if (!x?.shape || !y?.shape || !weight?.shape) return unknownResult([a['input1'], a['input2'], a['weight']]);
  const lead = broadcast(x.shape.slice(0, -1), y.shape.slice(0, -1)).shape;
  const bias = asTensor(a['bias']);
  const shape: Shape = lead && [...lead, weight.shape[0]!];
  return emit(ip, {
    op: { op: 'opaque', name: 'bilinear' },
    inputs: [x, y],
    shape,
    params: { weight, ...(bias ? { bias } : {}) },
    macs: shape && productOf([...shape, weight.shape[1]!, weight.shape[2]!]),
    parameterCount: parameterCount(weight, bias),
  });
}

/** Source: torch.nn.EmbeddingBag, "Shape": one row a bag. */
function embeddingBag(ip: Interpreter, a: Bound): Value {
  const [input, weight] = [asTensor(a['input']), asTensor(a['weight'])];
  if (!input || !weight?.shape) return unknownResult([a['input'], a['weight']]);
  const offsets = asTensor(a['offsets']);
  const starts = offsets?.shape?.[0];
  const closed = flag(a['include_last_offset']) === true;
  const bags: MaybeDim =
    input.shape?.length === 2 ? input.shape[0]! : starts == null ? null : closed ? dims.sub(starts, 1) : starts;
  return emit(ip, {
    op: { op: 'opaque', name: 'embedding_bag' },
    inputs: [input],
    shape: [bags, weight.shape[1] ?? null],
    dtype: weight.dtype,
    params: { weight },
    parameterCount: parameterCount(weight),
  });
}

/** Halves one axis: a · sigmoid(b). */
const glu = on((ip, t, { dim }) => {
  const axis = t.shape ? axisOf(dim, t.shape.length) : null;
  if (axis === null) return tensor(null, t.dtype);
  const size = t.shape![axis]!;
  return opaque(ip, 'glu', [t], withAxis(t.shape!, axis, size === null ? null : dims.floorDiv(size, 2)));
});

const keep = (name: string, rest: string): NativeTable[string] => [
  `input${rest}`,
  on((ip, t) => opaque(ip, name, [t], t.shape)),
];

const rmsNorm: NativeTable[string] = [
  'input, normalized_shape, weight=None, eps=None',
  on((ip, t, a) => {
    const weight = asTensor(a['weight']);
    return emit(ip, {
      op: { op: 'opaque', name: 'rms_norm' },
      inputs: [t],
      shape: t.shape,
      params: weight ? { weight } : {},
      parameterCount: parameterCount(weight),
      name: 'rms_norm',
    });
  }),
];

/** torch.nn.functional. */
export const RARE_FUNCTIONS: NativeTable = {
  bilinear: ['input1, input2, weight, bias=None', bilinear],
  embedding_bag: [
    'input, weight, offsets=None, max_norm=None, norm_type=2, scale_grad_by_freq=False, mode="mean", sparse=False, per_sample_weights=None, include_last_offset=False, padding_idx=None',
    embeddingBag,
  ],
  glu: ['input, dim=-1', glu],
  rms_norm: rmsNorm,
  gumbel_softmax: [
    'logits, tau=1, hard=False, eps=1e-10, dim=-1',
    (ip, a) => keep('gumbel_softmax', '')[1](ip, { input: a['logits']! }),
  ],
  native_channel_shuffle: keep('channel_shuffle', ', groups'),
  upsample_nearest: [
    'input, size=None, scale_factor=None',
    (ip, a) => SPATIAL['interpolate']![1](ip, { ...a, mode: str('nearest') }),
  ],
  upsample_bilinear: [
    'input, size=None, scale_factor=None',
    (ip, a) =>
      SPATIAL['interpolate']![1](ip, { ...a, mode: str('bilinear'), align_corners: { kind: 'bool', value: true } }),
  ],
};

/** Layers that keep their input's shape, are known by name, and have no parameters. */
const KEEPING: readonly (readonly [layer: string, signature: string, operator: string])[] = [
  ['ChannelShuffle', 'groups', 'channel_shuffle'],
  ['CrossMapLRN2d', 'size, alpha=0.0001, beta=0.75, k=1', 'local_response_norm'],
  ['Threshold', 'threshold, value, inplace=False', 'threshold'],
];

function paddings(rank: number): [string, LayerSpec][] {
  const spec = (signature: string, mode: string): LayerSpec => ({
    signature,
    forward: [
      'input',
      (ip, self, { input }) => {
        const one = asDim(part(self, 'padding'));
        const pad = one === null ? part(self, 'padding') : tuple(Array.from({ length: 2 * rank }, () => int(one)));
        const value = mode === 'constant' ? part(self, 'value') : NONE;
        return SPATIAL['pad']![1](ip, { input: input!, pad, mode: str(mode), value });
      },
    ],
  });
  return [
    [`ConstantPad${rank}d`, spec('padding, value', 'constant')],
    [`CircularPad${rank}d`, spec('padding', 'circular')],
  ];
}

export const RARE_LAYERS: Readonly<Record<string, LayerSpec>> = {
  ...Object.fromEntries(
    KEEPING.map(([layer, signature, operator]): [string, LayerSpec] => [
      layer,
      { signature, forward: ['input', (ip, _self, a) => keep(operator, '')[1](ip, a)] },
    ]),
  ),
  ...Object.fromEntries([1, 2, 3].flatMap(paddings)),
  Hardshrink: functional('lambd=0.5', PICKING, 'hardshrink'),
  Softshrink: functional('lambd=0.5', PICKING, 'softshrink'),
  RReLU: functional('lower=0.125, upper=0.3333333333333333, inplace=False', PICKING, 'rrelu'),
  Softmin: functional('dim=None', PICKING, 'softmin'),
  FeatureAlphaDropout: functional('p=0.5, inplace=False', ACTIVATIONS, 'feature_alpha_dropout'),
  Softmax2d: {
    signature: '',
    forward: ['input', (ip, _self, { input }) => ACTIVATIONS['softmax']![1](ip, { input: input!, dim: int(-3) })],
  },
  GLU: functional('dim=-1', RARE_FUNCTIONS, 'glu'),
  Unfold: functional('kernel_size, dilation=1, padding=0, stride=1', PATCHES, 'unfold'),
  Fold: functional('output_size, kernel_size, dilation=1, padding=0, stride=1', PATCHES, 'fold'),
  Bilinear: {
    signature: 'in1_features, in2_features, out_features, bias=True, device=None, dtype=None',
    build(ip, self, a) {
      const out = asDim(a['out_features']);
      const weight = addParameter(
        ip,
        self,
        'weight',
        [out, asDim(a['in1_features']), asDim(a['in2_features'])],
        () => ({
          kind: 'unknown',
        }),
      );
      if (flag(a['bias']) === false) noParameter(ip, self, 'bias');
      else addParameter(ip, self, 'bias', [out], biasFill(weight));
    },
    forward: [
      'input1, input2',
      (ip, self, { input1, input2 }) =>
        bilinear(ip, { input1: input1!, input2: input2!, ...parts(self, 'weight', 'bias') }),
    ],
  },
  EmbeddingBag: {
    classMethods: {
      from_pretrained: [
        'cls, embeddings, freeze=True, *args, **kwargs',
        (ip, a) => pretrained(ip, a['cls']!, a['embeddings'], flag(a['freeze']) !== false),
      ],
    },
    signature:
      'num_embeddings, embedding_dim, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode="mean", sparse=False, _weight=None, include_last_offset=False, padding_idx=None, device=None, dtype=None',
    build: (ip, self, a) =>
      void addParameter(ip, self, 'weight', [asDim(a['num_embeddings']), asDim(a['embedding_dim'])], () => normal(1)),
    forward: [
      'input, offsets=None, per_sample_weights=None',
      (ip, self, { input, offsets }) =>
        embeddingBag(ip, { input: input!, offsets: offsets!, ...parts(self, 'weight', 'include_last_offset') }),
    ],
  },
  RMSNorm: {
    signature: 'normalized_shape, eps=None, elementwise_affine=True, device=None, dtype=None',
    build(ip, self, a) {
      const shape = dimList(a['normalized_shape']) ?? [null];
      set(ip, self, 'normalized_shape', tuple(shape.map((d) => (d === null ? NONE : int(d)))));
      if (flag(a['elementwise_affine']) === false) noParameter(ip, self, 'weight');
      else addParameter(ip, self, 'weight', shape, () => constant(1));
    },
    forward: ['input', (ip, self, { input }) => rmsNorm[1](ip, { input: input!, weight: part(self, 'weight') })],
  },
};
