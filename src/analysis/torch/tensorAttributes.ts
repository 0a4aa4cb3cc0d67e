// Attributes and methods of a tensor: x.shape, x.size(0), x.view(…), x.mean(…), x.to(device), and any x.relu_().

import * as dims from '../dims/dim.ts';
import { showShape } from '../dims/display.ts';
import { elementCount } from '../graph/shapes.ts';
import { openBatch } from '../interp/inputProbe.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { type NativeTable, native } from '../interp/native.ts';
import { OBJECT, TUPLE } from '../python/types.ts';
import { asDim, asItems, bool, classValue, float, int, isNone, list, NONE, unknown } from '../values/make.ts';
import { BYTES_OF, type DType, type TensorValue, tensor } from '../values/tensor.ts';
import type { BuiltinValue, ClassValue, Value } from '../values/value.ts';
import { axisOf, exactInt } from './arguments.ts';
import { torchNative } from './bind.ts';
import { CREATION } from './creation.ts';
import { dtypeFrom, dtypeValue } from './dtypes.ts';
import { ACTIVATIONS, BINARY_FUNCTIONS, UNARY_FUNCTIONS } from './elementwise.ts';
import { asTensor, emit } from './emit.ts';
import { PICKING } from './gather.ts';
import { FILL_METHODS } from './initialise.ts';
import { SPLITTING } from './join.ts';
import { MATRICES } from './linalg.ts';
import { PRODUCTS } from './linear.ts';
import { arrayAttribute } from './numpyArrays.ts';
import { POINTWISE } from './pointwise.ts';
import { REARRANGING } from './rearrange.ts';
import { REDUCTIONS } from './reduce.ts';
import { RESHAPING, RESHAPING_METHODS } from './reshape.ts';
import { SPARSE_METHODS } from './sparse.ts';
import { COMPLEX } from './spectral.ts';
import { STATISTICS } from './statistics.ts';

export const TENSOR: ClassValue = classValue('Tensor', [OBJECT], [], { module: 'torch' });
export const PARAMETER: ClassValue = classValue('Parameter', [TENSOR], [], { module: 'torch.nn.parameter' });
export const SIZE: ClassValue = classValue('Size', [TUPLE], [], { module: 'torch' });

/** torch.Size: a tuple of ints. */
export function sizeValue(t: TensorValue): Value {
  if (!t.shape) {
    const open = unknown('the shape of this tensor is not known');
    return t.input ? { ...open, about: { kind: 'sizes', input: t } } : open;
  }
  return {
    kind: 'tuple',
    items: t.shape.map((d, i) => (d === null ? unknown(`axis ${i} of this tensor is not known`) : int(d))),
    cls: SIZE,
    fields: null,
  };
}

const withDtype = (ip: Interpreter, t: TensorValue, dtype: DType | null): Value =>
  dtype === null || dtype === t.dtype
    ? t
    : emit(ip, { op: { op: 'opaque', name: `to ${dtype}` }, inputs: [t], shape: t.shape, dtype, elements: t.elements });

const cast = (dtype: DType): NativeTable[string] => [
  'input, *args, **kwargs',
  (ip, a) => (asTensor(a['input']) ? withDtype(ip, asTensor(a['input'])!, dtype) : a['input']!),
];

const on =
  (rule: (ip: Interpreter, t: TensorValue, a: Readonly<Record<string, Value>>) => Value): NativeTable[string][1] =>
  (ip, a) => {
    const t = asTensor(a['input']);
    return t ? rule(ip, t, a) : unknown('this tensor is not known');
  };

/** x.new_zeros(2, 3) and its kin: of x's dtype, unless another is asked for. */
function newLike(name: string): NativeTable[string] {
  const [signature, run] = CREATION[name]!;
  return [
    `input, ${signature}`,
    (ip, a) => {
      const like = asTensor(a['input'])?.dtype;
      return run(ip, isNone(a['dtype']) && like ? { ...a, dtype: dtypeValue(like) } : a);
    },
  ];
}

