// Distances between rows, and the losses made of them or of more than an input and a target.
//   nn.CosineSimilarity(dim=1)(a, b)           # (B, 128), (B, 128) → (B,)
//   nn.TripletMarginLoss()(anchor, pos, neg)   # → ()

import type { Interpreter } from '../interp/interpreter.ts';
import type { NativeTable } from '../interp/native.ts';
import { asString } from '../values/make.ts';
import { type Shape, type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { axisOf, flag } from './arguments.ts';
import { broadcast } from './broadcast.ts';
import { asTensor, unknownResult } from './emit.ts';
import { type LayerSpec, part } from './layer.ts';
import { agreeAll, opaque, withoutAxes } from './rule.ts';

/** Two tensors, broadcast, less one axis. */
function along(
  ip: Interpreter,
  name: string,
  x: Value | undefined,
  y: Value | undefined,
  dim: Value | undefined,
  keepdim: boolean | null,
): Value {
  const [a, b] = [asTensor(x), asTensor(y)];
  if (!a || !b) return unknownResult([x, y]);
  const met = broadcast(a.shape, b.shape);
  if (!met.mismatch) agreeAll(ip, `torch.${name}`, a, b, met);
  const { shape } = met;
  const axis = shape ? axisOf(dim, shape.length) : null;
  return axis === null ? tensor(null, a.dtype) : opaque(ip, name, [a, b], withoutAxes(shape, [axis], keepdim));
}

export const DISTANCES: NativeTable = {
  cosine_similarity: [
    'x1, x2, dim=1, eps=1e-08',
    (ip, a) => along(ip, 'cosine_similarity', a['x1'], a['x2'], a['dim'], false),
  ],
  pairwise_distance: [
    'x1, x2, p=2.0, eps=1e-06, keepdim=False',
    (ip, a) => along(ip, 'pairwise_distance', a['x1'], a['x2'], { kind: 'int', value: -1 }, flag(a['keepdim'])),
  ],
};

const OLD = 'size_average=None, reduce=None, reduction="mean"';

/** What is left of a loss without its reduction. */
type Left = (given: readonly TensorValue[]) => Shape;
const samples: Left = ([first]) => (first?.shape ? first.shape.slice(0, 1) : null);
const rows: Left = ([first]) => (first?.shape ? first.shape.slice(0, -1) : null);
const common: Left = (given) => given.map((t) => t.shape).reduce<Shape>((p, q) => broadcast(p, q).shape, []);

/** Layer, function, what it takes, further arguments of the layer, and what it leaves without a reduction. */
const LOSSES: readonly (readonly [layer: string, name: string, tensors: string, rest: string, left: Left])[] = [
  ['MarginRankingLoss', 'margin_ranking_loss', 'input1, input2, target', `margin=0.0, ${OLD}`, common],
  ['CosineEmbeddingLoss', 'cosine_embedding_loss', 'input1, input2, target', `margin=0.0, ${OLD}`, samples],
  [
    'TripletMarginLoss',
    'triplet_margin_loss',
    'anchor, positive, negative',
    `margin=1.0, p=2.0, eps=1e-06, swap=False, ${OLD}`,
    rows,
  ],
  [
    'TripletMarginWithDistanceLoss',
    'triplet_margin_with_distance_loss',
    'anchor, positive, negative',
    '*, distance_function=None, margin=1.0, swap=False, reduction="mean"',
    rows,
  ],
  [
    'GaussianNLLLoss',
    'gaussian_nll_loss',
    'input, target, var',
    '*, full=False, eps=1e-06, reduction="mean"',
    ([x]) => x?.shape ?? null,
  ],
  ['MultiLabelMarginLoss', 'multilabel_margin_loss', 'input, target', OLD, samples],
];

function loss(
  ip: Interpreter,
  name: string,
  given: readonly (Value | undefined)[],
  left: Left,
  reduction: string,
): Value {
  const tensors = given.map((v) => asTensor(v));
  if (tensors.includes(null)) return unknownResult(given);
  const all = tensors as TensorValue[];
  return opaque(ip, name, all, reduction === 'none' ? left(all) : []);
}

const ctc = (ip: Interpreter, logits: Value | undefined, reduction: string): Value => {
  const t = asTensor(logits);
  if (!t) return unknownResult([logits]);
  const batch: Shape = t.shape ? (t.shape.length === 3 ? [t.shape[1]!] : []) : null;
  return opaque(ip, 'ctc_loss', [t], reduction === 'none' ? batch : []);
};

const names = (tensors: string): string[] => tensors.split(', ');

export const DISTANCE_LOSSES: NativeTable = {
  ...Object.fromEntries(
    LOSSES.map(([, name, tensors, rest, left]): [string, NativeTable[string]] => [
      name,
      [
        `${tensors}, ${rest}`,
        (ip, a) =>
          loss(
            ip,
            name,
            names(tensors).map((n) => a[n]),
            left,
            asString(a['reduction']) ?? 'mean',
          ),
      ],
    ]),
  ),
  ctc_loss: [
    'log_probs, targets, input_lengths, target_lengths, blank=0, reduction="mean", zero_infinity=False',
    (ip, a) => ctc(ip, a['log_probs'], asString(a['reduction']) ?? 'mean'),
  ],
};

export const DISTANCE_LAYERS: Readonly<Record<string, LayerSpec>> = {
  ...Object.fromEntries(
    LOSSES.map(([layer, name, tensors, rest, left]): [string, LayerSpec] => [
      layer,
      {
        signature: rest,
        forward: [
          tensors,
          (ip, self, a) =>
            loss(
              ip,
              name,
              names(tensors).map((n) => a[n]),
              left,
              asString(part(self, 'reduction')) ?? 'mean',
            ),
        ],
      },
    ]),
  ),
  CTCLoss: {
    signature: 'blank=0, reduction="mean", zero_infinity=False',
    forward: [
      'log_probs, targets, input_lengths, target_lengths',
      (ip, self, { log_probs }) => ctc(ip, log_probs, asString(part(self, 'reduction')) ?? 'mean'),
    ],
  },
  CosineSimilarity: {
    signature: 'dim=1, eps=1e-08',
    forward: ['x1, x2', (ip, self, { x1, x2 }) => along(ip, 'cosine_similarity', x1, x2, part(self, 'dim'), false)],
  },
  PairwiseDistance: {
    signature: 'p=2.0, eps=1e-06, keepdim=False',
    forward: [
      'x1, x2',
      (ip, self, { x1, x2 }) =>
        along(ip, 'pairwise_distance', x1, x2, { kind: 'int', value: -1 }, flag(part(self, 'keepdim'))),
    ],
  },
};
