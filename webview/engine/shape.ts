// Small arithmetic on shapes, shared by the plan and the kernels.
//   elementsOf([1, 64, 112, 112]) → 802816      stridesOf([2, 3, 4]) → [12, 4, 1]

export type Shape = readonly number[];

export function elementsOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Steps between neighbours along each axis of a dense row-major tensor. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** Strides that read `shape` as if it had been broadcast to `target`: 0 along axes that repeat. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const own = stridesOf(shape);
  const missing = target.length - shape.length;
  return target.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : own[axis - missing]!));
}

export function broadcastShapes(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const x = a[axis - (rank - a.length)] ?? 1;
    const y = b[axis - (rank - b.length)] ?? 1;
    return x === 1 ? y : x;
  });
}

/** A tensor with `spatial` trailing axes as N images of C planes: 1-D becomes one row, a missing batch axis is 1. */
export interface Planes {
  batch: number;
  channels: number;
  height: number;
  width: number;
}

export function planesOf(shape: Shape, spatial: 1 | 2): Planes {
  const height = spatial === 2 ? shape.at(-2)! : 1;
  const channelAxis = shape.length - spatial - 1;
  return {
    batch: elementsOf(shape.slice(0, Math.max(0, channelAxis))),
    channels: shape[channelAxis] ?? 1,
    height,
    width: shape.at(-1)!,
  };
}
