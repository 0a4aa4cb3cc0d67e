// torchvision.transforms, v1 and v2: what each makes of a picture or of a tensor that holds some.
//   T.Compose([T.Resize(40), T.CenterCrop(32), T.ToTensor()])     # a picture of any size → (3, 32, 32)

import * as dims from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import { join } from '../interp/fork.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import { type Bound, native } from '../interp/native.ts';
import { OBJECT } from '../python/types.ts';
import { exactInt, flag } from '../torch/arguments.ts';
import { dtypeFrom } from '../torch/dtypes.ts';
import { asDim, asItems, classValue, instance, isNone, tuple, unknown } from '../values/make.ts';
import { type DType, type TensorValue, tensor } from '../values/tensor.ts';
import type { ClassValue, InstanceValue, Value } from '../values/value.ts';
import { channelsOf, image, isImage, modeOf, type Pixels, pixelsOf, SOME_SIZE } from './image.ts';

/** What a transform does to one picture; its arguments are bound by its constructor's signature. */
type Effect = (ip: Interpreter, picture: Value, args: Bound) => Value;

const notFollowed = (name: string): Value => unknown(`what ${name} makes of this is not followed`);

/** The pixels of a picture, or of a tensor whose last two axes they are. */
function pixels(v: Value): Pixels | null {
  if (isImage(v)) return pixelsOf(v);
  if (v.kind !== 'tensor' || !v.shape || v.shape.length < 2) return null;
  const [h, w] = v.shape.slice(-2);
  return h === null || w === null || h === undefined || w === undefined ? null : [h, w];
}

function withPixels(v: Value, to: Pixels): Value {
  if (isImage(v)) return image(modeOf(v), to);
  if (v.kind === 'tensor' && v.shape && v.shape.length >= 2) return like(v, [...v.shape.slice(0, -2), ...to]);
  return notFollowed('a transform');
}

const like = (v: TensorValue, shape: readonly MaybeDim[], dtype: DType | null = v.dtype): TensorValue =>
  tensor(shape, dtype);

/** `32`, `(32,)`, `(32, 48)`. */
function pair(size: Value | undefined): Pixels | null {
  const one = asDim(size);
  if (one !== null) return [one, one];
  const items = (asItems(size) ?? []).map((v) => asDim(v));
  const [h, w] = items;
  if (items.length === 1 && h !== null && h !== undefined) return [h, h];
  return items.length === 2 && h !== null && w !== null ? [h as dims.Dim, w as dims.Dim] : null;
}

/** Resize: one number is for the shorter side, and the other keeps the proportions. Source: torchvision's Resize. */
const resize: Effect = (_, v, { size, max_size }) => {
  const single = asDim(size) ?? (asItems(size)?.length === 1 ? asDim(asItems(size)![0]) : null);
  if (single === null) {
    const to = pair(size);
    return to ? withPixels(v, to) : withPixels(v, SOME_SIZE);
  }
  const from = pixels(v);
  if (!from || !isNone(max_size)) return withPixels(v, SOME_SIZE);
  const [h, w] = from;
  if (dims.same(h, w)) return withPixels(v, [single, single]);
  if (!dims.isExact(h) || !dims.isExact(w) || !dims.isExact(single)) return withPixels(v, SOME_SIZE);
  const long = Math.floor((single * Math.max(h, w)) / Math.min(h, w));
  return withPixels(v, h < w ? [single, long] : [long, single]);
};

const cropped: Effect = (_, v, { size }) => withPixels(v, pair(size) ?? SOME_SIZE);

const pad: Effect = (_, v, { padding }) => {
  const one = asDim(padding);
  const items = one !== null ? [one] : (asItems(padding) ?? []).map((p) => asDim(p));
  const from = pixels(v);
  if (!from || items.length === 0 || items.includes(null)) return withPixels(v, SOME_SIZE);
  const [left, top = left, right = left, bottom = top] = items as dims.Dim[];
  return withPixels(v, [dims.add(from[0], dims.add(top!, bottom!)), dims.add(from[1], dims.add(left!, right!))]);
};

/** A picture as a tensor; an array of numpy has its channels last. */
function toTensor(v: Value, dtype: DType): Value {
  if (isImage(v)) return tensor([channelsOf(v), ...pixelsOf(v)], dtype);
  if (v.kind !== 'tensor' || !v.shape) return notFollowed('ToTensor');
  const to = v.dtype === 'uint8' ? dtype : v.dtype;
  if (v.shape.length === 2) return tensor([1, ...v.shape], to);
  return v.shape.length === 3 ? tensor([v.shape[2]!, v.shape[0]!, v.shape[1]!], to) : notFollowed('ToTensor');
}

const kept: Effect = (_, v) => v;
const anySize: Effect = (_, v) => withPixels(v, SOME_SIZE);

