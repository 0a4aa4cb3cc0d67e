// Picking elements: gather, index_select, roll, flip, one_hot, meshgrid, and operators that keep a tensor's shape.

import * as dims from '../dims/dim.ts';
import { elementsOf } from '../interp/iteration.ts';
import type { NativeTable } from '../interp/native.ts';
import { asDim, asItems, isNone, tuple } from '../values/make.ts';
import { type DType, promote, type TensorValue, tensor } from '../values/tensor.ts';
import { axisOf, dimList, exactInt, flag } from './arguments.ts';
import { dtypeFrom } from './dtypes.ts';
import { asTensor, emit, record, unknownResult } from './emit.ts';
import { on, opaque, returnType } from './rule.ts';

/** Operators whose result has the first tensor's shape: what follows `input` in their signature, and their dtype if it differs. */
const KEEPING: Readonly<Record<string, readonly [rest: string, dtype?: DType]>> = {
  roll: ['shifts, dims=None'],
  flip: ['*dims'],
  fliplr: [''],
  flipud: [''],
  tril: ['diagonal=0'],
  triu: ['diagonal=0'],
  renorm: ['p, dim, maxnorm'],
  logcumsumexp: ['dim'],
  scatter: ['dim, index, src=None, reduce=None, value=None'],
  scatter_add: ['dim, index, src'],
  scatter_reduce: ['dim, index, src, reduce, include_self=True'],
  index_add: ['dim, index, source, alpha=1'],
  index_copy: ['dim, index, source'],
  index_fill: ['dim, index, value'],
  index_put: ['indices, values, accumulate=False'],
  masked_scatter: ['mask, source'],
  bernoulli: ['p=None, generator=None'],
  hardshrink: ['lambd=0.5'],
  softshrink: ['lambd=0.5'],
  threshold: ['threshold, value, inplace=False'],
  rrelu: ['lower=0.125, upper=0.3333333333333333, training=False, inplace=False'],
  softmin: ['dim=None'],
};

const keeping: NativeTable = Object.fromEntries(
  Object.entries(KEEPING).map(([name, [rest, dtype]]): [string, NativeTable[string]] => [
    name,
    [`input${rest ? `, ${rest}` : ''}`, on((ip, t) => opaque(ip, name, [t], t.shape, dtype))],
  ]),
);

