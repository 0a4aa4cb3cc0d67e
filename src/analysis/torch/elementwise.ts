// Element by element: activations, arithmetic with broadcasting, comparisons.
//   F.relu(x)    x + identity    x * self.gamma    torch.sigmoid(x)

import { showShape } from '../dims/display.ts';
import type { Activation, Arithmetic, Operator, Unary } from '../graph/operators.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { Bound, NativeTable } from '../interp/native.ts';
import { isNumeric } from '../interp/symbolicFloat.ts';
import { fail } from '../rules/report.ts';
import { asNumber, asString, isNone, tuple } from '../values/make.ts';
import { mergeFields } from '../values/receptiveField.ts';
import { category, type DType, isComplex, isFloating, promote, type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { flag } from './arguments.ts';
import { broadcast, mismatchText } from './broadcast.ts';
import { parameterCount } from './conv.ts';
import { dtypeFrom } from './dtypes.ts';
import { asTensor, emit, unknownResult } from './emit.ts';
import { matmul } from './linear.ts';
import { agreeAll } from './rule.ts';

/** An operator that keeps its input's shape. */
function same(
  ip: Interpreter,
  a: Bound,
  op: Operator,
  dtype?: DType | null,
  params: Readonly<Record<string, TensorValue>> = {},
  numbers?: (x: number) => number,
): Value {
  const input = asTensor(a['input']);
  if (!input) return unknownResult([a['input']]);
  const made = dtype === undefined ? input.dtype : dtype;
  return emit(ip, {
    op,
    inputs: [input],
    shape: input.shape,
    elements: numbers && input.elements ? input.elements.map((x) => rounded(numbers(x), made)) : null,
    dtype: dtype === undefined ? input.dtype : dtype,
    params,
    field: input.field,
    parameterCount: parameterCount(...Object.values(params)),
  });
}

const number = (v: Value | undefined, fallback: number): number => asNumber(v) ?? fallback;

type Make = (a: Bound) => Activation;

/** torch.nn.functional's activations: what follows `input` in their signature, and their operator. */
const ACTIVATION_TABLE: Readonly<Record<string, readonly [signature: string, make: Make]>> = {
  relu: ['inplace=False', () => ({ op: 'relu' })],
  relu6: ['inplace=False', () => ({ op: 'relu6' })],
  sigmoid: ['', () => ({ op: 'sigmoid' })],
  tanh: ['', () => ({ op: 'tanh' })],
  silu: ['inplace=False', () => ({ op: 'silu' })],
  mish: ['inplace=False', () => ({ op: 'mish' })],
  hardswish: ['inplace=False', () => ({ op: 'hardswish' })],
  hardsigmoid: ['inplace=False', () => ({ op: 'hardsigmoid' })],
  softsign: ['', () => ({ op: 'softsign' })],
  selu: ['inplace=False', () => ({ op: 'selu' })],
  tanhshrink: ['', () => ({ op: 'tanhshrink' })],
  logsigmoid: ['', () => ({ op: 'log_sigmoid' })],
  leaky_relu: [
    'negative_slope=0.01, inplace=False',
    (a) => ({ op: 'leaky_relu', negativeSlope: number(a['negative_slope'], 0.01) }),
  ],
  elu: ['alpha=1.0, inplace=False', (a) => ({ op: 'elu', alpha: number(a['alpha'], 1) })],
  celu: ['alpha=1.0, inplace=False', (a) => ({ op: 'celu', alpha: number(a['alpha'], 1) })],
  gelu: [
    'approximate="none"',
    (a) => ({ op: 'gelu', approximate: asString(a['approximate']) === 'tanh' ? 'tanh' : 'none' }),
  ],
  hardtanh: [
    'min_val=-1.0, max_val=1.0, inplace=False',
    (a) => ({ op: 'hardtanh', min: number(a['min_val'], -1), max: number(a['max_val'], 1) }),
  ],
  softplus: [
    'beta=1, threshold=20',
    (a) => ({ op: 'softplus', beta: number(a['beta'], 1), threshold: number(a['threshold'], 20) }),
  ],
};

const KEEPS_WHOLE = new Set<string>(['relu', 'relu6', 'hardtanh', 'leaky_relu']);

export const ACTIVATIONS: NativeTable = {
  ...Object.fromEntries(
    Object.entries(ACTIVATION_TABLE).map(([name, [rest, make]]): [string, NativeTable[string]] => [
      name,
      [
        `input${rest ? `, ${rest}` : ''}`,
        (ip, a) => {
          const input = asTensor(a['input']);
          // Smooth functions of whole numbers are floats; relu and its kin keep them.
          const op = flag(a['inplace']) === true ? { ...make(a), inPlace: true } : make(a);
          return same(ip, a, op, KEEPS_WHOLE.has(op.op) ? undefined : asFloat(input?.dtype ?? null));
        },
      ],
    ]),
  ),
  prelu: [
    'input, weight',
    (ip, a) => {
      const weight = asTensor(a['weight']);
      return same(ip, a, { op: 'prelu' }, undefined, weight ? { weight } : {});
    },
  ],
  softmax: ['input, dim=None, _stacklevel=3, dtype=None', (ip, a) => softmax(ip, a, 'softmax')],
  log_softmax: ['input, dim=None, _stacklevel=3, dtype=None', (ip, a) => softmax(ip, a, 'log_softmax')],
  dropout: ['input, p=0.5, training=True, inplace=False', (ip, a) => same(ip, a, { op: 'identity' })],
  dropout1d: ['input, p=0.5, training=True, inplace=False', (ip, a) => same(ip, a, { op: 'identity' })],
  dropout2d: ['input, p=0.5, training=True, inplace=False', (ip, a) => same(ip, a, { op: 'identity' })],
  dropout3d: ['input, p=0.5, training=True, inplace=False', (ip, a) => same(ip, a, { op: 'identity' })],
  alpha_dropout: ['input, p=0.5, training=False, inplace=False', (ip, a) => same(ip, a, { op: 'identity' })],
  feature_alpha_dropout: ['input, p=0.5, training=False, inplace=False', (ip, a) => same(ip, a, { op: 'identity' })],
};

function softmax(ip: Interpreter, a: Bound, op: 'softmax' | 'log_softmax'): Value {
  const input = asTensor(a['input']);
  const rank = input?.shape?.length;
  const dim = asNumber(a['dim']);
  // x.softmax(dim, dtype) has no _stacklevel between.
  const dtype = dtypeFrom(a['dtype']) ?? dtypeFrom(a['_stacklevel']) ?? asFloat(input?.dtype ?? null);
  if (rank === undefined || dim === null) return same(ip, a, { op: 'opaque', name: op }, dtype);
  return same(ip, a, { op, dim: dim < 0 ? dim + rank : dim }, dtype);
}

/** Element-wise functions of a tensor (as torch.x and x.method); results of integer input are floats where PyTorch makes them so. */
const UNARY: Readonly<Record<string, { op: Unary['op'] | null; floats?: boolean; dtype?: DType }>> = {
  neg: { op: 'neg' },
  abs: { op: 'abs' },
  exp: { op: 'exp', floats: true },
  log: { op: 'log', floats: true },
  sqrt: { op: 'sqrt', floats: true },
  rsqrt: { op: 'rsqrt', floats: true },
  square: { op: 'square' },
  sin: { op: 'sin', floats: true },
  cos: { op: 'cos', floats: true },
  erf: { op: 'erf', floats: true },
  reciprocal: { op: 'reciprocal', floats: true },
  log2: { op: null, floats: true },
  log10: { op: null, floats: true },
  log1p: { op: null, floats: true },
  expm1: { op: null, floats: true },
  exp2: { op: null, floats: true },
  tan: { op: null, floats: true },
  atan: { op: null, floats: true },
  asin: { op: null, floats: true },
  acos: { op: null, floats: true },
  sinh: { op: null, floats: true },
  cosh: { op: null, floats: true },
  erfinv: { op: null, floats: true },
  erfc: { op: null, floats: true },
  floor: { op: null },
  ceil: { op: null },
  round: { op: null },
  trunc: { op: null },
  frac: { op: null },
  sign: { op: null },
  bitwise_not: { op: null },
  nan_to_num: { op: null },
  logical_not: { op: null, dtype: 'bool' },
  isnan: { op: null, dtype: 'bool' },
  isinf: { op: null, dtype: 'bool' },
  isfinite: { op: null, dtype: 'bool' },
};

/** What element-wise functions do to known numbers of a small tensor: block widths are computed this way. */
const NUMBERS: Readonly<Record<string, (x: number) => number>> = {
  neg: (x) => -x,
  abs: Math.abs,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  square: (x) => x * x,
  sin: Math.sin,
  cos: Math.cos,
  reciprocal: (x) => 1 / x,
  log2: Math.log2,
  log10: Math.log10,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  sign: Math.sign,
  round: halfToEven,
};

const ARITHMETIC: Readonly<Record<string, (x: number, y: number) => number>> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  '/': (x, y) => x / y,
  '**': (x, y) => x ** y,
  '//': (x, y) => Math.floor(x / y),
  '%': (x, y) => x - y * Math.floor(x / y),
  maximum: Math.max,
  minimum: Math.min,
};

