// Convolutions: windows of weights that slide over the input, plain and transposed.
//   nn.Conv2d(3, 64, 7, stride=2, padding=3)    # x: (B, 3, 224, 224) → (B, 64, 112, 112)

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import { type MaybeDim, showDim, showProduct, showShape } from '../dims/display.ts';
import type { Operator, PaddingMode } from '../graph/operators.ts';
import { settleInput } from '../interp/inputProbe.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { Bound, NativeTable } from '../interp/native.ts';
import { agree, argumentFix, atLeast, currentLayer, fail, wish } from '../rules/report.ts';
import { asString, unknown } from '../values/make.ts';
import { type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { sizesOf } from './arguments.ts';
import { asTensor, emit, unknownResult } from './emit.ts';
import { AXES, fieldAfter, reach, reportUnread, slidingWindow, type Window, windowArithmetic } from './window.ts';

/** F.convNd. */
function convolution(ip: Interpreter, rank: number, a: Bound): Value {
  const input = asTensor(a['input']);
  const weight = asTensor(a['weight']);
  if (!input || !weight?.shape) return unknownResult([a['input'], a['weight']]);
  const [outChannels, perGroup, ...kernel] = weight.shape;
  const groups = sizesOf(a['groups'], 1)?.[0] ?? 1;
  const stride = sizesOf(a['stride'], rank);
  const dilation = sizesOf(a['dilation'], rank);
  if (!stride || !dilation || kernel.length !== rank || kernel.includes(null)) return tensor(null, input.dtype);
  const inChannels = perGroup === null || perGroup === undefined ? null : dims.mul(perGroup, groups);
  settleInput(input, {
    shape: [dims.symbol('B'), inChannels, ...AXES[rank]!.map((axis) => dims.symbol(axis))],
    because: wantsChannels(layerName(ip, `conv${rank}d`), inChannels, rank),
  });
  if (!input.shape) return tensor(null, input.dtype);
  const name = layerName(ip, `conv${rank}d`);
  const batched = input.shape.length === rank + 2;
  if (!batched && input.shape.length !== rank + 1) {
    const message = `${name} expects ${rank + 1} or ${rank + 2} axes (batch, channels, ${AXES[rank]!.join(', ')}), gets ${input.shape.length}: ${showShape(input.shape)}.`;
    return fail(ip, { code: 'conv-rank', message }, tensor(null, input.dtype));
  }
  checkInputChannels(ip, name, input, batched, inChannels ?? null, groups);
  const windows = paddedWindows(a['padding'], rank, kernel as Dim[], stride, dilation);
  const spatial = input.shape.slice(batched ? 2 : 1);
  const leading: MaybeDim[] = batched ? [input.shape[0]!, outChannels ?? null] : [outChannels ?? null];
  if (!windows) return tensor([...leading, ...spatial.map(() => null)], input.dtype);
  const sizes = windowSizes(ip, name, spatial, windows);
  reportUnread(ip, name, spatial, windows);
  const shape = [...leading, ...sizes];
  const bias = asTensor(a['bias']);
  const taps = dims.product(kernel as Dim[]);
  const macs =
    perGroup === null || perGroup === undefined || shape.includes(null)
      ? null
      : dims.mul(dims.product(shape as Dim[]), dims.mul(perGroup, taps));
  return emit(ip, {
    op: convolutionOperator(
      rank,
      windows,
      inChannels,
      outChannels ?? null,
      groups,
      (asString(a['padding_mode']) ?? 'zeros') as PaddingMode,
    ),
    inputs: [input],
    shape,
    dtype: input.dtype,
    params: { weight, ...(bias ? { bias } : {}) },
    macs,
    parameterCount: parameterCount(weight, bias),
    arithmetic: [
      ...windows.map((w, i) => windowArithmetic(AXES[rank]![i]!, spatial[i] ?? null, w, sizes[i] ?? null)),
      `MACs: ${showProduct([...shape, perGroup ?? null, ...kernel], macs)}`,
    ],
    field: fieldAfter(input, windows),
    name: `conv${rank}d`,
  });
}

/** Why its input has the axes that it has. */
const wantsChannels = (name: string, channels: MaybeDim, rank: number): string =>
  channels === null
    ? `${name} runs over ${rank} ${rank === 1 ? 'axis' : 'axes'}`
    : `${name} wants ${counted(channels, 'channel')}`;

/** Reports an input that has not the channels that the weight is for. */
function checkInputChannels(
  ip: Interpreter,
  name: string,
  input: TensorValue,
  batched: boolean,
  wanted: MaybeDim,
  groups: Dim,
): void {
  const channels = input.shape?.[batched ? 1 : 0] ?? null;
  agree(
    ip,
    channels,
    wanted,
    () => `${name} wants ${counted(wanted!, 'channel')}`,
    () => ({
      code: 'conv-channels',
      message: `${name} expects ${showDim(wanted)} input channels, gets ${showDim(channels)}: its input is ${showShape(input.shape)}.`,
      fixes:
        channels !== null && dims.isExact(channels) && groups === 1
          ? argumentFix(currentLayer(ip), 'in_channels', 0, channels)
          : [],
    }),
  );
}

/** `1 channel`, `3 channels`, `dim channels` */
export const counted = (n: MaybeDim, what: string): string => `${showDim(n)} ${what}${n === 1 ? '' : 's'}`;

/** Sizes of the output's axes; reports a window that is larger than its padded input. */
export function windowSizes(
  ip: Interpreter,
  name: string,
  spatial: readonly MaybeDim[],
  windows: readonly Window[],
): MaybeDim[] {
  return windows.map((w, i) => {
    const size = spatial[i] ?? null;
    if (size === null) return null;
    const r = reach(size, w);
    // Rounded up, a window may begin inside and reach out by less than a step.
    const least = w.ceilMode ? dims.sub(1, w.stride) : 0;
    if (dims.lessThan(r, least) === true) {
      const needs = dims.add(dims.mul(w.dilation, dims.sub(w.kernel, 1)), 1);
      const padded = dims.add(dims.add(size, w.before), w.after);
      const axis = AXES[windows.length]![i]!;
      const spread = w.dilation === 1 ? '' : ` (${showDim(w.kernel)} dilated by ${showDim(w.dilation)})`;
      const message = `${name} does not fit: its kernel covers ${showDim(needs)}${spread} along ${axis}, and the padded input has ${showDim(padded)} = ${showDim(size)} + ${showDim(w.before)} + ${showDim(w.after)}.`;
      fail(ip, { code: 'kernel-too-large', message }, unknown(message));
      return null;
    }
    const fits = () => `the kernel of ${name} has to fit`;
    atLeast(ip, r, least, fits);
    const over = dims.isExact(r) ? null : dims.mod(r, w.stride);
    if (over !== null) wish(ip, 'even', over, 0, fits, null);
    return slidingWindow(size, w);
  });
}

/** Windows per axis for padding as a number, a tuple, 'same' or 'valid'. */
function paddedWindows(
  padding: Value | undefined,
  rank: number,
  kernel: readonly Dim[],
  stride: readonly Dim[],
  dilation: readonly Dim[],
): Window[] | null {
  const mode = asString(padding);
  const sizes = mode === null ? sizesOf(padding, rank) : null;
  if (mode === null && !sizes) return null;
  return kernel.map((k, i) => {
    let [before, after]: [Dim, Dim] = [0, 0];
    if (sizes) [before, after] = [sizes[i]!, sizes[i]!];
    else if (mode === 'same') {
      // PyTorch puts the odd element at the end.
      const total = dims.mul(dilation[i]!, dims.sub(k, 1));
      before = dims.floorDiv(total, 2) ?? 0;
      after = dims.sub(total, before);
    }
    return { kernel: k, stride: stride[i]!, before, after, dilation: dilation[i]!, ceilMode: false };
  });
}

function convolutionOperator(
  rank: number,
  windows: readonly Window[],
  inChannels: Dim | null,
  outChannels: MaybeDim,
  groups: Dim,
  paddingMode: PaddingMode,
): Operator {
  const numbers = (pick: (w: Window) => Dim) => windows.map(pick);
  const all = [
    ...numbers((w) => w.kernel),
    ...numbers((w) => w.stride),
    ...numbers((w) => w.before),
    ...numbers((w) => w.after),
    ...numbers((w) => w.dilation),
    inChannels,
    outChannels,
    groups,
  ];
  if (!all.every((d): d is number => typeof d === 'number')) return { op: 'opaque', name: `conv${rank}d` };
  return {
    op: `conv${rank}d` as 'conv2d',
    kernel: numbers((w) => w.kernel) as number[],
    stride: numbers((w) => w.stride) as number[],
    padding: windows.map((w) => [w.before as number, w.after as number] as const),
    dilation: numbers((w) => w.dilation) as number[],
    inChannels: inChannels as number,
    outChannels: outChannels as number,
    groups: groups as number,
    paddingMode,
  };
}

/** F.conv_transposeNd. Source: torch.nn.ConvTranspose2d, "Shape". */
function transposed(ip: Interpreter, rank: number, a: Bound): Value {
  const input = asTensor(a['input']);
  const weight = asTensor(a['weight']);
  if (!input || !weight?.shape) return unknownResult([a['input'], a['weight']]);
  const [inChannels, perGroup, ...kernel] = weight.shape;
  const groups = sizesOf(a['groups'], 1)?.[0] ?? 1;
  const [stride, padding, outputPadding, dilation] = ['stride', 'padding', 'output_padding', 'dilation'].map((k) =>
    sizesOf(a[k], rank),
  );
  if (!stride || !padding || !outputPadding || !dilation || kernel.includes(null)) return tensor(null, input.dtype);
  const name = layerName(ip, `conv_transpose${rank}d`);
  settleInput(input, {
    shape: [dims.symbol('B'), inChannels ?? null, ...AXES[rank]!.map((axis) => dims.symbol(axis))],
    because: wantsChannels(name, inChannels ?? null, rank),
  });
  if (!input.shape) return tensor(null, input.dtype);
  const batched = input.shape.length === rank + 2;
  if (!batched && input.shape.length !== rank + 1) {
    return fail(
      ip,
      {
        code: 'conv-rank',
        message: `${name} expects ${rank + 1} or ${rank + 2} axes, gets ${input.shape.length}: ${showShape(input.shape)}.`,
      },
      tensor(null, input.dtype),
    );
  }
  checkInputChannels(ip, name, input, batched, inChannels ?? null, groups);
  const outChannels = perGroup === null || perGroup === undefined ? null : dims.mul(perGroup, groups);
  const spatial = input.shape.slice(batched ? 2 : 1);
  const sizes = spatial.map((size, i): MaybeDim => {
    if (size === null) return null;
    const full = dims.add(
      dims.mul(dims.sub(size, 1), stride[i]!),
      dims.add(dims.mul(dilation[i]!, dims.sub(kernel[i] as Dim, 1)), 1),
    );
    return dims.add(dims.sub(full, dims.mul(2, padding[i]!)), outputPadding[i]!);
  });
  const shape = [...(batched ? [input.shape[0]!] : []), outChannels, ...sizes];
  const bias = asTensor(a['bias']);
  const macs =
    input.shape.includes(null) || !perGroup
      ? null
      : dims.mul(dims.product(input.shape as Dim[]), dims.mul(perGroup, dims.product(kernel as Dim[])));
  const exact = [
    ...kernel,
    ...stride,
    ...padding,
    ...outputPadding,
    ...dilation,
    inChannels,
    outChannels,
    groups,
  ].every((d) => typeof d === 'number');
  return emit(ip, {
    op: exact
      ? {
          op: `conv_transpose${rank}d` as 'conv_transpose2d',
          kernel: kernel as number[],
          stride: stride as number[],
          padding: padding.map((p) => [p as number, p as number] as const),
          dilation: dilation as number[],
          inChannels: inChannels as number,
          outChannels: outChannels as number,
          groups: groups as number,
          outputPadding: outputPadding as number[],
        }
      : { op: 'opaque', name: `conv_transpose${rank}d` },
    inputs: [input],
    shape,
    params: { weight, ...(bias ? { bias } : {}) },
    macs,
    parameterCount: parameterCount(weight, bias),
    arithmetic: spatial.map(
      (size, i) =>
        `${AXES[rank]![i]}: (${showDim(size)} − 1)·${showDim(stride[i]!)} − 2·${showDim(padding[i]!)} + ${showDim(dilation[i]!)}·(${showDim(kernel[i] ?? null)} − 1) + ${showDim(outputPadding[i]!)} + 1 = ${showDim(sizes[i] ?? null)}`,
    ),
    name: `conv_transpose${rank}d`,
  });
}

/** "conv1 (Conv2d)" where a layer runs, else the function's name. */
export function layerName(ip: Interpreter, fallback: string): string {
  const layer = currentLayer(ip);
  if (!layer || !layer.cls.module.startsWith('torch')) return fallback;
  const path = ip.recorder?.paths.get(layer);
  return path ? `${path} (${layer.cls.name})` : layer.cls.name;
}

export function parameterCount(...tensors: (TensorValue | null)[]): Dim | null {
  let n: Dim = 0;
  for (const t of tensors) {
    if (!t) continue;
    if (!t.shape || t.shape.includes(null)) return null;
    n = dims.add(n, dims.product(t.shape as Dim[]));
  }
  return n;
}

const conv = (rank: number): NativeTable[string] => [
  'input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, padding_mode="zeros"',
  (ip, a) => convolution(ip, rank, a),
];
const convTranspose = (rank: number): NativeTable[string] => [
  'input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1',
  (ip, a) => transposed(ip, rank, a),
];

export const CONVOLUTIONS: NativeTable = {
  conv1d: conv(1),
  conv2d: conv(2),
  conv3d: conv(3),
  conv_transpose1d: convTranspose(1),
  conv_transpose2d: convTranspose(2),
  conv_transpose3d: convTranspose(3),
};