export const PICKING: NativeTable = {
  ...keeping,
  gather: [
    'input, dim, index, *, sparse_grad=False, out=None',
    on((ip, t, { index }) =>
      asTensor(index) ? opaque(ip, 'gather', [t, asTensor(index)!], asTensor(index)!.shape) : tensor(null, t.dtype),
    ),
  ],
  index_select: [
    'input, dim, index',
    on((ip, t, { dim, index }) => {
      const at = asTensor(index);
      const axis = t.shape ? axisOf(dim, t.shape.length) : null;
      if (!at || axis === null) return tensor(null, t.dtype);
      return opaque(
        ip,
        'index_select',
        [t, at],
        t.shape!.map((d, i) => (i === axis ? (at.shape?.[0] ?? null) : d)),
      );
    }),
  ],
  narrow: [
    'input, dim, start, length',
    on((ip, t, { dim, start, length }) => {
      const axis = t.shape ? axisOf(dim, t.shape.length) : null;
      if (axis === null) return tensor(null, t.dtype);
      const from = exactInt(start);
      const shape = t.shape!.map((d, i) => (i === axis ? asDim(length) : d));
      return emit(ip, {
        op:
          from === null || from < 0
            ? { op: 'opaque', name: 'narrow' }
            : { op: 'slice', dim: axis, start: from, step: 1 },
        inputs: [t],
        shape,
      });
    }),
  ],
  select: [
    'input, dim, index',
    on((ip, t, { dim }) => {
      const axis = t.shape ? axisOf(dim, t.shape.length) : null;
      return axis === null
        ? tensor(null, t.dtype)
        : opaque(
            ip,
            'select',
            [t],
            t.shape!.filter((_, i) => i !== axis),
          );
    }),
  ],
  masked_select: ['input, mask', on((ip, t) => opaque(ip, 'masked_select', [t], [ip.freshSize('found')]))],
  nonzero: [
    'input, *, as_tuple=False',
    on((ip, t, { as_tuple }) =>
      flag(as_tuple)
        ? t.shape
          ? tuple(((found) => t.shape.map(() => tensor([found], 'int64')))(ip.freshSize('found')))
          : tensor(null, 'int64')
        : opaque(ip, 'nonzero', [t], [ip.freshSize('found'), t.shape ? t.shape.length : null], 'int64'),
    ),
  ],
  repeat_interleave: [
    'input, repeats, dim=None, *, output_size=None',
    on((ip, t, { repeats, dim }) => {
      const n = asDim(repeats);
      if (!t.shape) return tensor(null, t.dtype);
      if (isNone(dim))
        return opaque(
          ip,
          'repeat_interleave',
          [t],
          [n === null || t.shape.includes(null) ? null : dims.mul(n, dims.product(t.shape as dims.Dim[]))],
        );
      const axis = axisOf(dim, t.shape.length);
      return axis === null
        ? tensor(null, t.dtype)
        : opaque(
            ip,
            'repeat_interleave',
            [t],
            t.shape.map((d, i) => (i !== axis ? d : d === null || n === null ? null : dims.mul(d, n))),
          );
    }),
  ],
  rot90: [
    'input, k=1, dims=(0, 1)',
    on((ip, t, { k, dims: plane }) => {
      const turns = exactInt(k);
      const [a, b] = (dimList(plane) ?? []).map((d) =>
        typeof d === 'number' && t.shape ? (d < 0 ? d + t.shape.length : d) : -1,
      );
      if (!t.shape || turns === null || a === undefined || b === undefined) return tensor(null, t.dtype);
      return opaque(
        ip,
        'rot90',
        [t],
        turns % 2 === 0 ? t.shape : t.shape.map((d, i) => (i === a ? t.shape![b]! : i === b ? t.shape![a]! : d)),
      );
    }),
  ],
  one_hot: [
    'input, num_classes=-1',
    on((ip, t, { num_classes }) =>
      opaque(
        ip,
        'one_hot',
        [t],
        t.shape && [...t.shape, exactInt(num_classes) === -1 ? null : asDim(num_classes)],
        'int64',
      ),
    ),
  ],
  unfold: [
    'input, dimension, size, step',
    on((ip, t, { dimension, size, step }) => {
      const axis = t.shape ? axisOf(dimension, t.shape.length) : null;
      const [k, s] = [asDim(size), asDim(step)];
      const n = axis === null ? null : t.shape![axis]!;
      const count = n === null || k === null || s === null ? null : dims.floorDiv(dims.sub(n, k), s);
      if (axis === null) return tensor(null, t.dtype);
      return opaque(
        ip,
        'unfold',
        [t],
        [...t.shape!.map((d, i) => (i === axis ? (count === null ? null : dims.add(count, 1)) : d)), k],
      );
    }),
  ],
  bucketize: [
    'input, boundaries, *, out_int32=False, right=False',
    on((ip, t) => opaque(ip, 'bucketize', [t], t.shape, 'int64')),
  ],
  searchsorted: [
    'sorted_sequence, input, *, out_int32=False, right=False',
    on((ip, t) => opaque(ip, 'searchsorted', [t], t.shape, 'int64')),
  ],
  bincount: ['input, weights=None, minlength=0', on((ip, t) => opaque(ip, 'bincount', [t], [null], 'int64'))],
  multinomial: [
    'input, num_samples, replacement=False, *, generator=None',
    on((ip, t, { num_samples }) =>
      opaque(ip, 'multinomial', [t], t.shape && [...t.shape.slice(0, -1), asDim(num_samples)], 'int64'),
    ),
  ],
  kthvalue: [
    'input, k, dim=-1, keepdim=False',
    on((ip, t, { dim, keepdim }) => {
      const axis = t.shape ? axisOf(dim, t.shape.length) : null;
      const shape =
        axis === null
          ? null
          : flag(keepdim)
            ? t.shape!.map((d, i) => (i === axis ? 1 : d))
            : t.shape!.filter((_, i) => i !== axis);
      const outputs = [tensor(shape, t.dtype), tensor(shape, 'int64')];
      record(ip, { op: { op: 'opaque', name: 'kthvalue' }, inputs: [t] }, outputs);
      return returnType('kthvalue', outputs, ['values', 'indices']);
    }),
  ],
  cdist: [
    'input, x2, p=2.0, compute_mode=None',
    on((ip, t, { x2 }) => {
      const other = asTensor(x2);
      return t.shape && other?.shape
        ? opaque(ip, 'cdist', [t, other], [...t.shape.slice(0, -1), other.shape[other.shape.length - 2]!])
        : tensor(null, t.dtype);
    }),
  ],
};

export const GRIDS: NativeTable = {
  meshgrid: [
    '*tensors, indexing="ij"',
    (ip, a) => {
      const items = asItems(a['tensors']) ?? [];
      const first = items.length === 1 ? elementsOf(ip, items[0]!) : null;
      const given = (first ?? items).map((v) => asTensor(v));
      if (given.includes(null)) return unknownResult(items);
      const shape = (given as TensorValue[]).map((t) => t.shape?.[0] ?? null);
      const crossed =
        a['indexing']?.kind === 'str' && a['indexing'].value === 'xy' && shape.length >= 2
          ? [shape[1]!, shape[0]!, ...shape.slice(2)]
          : shape;
      return tuple((given as TensorValue[]).map((t) => opaque(ip, 'meshgrid', [t], crossed)));
    },
  ],
  result_type: [
    'tensor1, tensor2',
    (_ip, a) => ({
      kind: 'opaque',
      type: 'dtype',
      name: promote(asTensor(a['tensor1'])?.dtype ?? null, asTensor(a['tensor2'])?.dtype ?? null) ?? 'float32',
    }),
  ],
  normal: [
    'mean, std=1.0, size=None, **options',
    (_ip, a) =>
      tensor(
        isNone(a['size']) ? (asTensor(a['mean'])?.shape ?? null) : dimList(a['size']),
        dtypeFrom(undefined) ?? 'float32',
      ),
  ],
};
