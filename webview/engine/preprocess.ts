// From a picture to a model's input, as torchvision.transforms do it with Pillow:
//   Resize(shorter side) → CenterCrop → ToTensor → Normalize(ImageNet)
// Source: Pillow's Resample.c (8 bits a channel, horizontal pass first), torchvision's Resize and CenterCrop.

/** RGBA, 8 bits each, row by row: what a canvas gives. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8Array | Uint8ClampedArray;
}

/** 8-bit planes one after another: (channels, height, width). */
interface Planes {
  channels: number;
  width: number;
  height: number;
  data: Uint8Array;
}

export interface Preprocessed {
  /** (1, C, H, W), row-major. */
  values: Float32Array;
  /** What was done, for the panel: "resized to cover 224 × 224, center-cropped, ImageNet mean and std". */
  steps: string;
}

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** `shape` is (1, C, H, W) or (C, H, W). Three channels are normalised as for ImageNet, others stay in 0 to 1. */
export function preprocess(picture: Picture, shape: readonly number[]): Preprocessed {
  const [channels, height, width] = shape.slice(-3) as [number, number, number];
  const pixels = resizeAndCrop(picture, channels === 1 ? 1 : 3, height, width);
  const plane = height * width;
  const values = new Float32Array(channels * plane);
  for (let c = 0; c < channels; c++) {
    const from = (c % pixels.channels) * plane;
    const { mean, std } = channels === 3 ? { mean: IMAGENET.mean[c]!, std: IMAGENET.std[c]! } : { mean: 0, std: 1 };
    for (let i = 0; i < plane; i++) values[c * plane + i] = (Math.fround(pixels.data[from + i]! / 255) - mean) / std;
  }
  const colours =
    channels === 3
      ? 'ImageNet mean and std'
      : channels === 1
        ? 'grayscale, 0 to 1'
        : `RGB repeated to ${channels} channels, 0 to 1`;
  return { values, steps: `resized to cover ${height} × ${width}, center-cropped, ${colours}` };
}

/** Resize so that the crop is covered (for a square crop: the shorter side to its size), then cut the centre out. */
export function resizeAndCrop(picture: Picture, channels: 1 | 3, height: number, width: number): Planes {
  const scale = Math.max(height / picture.height, width / picture.width);
  // The side that decides is met exactly; the other one is cut off to an integer, as torchvision does.
  const byHeight = height / picture.height >= width / picture.width;
  const resized = resize(
    channels === 1 ? grayscale(picture) : rgb(picture),
    byHeight ? height : Math.max(height, Math.trunc(picture.height * scale)),
    byHeight ? Math.max(width, Math.trunc((height * picture.width) / picture.height)) : width,
  );
  return crop(resized, height, width);
}

function rgb({ width, height, data }: Picture): Planes {
  const plane = width * height;
  const out = new Uint8Array(3 * plane);
  for (let c = 0; c < 3; c++) for (let i = 0; i < plane; i++) out[c * plane + i] = data[i * 4 + c]!;
  return { channels: 3, width, height, data: out };
}

/** ITU-R 601-2 luma in Pillow's fixed point. */
function grayscale({ width, height, data }: Picture): Planes {
  const out = new Uint8Array(width * height);
  for (let i = 0; i < out.length; i++) {
    out[i] = (data[i * 4]! * 19595 + data[i * 4 + 1]! * 38470 + data[i * 4 + 2]! * 7471 + 0x8000) >> 16;
  }
  return { channels: 1, width, height, data: out };
}

function crop({ channels, width, height, data }: Planes, toHeight: number, toWidth: number): Planes {
  const top = roundHalfEven((height - toHeight) / 2);
  const left = roundHalfEven((width - toWidth) / 2);
  const out = new Uint8Array(channels * toHeight * toWidth);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < toHeight; y++) {
      const from = (c * height + top + y) * width + left;
      out.set(data.subarray(from, from + toWidth), (c * toHeight + y) * toWidth);
    }
  }
  return { channels, width: toWidth, height: toHeight, data: out };
}

/** Python's round. */
function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}

/** Which values of a line make one value of the resized line, in fixed point. */
interface Tap {
  first: number;
  weights: Int32Array;
}

/** Bits after the point of Pillow's weights. */
const PRECISION = 22;

/** The triangle filter, stretched when shrinking: that is the antialiasing. */
function triangleTaps(size: number, toSize: number): Tap[] {
  const scale = size / toSize;
  const support = Math.max(scale, 1);
  return Array.from({ length: toSize }, (_, at) => {
    const centre = (at + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(size, Math.trunc(centre + support + 0.5));
    const raw = Array.from({ length: end - first }, (_, i) =>
      Math.max(0, 1 - Math.abs((i + first - centre + 0.5) * (1 / support))),
    );
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: Int32Array.from(raw, (weight) => Math.trunc(0.5 + (weight / total) * (1 << PRECISION))) };
  });
}

function resize(planes: Planes, height: number, width: number): Planes {
  const wide = planes.width === width ? planes : resizeRows(planes, width);
  return wide.height === height ? wide : transpose(resizeRows(transpose(wide), height));
}

function resizeRows({ channels, width, height, data }: Planes, toWidth: number): Planes {
  const taps = triangleTaps(width, toWidth);
  const rows = channels * height;
  const out = new Uint8Array(rows * toWidth);
  for (let row = 0; row < rows; row++) {
    for (const [at, { first, weights }] of taps.entries()) {
      let sum = 1 << (PRECISION - 1);
      for (let i = 0; i < weights.length; i++) sum += data[row * width + first + i]! * weights[i]!;
      out[row * toWidth + at] = Math.min(255, Math.max(0, sum >> PRECISION));
    }
  }
  return { channels, width: toWidth, height, data: out };
}

function transpose({ channels, width, height, data }: Planes): Planes {
  const out = new Uint8Array(data.length);
  for (let c = 0; c < channels; c++) {
    const base = c * width * height;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) out[base + x * height + y] = data[base + y * width + x]!;
    }
  }
  return { channels, width: height, height: width, data: out };
}
