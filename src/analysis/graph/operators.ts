// The canonical operators: what every layer, function and method of a library becomes in a ModelGraph.
//   nn.Conv2d(3, 64, 7, stride=2)(x)   F.conv2d(x, w, stride=2)   tf.layers.conv2d({...})   →   conv2d
// A node's inputs are values of the graph; weights are named as in the state dict under `params`.

/** Sizes along the spatial axes, first axis first: `[height, width]` in 2-D. */
export type Sizes = readonly number[];

/** Zero padding on both sides of each spatial axis, or what PyTorch's `padding='same'` adds (more at the end). */
export interface SlidingWindow {
  kernel: Sizes;
  stride: Sizes;
  /** Elements added before and after each spatial axis. */
  padding: readonly (readonly [before: number, after: number])[];
  dilation: Sizes;
}

export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular';

/** Convolution over 1 to 3 spatial axes. Inputs: x (N, C, *spatial). Params: weight (O, C / groups, *kernel), bias? (O). */
export interface Convolution extends SlidingWindow {
  op: 'conv1d' | 'conv2d' | 'conv3d';
  inChannels: number;
  outChannels: number;
  groups: number;
  paddingMode: PaddingMode;
}

/** Transposed convolution. Params: weight (C, O / groups, *kernel), bias? (O). */
export interface TransposedConvolution extends SlidingWindow {
  op: 'conv_transpose1d' | 'conv_transpose2d' | 'conv_transpose3d';
  inChannels: number;
  outChannels: number;
  groups: number;
  outputPadding: Sizes;
}

export interface MaxPool extends SlidingWindow {
  op: 'max_pool1d' | 'max_pool2d' | 'max_pool3d';
  ceilMode: boolean;
}

export interface AvgPool extends SlidingWindow {
  op: 'avg_pool1d' | 'avg_pool2d' | 'avg_pool3d';
  ceilMode: boolean;
  countIncludePad: boolean;
  divisorOverride: number | null;
}

/** Pools each spatial axis to a given size; null keeps the axis as it is. */
export interface AdaptivePool {
  op:
    | 'adaptive_avg_pool1d'
    | 'adaptive_avg_pool2d'
    | 'adaptive_avg_pool3d'
    | 'adaptive_max_pool1d'
    | 'adaptive_max_pool2d'
    | 'adaptive_max_pool3d';
  outputSize: readonly (number | null)[];
}

/** Normalisation by running statistics. Params: weight?, bias?, running_mean?, running_var? (C). */
export interface BatchNorm {
  op: 'batch_norm';
  eps: number;
}

/** Params: weight?, bias? (*normalizedShape). */
export interface LayerNorm {
  op: 'layer_norm';
  normalizedShape: Sizes;
  eps: number;
}

/** Params: weight?, bias? (C). */
export interface GroupNorm {
  op: 'group_norm';
  groups: number;
  eps: number;
}

/** Element-wise functions of one tensor; `inPlace`: the result takes its input's storage (nn.ReLU(inplace=True)). */
export type Activation = { inPlace?: boolean } & (
  | {
      op:
        | 'relu'
        | 'relu6'
        | 'sigmoid'
        | 'tanh'
        | 'silu'
        | 'mish'
        | 'hardswish'
        | 'hardsigmoid'
        | 'softsign'
        | 'selu'
        | 'tanhshrink'
        | 'log_sigmoid';
    }
  | { op: 'leaky_relu'; negativeSlope: number }
  | { op: 'elu' | 'celu'; alpha: number }
  | { op: 'gelu'; approximate: 'none' | 'tanh' }
  | { op: 'hardtanh'; min: number; max: number }
  | { op: 'softplus'; beta: number; threshold: number }
  /** Params: weight (1 or C). */
  | { op: 'prelu' }
);

/** Params: weight (outFeatures, inFeatures), bias? (outFeatures). */
export interface Linear {
  op: 'linear';
  inFeatures: number;
  outFeatures: number;
}

/** Two inputs, broadcast; or one input and `scalar`, which stands on the side that `scalarFirst` tells. */
export interface Arithmetic {
  op: 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum';
  scalar?: number;
  scalarFirst?: boolean;
}

export interface Unary {
  op: 'neg' | 'abs' | 'exp' | 'log' | 'sqrt' | 'rsqrt' | 'square' | 'sin' | 'cos' | 'erf' | 'reciprocal';
}

export interface Softmax {
  op: 'softmax' | 'log_softmax';
  dim: number;
}

/** Joins its inputs along `dim` (not negative). */
export interface Concat {
  op: 'concat';
  dim: number;
}

/** The elements in the same order under another shape: view, reshape, flatten, unflatten, squeeze, unsqueeze. */
export interface Reshape {
  op: 'reshape';
}

export interface Permute {
  op: 'permute';
  dims: Sizes;
}

export interface Reduce {
  op: 'mean' | 'sum' | 'amax' | 'amin';
  dims: Sizes;
  keepdim: boolean;
}

export interface Slice {
  op: 'slice';
  dim: number;
  start: number;
  step: number;
}

export interface Interpolate {
  op: 'interpolate';
  mode: 'nearest' | 'nearest-exact' | 'linear' | 'bilinear' | 'bicubic' | 'trilinear' | 'area';
  alignCorners: boolean;
}

export interface Pad {
  op: 'pad';
  /** Before and after, for each axis of the input, first axis first. */
  padding: readonly (readonly [before: number, after: number])[];
  mode: 'constant' | 'reflect' | 'replicate' | 'circular';
  value: number;
}

export interface Matmul {
  op: 'matmul';
}

export interface Embedding {
  op: 'embedding';
  numEmbeddings: number;
  embeddingDim: number;
}

/** Dropout in evaluation, Identity, contiguous(): the input itself. */
export interface Identity {
  op: 'identity';
}

/**
 * An operator with a known output that the engine has no kernel for (yet), by the library's name:
 * `name` is what hovers and the panel show ("torch.roll").
 */
export interface Opaque {
  op: 'opaque';
  name: string;
}

export type Operator =
  | Convolution
  | TransposedConvolution
  | MaxPool
  | AvgPool
  | AdaptivePool
  | BatchNorm
  | LayerNorm
  | GroupNorm
  | Activation
  | Linear
  | Arithmetic
  | Unary
  | Softmax
  | Concat
  | Reshape
  | Permute
  | Reduce
  | Slice
  | Interpolate
  | Pad
  | Matmul
  | Embedding
  | Identity
  | Opaque;

export type OperatorName = Operator['op'];
