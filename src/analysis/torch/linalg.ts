// Linear algebra: torch.linalg, the addmm family, tensordot, kron and their kin; batches of matrices stand in the last two axes.
//   torch.linalg.svd(x)     # (B, 6, 4) → (B, 6, 6), (B, 4), (B, 4, 4)

import * as dims from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import type { Bound, NativeTable } from '../interp/native.ts';
import { fail } from '../rules/report.ts';
import { asDim, asItems, asString, isNone } from '../values/make.ts';
import { type DType, promote, type Shape, type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { axisOf, dimList, exactInt, flag } from './arguments.ts';
import { broadcast, mismatchText } from './broadcast.ts';
import { asTensor, emit, unknownResult } from './emit.ts';
import { matmul, PRODUCTS } from './linear.ts';
import { axesOf, complexOf, on, opaque, productOf, realOf, several, sumOf, withoutAxes } from './rule.ts';

const batchOf = (t: TensorValue): readonly MaybeDim[] => t.shape!.slice(0, -2);
const rowsOf = (t: TensorValue): MaybeDim => t.shape![t.shape!.length - 2]!;
const columnsOf = (t: TensorValue): MaybeDim => t.shape![t.shape!.length - 1]!;
const smaller = (a: MaybeDim, b: MaybeDim): MaybeDim => (a === null || b === null ? null : dims.minimum(a, b));

/** A rule for (batches of) matrices. */
const matrices = (rule: (ip: Interpreter, t: TensorValue, a: Bound) => Value): NativeTable[string][1] =>
  on((ip, t, a) => (t.shape && t.shape.length >= 2 ? rule(ip, t, a) : tensor(null, t.dtype)));

const REST = '*args, out=None, **kwargs';

const sameShape = (name: string, rest = REST): NativeTable[string] => [
  `input, ${rest}`,
  matrices((ip, t) => opaque(ip, name, [t], t.shape)),
];
const perMatrix = (name: string, dtype?: (d: DType | null) => DType | null): NativeTable[string] => [
  `input, ${REST}`,
  matrices((ip, t) => opaque(ip, name, [t], batchOf(t), dtype ? dtype(t.dtype) : t.dtype)),
];

/** Sum of products over axes of both; a number: the last of one with the first of the other. Source: torch.tensordot. */
const tensordot: NativeTable[string] = [
  'input, other, dims=2, out=None',
  on((ip, x, a) => {
    const y = asTensor(a['other']);
    if (!x.shape || !y?.shape) return y ? tensor(null, x.dtype) : unknownResult([a['other']]);
    const n = exactInt(a['dims']);
    const lists = n === null ? asItems(a['dims'])?.map((v) => dimList(v)) : null;
    const own = (list: (dims.Dim | null)[] | null | undefined, rank: number): number[] | null =>
      list?.every((d): d is number => typeof d === 'number')
        ? (list as number[]).map((d) => (d < 0 ? d + rank : d))
        : null;
    const left =
      n !== null ? Array.from({ length: n }, (_, i) => x.shape!.length - n + i) : own(lists?.[0], x.shape.length);
    const right = n !== null ? Array.from({ length: n }, (_, i) => i) : own(lists?.[1], y.shape.length);
    if (!left || !right || left.length !== right.length) return tensor(null, promote(x.dtype, y.dtype));
    const inner = left.map((d) => x.shape![d] ?? null);
    for (const [i, d] of right.entries()) {
      const [p, q] = [inner[i]!, y.shape[d] ?? null];
      if (p !== null && q !== null && dims.equal(p, q) === false)
        return fail(
          ip,
          { code: 'matmul-mismatch', message: `tensordot sums over axes of ${String(p)} and ${String(q)} elements.` },
          tensor(null, x.dtype),
        );
    }
    const shape = [...x.shape.filter((_, i) => !left.includes(i)), ...y.shape.filter((_, i) => !right.includes(i))];
    return emit(ip, {
      op: { op: 'opaque', name: 'tensordot' },
      inputs: [x, y],
      shape,
      macs: productOf([...shape, ...inner]),
    });
  }),
];

/** beta·input + alpha·(first @ second): the sum may broadcast. `fold`: products of a batch are summed. */
const addProduct = (name: string, first: string, second: string, fold = false): NativeTable[string] => [
  `input, ${first}, ${second}, *, beta=1, alpha=1, out=None`,
  (ip, a) => {
    const [t, x, y] = [asTensor(a['input']), asTensor(a[first]), asTensor(a[second])];
    if (!t || !x || !y) return unknownResult([a['input'], a[first], a[second]]);
    const product = matmul(ip, x, y);
    if (product.kind !== 'tensor' || !product.shape) return tensor(null, t.dtype);
    const made: Shape = fold ? product.shape.slice(1) : product.shape;
    const met = broadcast(t.shape, made);
    if (met.mismatch)
      return fail(
        ip,
        { code: 'broadcast', message: `${mismatchText(t.shape, made, met.mismatch)} (torch.${name}).` },
        tensor(made, t.dtype),
      );
    return opaque(ip, name, [t, product], made, t.dtype);
  },
];

/** Solves A X = B; a B with one axis less is a batch of vectors. */
const solve = (b: string, reversed: boolean): NativeTable[string] => [
  reversed ? `${b}, input, ${REST}` : `input, ${b}, ${REST}`,
  matrices((ip, t, a) => {
    const other = asTensor(a[b]);
    if (!other?.shape) return tensor(null, t.dtype);
    const vectors = other.shape.length === 1 || other.shape.length === t.shape!.length - 1;
    const tail = vectors ? 1 : 2;
    const batch = broadcast(batchOf(t), other.shape.slice(0, -tail)).shape;
    return batch ? opaque(ip, 'solve', [t, other], [...batch, ...other.shape.slice(-tail)]) : tensor(null, t.dtype);
  }),
];

const svdOf = (ip: Interpreter, t: TensorValue, full: boolean, transposed: boolean): Value => {
  const [m, n, k] = [rowsOf(t), columnsOf(t), smaller(rowsOf(t), columnsOf(t))];
  const v = transposed ? [full ? n : k, n] : [n, full ? n : k];
  return several(
    ip,
    'svd',
    [t],
    [
      [[...batchOf(t), m, full ? m : k], t.dtype],
      [[...batchOf(t), k], realOf(t.dtype)],
      [[...batchOf(t), ...v], t.dtype],
    ],
    transposed ? ['U', 'S', 'Vh'] : ['U', 'S', 'V'],
  );
};

const qr: NativeTable[string] = [
  'input, mode="reduced", *, out=None',
  matrices((ip, t, { mode }) => {
    const complete = asString(mode) === 'complete' || (mode!.kind === 'bool' && !mode!.value);
    const inner = complete ? rowsOf(t) : smaller(rowsOf(t), columnsOf(t));
    return several(
      ip,
      'qr',
      [t],
      [
        [[...batchOf(t), rowsOf(t), inner], t.dtype],
        [[...batchOf(t), inner, columnsOf(t)], t.dtype],
      ],
      ['Q', 'R'],
    );
  }),
];

const eigen = (
  name: string,
  values: (d: DType | null) => DType | null,
  vectors: (d: DType | null) => DType | null,
): NativeTable[string] => [
  `input, ${REST}`,
  matrices((ip, t) =>
    several(
      ip,
      name,
      [t],
      [
        [t.shape!.slice(0, -1), values(t.dtype)],
        [t.shape, vectors(t.dtype)],
      ],
      ['eigenvalues', 'eigenvectors'],
    ),
  ),
];

const slogdet: NativeTable[string] = [
  `input, ${REST}`,
  matrices((ip, t) =>
    several(
      ip,
      'slogdet',
      [t],
      [
        [batchOf(t), t.dtype],
        [batchOf(t), realOf(t.dtype)],
      ],
      ['sign', 'logabsdet'],
    ),
  ),
];

const cross = (fallback: string): NativeTable[string] => [
  `input, other, dim=${fallback}, *, out=None`,
  (ip, a) => {
    const [x, y] = [asTensor(a['input']), asTensor(a['other'])];
    if (!x || !y) return unknownResult([a['input'], a['other']]);
    const met = broadcast(x.shape, y.shape);
    return met.shape ? opaque(ip, 'cross', [x, y], met.shape, promote(x.dtype, y.dtype)) : tensor(null, x.dtype);
  },
];

const norm = (name: string, over: 'vector' | 'matrix'): NativeTable[string] => [
  over === 'matrix'
    ? 'input, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None, out=None'
    : 'input, ord=None, dim=None, keepdim=False, *, dtype=None, out=None',
  on((ip, t, { dim, keepdim }) =>
    opaque(ip, name, [t], t.shape && withoutAxes(t.shape, axesOf(dim, t.shape.length), flag(keepdim)), realOf(t.dtype)),
  ),
];

const outer: NativeTable[string] = [
  'input, vec2, *, out=None',
  on((ip, t, { vec2 }) => {
    const other = asTensor(vec2);
    return t.shape && other?.shape
      ? opaque(ip, 'outer', [t, other], [t.shape[0]!, other.shape[0]!], promote(t.dtype, other.dtype))
      : tensor(null, t.dtype);
  }),
];

function chain(ip: Interpreter, values: readonly Value[]): Value {
  const given = values.map((v) => asTensor(v));
  if (given.length === 0 || given.includes(null)) return unknownResult(values);
  return (given as TensorValue[]).reduce<Value>(
    (left, right) => (left.kind === 'tensor' ? matmul(ip, left, right) : left),
    given.shift()!,
  );
}

/** Functions of torch that are methods of a tensor too. */
export const MATRICES: NativeTable = {
  addmm: addProduct('addmm', 'mat1', 'mat2'),
  addbmm: addProduct('addbmm', 'batch1', 'batch2', true),
  baddbmm: addProduct('baddbmm', 'batch1', 'batch2'),
  addmv: addProduct('addmv', 'mat', 'vec'),
  addr: [
    'input, vec1, vec2, *, beta=1, alpha=1, out=None',
    (ip, a) => outer[1](ip, { input: a['vec1']!, vec2: a['vec2']! }),
  ],
  outer,
  ger: outer,
  inner: [
    'input, other, *, out=None',
    on((ip, t, { other }) => {
      const y = asTensor(other);
      if (!t.shape || !y?.shape) return tensor(null, t.dtype);
      return opaque(ip, 'inner', [t, y], [...t.shape.slice(0, -1), ...y.shape.slice(0, -1)], promote(t.dtype, y.dtype));
    }),
  ],
  vdot: PRODUCTS['dot']!,
  kron: [
    'input, other, *, out=None',
    on((ip, t, { other }) => {
      const y = asTensor(other);
      if (!t.shape || !y?.shape) return tensor(null, t.dtype);
      const rank = Math.max(t.shape.length, y.shape.length);
      const at = (s: readonly MaybeDim[], i: number): MaybeDim => (i < rank - s.length ? 1 : s[i - rank + s.length]!);
      const shape = Array.from({ length: rank }, (_, i) => productOf([at(t.shape!, i), at(y.shape!, i)]));
      return opaque(ip, 'kron', [t, y], shape, promote(t.dtype, y.dtype));
    }),
  ],
  cross: cross('None'),
  det: perMatrix('det'),
  logdet: perMatrix('logdet'),
  slogdet,
  trace: [`input`, matrices((ip, t) => opaque(ip, 'trace', [t], []))],
  inverse: sameShape('inverse'),
  pinverse: [
    `input, ${REST}`,
    matrices((ip, t) => opaque(ip, 'pinverse', [t], [...batchOf(t), columnsOf(t), rowsOf(t)])),
  ],
  cholesky: sameShape('cholesky'),
  cholesky_inverse: sameShape('cholesky_inverse'),
  cholesky_solve: solve('other', true),
  matrix_exp: sameShape('matrix_exp'),
  matrix_power: sameShape('matrix_power'),
  qr,
  svd: [
    'input, some=True, compute_uv=True, *, out=None',
    matrices((ip, t, { some }) => svdOf(ip, t, flag(some) === false, false)),
  ],
  adjoint: ['input', matrices((ip, t) => opaque(ip, 'adjoint', [t], [...batchOf(t), columnsOf(t), rowsOf(t)]))],
  dist: ['input, other, p=2', on((ip, t) => opaque(ip, 'dist', [t], []))],
  cov: [
    'input, *, correction=1, fweights=None, aweights=None',
    on((ip, t) => opaque(ip, 'cov', [t], t.shape && (t.shape.length < 2 ? [] : [t.shape[0]!, t.shape[0]!]))),
  ],
  corrcoef: [
    'input',
    on((ip, t) => opaque(ip, 'corrcoef', [t], t.shape && (t.shape.length < 2 ? [] : [t.shape[0]!, t.shape[0]!]))),
  ],
};

export const MATRIX_FUNCTIONS: NativeTable = {
  tensordot,
  chain_matmul: ['*matrices, out=None', (ip, a) => chain(ip, asItems(a['matrices']) ?? [])],
  block_diag: [
    '*tensors',
    (ip, a) => {
      const given = (asItems(a['tensors']) ?? []).map((v) => asTensor(v));
      if (given.includes(null)) return unknownResult(asItems(a['tensors']) ?? []);
      const at = (t: TensorValue, i: number): MaybeDim => {
        if (!t.shape) return null;
        return t.shape.length === 2 ? t.shape[i]! : i === 1 && t.shape.length === 1 ? t.shape[0]! : 1;
      };
      const parts = given as TensorValue[];
      return opaque(ip, 'block_diag', parts, [sumOf(parts.map((t) => at(t, 0))), sumOf(parts.map((t) => at(t, 1)))]);
    },
  ],
  vander: [
    'input, N=None, increasing=False',
    on((ip, t, { N }) => opaque(ip, 'vander', [t], t.shape && [...t.shape, isNone(N) ? t.shape[0]! : asDim(N)])),
  ],
  pdist: [
    'input, p=2',
    on((ip, t) => {
      const n = t.shape?.[0];
      return opaque(ip, 'pdist', [t], n === undefined ? null : [typeof n === 'number' ? (n * (n - 1)) / 2 : null]);
    }),
  ],
  svd_lowrank: [
    'input, q=6, niter=2, M=None',
    matrices((ip, t, { q }) =>
      several(
        ip,
        'svd_lowrank',
        [t],
        [
          [[...batchOf(t), rowsOf(t), asDim(q)], t.dtype],
          [[...batchOf(t), asDim(q)], t.dtype],
          [[...batchOf(t), columnsOf(t), asDim(q)], t.dtype],
        ],
      ),
    ),
  ],
};

export const LINALG: NativeTable = {
  ...Object.fromEntries(
    ['det', 'slogdet', 'matrix_exp', 'matrix_power', 'qr', 'cholesky'].map((n) => [n, MATRICES[n]!]),
  ),
  vander: MATRIX_FUNCTIONS['vander']!,
  matmul: PRODUCTS['matmul']!,
  inv: sameShape('inv'),
  pinv: MATRICES['pinverse']!,
  svd: [
    'input, full_matrices=True, *, driver=None, out=None',
    matrices((ip, t, { full_matrices }) => svdOf(ip, t, flag(full_matrices) !== false, true)),
  ],
  svdvals: [
    `input, ${REST}`,
    matrices((ip, t) => opaque(ip, 'svdvals', [t], [...batchOf(t), smaller(rowsOf(t), columnsOf(t))], realOf(t.dtype))),
  ],
  eigh: eigen('eigh', realOf, (d) => d),
  eig: eigen('eig', complexOf, complexOf),
  eigvalsh: [
    `input, ${REST}`,
    matrices((ip, t) => opaque(ip, 'eigvalsh', [t], t.shape!.slice(0, -1), realOf(t.dtype))),
  ],
  eigvals: [
    `input, ${REST}`,
    matrices((ip, t) => opaque(ip, 'eigvals', [t], t.shape!.slice(0, -1), complexOf(t.dtype))),
  ],
  solve: solve('other', false),
  solve_triangular: solve('other', false),
  cond: perMatrix('cond', realOf),
  matrix_rank: perMatrix('matrix_rank', () => 'int64'),
  norm: norm('linalg.norm', 'vector'),
  vector_norm: norm('vector_norm', 'vector'),
  matrix_norm: norm('matrix_norm', 'matrix'),
  cross: cross('-1'),
  multi_dot: ['tensors, *, out=None', (ip, a) => chain(ip, elementsOf(ip, a['tensors']!) ?? [])],
  diagonal: [
    'input, *, offset=0, dim1=-2, dim2=-1',
    on((_ip, t) => tensor(t.shape && [...t.shape.slice(0, -2), smaller(rowsOf(t), columnsOf(t))], t.dtype)),
  ],
  vecdot: [
    'input, other, *, dim=-1, out=None',
    (ip, a) => {
      const [x, y] = [asTensor(a['input']), asTensor(a['other'])];
      const met = x && y ? broadcast(x.shape, y.shape).shape : null;
      const axis = met ? axisOf(a['dim'], met.length) : null;
      return x && met && axis !== null
        ? opaque(
            ip,
            'vecdot',
            [x, y!],
            met.filter((_, i) => i !== axis),
          )
        : unknownResult([a['input'], a['other']]);
    },
  ],
};
