// Pooling: windows that keep the largest value or the mean.
//   F.max_pool2d(x, 3, stride=2)         # x: (B, 64, 112, 112) → (B, 64, 55, 55)
//   F.adaptive_avg_pool2d(x, (1, 1))     # x: (B, 512, 7, 7) → (B, 512, 1, 1)

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import { type MaybeDim, showDim, showShape } from '../dims/display.ts';
import type { Operator } from '../graph/operators.ts';
import { settleInput } from '../interp/inputProbe.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { Bound, NativeTable } from '../interp/native.ts';
import { fail } from '../rules/report.ts';
import { asDim, asItems, isNone, tuple } from '../values/make.ts';
import { type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { exactInt, flag, sizesOf } from './arguments.ts';
import { layerName, windowSizes } from './conv.ts';
import { asTensor, emit, unknownResult } from './emit.ts';
import { AXES, fieldAfter, reportUnread, type Window, windowArithmetic } from './window.ts';

function windowed(ip: Interpreter, kind: 'max' | 'avg', rank: number, a: Bound): Value {
  const input = asTensor(a['input']);
  if (!input) return unknownResult([a['input']]);
  const kernel = sizesOf(a['kernel_size'], rank);
  const stride = isNone(a['stride']) || asItems(a['stride'])?.length === 0 ? kernel : sizesOf(a['stride'], rank);
  const padding = sizesOf(a['padding'], rank);
  const dilation = a['dilation'] ? sizesOf(a['dilation'], rank) : Array<Dim>(rank).fill(1);
  const ceilMode = flag(a['ceil_mode']);
  settleRank(ip, input, rank, `${kind}_pool${rank}d`);
  if (!input.shape || !kernel || !stride || !padding || !dilation || ceilMode === null)
    return tensor(null, input.dtype);
  const name = layerName(ip, `${kind}_pool${rank}d`);
  if (input.shape.length !== rank + 2 && input.shape.length !== rank + 1) {
    return fail(
      ip,
      {
        code: 'conv-rank',
        message: `${name} expects ${rank + 1} or ${rank + 2} axes, gets ${input.shape.length}: ${showShape(input.shape)}.`,
      },
      tensor(null, input.dtype),
    );
  }
  const windows: Window[] = kernel.map((k, i) => ({
    kernel: k,
    stride: stride[i]!,
    before: padding[i]!,
    after: padding[i]!,
    dilation: dilation[i]!,
    ceilMode,
  }));
  const spatial = input.shape.slice(-rank);
  const sizes = windowSizes(ip, name, spatial, windows);
  reportUnread(ip, name, spatial, windows);
  const out = emit(ip, {
    op: windowOperator(kind, rank, windows, a),
    inputs: [input],
    shape: [...input.shape.slice(0, -rank), ...sizes],
    arithmetic: windows.map((w, i) => windowArithmetic(AXES[rank]![i]!, spatial[i] ?? null, w, sizes[i] ?? null)),
    field: fieldAfter(input, windows),
    name: `${kind}_pool${rank}d`,
  });
  if (kind === 'max' && flag(a['return_indices']) === true) return tuple([out, tensor(out.shape, 'int64')]);
  return out;
}

/** Whatever is pooled over `rank` axes has a batch and channels before them. */
function settleRank(ip: Interpreter, input: TensorValue, rank: number, name: string): void {
  settleInput(input, {
    shape: ['B', 'C', ...AXES[rank]!].map((axis) => dims.symbol(axis)),
    because: `${layerName(ip, name)} pools over ${rank} ${rank === 1 ? 'axis' : 'axes'}`,
  });
}

function windowOperator(kind: 'max' | 'avg', rank: number, windows: readonly Window[], a: Bound): Operator {
  if (!windows.every((w) => [w.kernel, w.stride, w.before, w.dilation].every((d) => typeof d === 'number')))
    return { op: 'opaque', name: `${kind}_pool${rank}d` };
  const base = {
    kernel: windows.map((w) => w.kernel as number),
    stride: windows.map((w) => w.stride as number),
    padding: windows.map((w) => [w.before as number, w.after as number] as const),
    dilation: windows.map((w) => w.dilation as number),
    ceilMode: windows[0]!.ceilMode,
  };
  if (kind === 'max') return { op: `max_pool${rank}d` as 'max_pool2d', ...base };
  return {
    op: `avg_pool${rank}d` as 'avg_pool2d',
    ...base,
    countIncludePad: flag(a['count_include_pad']) ?? true,
    divisorOverride: exactInt(a['divisor_override']),
  };
}

function adaptive(ip: Interpreter, kind: 'max' | 'avg', rank: number, a: Bound): Value {
  const input = asTensor(a['input']);
  if (!input) return unknownResult([a['input']]);
  settleRank(ip, input, rank, `adaptive_${kind}_pool${rank}d`);
  if (!input.shape) return tensor(null, input.dtype);
  const name = layerName(ip, `adaptive_${kind}_pool${rank}d`);
  if (input.shape.length !== rank + 2 && input.shape.length !== rank + 1) {
    return fail(
      ip,
      {
        code: 'conv-rank',
        message: `${name} expects ${rank + 1} or ${rank + 2} axes, gets ${input.shape.length}: ${showShape(input.shape)}.`,
      },
      tensor(null, input.dtype),
    );
  }
  const spatial = input.shape.slice(-rank);
  const asked = asItems(a['output_size']) ?? Array.from({ length: rank }, () => a['output_size']!);
  const target: (MaybeDim | 'same')[] = spatial.map((_, i) => {
    const v = asked.length === 1 ? asked[0] : asked[i];
    return isNone(v) ? 'same' : asDim(v);
  });
  const sizes = target.map((t, i) => (t === 'same' ? (spatial[i] ?? null) : t));
  const outputSize = target.map((t) => (typeof t === 'number' ? t : null));
  const exact = target.every((t) => t === 'same' || typeof t === 'number');
  const out = emit(ip, {
    op: exact
      ? { op: `adaptive_${kind}_pool${rank}d` as 'adaptive_avg_pool2d', outputSize }
      : { op: 'opaque', name: `adaptive_${kind}_pool${rank}d` },
    inputs: [input],
    shape: [...input.shape.slice(0, -rank), ...sizes],
    arithmetic: sizes.map((s, i) => `${AXES[rank]![i]}: pooled from ${showDim(spatial[i] ?? null)} to ${showDim(s)}`),
    name: `adaptive_${kind}_pool${rank}d`,
  });
  if (kind === 'max' && flag(a['return_indices']) === true) return tuple([out, tensor(out.shape, 'int64')]);
  return out;
}

const RANKS = [1, 2, 3] as const;

export const POOLING: NativeTable = Object.fromEntries(
  RANKS.flatMap((rank): [string, NativeTable[string]][] => [
    [
      `max_pool${rank}d`,
      [
        'input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False',
        (ip, a) => windowed(ip, 'max', rank, a),
      ],
    ],
    [
      `avg_pool${rank}d`,
      [
        'input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None',
        (ip, a) => windowed(ip, 'avg', rank, a),
      ],
    ],
    [`adaptive_avg_pool${rank}d`, ['input, output_size', (ip, a) => adaptive(ip, 'avg', rank, a)]],
    [
      `adaptive_max_pool${rank}d`,
      ['input, output_size, return_indices=False', (ip, a) => adaptive(ip, 'max', rank, a)],
    ],
  ]),
);