/** Methods that are not functions of torch too. */
const METHODS: NativeTable = {
  size: [
    'input, dim=None',
    on((ip, t, { dim }) => {
      if (isNone(dim)) return sizeValue(t);
      const batch = exactInt(dim) === 0 ? openBatch(t) : null;
      if (batch !== null) return int(batch);
      const axis = t.shape ? axisOf(dim, t.shape.length) : null;
      const asked = exactInt(dim);
      if (t.shape && t.shape.length > 0 && axis === null && asked !== null)
        return ip.raise('IndexError', `Dimension out of range (${showShape(t.shape)} has no axis ${asked})`);
      const d = axis === null ? null : t.shape![axis]!;
      return d === null ? unknown('this axis is not known') : int(d);
    }),
  ],
  dim: ['input', on((_ip, t) => (t.shape ? int(t.shape.length) : unknown('how many axes it has is not known')))],
  ndimension: ['input', on((_ip, t) => (t.shape ? int(t.shape.length) : unknown('how many axes it has is not known')))],
  numel: [
    'input',
    on((_ip, t) => {
      const n = elementCount(t.shape, dims.mul);
      return n === null ? unknown('its size is not known') : int(n);
    }),
  ],
  nelement: [
    'input',
    on((_ip, t) => ((n) => (n === null ? unknown('its size is not known') : int(n)))(elementCount(t.shape, dims.mul))),
  ],
  item: [
    'input',
    on((_ip, t) => {
      const [x] = t.elements ?? [];
      if (t.elements?.length !== 1 || x === undefined) return unknown('the number in a tensor');
      return t.dtype?.startsWith('int') ? int(x) : t.dtype === 'bool' ? bool(x !== 0) : float(x);
    }),
  ],
  tolist: [
    'input',
    on((_ip, t) => {
      if (!t.elements || t.shape?.length !== 1) return unknown('the numbers in a tensor');
      return list(t.elements.map((x) => (t.dtype?.startsWith('int') ? int(x) : float(x))));
    }),
  ],
  to: [
    'input, *args, **kwargs',
    on((ip, t, { args, kwargs }) => {
      const named = kwargs!.kind === 'dict' ? [...kwargs!.entries.values()].map((e) => e.value) : [];
      for (const v of [...(asItems(args) ?? []), ...named]) {
        const dtype = v.kind === 'tensor' ? v.dtype : dtypeFrom(v);
        if (dtype) return withDtype(ip, t, dtype);
      }
      return t;
    }),
  ],
  type: [
    'input, dtype=None, **kwargs',
    on((ip, t, { dtype }) =>
      isNone(dtype) ? unknown('the name of a tensor type') : withDtype(ip, t, dtypeFrom(dtype)),
    ),
  ],
  type_as: ['input, other', on((ip, t, { other }) => withDtype(ip, t, asTensor(other)?.dtype ?? null))],
  float: cast('float32'),
  double: cast('float64'),
  half: cast('float16'),
  bfloat16: cast('bfloat16'),
  int: cast('int32'),
  long: cast('int64'),
  bool: cast('bool'),
  byte: cast('uint8'),
  char: cast('int8'),
  short: cast('int16'),
  cfloat: cast('complex64'),
  cdouble: cast('complex128'),
  /** A numpy array's. */
  astype: ['input, dtype, **kwargs', on((ip, t, { dtype }) => withDtype(ip, t, dtypeFrom(dtype)))],
  element_size: ['input', on((_ip, t) => (t.dtype ? int(BYTES_OF[t.dtype]) : unknown('its dtype is not known')))],
  is_floating_point: [
    'input',
    on((_ip, t) => (t.dtype === null ? unknown('its dtype is not known') : bool(t.dtype.includes('float')))),
  ],
  is_contiguous: ['input, *args, **kwargs', on(() => bool(true))],
  is_complex: ['input', on((_ip, t) => bool(t.dtype?.startsWith('complex') ?? false))],
  get_device: ['input', on(() => int(-1))],
  backward: ['input, *args, **kwargs', on(() => NONE)],
  retain_grad: ['input', on(() => NONE)],
  numpy: ['input, *args, **kwargs', on((_ip, t) => t)],
  copy_: ['input, source, non_blocking=False', on((_ip, t) => t)],
  new_zeros: newLike('zeros'),
  new_ones: newLike('ones'),
  new_tensor: newLike('tensor'),
  new_empty: newLike('empty'),
  new_full: newLike('full'),
};

const TABLES: readonly NativeTable[] = [
  METHODS,
  POINTWISE,
  STATISTICS,
  MATRICES,
  REARRANGING,
  COMPLEX,
  RESHAPING_METHODS,
  SPARSE_METHODS,
  RESHAPING,
  FILL_METHODS,
  REDUCTIONS,
  BINARY_FUNCTIONS,
  UNARY_FUNCTIONS,
  PRODUCTS,
  SPLITTING,
  PICKING,
  pickFrom(ACTIVATIONS, ['relu', 'sigmoid', 'tanh', 'softmax', 'log_softmax', 'hardshrink', 'prelu']),
];

