// Patches and grids: F.unfold, F.fold, grid_sample, affine_grid; tensor_split, diff, and other small shape rules.

import * as dims from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import type { NativeTable } from '../interp/native.ts';
import { asDim, asItems, tuple, unknown } from '../values/make.ts';
import { type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { axisOf, dimList, exactInt, sizesOf } from './arguments.ts';
import { asTensor, emit, unknownResult } from './emit.ts';
import { PICKING } from './gather.ts';
import { productOf } from './rule.ts';
import { slidingWindow } from './window.ts';

const opaque = (name: string) => ({ op: 'opaque', name }) as const;

/** How many positions a window takes along each axis. */
function positions(spatial: readonly MaybeDim[], a: Readonly<Record<string, Value>>): MaybeDim[] | null {
  const rank = spatial.length;
  const [kernel, dilation, padding, stride] = ['kernel_size', 'dilation', 'padding', 'stride'].map((k) =>
    sizesOf(a[k], rank),
  );
  if (!kernel || !dilation || !padding || !stride) return null;
  return spatial.map((size, i) =>
    size === null
      ? null
      : slidingWindow(size, {
          kernel: kernel[i]!,
          stride: stride[i]!,
          before: padding[i]!,
          after: padding[i]!,
          dilation: dilation[i]!,
          ceilMode: false,
        }),
  );
}

const WINDOW = 'dilation=1, padding=0, stride=1';

/** torch.nn.functional, where the names differ from those of tensors. */
export const PATCHES: NativeTable = {
  unfold: [
    `input, kernel_size, ${WINDOW}`,
    (ip, a) => {
      const input = asTensor(a['input']);
      if (!input?.shape) return unknownResult([a['input']]);
      const kernel = sizesOf(a['kernel_size'], 2);
      const channels = input.shape[input.shape.length - 3] ?? null;
      const blocks = positions(input.shape.slice(-2), a);
      const rows = kernel && channels !== null ? dims.mul(channels, dims.product(kernel)) : null;
      return emit(ip, {
        op: opaque('unfold'),
        inputs: [input],
        shape: [...input.shape.slice(0, -3), rows, blocks && productOf(blocks)],
      });
    },
  ],
  fold: [
    `input, output_size, kernel_size, ${WINDOW}`,
    (ip, a) => {
      const input = asTensor(a['input']);
      if (!input?.shape) return unknownResult([a['input']]);
      const [kernel, size] = [sizesOf(a['kernel_size'], 2), sizesOf(a['output_size'], 2)];
      const rows = input.shape[input.shape.length - 2] ?? null;
      const channels = kernel && rows !== null ? dims.divideExactly(rows, dims.product(kernel)) : null;
      return emit(ip, {
        op: opaque('fold'),
        inputs: [input],
        shape: [...input.shape.slice(0, -2), channels, ...(size ?? [null, null])],
      });
    },
  ],
  grid_sample: [
    'input, grid, mode="bilinear", padding_mode="zeros", align_corners=None',
    (ip, a) => {
      const [input, grid] = [asTensor(a['input']), asTensor(a['grid'])];
      if (!input?.shape || !grid?.shape) return unknownResult([a['input'], a['grid']]);
      return emit(ip, {
        op: opaque('grid_sample'),
        inputs: [input, grid],
        shape: [input.shape[0]!, input.shape[1]!, ...grid.shape.slice(1, -1)],
      });
    },
  ],
  affine_grid: [
    'theta, size, align_corners=None',
    (_ip, a) => {
      const size = dimList(a['size']);
      return tensor(size && [size[0]!, ...size.slice(2), size.length - 2]);
    },
  ],
  channel_shuffle: ['input, groups', (ip, a) => keep(ip, 'channel_shuffle', a['input'])],
  one_hot: PICKING['one_hot']!,
};

const keep: (ip: Parameters<typeof emit>[0], name: string, v: Value | undefined) => Value = (ip, name, v) => {
  const t = asTensor(v);
  return t ? emit(ip, { op: opaque(name), inputs: [t], shape: t.shape }) : unknownResult([v]);
};

export const SMALL_RULES: NativeTable = {
  tensor_split: [
    'input, indices_or_sections=None, dim=0, *, indices=None, sections=None',
    (ip, a) => {
      const t = asTensor(a['input']);
      const axis = t?.shape ? axisOf(a['dim'], t.shape.length) : null;
      if (!t?.shape || axis === null) return unknown('how many parts there are is not known');
      const size = t.shape[axis]!;
      const part = (length: MaybeDim): TensorValue =>
        emit(ip, { op: opaque('tensor_split'), inputs: [t], shape: t.shape!.map((d, i) => (i === axis ? length : d)) });
      const asked = [a['indices_or_sections'], a['indices'], a['sections']].find((v) => v && v.kind !== 'none');
      const n = exactInt(asked);
      if (n !== null) {
        if (size === null || !dims.isExact(size))
          return tuple(Array.from({ length: n }, () => part(size === null ? null : dims.divideExactly(size, n))));
        return tuple(Array.from({ length: n }, (_, i) => part(Math.floor(size / n) + (i < size % n ? 1 : 0))));
      }
      const cuts = (asItems(asked) ?? []).map((v) => asDim(v));
      if (cuts.length === 0) return unknown('how many parts there are is not known');
      const ends: MaybeDim[] = [...cuts, size];
      return tuple(
        ends.map((end, i) => {
          const start: MaybeDim = i === 0 ? 0 : ends[i - 1]!;
          return part(
            end === null || start === null
              ? null
              : dims.isExact(end) && end < 0 && size !== null
                ? dims.sub(dims.add(size, end), start)
                : dims.sub(end, start),
          );
        }),
      );
    },
  ],
  diff: [
    'input, n=1, dim=-1, prepend=None, append=None',
    (ip, a) => {
      const t = asTensor(a['input']);
      if (!t?.shape) return unknownResult([a['input']]);
      const axis = axisOf(a['dim'], t.shape.length);
      if (axis === null) return tensor(null, t.dtype);
      const d = t.shape[axis]!;
      const shape = t.shape.map((s, i) => (i === axis ? (d === null ? null : dims.sub(d, exactInt(a['n']) ?? 1)) : s));
      const elements =
        t.elements && t.shape.length === 1 ? t.elements.slice(1).map((x, i) => x - t.elements![i]!) : null;
      return emit(ip, { op: opaque('diff'), inputs: [t], shape, elements });
    },
  ],
  histc: ['input, bins=100, min=0, max=0', (_ip, a) => tensor([asDim(a['bins'])], 'float32')],
  isin: ['input, test_elements, *, assume_unique=False, invert=False', (ip, a) => keep(ip, 'isin', a['input'])],
};
