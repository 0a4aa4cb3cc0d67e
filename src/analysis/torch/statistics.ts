// Reductions with more than one result or with odd shapes: var_mean, quantile, aminmax, cummax, trapezoid.
//   torch.var_mean(x, dim=1)             # (B, 8, 4) → (B, 4), (B, 4)
//   torch.quantile(x, torch.rand(3), 0)  # (B, 8) → (3, 8)

import * as dims from '../dims/dim.ts';
import type { NativeTable } from '../interp/native.ts';
import { isNone } from '../values/make.ts';
import { type DType, isFloating, tensor } from '../values/tensor.ts';
import { axisOf, flag } from './arguments.ts';
import { asTensor } from './emit.ts';
import { asFloat, axesOf, on, opaque, realOf, several, withAxis, withoutAxes } from './rule.ts';

const meanWith = (name: string): NativeTable[string] => [
  'input, dim=None, unbiased=True, keepdim=False, *, correction=1, out=None',
  on((ip, t, a) => {
    // var_mean(x, False): the flag of the older form.
    const dim = a['dim']?.kind === 'bool' ? undefined : a['dim'];
    const shape = t.shape && withoutAxes(t.shape, axesOf(dim, t.shape.length), flag(a['keepdim']));
    return several(
      ip,
      name,
      [t],
      [
        [shape, realOf(t.dtype)],
        [shape, t.dtype],
      ],
    );
  }),
];

const quantile = (name: string): NativeTable[string] => [
  'input, q, dim=None, keepdim=False, *, interpolation="linear", out=None',
  on((ip, t, { q, dim, keepdim }) => {
    const rest = t.shape && withoutAxes(t.shape, axesOf(dim, t.shape.length), flag(keepdim));
    const lead = q!.kind === 'tensor' ? q!.shape : [];
    return opaque(ip, name, [t], rest && lead && [...lead, ...rest]);
  }),
];

const cumulative = (name: string): NativeTable[string] => [
  'input, dim, *, out=None',
  on((ip, t) =>
    several(
      ip,
      name,
      [t],
      [
        [t.shape, t.dtype],
        [t.shape, 'int64'],
      ],
      ['values', 'indices'],
    ),
  ),
];

const whole = (d: DType | null): DType | null => (d === null || isFloating(d) ? d : 'int64');

const integral = (name: string, reduces: boolean): NativeTable[string] => [
  'input, x=None, *, dx=None, dim=-1',
  on((ip, t, { dim }) => {
    const axis = t.shape ? axisOf(dim, t.shape.length) : null;
    if (axis === null) return tensor(null, asFloat(t.dtype));
    const size = t.shape![axis]!;
    const shape = reduces
      ? t.shape!.filter((_, i) => i !== axis)
      : withAxis(t.shape!, axis, size === null ? null : dims.sub(size, 1));
    return opaque(ip, name, [t], shape, asFloat(t.dtype));
  }),
];

const median = (name: string): NativeTable[string] => [
  'input, dim=None, keepdim=False, *, out=None',
  on((ip, t, { dim, keepdim }) => {
    if (isNone(dim)) return opaque(ip, name, [t], []);
    const shape = t.shape && withoutAxes(t.shape, axesOf(dim, t.shape.length), flag(keepdim));
    return several(
      ip,
      name,
      [t],
      [
        [shape, t.dtype],
        [shape, 'int64'],
      ],
      ['values', 'indices'],
    );
  }),
];

/** Functions of torch that are methods of a tensor too. */
export const STATISTICS: NativeTable = {
  quantile: quantile('quantile'),
  nanquantile: quantile('nanquantile'),
  nanmedian: median('nanmedian'),
  cummax: cumulative('cummax'),
  cummin: cumulative('cummin'),
  nansum: [
    'input, dim=None, keepdim=False, *, dtype=None',
    on((ip, t, { dim, keepdim }) =>
      opaque(
        ip,
        'nansum',
        [t],
        t.shape && withoutAxes(t.shape, axesOf(dim, t.shape.length), flag(keepdim)),
        whole(t.dtype),
      ),
    ),
  ],
  aminmax: [
    'input, *, dim=None, keepdim=False, out=None',
    on((ip, t, { dim, keepdim }) => {
      const shape = t.shape && withoutAxes(t.shape, axesOf(dim, t.shape.length), flag(keepdim));
      return several(
        ip,
        'aminmax',
        [t],
        [
          [shape, t.dtype],
          [shape, t.dtype],
        ],
        ['min', 'max'],
      );
    }),
  ],
  msort: ['input', on((ip, t) => opaque(ip, 'msort', [t], t.shape))],
};

export const STATISTIC_FUNCTIONS: NativeTable = {
  var_mean: meanWith('var_mean'),
  std_mean: meanWith('std_mean'),
  trapz: integral('trapz', true),
  trapezoid: integral('trapezoid', true),
  cumulative_trapezoid: integral('cumulative_trapezoid', false),
  histogram: [
    'input, bins=100, *, range=None, weight=None, density=False',
    on((ip, t, { bins }) => {
      const n = bins!.kind === 'int' ? bins!.value : null;
      const edges = asTensor(bins);
      const count = edges?.shape?.[0];
      return several(
        ip,
        'histogram',
        [t],
        [
          [[n ?? (count == null ? null : dims.sub(count, 1))], t.dtype],
          [[n === null ? (count ?? null) : dims.add(n, 1)], t.dtype],
        ],
        ['hist', 'bin_edges'],
      );
    }),
  ],
};
