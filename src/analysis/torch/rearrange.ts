// The rarer ways to put tensors together, take them apart and pick from them: column_stack, hsplit, take, tril_indices, unique.
//   torch.hsplit(x, 2)           # (4, 6) → (4, 3), (4, 3)
//   torch.tril_indices(4, 4)     # → (2, 10)

import * as dims from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import type { NativeTable } from '../interp/native.ts';
import { asDim, asItems, int, isNone, list, tuple, unknown } from '../values/make.ts';
import { type DType, type Shape, type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { axisOf, dimList, exactInt, flag } from './arguments.ts';
import { broadcast } from './broadcast.ts';
import { CREATION } from './creation.ts';
import { dtypeFrom } from './dtypes.ts';
import { asTensor, emit, unknownResult } from './emit.ts';
import { PICKING } from './gather.ts';
import { JOINING, SPLITTING } from './join.ts';
import { SMALL_RULES } from './patches.ts';
import { axesOf, on, opaque, productOf, several, withAxis } from './rule.ts';

const tensorsOf = (ip: Interpreter, v: Value | undefined): TensorValue[] | null => {
  const given = v && elementsOf(ip, v)?.map((x) => asTensor(x));
  return given && !given.includes(null) ? (given as TensorValue[]) : null;
};

/** A tensor with at least so many axes. Sources: torch.atleast_1d to atleast_3d. */
const atLeast = (shape: readonly MaybeDim[], rank: 1 | 2 | 3): readonly MaybeDim[] => {
  if (shape.length >= rank) return shape;
  if (shape.length === 0) return Array<number>(rank).fill(1);
  return shape.length === 1 ? (rank === 2 ? [1, ...shape] : [1, ...shape, 1]) : [...shape, 1];
};

const grown = (ip: Interpreter, t: TensorValue, shape: Shape): TensorValue =>
  emit(ip, { op: { op: 'reshape' }, inputs: [t], shape, elements: t.elements });

const atLeastFunction = (rank: 1 | 2 | 3): NativeTable[string] => [
  '*tensors',
  (ip, a) => {
    const items = asItems(a['tensors']) ?? [];
    const many =
      items.length === 1 && items[0]!.kind !== 'tensor' ? elementsOf(ip, items[0]!) : items.length > 1 ? items : null;
    const one = (v: Value | undefined): Value => {
      const t = asTensor(v);
      return t ? grown(ip, t, t.shape && atLeast(t.shape, rank)) : unknownResult([v]);
    };
    return many ? tuple(many.map(one)) : one(items[0]);
  },
];

/** Joins after each tensor got its axes: hstack, vstack, dstack, column_stack. */
const stacked = (
  prepare: (shape: readonly MaybeDim[]) => readonly MaybeDim[],
  axis: (rank: number) => number,
): NativeTable[string] => [
  'tensors, *, out=None',
  (ip, a) => {
    const parts = tensorsOf(ip, a['tensors']);
    if (!parts || parts.some((t) => !t.shape))
      return unknownResult([a['tensors'], unknown('which tensors are joined is not known')]);
    const ready = parts.map((t) => {
      const shape = prepare(t.shape!);
      return shape.length === t.shape!.length ? t : grown(ip, t, shape);
    });
    return JOINING['cat']![1](ip, { tensors: list([...ready]), dim: int(axis(ready[0]!.shape!.length)) });
  },
];

/** hsplit, vsplit, dsplit: tensor_split along one axis. */
const splitAlong = (axis: (rank: number) => number): NativeTable[string] => [
  'input, indices_or_sections',
  on((ip, t, { indices_or_sections }) =>
    SMALL_RULES['tensor_split']![1](ip, {
      input: t,
      indices_or_sections: indices_or_sections!,
      dim: int(axis(t.shape?.length ?? 2)),
    }),
  ),
];

/** How many pairs of a rows × columns matrix lie on or below a diagonal. */
function lowerCount(rows: MaybeDim, columns: MaybeDim, offset: number | null): MaybeDim {
  if (typeof rows !== 'number' || typeof columns !== 'number' || offset === null) return null;
  let n = 0;
  for (let i = 0; i < rows; i++) n += Math.min(columns, Math.max(0, i + offset + 1));
  return n;
}

const triangle = (upper: boolean): NativeTable[string] => [
  'row, col=None, offset=0, *, dtype=None, device=None, layout=None',
  (_ip, a) => {
    const [rows, columns, offset] = [
      asDim(a['row']),
      isNone(a['col']) ? asDim(a['row']) : asDim(a['col']),
      exactInt(a['offset']),
    ];
    const below = lowerCount(rows, columns, upper && offset !== null ? offset - 1 : offset);
    const all = productOf([rows, columns]);
    const n = !upper ? below : below === null || all === null ? null : dims.sub(all, below);
    return tensor([2, n], dtypeFrom(a['dtype']) ?? 'int64');
  },
];

const unique = (name: string, consecutive: boolean): NativeTable[string] => [
  consecutive
    ? 'input, return_inverse=False, return_counts=False, dim=None'
    : 'input, sorted=True, return_inverse=False, return_counts=False, dim=None',
  on((ip, t, a) => {
    const axis = isNone(a['dim']) || !t.shape ? null : axisOf(a['dim'], t.shape.length);
    const n = ip.freshSize('unique');
    const shape = isNone(a['dim']) ? [n] : t.shape && axis !== null ? withAxis(t.shape, axis, n) : null;
    const inverse: Shape = isNone(a['dim']) ? t.shape : t.shape && axis !== null ? [t.shape[axis]!] : null;
    const extra: (readonly [Shape, DType])[] = [];
    if (flag(a['return_inverse'])) extra.push([inverse, 'int64']);
    if (flag(a['return_counts'])) extra.push([[n], 'int64']);
    return extra.length > 0 ? several(ip, name, [t], [[shape, t.dtype], ...extra]) : opaque(ip, name, [t], shape);
  }),
];

/** The diagonal of two axes, put last; with an offset it is shorter by that where it leaves the matrix. */
function diagonalSize(rows: MaybeDim, columns: MaybeDim, offset: number | null): MaybeDim {
  if (rows === null || columns === null || offset === null) return null;
  const [r, c] = offset >= 0 ? [rows, dims.sub(columns, offset)] : [dims.add(rows, offset), columns];
  const size = dims.minimum(r, c);
  return dims.isExact(size) ? Math.max(0, size) : size;
}

const diagonal: NativeTable[string] = [
  'input, offset=0, dim1=0, dim2=1',
  on((ip, t, { offset, dim1, dim2 }) => {
    const rank = t.shape?.length ?? 0;
    const [p, q] = t.shape ? [axisOf(dim1, rank), axisOf(dim2, rank)] : [null, null];
    if (!t.shape || p === null || q === null) return tensor(null, t.dtype);
    const rest = t.shape.filter((_, i) => i !== p && i !== q);
    return opaque(ip, 'diagonal', [t], [...rest, diagonalSize(t.shape[p]!, t.shape[q]!, exactInt(offset))]);
  }),
];

const widened = (d: MaybeDim, offset: number | null): MaybeDim =>
  d === null || offset === null ? null : dims.add(d, Math.abs(offset));

const flatIndex = (
  name: string,
  shapeOf: (t: TensorValue, index: TensorValue | null) => Shape,
  signature: string,
): NativeTable[string] => [
  signature,
  on((ip, t, { index }) =>
    opaque(ip, name, [t, ...(asTensor(index) ? [asTensor(index)!] : [])], shapeOf(t, asTensor(index))),
  ),
];

const keeps = (name: string, rest: string): NativeTable[string] => [
  `input, ${rest}`,
  on((ip, t) => opaque(ip, name, [t], t.shape)),
];

const moved = (ip: Interpreter, t: TensorValue, from: Value | undefined, to: Value | undefined): Value => {
  const [a, b] = t.shape ? [axesOf(from, t.shape.length), axesOf(to, t.shape.length)] : [null, null];
  if (!t.shape || !a || !b || a.length !== b.length) return tensor(null, t.dtype);
  const order: number[] = Array<number>(t.shape.length).fill(-1);
  for (const [i, d] of b.entries()) order[d] = a[i]!;
  const rest = t.shape.map((_, i) => i).filter((i) => !a.includes(i));
  const axes = order.map((d) => (d >= 0 ? d : rest.shift()!));
  return emit(ip, { op: { op: 'permute', dims: axes }, inputs: [t], shape: axes.map((d) => t.shape![d]!) });
};

const movedim: NativeTable[string] = [
  'input, source, destination',
  on((ip, t, a) => moved(ip, t, a['source'], a['destination'])),
];

/** Functions of torch that are methods of a tensor too. */
export const REARRANGING: NativeTable = {
  movedim,
  moveaxis: movedim,
  diagonal,
  diag: [
    'input, diagonal=0, *, out=None',
    on((ip, t, a) => {
      const offset = exactInt(a['diagonal']);
      if (!t.shape) return tensor(null, t.dtype);
      if (t.shape.length === 1) {
        const n = widened(t.shape[0]!, offset);
        return opaque(ip, 'diag', [t], [n, n]);
      }
      if (t.shape.length !== 2) return tensor(null, t.dtype);
      return opaque(ip, 'diag', [t], [diagonalSize(t.shape[0]!, t.shape[1]!, offset)]);
    }),
  ],
  diagflat: [
    'input, offset=0',
    on((ip, t, { offset }) => {
      const n = t.shape ? widened(productOf(t.shape), exactInt(offset)) : null;
      return opaque(ip, 'diagflat', [t], [n, n]);
    }),
  ],
  diag_embed: [
    'input, offset=0, dim1=-2, dim2=-1',
    on((ip, t, { offset, dim1, dim2 }) => {
      if (!t.shape) return tensor(null, t.dtype);
      const rank = t.shape.length + 1;
      const [p, q] = [axisOf(dim1, rank), axisOf(dim2, rank)];
      const n = widened(t.shape[t.shape.length - 1]!, exactInt(offset));
      if (p === null || q === null) return tensor(null, t.dtype);
      const rest = t.shape.slice(0, -1);
      const shape = Array.from({ length: rank }, (_, i) => (i === p || i === q ? n : rest.shift()!));
      return opaque(ip, 'diag_embed', [t], shape);
    }),
  ],
  argwhere: [
    'input',
    on((ip, t) => opaque(ip, 'argwhere', [t], [ip.freshSize('found'), t.shape ? t.shape.length : null], 'int64')),
  ],
  unique: unique('unique', false),
  unique_consecutive: unique('unique_consecutive', true),
  take: flatIndex('take', (_t, index) => index?.shape ?? null, 'input, index'),
  put: keeps('put', 'index, source, accumulate=False'),
  take_along_dim: [
    'input, indices, dim=None',
    on((ip, t, { indices, dim }) => {
      const at = asTensor(indices);
      if (!at?.shape || !t.shape) return tensor(null, t.dtype);
      if (isNone(dim)) return opaque(ip, 'take_along_dim', [t, at], at.shape);
      const axis = axisOf(dim, t.shape.length);
      if (axis === null) return tensor(null, t.dtype);
      const shape = broadcast(withAxis(t.shape, axis, 1), withAxis(at.shape, axis, 1)).shape;
      return shape
        ? opaque(ip, 'take_along_dim', [t, at], withAxis(shape, axis, at.shape[axis]!))
        : tensor(null, t.dtype);
    }),
  ],
  select_scatter: keeps('select_scatter', 'src, dim, index'),
  slice_scatter: keeps('slice_scatter', 'src, dim=0, start=None, end=None, step=1'),
  diagonal_scatter: keeps('diagonal_scatter', 'src, offset=0, dim1=0, dim2=1'),
  index_reduce: keeps('index_reduce', 'dim, index, source, reduce, *, include_self=True'),
  tensor_split: SMALL_RULES['tensor_split']!,
  diff: SMALL_RULES['diff']!,
  histc: SMALL_RULES['histc']!,
  isin: SMALL_RULES['isin']!,
  split_with_sizes: [
    'input, split_sizes, dim=0',
    (ip, a) =>
      SPLITTING['split']![1](ip, { input: a['input']!, split_size_or_sections: a['split_sizes']!, dim: a['dim']! }),
  ],
  unsafe_chunk: SPLITTING['chunk']!,
  unsafe_split: SPLITTING['split']!,
  hsplit: splitAlong((rank) => (rank === 1 ? 0 : 1)),
  vsplit: splitAlong(() => 0),
  dsplit: splitAlong(() => 2),
  as_strided: [
    'input, size, stride, storage_offset=None',
    on((ip, t, { size }) => opaque(ip, 'as_strided', [t], dimList(size))),
  ],
  narrow_copy: PICKING['narrow']!,
  ...Object.fromEntries(
    [
      'random_',
      'exponential_',
      'geometric_',
      'cauchy_',
      'log_normal_',
      'fill_diagonal_',
      'pin_memory',
      'share_memory_',
    ].map((name): [string, NativeTable[string]] => [name, ['input, *args, **kwargs', on((_ip, t) => t)]]),
  ),
};

export const REARRANGING_FUNCTIONS: NativeTable = {
  atleast_1d: atLeastFunction(1),
  atleast_2d: atLeastFunction(2),
  atleast_3d: atLeastFunction(3),
  hstack: stacked(
    (s) => atLeast(s, 1),
    (rank) => (rank === 1 ? 0 : 1),
  ),
  vstack: stacked(
    (s) => atLeast(s, 2),
    () => 0,
  ),
  row_stack: stacked(
    (s) => atLeast(s, 2),
    () => 0,
  ),
  dstack: stacked(
    (s) => atLeast(s, 3),
    () => 2,
  ),
  column_stack: stacked(
    (s) => (s.length >= 2 ? s : [productOf(s), 1]),
    () => 1,
  ),
  tril_indices: triangle(false),
  triu_indices: triangle(true),
  combinations: [
    'input, r=2, with_replacement=False',
    on((ip, t, { r, with_replacement }) => {
      const [n, k] = [t.shape?.[0], exactInt(r)];
      if (typeof n !== 'number' || k === null) return tensor([null, k], t.dtype);
      const from = flag(with_replacement) ? n + k - 1 : n;
      let count = 1;
      for (let i = 0; i < k; i++) count = (count * (from - i)) / (i + 1);
      return opaque(ip, 'combinations', [t], [Math.max(0, Math.round(count)), k]);
    }),
  ],
  cartesian_prod: [
    '*tensors',
    (ip, a) => {
      const parts = (asItems(a['tensors']) ?? []).map((v) => asTensor(v));
      if (parts.length === 0 || parts.includes(null)) return unknownResult(asItems(a['tensors']) ?? []);
      const given = parts as TensorValue[];
      const n = productOf(given.map((t) => t.shape?.[0] ?? null));
      return opaque(ip, 'cartesian_prod', given, given.length === 1 ? [n] : [n, given.length]);
    },
  ],
  broadcast_tensors: [
    '*tensors',
    (ip, a) => {
      const items = asItems(a['tensors']) ?? [];
      const parts =
        items.length === 1 && items[0]!.kind !== 'tensor' ? tensorsOf(ip, items[0]) : tensorsOf(ip, tuple(items));
      if (!parts) return unknown('which tensors are broadcast is not known');
      const shape = parts.map((t) => t.shape).reduce<Shape>((p, q) => broadcast(p, q).shape, []);
      return tuple(parts.map((t) => opaque(ip, 'expand', [t], shape)));
    },
  ],
  broadcast_shapes: [
    '*shapes',
    (_ip, a) => {
      const shapes = (asItems(a['shapes']) ?? []).map((v) => dimList(v));
      const shape = shapes.reduce<Shape>((p, q) => broadcast(p, q).shape, []);
      return shape
        ? tuple(shape.map((d, i) => (d === null ? unknown(`axis ${i} is not known`) : int(d))))
        : unknown('the common shape is not known');
    },
  ],
  channel_shuffle: keeps('channel_shuffle', 'groups'),
  constant_pad_nd: ['input, pad, value=0', (ip, a) => padConstant(ip, a['input'], a['pad'])],
  asarray: CREATION['as_tensor']!,
  empty_strided: [
    'size, stride, *, dtype=None, layout=None, device=None, requires_grad=False, pin_memory=False',
    (_ip, a) => tensor(dimList(a['size']), dtypeFrom(a['dtype']) ?? 'float32'),
  ],
};

function padConstant(ip: Interpreter, input: Value | undefined, pad: Value | undefined): Value {
  const t = asTensor(input);
  const amounts = dimList(pad);
  if (!t?.shape || !amounts) return unknownResult([input]);
  const shape = t.shape.map((d, i) => {
    const at = 2 * (t.shape!.length - 1 - i);
    const more = at < amounts.length ? [amounts[at]!, amounts[at + 1] ?? null] : [0, 0];
    return d === null || more.includes(null) ? null : dims.add(d, dims.add(more[0]!, more[1]!));
  });
  return opaque(ip, 'pad', [t], shape);
}