/** torch.round, as Python: halves go to the even neighbour. */
function halfToEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

/** In the precision of the dtype. */
const rounded = (x: number, dtype: DType | null): number => (dtype === 'float32' ? Math.fround(x) : x);

const asFloat = (d: DType | null): DType | null => (d === null || isFloating(d) || isComplex(d) ? d : 'float32');

export const UNARY_FUNCTIONS: NativeTable = Object.fromEntries(
  Object.entries(UNARY).map(([name, { op, floats, dtype }]): [string, NativeTable[string]] => [
    name,
    [
      'input, *args, out=None',
      (ip, a) => {
        const input = asTensor(a['input']);
        return same(
          ip,
          a,
          op ? { op } : { op: 'opaque', name: `torch.${name}` },
          dtype ?? (floats ? asFloat(input?.dtype ?? null) : undefined),
          {},
          NUMBERS[name],
        );
      },
    ],
  ]),
);

type Kind = 'arithmetic' | 'division' | 'comparison' | 'logic';
const BINARY: Readonly<Record<string, { op: Arithmetic['op'] | null; kind: Kind; symbol: string }>> = {
  '+': { op: 'add', kind: 'arithmetic', symbol: '+' },
  '-': { op: 'sub', kind: 'arithmetic', symbol: '−' },
  '*': { op: 'mul', kind: 'arithmetic', symbol: '·' },
  '/': { op: 'div', kind: 'division', symbol: '/' },
  '**': { op: 'pow', kind: 'arithmetic', symbol: '**' },
  '//': { op: null, kind: 'arithmetic', symbol: '//' },
  '%': { op: null, kind: 'arithmetic', symbol: '%' },
  '<': { op: null, kind: 'comparison', symbol: '<' },
  '<=': { op: null, kind: 'comparison', symbol: '<=' },
  '>': { op: null, kind: 'comparison', symbol: '>' },
  '>=': { op: null, kind: 'comparison', symbol: '>=' },
  '==': { op: null, kind: 'comparison', symbol: '==' },
  '!=': { op: null, kind: 'comparison', symbol: '!=' },
  '&': { op: null, kind: 'logic', symbol: '&' },
  '|': { op: null, kind: 'logic', symbol: '|' },
  '^': { op: null, kind: 'logic', symbol: '^' },
  '<<': { op: null, kind: 'logic', symbol: '<<' },
  '>>': { op: null, kind: 'logic', symbol: '>>' },
  maximum: { op: 'maximum', kind: 'arithmetic', symbol: 'maximum' },
  minimum: { op: 'minimum', kind: 'arithmetic', symbol: 'minimum' },
};

