// Shapes and values as people read them; counts are src/analysis/graph/numbers.ts', as in the editor.
//   formatShape([1, 64, 112, 112]) → "1 × 64 × 112 × 112"      formatValue(0.0002622) → "2.622e-4"

import type { ShapeJson, SizeJson } from '../../src/analysis/graph/modelGraph.ts';

/** Arrays have a `map` too, so the kinds of shapes are not told apart by their keys alone. */
export function isSizes(shape: ShapeJson): shape is readonly SizeJson[] {
  return Array.isArray(shape);
}

/** `times` goes between the sizes: without spaces where there is little room. */
export function formatShape(shape: ShapeJson, times = ' × '): string {
  if (shape === null) return '?';
  if (isSizes(shape)) return shape.length === 0 ? 'scalar' : shape.map((size) => size ?? '?').join(times);
  if ('seq' in shape) return `[${shape.seq.map((part) => formatShape(part, times)).join(', ')}]`;
  const entries = Object.entries(shape.map).map(([key, value]) => `${key}: ${formatShape(value, times)}`);
  return `{${entries.join(', ')}}`;
}

/** Four significant digits, no more zeros than needed. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(3);
  return value.toPrecision(4).replace('-', '−');
}
