// Shapes of values, as JSON and as people write them.

import { type Dim, isExact } from '../dims/dim.ts';
import { dimExpression, type MaybeDim, showShape } from '../dims/display.ts';
import type { TensorValue } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import type { ShapeJson, SizeJson } from './modelGraph.ts';

export const sizeJson = (d: MaybeDim): SizeJson => (d === null ? null : isExact(d) ? d : dimExpression(d));

/** Nested shapes of a value: tensors, and sequences and dicts that may hold some; null for anything else. */
export function shapeOf(value: Value, depth = 0): ShapeJson {
  switch (value.kind) {
    case 'tensor':
      return value.shape === null ? null : value.shape.map(sizeJson);
    case 'list':
    case 'tuple':
      if (depth > 6 || (value.kind === 'list' && value.unknown !== null)) return null;
      return { seq: value.items.map((v) => shapeOf(v, depth + 1)) };
    case 'dict':
      if (depth > 6 || value.unknown !== null) return null;
      return {
        map: Object.fromEntries(
          [...value.entries.values()].map((e) => [
            e.key.kind === 'str' ? e.key.value : e.key.kind === 'int' ? sizeJson(e.key.value) : '?',
            shapeOf(e.value, depth + 1),
          ]),
        ),
      };
    case 'instance':
      return value.base ? shapeOf(value.base, depth + 1) : null;
    default:
      return null;
  }
}

/** Tensors inside a value, in order. */
export function tensorsIn(value: Value, into: TensorValue[] = [], depth = 0): TensorValue[] {
  if (depth > 8) return into;
  switch (value.kind) {
    case 'tensor':
      into.push(value);
      break;
    case 'list':
    case 'tuple':
      for (const v of value.items) tensorsIn(v, into, depth + 1);
      break;
    case 'dict':
      for (const e of value.entries.values()) tensorsIn(e.value, into, depth + 1);
      break;
    case 'instance':
      if (value.base) tensorsIn(value.base, into, depth + 1);
      else if (!value.module) for (const v of value.attributes.values()) if (v.kind === 'tensor') into.push(v);
      break;
    default:
      break;
  }
  return into;
}

export const hasTensor = (s: ShapeJson): boolean =>
  s !== null && (isShape(s) || ('seq' in s ? s.seq : Object.values(s.map)).some(hasTensor));

export const isShape = (s: ShapeJson): s is readonly SizeJson[] => Array.isArray(s);

/** `(B, 64, 56, 56)`; `((1, 2), (1, 3))` for a tuple; `{'out': (1, 21, 8, 8)}` for a dict. Null where no tensor is in it. */
export function showValue(value: Value, depth = 0): string | null {
  switch (value.kind) {
    case 'tensor':
      return showShape(value.shape);
    case 'list':
    case 'tuple': {
      if (depth > 4 || value.items.length === 0) return null;
      const parts = value.items.map((v) => showValue(v, depth + 1));
      if (parts.every((p) => p === null)) return null;
      const [open, close] = value.kind === 'list' ? ['[', ']'] : ['(', ')'];
      const shown = parts.slice(0, 4).map((p, i) => p ?? plain(value.items[i]!));
      if (parts.length > 4) shown.push(`… ${parts.length} in all`);
      return `${open}${shown.join(', ')}${close}`;
    }
    case 'dict': {
      const parts = [...value.entries.values()]
        .map((e) => [e.key, showValue(e.value, depth + 1)] as const)
        .filter(([, t]) => t !== null);
      if (depth > 4 || parts.length === 0) return null;
      const shown = parts.slice(0, 4).map(([k, t]) => `${k.kind === 'str' ? k.value : plain(k)}: ${t}`);
      if (parts.length > 4) shown.push(`… ${parts.length} in all`);
      return `{${shown.join(', ')}}`;
    }
    case 'instance':
      return value.base ? showValue(value.base, depth + 1) : null;
    default:
      return null;
  }
}

const plain = (v: Value): string =>
  v.kind === 'none'
    ? 'None'
    : v.kind === 'int' && isExact(v.value)
      ? String(v.value)
      : v.kind === 'bool'
        ? v.value
          ? 'True'
          : 'False'
        : '…';

/** Number of elements; null where a size is unknown. */
export function elementCount(shape: readonly MaybeDim[] | null, multiply: (a: Dim, b: Dim) => Dim): Dim | null {
  if (shape === null) return null;
  let n: Dim = 1;
  for (const d of shape) {
    if (d === null) return null;
    n = multiply(n, d);
  }
  return n;
}