/** x + y and its kin, where at least one side is a tensor. */
export function tensorBinary(ip: Interpreter, operator: string, left: Value, right: Value): Value {
  if (operator === 'unary-') return same(ip, { input: left }, { op: 'neg' });
  if (operator === 'abs') return same(ip, { input: left }, { op: 'abs' });
  if (operator === 'unary+') return left;
  if (operator === '~') return same(ip, { input: left }, { op: 'opaque', name: 'torch.bitwise_not' });
  const a = asTensor(left);
  const b = asTensor(right);
  if (operator === '@') return a && b ? matmul(ip, a, b) : unknownResult([left, right]);
  const spec = BINARY[operator];
  if (!spec) return unknownResult([left, right]);
  if (a && b) return twoTensors(ip, operator, spec, a, b);
  const t = (a ?? b)!;
  const other = a ? right : left;
  const scalar = asNumber(other);
  const numeric = scalar !== null || isNumeric(other);
  // Without knowing the other side, the shape may still grow by broadcasting.
  if (!numeric)
    return other.kind === 'unknown'
      ? tensor(null, null)
      : ip.raise(
          'TypeError',
          `unsupported operand type(s) for ${operator}: '${ip.library.typeOf(left).name}' and '${ip.library.typeOf(right).name}'`,
        );
  const dtype =
    spec.kind === 'comparison'
      ? 'bool'
      : spec.kind === 'division'
        ? asFloat(t.dtype)
        : other.kind === 'float' || other.kind === 'unknown'
          ? asFloat(t.dtype)
          : t.dtype === 'bool' && other.kind === 'int'
            ? 'int64'
            : t.dtype;
  const op: Operator =
    spec.op && scalar !== null
      ? { op: spec.op, scalar, ...(a ? {} : { scalarFirst: true }) }
      : { op: 'opaque', name: spec.symbol };
  const calculate = ARITHMETIC[operator];
  const elements =
    calculate && t.elements && scalar !== null
      ? t.elements.map((x) => rounded(a ? calculate(x, scalar) : calculate(scalar, x), dtype))
      : null;
  return emit(ip, { op, inputs: [t], shape: t.shape, dtype, elements, field: t.field });
}

