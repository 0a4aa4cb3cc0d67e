// Indexing tensors: x[:, 0], x[..., None], x[1:-1:2], x[mask].

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import type { Operator } from '../graph/operators.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { asDim, asItems, asNumber, isNone } from '../values/make.ts';
import { type Shape, type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { broadcast } from './broadcast.ts';
import { emit } from './emit.ts';

export function indexTensor(ip: Interpreter, x: TensorValue, index: Value): Value {
  if (!x.shape) return tensor(null, x.dtype);
  const given = index.kind === 'tuple' ? [...index.items] : [index];
  const used = given.reduce((n, v) => n + axesTaken(v), 0);
  const dots = given.findIndex((v) => v.kind === 'ellipsis');
  const whole: Value = { kind: 'slice', start: { kind: 'none' }, stop: { kind: 'none' }, step: { kind: 'none' } };
  const rest = Array<Value>(Math.max(0, x.shape.length - used)).fill(whole);
  if (dots >= 0) given.splice(dots, 1, ...rest);
  else given.push(...rest);
  if (used > x.shape.length)
    return ip.raise('IndexError', `too many indices for tensor of dimension ${x.shape.length}`);

  const shape: MaybeDim[] = [];
  let axis = 0;
  /** Tensors used as indices: their common shape takes the place of the first (or the front, where they stand apart). */
  let gathered: Shape | undefined;
  let gatherAt = -1;
  let apart = false;
  const slices: { dim: number; start: number; step: number }[] = [];
  let plain = true;
  for (const v of given) {
    // x[None] and x[True] put an axis in; x[False] one that is empty.
    if (isNone(v) || v.kind === 'bool') {
      shape.push(v.kind === 'bool' && !v.value ? 0 : 1);
      plain = false;
      continue;
    }
    const size = x.shape[axis] ?? null;
    if (v.kind === 'slice') {
      const [length, start, step] = sliceLength(v, size);
      if (start === null || step === null) plain = false;
      else if (v.start.kind !== 'none' || v.stop.kind !== 'none' || step !== 1) slices.push({ dim: axis, start, step });
      shape.push(length);
      axis++;
      continue;
    }
    const i = asDim(v);
    // A number that is not known (the index of a loop) takes its axis away like any other.
    if ((i !== null && v.kind !== 'tensor') || (v.kind === 'unknown' && v.about?.kind === 'number')) {
      if (i !== null && dims.isExact(i) && size !== null && dims.isExact(size) && (i >= size || i < -size)) {
        return ip.raise('IndexError', `index ${i} is out of bounds for dimension ${axis} with size ${size}`);
      }
      plain = false;
      axis++;
      continue;
    }
    plain = false;
    const indexShape = shapeOfIndex(v);
    if (v.kind === 'tensor' && v.dtype === 'bool') {
      // How many a mask keeps depends on data.
      if (gathered === undefined) gatherAt = shape.length;
      else if (shape.length !== gatherAt) apart = true;
      gathered = [ip.freshSize('found')];
      axis += v.shape?.length ?? 1;
      continue;
    }
    if (gathered === undefined) {
      gathered = indexShape;
      gatherAt = shape.length;
    } else {
      // An axis is kept between them; one that an int takes away does not count.
      if (shape.length !== gatherAt) apart = true;
      gathered = gathered && indexShape ? broadcast(gathered, indexShape).shape : null;
    }
    axis++;
  }
  if (gathered !== undefined) {
    if (gathered === null) return tensor(null, x.dtype);
    shape.splice(apart ? 0 : gatherAt, 0, ...gathered);
  }
  const op: Operator =
    plain && slices.length === 1 ? { op: 'slice', ...slices[0]! } : { op: 'opaque', name: 'indexing' };
  if (plain && slices.length === 0) return emit(ip, { op: { op: 'identity' }, inputs: [x], shape });
  const elements =
    x.elements && given.length === 1 && x.shape.length === 1 ? pickElements(x.elements, given[0]!) : null;
  return emit(ip, { op, inputs: [x], shape, elements, name: 'indexing' });
}

function axesTaken(v: Value): number {
  if (isNone(v) || v.kind === 'ellipsis' || v.kind === 'bool') return 0;
  return v.kind === 'tensor' && v.dtype === 'bool' ? (v.shape?.length ?? 1) : 1;
}

function pickElements(elements: readonly number[], v: Value): number[] | null {
  const i = asNumber(v);
  if (i === null) return null;
  const e = elements[i < 0 ? i + elements.length : i];
  return e === undefined ? null : [e];
}

function shapeOfIndex(v: Value): Shape {
  if (v.kind === 'tensor') return v.shape;
  const items = asItems(v);
  if (!items) return null;
  const inner = items[0] ? asItems(items[0]) : null;
  return inner ? [items.length, inner.length] : [items.length];
}

/** Length, start and step of a slice over an axis; start and step null where they are not exact. */
function sliceLength(v: Value & { kind: 'slice' }, size: MaybeDim): [MaybeDim, number | null, number | null] {
  const step = isNone(v.step) ? 1 : asDim(v.step);
  if (step === null || !dims.isExact(step) || step <= 0) return [null, null, null];
  const bound = (b: Value, fallback: MaybeDim): MaybeDim => {
    if (isNone(b)) return fallback;
    const d = asDim(b);
    if (d === null || size === null) return d !== null && dims.isExact(d) && d >= 0 && b === v.start ? d : null;
    const negative = dims.bounds(d).high < 0;
    const at: Dim = negative ? dims.add(size, d) : d;
    if (dims.isExact(at) && dims.isExact(size)) return Math.min(Math.max(at, 0), size);
    // x[:, :H] where H is at most the size: known only where the order is.
    if (negative) return at;
    const least = dims.minimum(at, size);
    // pe[:, :n] of a length that is an argument nobody gave: it is made long enough.
    const isOpen = b === v.stop && dims.isOpen(size) && !dims.same(least, at) && !dims.same(least, size);
    return isOpen ? at : least;
  };
  const start = bound(v.start, 0);
  const stop = bound(v.stop, size);
  if (start === null || stop === null) return [null, null, null];
  const length = dims.ceilDiv(dims.sub(stop, start), step);
  const exact = length !== null && dims.isExact(length) ? Math.max(0, length) : length;
  return [exact, dims.isExact(start) ? start : null, step];
}
