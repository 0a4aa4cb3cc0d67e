// Windows: the arithmetic that convolutions and poolings share, and what a stride leaves unread.
//   nn.Conv2d(3, 64, 7, stride=2, padding=3) on 224:  ⌊(224 + 2·3 − 1·(7 − 1) − 1) / 2⌋ + 1 = 112

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import { type MaybeDim, showDim } from '../dims/display.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { report } from '../rules/report.ts';
import type { ReceptiveField, TensorValue } from '../values/tensor.ts';

/** One axis of a sliding window. All in elements. */
export interface Window {
  kernel: Dim;
  stride: Dim;
  before: Dim;
  after: Dim;
  dilation: Dim;
  ceilMode: boolean;
}

/** How far the window reaches over the padded input beyond its first position; negative: it does not fit. */
export const reach = (size: Dim, w: Window): Dim =>
  dims.sub(dims.add(dims.add(size, w.before), w.after), dims.add(dims.mul(w.dilation, dims.sub(w.kernel, 1)), 1));

/** Output size. Source: torch.nn.Conv2d and torch.nn.MaxPool2d, "Shape". */
export function slidingWindow(size: Dim, w: Window): Dim | null {
  const r = reach(size, w);
  if (!w.ceilMode) {
    const q = dims.floorDiv(r, w.stride);
    return q === null ? null : dims.add(q, 1);
  }
  const up = dims.ceilDiv(r, w.stride);
  if (up === null) return null;
  const out = dims.add(up, 1);
  // The last window must start inside the input or its left padding.
  if (dims.isExact(out) && dims.isExact(size) && dims.isExact(w.stride) && dims.isExact(w.before)) {
    return (out - 1) * w.stride >= size + w.before ? out - 1 : out;
  }
  return out;
}

/** `H: ⌊(224 + 2·3 − 1·(7 − 1) − 1) / 2⌋ + 1 = 112` */
export function windowArithmetic(axis: string, size: MaybeDim, w: Window, out: MaybeDim): string {
  const padding = dims.same(w.before, w.after)
    ? `2·${showDim(w.before)}`
    : `${showDim(w.before)} + ${showDim(w.after)}`;
  const [open, close] = w.ceilMode ? ['⌈', '⌉'] : ['⌊', '⌋'];
  return `${axis}: ${open}(${showDim(size)} + ${padding} − ${showDim(w.dilation)}·(${showDim(w.kernel)} − 1) − 1) / ${showDim(w.stride)}${close} + 1 = ${showDim(out)}`;
}

export const AXES: Readonly<Record<number, readonly string[]>> = { 1: ['L'], 2: ['H', 'W'], 3: ['D', 'H', 'W'] };

/** A rule on strides: rows or columns at the far edge that no window reads. */
export function reportUnread(
  ip: Interpreter,
  name: string,
  sizes: readonly MaybeDim[],
  windows: readonly Window[],
): void {
  if (ip.speculation > 0 || !ip.recorder) return;
  const found: string[] = [];
  const fits: string[] = [];
  let most = 0;
  windows.forEach((w, i) => {
    const size = sizes[i];
    if (typeof size !== 'number' || w.ceilMode) return;
    const [k, s, b, a, d] = [w.kernel, w.stride, w.before, w.after, w.dilation];
    if (![k, s, b, a, d].every(dims.isExact)) return;
    const unread = unreadAtEdge(size, w);
    if (unread <= 0 || (k as number) < (s as number)) return;
    most = Math.max(most, unread);
    const what = windows.length === 2 ? (i === 0 ? 'row' : 'column') : 'element';
    found.push(`${unread} ${what}${unread === 1 ? '' : 's'} of ${size} (${percent(unread / size)})`);
    fits.push(
      fitting(
        size,
        w,
        ['length', 'height', 'width'][windows.length === 1 ? 0 : i + (windows.length === 2 ? 1 : 0)] ?? 'depth',
      ),
    );
  });
  if (most === 0) return;
  const message = `${name} with stride ${showDim(windows[0]!.stride)} never reads the last ${found.join(' and ')}: ${[...new Set(fits)].join('; ')}.`;
  report(ip, most > 1 ? 'warning' : 'hint', { code: 'stride-drops', message });
}

/** How many real (not padded) elements at the end no window covers. */
export function unreadAtEdge(size: number, w: Window): number {
  const [k, s, b, a, d] = [w.kernel, w.stride, w.before, w.after, w.dilation] as number[];
  const r = size + b! + a! - d! * (k! - 1) - 1;
  return r < 0 ? 0 : (r % s!) - a!;
}

const percent = (share: number): string => `${share >= 0.1 ? Math.round(share * 100) : (share * 100).toFixed(1)} %`;

/** What would read everything: the nearest sizes below and above, and the smallest symmetric padding. */
function fitting(size: number, w: Window, axis: string): string {
  const fits = (n: number, padding: number) => unreadAtEdge(n, { ...w, before: padding, after: padding }) <= 0;
  const p = w.after as number;
  let below = size;
  while (below > 0 && !fits(below, p)) below--;
  let above = size;
  while (above < size + 4096 && !fits(above, p)) above++;
  let padding = p;
  while (padding <= (w.kernel as number) && !fits(size, padding)) padding++;
  const options = [`${below} or ${above}`];
  return padding <= (w.kernel as number) / 2
    ? `padding=${padding}, or a ${axis} of ${options[0]}, leaves nothing over`
    : `a ${axis} of ${options[0]} leaves nothing over`;
}

/** The receptive field after a window. Source: Araujo et al., "Computing Receptive Fields of CNNs", Distill 2019. */
export function fieldAfter(input: TensorValue, windows: readonly Window[]): ReceptiveField | null {
  const rank = windows.length;
  const before = input.field ?? { size: Array<number>(rank).fill(1), stride: Array<number>(rank).fill(1) };
  if (before.size.length !== rank) return null;
  const size: number[] = [];
  const stride: number[] = [];
  for (const [i, w] of windows.entries()) {
    if (!dims.isExact(w.kernel) || !dims.isExact(w.stride) || !dims.isExact(w.dilation)) return null;
    size.push(before.size[i]! + w.dilation * (w.kernel - 1) * before.stride[i]!);
    stride.push(before.stride[i]! * w.stride);
  }
  return { size, stride };
}
