// PIL images: what datasets give before a transform makes tensors of them.
//   Image.open(path).convert('RGB')      # a picture with 3 channels, of a size that is not known

import { type Dim, isExact, symbol } from '../dims/dim.ts';
import { type NativeTable, natives } from '../interp/native.ts';
import { OBJECT } from '../python/types.ts';
import { asDim, asItems, asString, classValue, instance, int, str, tuple, unknown } from '../values/make.ts';
import type { ClassValue, InstanceValue, Value } from '../values/value.ts';

/** Height and width; symbols where they are not known. */
export type Pixels = readonly [height: Dim, width: Dim];

/** A size that nobody knows: pictures that meet in a batch are all of it. */
export const SOME_SIZE: Pixels = [symbol('H'), symbol('W')];

const CHANNELS: Readonly<Record<string, number>> = {
  L: 1,
  '1': 1,
  P: 1,
  I: 1,
  F: 1,
  LA: 2,
  RGB: 3,
  YCbCr: 3,
  LAB: 3,
  HSV: 3,
  RGBA: 4,
  CMYK: 4,
};

export function image(mode: string | null, [height, width]: Pixels = SOME_SIZE): InstanceValue {
  return instance(IMAGE, [
    ['mode', mode === null ? unknown('the mode of a picture') : str(mode)],
    ['height', int(height)],
    ['width', int(width)],
    ['size', tuple([int(width), int(height)])],
  ]);
}

export const isImage = (v: Value | undefined): v is InstanceValue => v?.kind === 'instance' && v.cls === IMAGE;

export const pixelsOf = (v: InstanceValue): Pixels => [
  asDim(v.attributes.get('height')) ?? SOME_SIZE[0],
  asDim(v.attributes.get('width')) ?? SOME_SIZE[1],
];

export const modeOf = (v: InstanceValue): string | null => asString(v.attributes.get('mode'));

/** Null where the mode is not known. */
export const channelsOf = (v: InstanceValue): number | null => CHANNELS[modeOf(v) ?? ''] ?? null;

const same: NativeTable[string] = ['self, *args, **kwargs', (_, { self }) => self!];
const size = (v: Value | undefined): Pixels => {
  const [w, h] = (asItems(v) ?? []).map(asDim);
  return w !== null && w !== undefined && h !== null && h !== undefined ? [h, w] : SOME_SIZE;
};

const METHODS: NativeTable = {
  convert: [
    'self, mode=None, *args, **kwargs',
    (_, { self, mode }) => image(asString(mode), pixelsOf(self as InstanceValue)),
  ],
  resize: ['self, size, *args, **kwargs', (_, { self, size: to }) => image(modeOf(self as InstanceValue), size(to))],
  crop: [
    'self, box=None',
    (_, { self, box }) => {
      const [left, top, right, bottom] = (asItems(box) ?? []).map((v) => asDim(v));
      const exact = [left, top, right, bottom].every((d) => typeof d === 'number' && isExact(d));
      const to: Pixels = exact
        ? [(bottom as number) - (top as number), (right as number) - (left as number)]
        : SOME_SIZE;
      return image(modeOf(self as InstanceValue), to);
    },
  ],
  copy: same,
  filter: same,
  transpose: ['self, *args', (_, { self }) => image(modeOf(self as InstanceValue))],
  rotate: same,
};

export const IMAGE: ClassValue = classValue('Image', [OBJECT], natives(METHODS), {
  module: 'PIL.Image',
  unknownBase: 'PIL',
});

/** PIL.Image: a picture that is opened has a mode and a size that nobody knows before. */
export const pilImage = (): [string, Value][] => [
  ...natives(
    {
      open: ['fp, *args, **kwargs', () => image(null)],
      new: ['mode, size, color=0', (_, { mode, size: of }) => image(asString(mode), size(of))],
      fromarray: ['obj, mode=None', (_, { mode }) => image(asString(mode))],
    },
    false,
  ),
  ['Image', IMAGE],
];
