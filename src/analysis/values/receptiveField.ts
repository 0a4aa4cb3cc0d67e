// Receptive fields: how much of the model's input one element of a feature map sees, through windows and branches.
//   Conv2d(3, 64, 7, stride=2, padding=3)    sees 7 × 7 px, neighbours are 2 px apart, the first is centred on pixel 0
// Source: Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019.

import type { ReceptiveField, TensorValue } from './tensor.ts';

/** A window along one axis, exact sizes. */
export interface FieldWindow {
  kernel: number;
  stride: number;
  before: number;
  dilation: number;
}

/** An element of the input sees itself. `axes`: how many spatial axes there are. */
export const inputField = (axes: number): ReceptiveField | null =>
  axes < 1
    ? null
    : { size: Array<number>(axes).fill(1), stride: Array<number>(axes).fill(1), start: Array<number>(axes).fill(0) };

/** What an input of this shape (batch, channels, then spatial axes) starts from. */
export const fieldOfInput = (shape: TensorValue['shape']): ReceptiveField | null =>
  shape ? inputField(shape.length - 2) : null;

/** After a window slides over; null where it is not known before, or along other axes. */
export function throughWindows(before: ReceptiveField | null, windows: readonly FieldWindow[]): ReceptiveField | null {
  if (!before || before.size.length !== windows.length) return null;
  return {
    size: windows.map((w, i) => before.size[i]! + w.dilation * (w.kernel - 1) * before.stride[i]!),
    stride: windows.map((w, i) => before.stride[i]! * w.stride),
    start: windows.map((w, i) => before.start[i]! + ((w.dilation * (w.kernel - 1)) / 2 - w.before) * before.stride[i]!),
  };
}

/** Where branches meet (an addition, a concatenation): the larger one, if their elements are equally far apart. */
export function mergeFields(tensors: readonly TensorValue[]): ReceptiveField | null {
  // Weights and constants see nothing of the input.
  const looking = tensors.filter((t) => !t.parameter && !t.elements);
  const [first] = looking;
  if (!first?.field) return null;
  let merged = first.field;
  for (const { field } of looking.slice(1)) {
    if (!field || field.stride.some((s, i) => s !== merged.stride[i])) return null;
    merged = { ...merged, size: merged.size.map((s, i) => Math.max(s, field.size[i]!)) };
  }
  return merged;
}