function channels(v: Value, count: number | null): Value {
  if (isImage(v)) return image(count === 3 ? 'RGB' : count === 1 ? 'L' : null, pixelsOf(v));
  if (v.kind === 'tensor' && v.shape && v.shape.length >= 3)
    return like(v, [...v.shape.slice(0, -3), count, ...v.shape.slice(-2)]);
  return notFollowed('Grayscale');
}

const withDtype = (v: Value, dtype: DType | null): Value =>
  v.kind === 'tensor' ? (dtype ? like(v, v.shape ?? [], dtype) : v) : v;

/** One after another. */
function chain(ip: Interpreter, v: Value, transforms: Value | undefined): Value {
  const all = transforms && elementsOf(ip, transforms);
  return all ? all.reduce<Value>((x, t) => ip.call(t, [x]), v) : notFollowed('a list of transforms that is not known');
}

/** Perhaps this, perhaps that: what both have in common. */
function either(ip: Interpreter, a: Value, b: Value): Value {
  if (!isImage(a) || !isImage(b)) return join(ip, a, b);
  const [p, q] = [pixelsOf(a), pixelsOf(b)];
  const same = dims.same(p[0], q[0]) && dims.same(p[1], q[1]);
  return image(modeOf(a) === modeOf(b) ? modeOf(a) : null, same ? p : SOME_SIZE);
}

const repeated =
  (n: number): Effect =>
  (ip, v, args) =>
    tuple(Array.from({ length: n }, () => cropped(ip, v, args)));

/** Name: [the constructor's signature, what it does]. */
const TRANSFORMS: Readonly<Record<string, readonly [signature: string, effect: Effect]>> = {
  Compose: ['transforms', (ip, v, { transforms }) => chain(ip, v, transforms)],
  ToTensor: ['', (_, v) => toTensor(v, 'float32')],
  PILToTensor: ['', (_, v) => toTensor(v, 'uint8')],
  ToImage: ['', (_, v) => toTensor(v, 'uint8')],
  ToImageTensor: ['', (_, v) => toTensor(v, 'uint8')],
  ToPILImage: [
    'mode=None',
    (_, v) => {
      const [c] = v.kind === 'tensor' && v.shape?.length === 3 ? v.shape : [];
      return v.kind === 'tensor' ? image(c === 1 ? 'L' : c === 3 ? 'RGB' : null, pixels(v) ?? SOME_SIZE) : v;
    },
  ],
  ToDtype: ['dtype, scale=False', (_, v, { dtype }) => withDtype(v, dtypeFrom(dtype))],
  ConvertImageDtype: ['dtype', (_, v, { dtype }) => withDtype(v, dtypeFrom(dtype))],
  ConvertDtype: ['dtype=None', (_, v, { dtype }) => withDtype(v, isNone(dtype) ? 'float32' : dtypeFrom(dtype))],
  Resize: ['size, interpolation=None, max_size=None, antialias=True', resize],
  CenterCrop: ['size', cropped],
  RandomCrop: ['size, padding=None, pad_if_needed=False, fill=0, padding_mode="constant"', cropped],
  RandomResizedCrop: ['size, scale=None, ratio=None, interpolation=None, antialias=True', cropped],
  RandomSizedCrop: ['size, *args, **kwargs', cropped],
  FiveCrop: ['size', repeated(5)],
  TenCrop: ['size, vertical_flip=False', repeated(10)],
  Pad: ['padding, fill=0, padding_mode="constant"', pad],
  Grayscale: ['num_output_channels=1', (_, v, { num_output_channels }) => channels(v, exactInt(num_output_channels))],
  RGB: ['', (_, v) => channels(v, 3)],
  Lambda: ['lambd, *types', (ip, v, { lambd }) => ip.call(lambd!, [v])],
  RandomRotation: [
    'degrees, interpolation=None, expand=False, center=None, fill=0',
    (ip, v, args) => (flag(args['expand']) === false ? v : anySize(ip, v, args)),
  ],
  RandomApply: ['transforms, p=0.5', (ip, v, { transforms }) => either(ip, v, chain(ip, v, transforms))],
  RandomChoice: [
    'transforms, p=None',
    (ip, v, { transforms }) => {
      const results = ((transforms && elementsOf(ip, transforms)) ?? []).map((t) => ip.call(t, [v]));
      return results.length > 0 ? results.reduce((a, b) => either(ip, a, b)) : notFollowed('RandomChoice');
    },
  ],
  RandomOrder: ['transforms', (ip, v, { transforms }) => chain(ip, v, transforms)],
  ScaleJitter: ['*args, **kwargs', anySize],
  RandomShortestSize: ['*args, **kwargs', anySize],
  RandomResize: ['*args, **kwargs', anySize],
  RandomZoomOut: ['*args, **kwargs', anySize],
  RandomIoUCrop: ['*args, **kwargs', anySize],
};

