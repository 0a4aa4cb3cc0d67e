// The rarer kinds of pooling: powers, fractions of a grid, and the way back from a maximum's position.
//   F.lp_pool2d(x, 2, 3, stride=2)              # as avg_pool2d
//   nn.MaxUnpool2d(2)(y, indices)               # (B, 64, 14, 14) → (B, 64, 28, 28)

import * as dims from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { Bound, NativeTable } from '../interp/native.ts';
import { asItems, asNumber, isNone, NONE } from '../values/make.ts';
import { tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { dimList, flag, sizesOf } from './arguments.ts';
import { asTensor, unknownResult } from './emit.ts';
import { functional, type LayerSpec, parts } from './layer.ts';
import { POOLING } from './pool.ts';
import { opaque, several } from './rule.ts';

/** Source: torch.nn.MaxUnpool2d: (size − 1)·stride − 2·padding + kernel, or as output_size says. */
function unpool(ip: Interpreter, rank: number, a: Bound): Value {
  const input = asTensor(a['input']);
  if (!input) return unknownResult([a['input']]);
  const kernel = sizesOf(a['kernel_size'], rank);
  const stride = isNone(a['stride']) ? kernel : sizesOf(a['stride'], rank);
  const padding = sizesOf(a['padding'], rank);
  if (!input.shape || !kernel || !stride || !padding) return tensor(null, input.dtype);
  const asked = isNone(a['output_size'])
    ? null
    : (dimList(a['output_size'])?.slice(-rank) ?? Array<null>(rank).fill(null));
  const sizes = input.shape.slice(-rank).map((size, i): MaybeDim => {
    if (asked) return asked[i] ?? null;
    if (size === null) return null;
    return dims.add(dims.sub(dims.mul(dims.sub(size, 1), stride[i]!), dims.mul(2, padding[i]!)), kernel[i]!);
  });
  return opaque(ip, `max_unpool${rank}d`, [input], [...input.shape.slice(0, -rank), ...sizes]);
}

function fractional(ip: Interpreter, rank: number, a: Bound): Value {
  const input = asTensor(a['input']);
  if (!input?.shape) return input ? tensor(null, input.dtype) : unknownResult([a['input']]);
  const asked = isNone(a['output_size']) ? null : sizesOf(a['output_size'], rank);
  const ratios =
    asItems(a['output_ratio'])?.map((v) => asNumber(v)) ?? Array<number | null>(rank).fill(asNumber(a['output_ratio']));
  const sizes = input.shape.slice(-rank).map((size, i): MaybeDim => {
    if (asked) return asked[i]!;
    const ratio = ratios[i];
    return typeof size === 'number' && ratio != null ? Math.floor(size * ratio) : null;
  });
  const shape = [...input.shape.slice(0, -rank), ...sizes];
  return flag(a['return_indices'])
    ? several(
        ip,
        `fractional_max_pool${rank}d`,
        [input],
        [
          [shape, input.dtype],
          [shape, 'int64'],
        ],
      )
    : opaque(ip, `fractional_max_pool${rank}d`, [input], shape);
}

const power = (rank: number): NativeTable[string] => [
  'input, norm_type, kernel_size, stride=None, ceil_mode=False',
  (ip, a) =>
    POOLING[`avg_pool${rank}d`]![1](ip, {
      input: a['input']!,
      kernel_size: a['kernel_size']!,
      stride: a['stride']!,
      padding: { kind: 'int', value: 0 },
      ceil_mode: a['ceil_mode']!,
      count_include_pad: { kind: 'bool', value: true },
      divisor_override: NONE,
    }),
];

const withIndices = (name: string, signature: string): [string, NativeTable[string]] => [
  `${name}_with_indices`,
  [signature, (ip, a) => POOLING[name]![1](ip, { ...a, return_indices: { kind: 'bool', value: true } })],
];

const RANKS = [1, 2, 3] as const;

export const RARE_POOLING: NativeTable = {
  ...Object.fromEntries(
    RANKS.flatMap((rank): [string, NativeTable[string]][] => [
      [
        `max_unpool${rank}d`,
        ['input, indices, kernel_size, stride=None, padding=0, output_size=None', (ip, a) => unpool(ip, rank, a)],
      ],
      withIndices(
        `max_pool${rank}d`,
        'input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False',
      ),
      withIndices(`adaptive_max_pool${rank}d`, 'input, output_size, return_indices=False'),
    ]),
  ),
  lp_pool1d: power(1),
  lp_pool2d: power(2),
  ...Object.fromEntries(
    [2, 3].map((rank): [string, NativeTable[string]] => [
      `fractional_max_pool${rank}d`,
      [
        'input, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None',
        (ip, a) => fractional(ip, rank, a),
      ],
    ]),
  ),
};

export const RARE_POOLING_LAYERS: Readonly<Record<string, LayerSpec>> = {
  ...Object.fromEntries(
    RANKS.map((rank): [string, LayerSpec] => [
      `MaxUnpool${rank}d`,
      {
        signature: 'kernel_size, stride=None, padding=0',
        forward: [
          'input, indices, output_size=None',
          (ip, self, { input, output_size }) =>
            unpool(ip, rank, {
              input: input!,
              output_size: output_size!,
              ...parts(self, 'kernel_size', 'stride', 'padding'),
            }),
        ],
      },
    ]),
  ),
  LPPool1d: functional('norm_type, kernel_size, stride=None, ceil_mode=False', RARE_POOLING, 'lp_pool1d'),
  LPPool2d: functional('norm_type, kernel_size, stride=None, ceil_mode=False', RARE_POOLING, 'lp_pool2d'),
  ...Object.fromEntries(
    [2, 3].map((rank): [string, LayerSpec] => [
      `FractionalMaxPool${rank}d`,
      {
        signature: 'kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None',
        forward: [
          'input',
          (ip, self, { input }) =>
            fractional(ip, rank, { input: input!, ...parts(self, 'output_size', 'output_ratio', 'return_indices') }),
        ],
      },
    ]),
  ),
};
