// Changing the grid: interpolate, pad, pixel shuffle.
//   F.interpolate(x, scale_factor=2)        # x: (B, 64, 28, 28) → (B, 64, 56, 56)
//   F.pad(x, (1, 2, 3, 4))                  # last axis 1 before and 2 after, then the one before it

import * as dims from '../dims/dim.ts';
import { type MaybeDim, showShape } from '../dims/display.ts';
import type { Operator } from '../graph/operators.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { Bound, NativeTable } from '../interp/native.ts';
import { fail } from '../rules/report.ts';
import { asDim, asItems, asNumber, asString, isNone } from '../values/make.ts';
import { tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { dimList, exactInt, flag } from './arguments.ts';
import { layerName } from './conv.ts';
import { asTensor, emit, unknownResult } from './emit.ts';

/** Modes that interpolate over a certain number of axes. */
const RANKS_OF_MODE: Readonly<Record<string, readonly number[]>> = {
  linear: [3],
  bilinear: [4],
  bicubic: [4],
  trilinear: [5],
};

/** F.interpolate. Source: torch.nn.Upsample, "Shape": ⌊size · scale⌋. */
function interpolate(ip: Interpreter, a: Bound): Value {
  const input = asTensor(a['input']);
  if (!input) return unknownResult([a['input']]);
  if (!input.shape) return tensor(null, input.dtype);
  const mode = asString(a['mode']) ?? 'nearest';
  const ranks = RANKS_OF_MODE[mode] ?? [3, 4, 5];
  if (!ranks.includes(input.shape.length)) {
    const name = layerName(ip, 'interpolate');
    const message = `${name} with mode '${mode}' takes ${ranks.join(', ')} axes (batch, channels, sizes), gets ${input.shape.length}: ${showShape(input.shape)}.`;
    return fail(ip, { code: 'interpolate-rank', message }, tensor(null, input.dtype));
  }
  const spatial = input.shape.slice(2);
  const per = (v: Value | undefined, i: number): Value | undefined => asItems(v)?.[i] ?? (asItems(v) ? undefined : v);
  const sizes = spatial.map((size, i): MaybeDim => {
    if (!isNone(a['size'])) return asDim(per(a['size'], i));
    const scale = per(a['scale_factor'], i);
    const whole = asDim(scale);
    if (size === null) return null;
    if (whole !== null) return dims.mul(size, whole);
    const factor = asNumber(scale);
    if (factor === null) return null;
    if (dims.isExact(size)) return Math.floor(size * factor);
    if (Number.isInteger(factor)) return dims.mul(size, factor);
    return Number.isInteger(1 / factor) ? dims.floorDiv(size, 1 / factor) : null;
  });
  const op: Operator = { op: 'interpolate', mode: mode as 'nearest', alignCorners: flag(a['align_corners']) ?? false };
  return emit(ip, { op, inputs: [input], shape: [...input.shape.slice(0, 2), ...sizes], name: 'interpolate' });
}

function pad(ip: Interpreter, a: Bound): Value {
  const input = asTensor(a['input']);
  if (!input) return unknownResult([a['input']]);
  const amounts = dimList(a['pad']);
  if (!input.shape || !amounts || amounts.length % 2 !== 0)
    return tensor(input.shape && input.shape.map(() => null), input.dtype);
  const rank = input.shape.length;
  const shape: MaybeDim[] = [...input.shape];
  const each: (readonly [MaybeDim, MaybeDim])[] = input.shape.map(() => [0, 0] as const);
  for (let i = 0; i < amounts.length / 2; i++) {
    const axis = rank - 1 - i;
    const [before, after] = [amounts[2 * i] ?? null, amounts[2 * i + 1] ?? null];
    const size = shape[axis];
    if (axis < 0 || size === undefined) return tensor(null, input.dtype);
    each[axis] = [before, after];
    shape[axis] = size === null || before === null || after === null ? null : dims.add(size, dims.add(before, after));
  }
  const exact = each.every(([b, e]) => typeof b === 'number' && typeof e === 'number');
  const op: Operator = exact
    ? {
        op: 'pad',
        padding: each as (readonly [number, number])[],
        mode: (asString(a['mode']) ?? 'constant') as 'constant',
        value: asNumber(a['value']) ?? 0,
      }
    : { op: 'opaque', name: 'pad' };
  return emit(ip, { op, inputs: [input], shape });
}

/** nn.PixelShuffle: r² channels become r × r pixels; inverse: the other way round. */
function pixelShuffle(ip: Interpreter, a: Bound, inverse: boolean): Value {
  const input = asTensor(a['input']);
  const r = exactInt(a['factor']);
  if (!input?.shape || r === null || input.shape.length < 3)
    return input ? tensor(null, input.dtype) : unknownResult([a['input']]);
  const [c, h, w] = input.shape.slice(-3);
  const times = (d: MaybeDim | undefined, n: number): MaybeDim =>
    d === null || d === undefined ? null : dims.mul(d, n);
  const over = (d: MaybeDim | undefined, n: number): MaybeDim =>
    d === null || d === undefined ? null : (dims.divideExactly(d, n) ?? dims.floorDiv(d, n));
  const shape = inverse ? [times(c, r * r), over(h, r), over(w, r)] : [over(c, r * r), times(h, r), times(w, r)];
  return emit(ip, {
    op: { op: 'opaque', name: inverse ? 'pixel_unshuffle' : 'pixel_shuffle' },
    inputs: [input],
    shape: [...input.shape.slice(0, -3), ...shape],
  });
}

export const SPATIAL: NativeTable = {
  interpolate: [
    'input, size=None, scale_factor=None, mode="nearest", align_corners=None, recompute_scale_factor=None, antialias=False',
    interpolate,
  ],
  upsample: ['input, size=None, scale_factor=None, mode="nearest", align_corners=None', interpolate],
  pad: ['input, pad, mode="constant", value=None', pad],
  pixel_shuffle: ['input, factor', (ip, a) => pixelShuffle(ip, a, false)],
  pixel_unshuffle: ['input, factor', (ip, a) => pixelShuffle(ip, a, true)],
};
