// The rarer functions that work element by element, with their dtypes: torch.logit, torch.hypot, torch.special.erfcx.
//   torch.logaddexp(a, b)    # (B, 1, 8), (4, 8) → (B, 4, 8)

import type { NativeTable } from '../interp/native.ts';
import { bool, isNone, unknown } from '../values/make.ts';
import type { DType } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { BINARY_FUNCTIONS, UNARY_FUNCTIONS } from './elementwise.ts';
import { asTensor } from './emit.ts';
import { asFloat, broadcasting, on, opaque, realOf } from './rule.ts';

type Result = 'same' | 'float' | 'bool' | 'real';

const resultOf: Readonly<Record<Result, (d: DType | null) => DType | null>> = {
  same: (d) => d,
  float: asFloat,
  bool: () => 'bool',
  real: realOf,
};

/** Result → names. Sources: the pages of torch and torch.special. */
const UNARY: Readonly<Record<Result, string>> = {
  same: 'positive sgn fix conj conj_physical resolve_conj resolve_neg',
  float:
    'acosh asinh atanh arccos arccosh arcsin arcsinh arctan arctanh sinc lgamma digamma i0 logit deg2rad rad2deg ' +
    'mvlgamma polygamma poisson',
  bool: 'signbit isneginf isposinf isreal',
  real: 'angle real imag',
};

const SPECIAL_UNARY =
  'airy_ai bessel_j0 bessel_j1 bessel_y0 bessel_y1 digamma entr erf erfc erfcx erfinv exp2 expit expm1 gammaln i0 i0e i1 i1e ' +
  'log1p log_ndtr logit modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 modified_bessel_k1 ndtr ndtri psi sinc';

const unary = (name: string, result: Result): NativeTable[string] => [
  name === 'polygamma' ? 'n, input, *args, out=None' : 'input, *args, out=None, eps=None, memory_format=None',
  on((ip, t) => opaque(ip, `torch.${name}`, [t], t.shape, resultOf[result](t.dtype))),
];

const BINARY: Readonly<Record<Result, string>> = {
  same: 'copysign fmax fmin gcd lcm heaviside nextafter bitwise_xor bitwise_left_shift bitwise_right_shift rsub fmod',
  float: 'arctan2 atan2 hypot ldexp logaddexp logaddexp2 xlogy igamma igammac xlog1py zeta',
  bool: 'logical_and logical_or logical_xor isclose',
  real: '',
};

const SPECIAL_BINARY =
  'xlogy xlog1py zeta gammainc gammaincc chebyshev_polynomial_t chebyshev_polynomial_u hermite_polynomial_h ' +
  'hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p';

const binary = (name: string, result: Result): NativeTable[string] => [
  'input, other, *args, alpha=1, out=None, rtol=1e-05, atol=1e-08, equal_nan=False',
  (ip, a) => broadcasting(ip, name, [a['input'], a['other']], resultOf[result]),
];

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);
const rows = (
  table: Readonly<Record<Result, string>>,
  make: (name: string, result: Result) => NativeTable[string],
): NativeTable =>
  Object.fromEntries(
    (Object.entries(table) as [Result, string][]).flatMap(([result, names]) =>
      words(names).map((name) => [name, make(name, result)] as const),
    ),
  );

/** Whether two tensors hold the same numbers depends on data. */
const dataDependent = (what: string): NativeTable[string] => [
  'input, *args, **kwargs',
  (): Value => unknown(`${what} depends on data`),
];

/** torch.clamp, with numbers or tensors as bounds. */
const clamp: NativeTable[string] = [
  'input, min=None, max=None, *, out=None',
  (ip, a) => {
    const plain = [a['min'], a['max']].every((v) => isNone(v) || v?.kind === 'float' || v?.kind === 'int');
    return plain ? BINARY_FUNCTIONS['clamp']![1](ip, a) : broadcasting(ip, 'clamp', [a['input'], a['min'], a['max']]);
  },
];

const renamed = (from: NativeTable, pairs: Readonly<Record<string, string>>): NativeTable =>
  Object.fromEntries(Object.entries(pairs).map(([alias, name]) => [alias, from[name]!]));

/** Functions of torch that are methods of a tensor too. */
export const POINTWISE: NativeTable = {
  ...rows(UNARY, unary),
  ...rows(BINARY, binary),
  ...renamed(UNARY_FUNCTIONS, { absolute: 'abs', negative: 'neg' }),
  ...renamed(BINARY_FUNCTIONS, {
    not_equal: 'ne',
    greater: 'gt',
    greater_equal: 'ge',
    less: 'lt',
    less_equal: 'le',
  }),
  abs: [
    'input, *, out=None',
    on((ip, t) => {
      const real = realOf(t.dtype);
      return real === t.dtype
        ? UNARY_FUNCTIONS['abs']![1](ip, { input: t })
        : opaque(ip, 'torch.abs', [t], t.shape, real);
    }),
  ],
  clamp,
  clip: clamp,
  clamp_min: ['input, min', (ip, a) => clamp[1](ip, { input: a['input']!, min: a['min']! })],
  clamp_max: ['input, max', (ip, a) => clamp[1](ip, { input: a['input']!, max: a['max']! })],
  float_power: [
    'input, exponent, *, out=None',
    (ip, a) => broadcasting(ip, 'float_power', [a['input'], a['exponent']], () => 'float64'),
  ],
  pow: [
    'input, exponent, *, out=None',
    (ip, a) => BINARY_FUNCTIONS['pow']![1](ip, { input: a['input']!, other: a['exponent']! }),
  ],
  lerp: ['input, end, weight, *, out=None', (ip, a) => broadcasting(ip, 'lerp', [a['input'], a['end'], a['weight']])],
  addcmul: [
    'input, tensor1, tensor2, *, value=1, out=None',
    (ip, a) => broadcasting(ip, 'addcmul', [a['input'], a['tensor1'], a['tensor2']]),
  ],
  addcdiv: [
    'input, tensor1, tensor2, *, value=1, out=None',
    (ip, a) => broadcasting(ip, 'addcdiv', [a['input'], a['tensor1'], a['tensor2']]),
  ],
  masked_fill: [
    'input, mask, value',
    (ip, a) => broadcasting(ip, 'masked_fill', [a['input'], a['mask']], () => asTensor(a['input'])?.dtype ?? null),
  ],
  equal: dataDependent('whether all elements are equal'),
  allclose: dataDependent('whether all elements are close'),
  is_nonzero: dataDependent('whether it is zero'),
  is_same_size: [
    'input, other',
    (_ip, a) => {
      const [x, y] = [asTensor(a['input'])?.shape, asTensor(a['other'])?.shape];
      if (!x?.every((d) => typeof d === 'number') || !y?.every((d) => typeof d === 'number'))
        return unknown('whether their sizes are the same is not known');
      return bool(x.length === y.length && x.every((d, i) => d === y[i]));
    },
  ],
};

/** torch.special. */
export const SPECIAL: NativeTable = {
  ...rows({ same: 'round', float: SPECIAL_UNARY, bool: '', real: '' }, unary),
  ...rows({ same: '', float: SPECIAL_BINARY, bool: '', real: '' }, binary),
  polygamma: unary('polygamma', 'float'),
  multigammaln: unary('multigammaln', 'float'),
};
