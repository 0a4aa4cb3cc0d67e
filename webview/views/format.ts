// Numbers and shapes as people read them.
//   formatCount(11689512) → "11.69 M"      formatShape([1, 64, 112, 112]) → "1 × 64 × 112 × 112"

import type { ShapeJson, SizeJson } from '../../src/analysis/graph/modelGraph.ts';

const COUNTS = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

export function formatCount(count: number | null): string {
  if (count === null) return '?';
  for (const [unit, suffix] of COUNTS)
    if (count >= unit * 10 || (unit > 1e3 && count >= unit)) return `${shortened(count / unit)} ${suffix}`;
  return count.toLocaleString('en-US');
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB'];
  const step = Math.min(units.length, Math.floor(Math.log(bytes) / Math.log(1024)));
  return `${shortened(bytes / 1024 ** step)} ${units[step - 1]}`;
}

/** Two decimals below 100, one below 1000. */
function shortened(value: number): string {
  return value < 100 ? value.toFixed(2) : value < 1000 ? value.toFixed(1) : value.toFixed(0);
}

/** Arrays have a `map` too, so the kinds of shapes are not told apart by their keys alone. */
export function isSizes(shape: ShapeJson): shape is readonly SizeJson[] {
  return Array.isArray(shape);
}

export function formatShape(shape: ShapeJson): string {
  if (shape === null) return '?';
  if (isSizes(shape)) return shape.length === 0 ? 'scalar' : shape.map((size) => size ?? '?').join(' × ');
  if ('seq' in shape) return `[${shape.seq.map(formatShape).join(', ')}]`;
  const entries = Object.entries(shape.map).map(([key, value]) => `${key}: ${formatShape(value)}`);
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