function twoTensors(
  ip: Interpreter,
  operator: string,
  spec: (typeof BINARY)[string],
  a: TensorValue,
  b: TensorValue,
): Value {
  let dtype = promote(a.dtype, b.dtype);
  // A tensor without axes does not widen one that has some, within the same kind of number.
  if (a.shape?.length === 0 && b.shape && b.shape.length > 0 && category(a.dtype) <= category(b.dtype)) dtype = b.dtype;
  if (b.shape?.length === 0 && a.shape && a.shape.length > 0 && category(b.dtype) <= category(a.dtype)) dtype = a.dtype;
  if (spec.kind === 'comparison') dtype = 'bool';
  else if (spec.kind === 'division') dtype = asFloat(dtype);
  const met = broadcast(a.shape, b.shape);
  if (met.mismatch) {
    return fail(
      ip,
      { code: 'broadcast', message: `${mismatchText(a.shape, b.shape, met.mismatch)} (operator ${spec.symbol}).` },
      tensor(null, dtype),
    );
  }
  agreeAll(ip, `operator ${spec.symbol}`, a, b, met);
  const field = mergeFields([a, b]);
  const calculate = ARITHMETIC[operator];
  const [x, y] = [a.elements, b.elements];
  const elements =
    calculate && x && y && x.length === y.length ? x.map((v, i) => rounded(calculate(v, y[i]!), dtype)) : null;
  return emit(ip, {
    op: spec.op ? { op: spec.op } : { op: 'opaque', name: spec.symbol },
    inputs: [a, b],
    elements,
    shape: met.shape,
    dtype,
    field,
    arithmetic:
      a.shape && b.shape && showShape(a.shape) !== showShape(b.shape)
        ? [`${showShape(a.shape)} and ${showShape(b.shape)} broadcast to ${showShape(met.shape)}`]
        : [],
  });
}