/** Those that change what is in a picture, not how large it is. */
const SHAPE_KEEPING = [
  ...['RandomHorizontalFlip', 'RandomVerticalFlip', 'ColorJitter', 'RandomGrayscale', 'RandomInvert'],
  ...['RandomPosterize', 'RandomSolarize', 'RandomAdjustSharpness', 'RandomAutocontrast', 'RandomEqualize'],
  ...['GaussianBlur', 'GaussianNoise', 'RandomErasing', 'RandomAffine', 'RandomPerspective', 'ElasticTransform'],
  ...['AutoAugment', 'RandAugment', 'TrivialAugmentWide', 'AugMix', 'Normalize', 'LinearTransformation'],
  ...['RandomPhotometricDistort', 'RandomChannelPermutation', 'Identity', 'JPEG', 'ToPureTensor', 'ClampBoundingBoxes'],
  ...['SanitizeBoundingBoxes'],
];

const parameters = new WeakMap<InstanceValue, Bound>();

function transformClass(name: string, signature: string, effect: Effect): ClassValue {
  const cls = classValue(name, [OBJECT], [], {
    module: 'torchvision.transforms',
    unknownBase: `torchvision's ${name}`,
  });
  cls.dict.set(
    '__init__',
    native(name, signature ? `self, ${signature}` : 'self', (ip, args) => {
      const self = args['self'] as InstanceValue;
      parameters.set(self, args);
      for (const [key, value] of Object.entries(args))
        if (key !== 'self') ip.setVariable(self.attributes as never, key, value);
      return { kind: 'none' };
    }),
  );
  // A Compose may have got further transforms since: `train.transforms.insert(0, AutoAugment())`.
  const run = (ip: Interpreter, self: InstanceValue, v: Value): Value =>
    effect(ip, v, { ...parameters.get(self), ...Object.fromEntries(self.attributes) });
  for (const method of ['__call__', 'forward'])
    cls.dict.set(
      method,
      native(name, 'self, img, *others', (ip, { self, img, others }) => {
        const rest = asItems(others) ?? [];
        const one = run(ip, self as InstanceValue, img!);
        // v2 takes a picture with its target; only pictures change.
        return rest.length > 0 ? tuple([one, ...rest]) : one;
      }),
    );
  return cls;
}

const POLICIES = instance(
  classValue('Policy', [OBJECT], [], { module: 'torchvision.transforms', unknownBase: 'torchvision' }),
);

const INTERPOLATIONS = ['NEAREST', 'NEAREST_EXACT', 'BILINEAR', 'BICUBIC', 'BOX', 'HAMMING', 'LANCZOS'];
const MODES = classValue(
  'InterpolationMode',
  [OBJECT],
  INTERPOLATIONS.map((name): [string, Value] => [name, { kind: 'opaque', type: 'other', name }]),
  { module: 'torchvision.transforms' },
);

export const visionTransforms = (): [string, Value][] => [
  ...Object.entries(TRANSFORMS).map(([name, [signature, effect]]): [string, Value] => [
    name,
    transformClass(name, signature, effect),
  ]),
  ...SHAPE_KEEPING.map((name): [string, Value] => [name, transformClass(name, '*args, **kwargs', kept)]),
  ['InterpolationMode', MODES],
  ['AutoAugmentPolicy', POLICIES],
];

/** torchvision.transforms.functional, where it is not there as source. */
export const functionalTransforms = (): [string, Value][] => {
  const table: readonly [name: string, signature: string, effect: Effect][] = [
    ['to_tensor', '', TRANSFORMS['ToTensor']![1]],
    ['pil_to_tensor', '', TRANSFORMS['PILToTensor']![1]],
    ['to_image', '', TRANSFORMS['ToImage']![1]],
    ['to_pil_image', 'mode=None', TRANSFORMS['ToPILImage']![1]],
    ['resize', 'size, interpolation=None, max_size=None, antialias=True', resize],
    ['center_crop', 'output_size', (ip, v, { output_size }) => cropped(ip, v, { size: output_size! })],
    ['pad', 'padding, fill=0, padding_mode="constant"', pad],
    ['to_grayscale', 'num_output_channels=1', TRANSFORMS['Grayscale']![1]],
    ['rgb_to_grayscale', 'num_output_channels=1', TRANSFORMS['Grayscale']![1]],
    ['convert_image_dtype', 'dtype', TRANSFORMS['ConvertImageDtype']![1]],
    ['to_dtype', 'dtype, scale=False', TRANSFORMS['ToDtype']![1]],
    ...['normalize', 'hflip', 'vflip', 'adjust_brightness', 'adjust_contrast', 'gaussian_blur'].map(
      (name) => [name, '*args, **kwargs', kept] as [string, string, Effect],
    ),
  ];
  return table.map(([name, signature, effect]) => [
    name,
    native(name, signature ? `img, ${signature}` : 'img', (ip, args) => effect(ip, args['img']!, args), false),
  ]);
};
