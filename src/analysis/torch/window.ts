// Windows: the arithmetic that convolutions and poolings share, and what a stride leaves unread.
//   nn.Conv2d(3, 64, 7, stride=2, padding=3) on 224:  ⌊(224 + 2·3 − 1·(7 − 1) − 1) / 2⌋ + 1 = 112

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import { type MaybeDim, showDim } from '../dims/display.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { report } from '../rules/report.ts';
import { throughWindows } from '../values/receptiveField.ts';
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

/** A rule on strides: rows or columns that no window reads, between the windows or at the far edge. */
export function reportUnread(
  ip: Interpreter,
  name: string,
  sizes: readonly MaybeDim[],
  windows: readonly Window[],
): void {
  if (ip.speculation > 0 || !ip.recorder) return;
  const atEdge: Unread[] = [];
  const between: Unread[] = [];
  windows.forEach((w, i) => {
    const size = sizes[i];
    const numbers = [w.kernel, w.stride, w.before, w.after, w.dilation];
    if (typeof size !== 'number' || w.ceilMode || !numbers.every(dims.isExact)) return;
    const axis = AXIS_NAMES[windows.length]?.[i] ?? AXIS_NAMES[1]![0]!;
    const [kernel, stride, , , dilation] = numbers as number[];
    if (kernel! >= stride!) atEdge.push({ axis, size, count: Math.max(0, unreadAtEdge(size, w)), window: w });
    // A window of one element subsamples, as a ResNet's shortcut does on purpose.
    else if (kernel! > 1 && dilation === 1) between.push({ axis, size, count: unreadAnywhere(size, w), window: w });
  });
  const lost = (all: readonly Unread[]): string =>
    all.map(({ axis, count, size }) => `${counted(count, axis)} of ${size} (${percent(count / size)})`).join(' and ');
  const edges = atEdge.filter(({ count }) => count > 0);
  if (edges.length > 0) {
    const most = Math.max(...edges.map(({ count }) => count));
    const message = `${name} with stride ${showDim(windows[0]!.stride)} never reads the last ${lost(edges)}: ${fitting(edges)}.`;
    report(ip, most > 1 ? 'warning' : 'hint', { code: 'stride-drops', message });
  }
  const gaps = between.filter(({ count }) => count > 0);
  if (gaps.length > 0) {
    const { kernel, stride } = gaps[0]!.window;
    const message = `${name} moves by ${showDim(stride)} and looks at ${showDim(kernel)}, so it never reads ${lost(gaps)}: a stride of at most ${showDim(kernel)} skips none in between.`;
    report(ip, 'warning', { code: 'stride-drops', message });
  }
}

interface Unread {
  axis: AxisName;
  size: number;
  count: number;
  window: Window;
}

interface AxisName {
  one: string;
  size: string;
}

const ROWS: AxisName = { one: 'row', size: 'height' };
const COLUMNS: AxisName = { one: 'column', size: 'width' };
const AXIS_NAMES: Readonly<Record<number, readonly AxisName[]>> = {
  1: [{ one: 'element', size: 'length' }],
  2: [ROWS, COLUMNS],
  3: [{ one: 'slice', size: 'depth' }, ROWS, COLUMNS],
};

const counted = (count: number, { one }: AxisName): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** How many real (not padded) elements at the end no window covers. */
export function unreadAtEdge(size: number, w: Window): number {
  const [k, s, b, a, d] = [w.kernel, w.stride, w.before, w.after, w.dilation] as number[];
  const r = size + b! + a! - d! * (k! - 1) - 1;
  return r < 0 ? 0 : (r % s!) - a!;
}

/** How many real elements no window covers, between windows and at the end. */
function unreadAnywhere(size: number, w: Window): number {
  const [k, s, b, a] = [w.kernel, w.stride, w.before, w.after] as number[];
  let read = 0;
  for (let start = -b!; start + k! <= size + a!; start += s!)
    read += Math.max(0, Math.min(start + k!, size) - Math.max(start, 0));
  return size - read;
}

const percent = (share: number): string => `${share >= 0.1 ? Math.round(share * 100) : (share * 100).toFixed(1)} %`;

/** What would read everything: the smallest symmetric padding, and the nearest sizes below and above. */
function fitting(all: readonly Unread[]): string {
  const axesOf = new Map<string, string[]>();
  for (const { axis, size, window } of all) {
    const fits = (n: number, padding: number) => unreadAtEdge(n, { ...window, before: padding, after: padding }) <= 0;
    const p = window.after as number;
    let below = size;
    while (below > 0 && !fits(below, p)) below--;
    let above = size;
    while (above < size + 4096 && !fits(above, p)) above++;
    let padding = p;
    while (padding <= (window.kernel as number) && !fits(size, padding)) padding++;
    const isPadding = padding <= (window.kernel as number) / 2;
    const text = `${isPadding ? `padding=${padding}, or ` : ''}a AXIS of ${below} or ${above}`;
    axesOf.set(text, [...(axesOf.get(text) ?? []), axis.size]);
  }
  const ways = [...axesOf].map(([text, axes]) => text.replace('AXIS', axes.join(' and ')));
  return `${ways.join('; ')}, leaves nothing over`;
}

/** What the output of these windows sees of the model's input; null where that is not known. */
export function fieldAfter(input: TensorValue, windows: readonly Window[]): ReceptiveField | null {
  const exact = windows.flatMap(({ kernel, stride, before, dilation }) =>
    [kernel, stride, before, dilation].every(dims.isExact)
      ? [{ kernel: kernel as number, stride: stride as number, before: before as number, dilation: dilation as number }]
      : [],
  );
  return exact.length === windows.length ? throughWindows(input.field, exact) : null;
}