const named = (operator: string): NativeTable[string] => [
  'input, other, *, alpha=1, rounding_mode=None, out=None',
  (ip, a) => {
    if (!asTensor(a['input']) && !asTensor(a['other'])) return unknownResult([a['input'], a['other']]);
    const mode = asString(a['rounding_mode']);
    // torch.div(x, 2, rounding_mode='floor') keeps whole numbers whole.
    return tensorBinary(ip, operator === '/' && mode !== null ? '//' : operator, a['input']!, a['other']!);
  },
];

export const BINARY_FUNCTIONS: NativeTable = {
  add: named('+'),
  sub: named('-'),
  subtract: named('-'),
  mul: named('*'),
  multiply: named('*'),
  div: named('/'),
  divide: named('/'),
  true_divide: named('/'),
  floor_divide: named('//'),
  remainder: named('%'),
  pow: named('**'),
  maximum: named('maximum'),
  minimum: named('minimum'),
  eq: named('=='),
  ne: named('!='),
  lt: named('<'),
  le: named('<='),
  gt: named('>'),
  ge: named('>='),
  bitwise_and: named('&'),
  bitwise_or: named('|'),
  clamp: [
    'input, min=None, max=None, *, out=None',
    (ip, a) => {
      const low = asNumber(a['min']);
      const high = asNumber(a['max']);
      if (low !== null && high !== null) return same(ip, a, { op: 'hardtanh', min: low, max: high });
      if (low !== null && isNone(a['max'])) return tensorBinaryScalar(ip, a, 'maximum', low);
      if (high !== null && isNone(a['min'])) return tensorBinaryScalar(ip, a, 'minimum', high);
      return same(ip, a, { op: 'opaque', name: 'torch.clamp' });
    },
  ],
  where: [
    'condition, input=None, other=None',
    (ip, a) => {
      const alone = isNone(a['input']) && isNone(a['other']) ? asTensor(a['condition']) : null;
      // With a condition alone it is nonzero(as_tuple=True).
      if (alone) {
        const found = ip.freshSize('found');
        return alone.shape ? tuple(alone.shape.map(() => tensor([found], 'int64'))) : unknownResult([]);
      }
      const [c, x, y] = [asTensor(a['condition']), asTensor(a['input']), asTensor(a['other'])];
      if (!c || (!x && a['input']!.kind === 'unknown') || (!y && a['other']!.kind === 'unknown'))
        return unknownResult([a['condition'], a['input'], a['other']]);
      const tensors = [c, x, y].filter((t): t is TensorValue => t !== null);
      let shape = tensors[0]!.shape;
      for (const t of tensors.slice(1)) {
        const met = broadcast(shape, t.shape);
        if (met.mismatch)
          return fail(
            ip,
            { code: 'broadcast', message: `${mismatchText(shape, t.shape, met.mismatch)} (torch.where).` },
            tensor(null, null),
          );
        agreeAll(ip, 'torch.where', { shape }, t, met);
        shape = met.shape;
      }
      return emit(ip, {
        op: { op: 'opaque', name: 'torch.where' },
        inputs: tensors,
        shape,
        dtype: x ? (y ? promote(x.dtype, y.dtype) : x.dtype) : (y?.dtype ?? 'float32'),
      });
    },
  ],
};

function tensorBinaryScalar(ip: Interpreter, a: Bound, op: 'maximum' | 'minimum', scalar: number): Value {
  return same(ip, a, { op, scalar });
}
