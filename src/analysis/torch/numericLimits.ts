// torch.finfo and torch.iinfo: the limits of number types.
//   torch.finfo(scores.dtype).min    # -3.4028234663852886e+38

import { native } from '../interp/native.ts';
import { OBJECT } from '../python/types.ts';
import { classValue, float, instance, int, isNone, str, unknown } from '../values/make.ts';
import { type DType, isFloating } from '../values/tensor.ts';
import type { ClassValue, Value } from '../values/value.ts';
import { dtypeFrom } from './dtypes.ts';

/** bits, max, eps, tiny. Source: torch.finfo. */
const FLOATS: Readonly<Partial<Record<DType, readonly [number, number, number, number]>>> = {
  float64: [64, Number.MAX_VALUE, 2 ** -52, 2 ** -1022],
  float32: [32, (2 - 2 ** -23) * 2 ** 127, 2 ** -23, 2 ** -126],
  float16: [16, 65504, 2 ** -10, 2 ** -14],
  bfloat16: [16, (2 - 2 ** -7) * 2 ** 127, 2 ** -7, 2 ** -126],
};

const BITS: Readonly<Partial<Record<DType, number>>> = { int64: 64, int32: 32, int16: 16, int8: 8, uint8: 8 };

function limits(name: string, fallback: DType | null, make: (d: DType) => [string, Value][] | null): ClassValue {
  const cls = classValue(name, [OBJECT], [], { module: 'torch' });
  cls.dict.set(
    '__new__',
    native(
      name,
      'cls, type=None',
      (_, { type }) => {
        const dtype = isNone(type) ? fallback : dtypeFrom(type);
        if (dtype === null) return unknown('the dtype is not known');
        const entries = make(dtype);
        return entries ? instance(cls, [...entries, ['dtype', str(dtype)]]) : unknown(`${name} of ${dtype}`);
      },
      false,
    ),
  );
  return cls;
}

export const FINFO = limits('finfo', 'float32', (d) => {
  const [bits, max, eps, tiny] = FLOATS[d] ?? [];
  if (!isFloating(d) || bits === undefined) return null;
  return [
    ['bits', int(bits)],
    ['max', float(max!)],
    ['min', float(-max!)],
    ['eps', float(eps!)],
    ['resolution', float(eps!)],
    ['tiny', float(tiny!)],
    ['smallest_normal', float(tiny!)],
  ];
});

export const IINFO = limits('iinfo', null, (d) => {
  const bits = BITS[d];
  if (bits === undefined) return null;
  const max = d === 'uint8' ? 255 : 2 ** (bits - 1) - 1;
  return [
    ['bits', int(bits)],
    ['max', int(max)],
    ['min', int(d === 'uint8' ? 0 : -(2 ** (bits - 1)))],
  ];
});