function pickFrom(table: NativeTable, names: readonly string[]): NativeTable {
  return Object.fromEntries(names.flatMap((n) => (table[n] ? [[n, table[n]!]] : [])));
}

const cache = new Map<string, BuiltinValue | null>();

function methodNamed(name: string): BuiltinValue | null {
  const known = cache.get(name);
  if (known !== undefined) return known;
  let entry = TABLES.map((t) => (Object.hasOwn(t, name) ? t[name] : undefined)).find((e) => e !== undefined);
  // x.relu_() does in place what x.relu() does.
  if (!entry && name.endsWith('_') && !name.startsWith('_')) {
    const plain = name.slice(0, -1);
    entry = TABLES.map((t) => (Object.hasOwn(t, plain) ? t[plain] : undefined)).find((e) => e !== undefined);
  }
  const method = entry ? torchNative(name, entry[0], entry[1]) : null;
  cache.set(name, method);
  return method;
}

/** An attribute of a tensor; null where there is none known. */
export function tensorAttribute(ip: Interpreter, t: TensorValue, name: string): Value | null {
  return arrayAttribute(ip, t, name, (own) => ownAttribute(ip, t, own)!) ?? ownAttribute(ip, t, name);
}

function ownAttribute(ip: Interpreter, t: TensorValue, name: string): Value | null {
  switch (name) {
    case 'shape':
      return sizeValue(t);
    case 'ndim':
      return t.shape ? int(t.shape.length) : unknown('how many axes it has is not known');
    case 'dtype':
      return t.dtype ? dtypeValue(t.dtype) : unknown('its dtype is not known');
    case 'device':
      return { kind: 'opaque', type: 'device', name: 'cpu' };
    case 'T':
    case 'mT':
    case 'H': {
      if (!t.shape) return tensor(null, t.dtype);
      const n = t.shape.length;
      const order = t.shape.map((_, i) => (name === 'T' ? n - 1 - i : i < n - 2 ? i : 2 * n - 3 - i));
      return ip.call(
        { kind: 'method', self: t, function: methodNamed('permute')! },
        order.map((d) => int(d)),
      );
    }
    case 'real':
    case 'imag':
      return POINTWISE[name]![1](ip, { input: t });
    case 'mH':
      return ip.call({ kind: 'method', self: t, function: methodNamed('adjoint')! }, []);
    case 'data':
      return t;
    case 'requires_grad':
      return bool(t.parameter?.requiresGrad ?? false);
    case 'is_cuda':
    case 'is_quantized':
    case 'is_sparse':
    case 'is_nested':
    case 'is_mps':
    case 'is_meta':
    case 'is_sparse_csr':
    case 'is_xpu':
    case 'is_mkldnn':
    case 'retains_grad':
      return bool(false);
    case 'grad':
    case 'grad_fn':
      return NONE;
    case 'is_cpu':
    case 'is_leaf':
      return bool(true);
    case 'layout':
      return { kind: 'opaque', type: 'layout', name: 'strided' };
    case 'itemsize':
      return t.dtype ? int(BYTES_OF[t.dtype]) : unknown('its dtype is not known');
    case 'nbytes': {
      const n = elementCount(t.shape, dims.mul);
      return n === null || !t.dtype ? unknown('its size is not known') : int(dims.mul(n, BYTES_OF[t.dtype]));
    }
    case 'names':
      return unknown('names of axes');
    case '__class__':
      return t.parameter?.isParameter ? PARAMETER : TENSOR;
    default: {
      const method = methodNamed(name);
      if (method) return { kind: 'method', self: t, function: method };
      return name.startsWith('_') ? null : ip.gap(`no rule for Tensor.${name}`);
    }
  }
}

/** Attributes of torch.Size beside those of tuple. */
export function sizeAttribute(value: Value & { kind: 'tuple' }, name: string): Value | null {
  if (name !== 'numel') return null;
  return native('numel', '', () => {
    let n: dims.Dim = 1;
    for (const v of value.items) {
      const d = asDim(v);
      if (d === null) return unknown('its size is not known');
      n = dims.mul(n, d);
    }
    return int(n);
  });
}

/** Methods of a tensor that have rules, for docs/operators.md; each has its in-place twin. */
export const tensorMethodNames = (): string[] => [...new Set(TABLES.flatMap((t) => Object.keys(t)))].sort();
