// Sliding windows as the kernels want them: always two spatial axes, a 1-D window being one row high.

import type { SlidingWindow } from '../../../src/analysis/graph/operators.ts';

export interface Window {
  kernel: readonly [height: number, width: number];
  stride: readonly [y: number, x: number];
  /** Before the first row and column. */
  before: readonly [top: number, left: number];
  after: readonly [bottom: number, right: number];
  dilation: readonly [y: number, x: number];
}

export function windowOf(op: SlidingWindow): Window {
  const pair = (sizes: readonly number[], row: number): [number, number] =>
    sizes.length === 1 ? [row, sizes[0]!] : [sizes[0]!, sizes[1]!];
  return {
    kernel: pair(op.kernel, 1),
    stride: pair(op.stride, 1),
    before: pair(
      op.padding.map(([before]) => before),
      0,
    ),
    after: pair(
      op.padding.map(([, after]) => after),
      0,
    ),
    dilation: pair(op.dilation, 1),
  };
}

/** 1 for conv1d and max_pool1d, 2 for conv2d, …; from the operator's own name. */
export function spatialAxes(name: string): number {
  return Number(/(\d)d$/.exec(name)?.[1] ?? 0);
}
