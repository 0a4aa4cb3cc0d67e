// dtypes: torch.float32, torch.long, and what `.to(…)` and `dtype=` accept.

import type { DType } from '../values/tensor.ts';
import type { OpaqueValue, Value } from '../values/value.ts';

/** Names under `torch`, aliases included. */
const NAMES: Readonly<Record<string, DType>> = {
  float64: 'float64',
  double: 'float64',
  float32: 'float32',
  float: 'float32',
  float16: 'float16',
  half: 'float16',
  bfloat16: 'bfloat16',
  int64: 'int64',
  long: 'int64',
  int32: 'int32',
  int: 'int32',
  int16: 'int16',
  short: 'int16',
  int8: 'int8',
  uint8: 'uint8',
  bool: 'bool',
  complex64: 'complex64',
  cfloat: 'complex64',
  complex128: 'complex128',
};

/** `long` → int64; null for what torch has no dtype of. */
export const dtypeNamed = (name: string): DType | null => (Object.hasOwn(NAMES, name) ? (NAMES[name] ?? null) : null);

export const DTYPES: readonly [string, OpaqueValue][] = Object.entries(NAMES).map(([name, dtype]) => [
  name,
  { kind: 'opaque', type: 'dtype', name: dtype },
]);

/** The dtype in an argument; null where it has none. */
export function dtypeFrom(value: Value | undefined): DType | null {
  if (value?.kind === 'opaque' && value.type === 'dtype') return value.name as DType;
  if (value?.kind === 'class')
    return value.name === 'float' ? 'float32' : value.name === 'int' ? 'int64' : value.name === 'bool' ? 'bool' : null;
  return null;
}

export const dtypeValue = (d: DType): OpaqueValue => ({ kind: 'opaque', type: 'dtype', name: d });
