// Products of matrices: linear, matmul, bmm, embedding.
//   nn.Linear(400, 120)    # x: (B, 400) → (B, 120)

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import { type MaybeDim, showDim, showFactors, showProduct, showShape } from '../dims/display.ts';
import type { Operator } from '../graph/operators.ts';
import { settleInput } from '../interp/inputProbe.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { Bound, NativeTable } from '../interp/native.ts';
import { agree, argumentFix, currentLayer, type Finding, fail } from '../rules/report.ts';
import { promote, type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { broadcast } from './broadcast.ts';
import { counted, layerName, parameterCount } from './conv.ts';
import { asTensor, emit, unknownResult } from './emit.ts';
import { agreeAll, productOf } from './rule.ts';

/** The shapes that a flatten made one axis of, so that a message can say 576 = 16·6·6. */
const flattenedFrom = new WeakMap<TensorValue, readonly MaybeDim[]>();

/** Remembers what an axis is the product of. */
export const noteFlattened = (t: TensorValue, axes: readonly MaybeDim[]): void => void flattenedFrom.set(t, axes);

function linear(ip: Interpreter, a: Bound): Value {
  const input = asTensor(a['input']);
  const weight = asTensor(a['weight']);
  if (!input || !weight?.shape) return unknownResult([a['input'], a['weight']]);
  const [outFeatures, inFeatures] = weight.shape.length === 2 ? weight.shape : [null, weight.shape[0]!];
  settleInput(input, {
    shape: [dims.symbol('B'), inFeatures!],
    because: `${layerName(ip, 'linear')} wants ${counted(inFeatures ?? null, 'feature')}`,
    anyRank: true,
  });
  if (!input.shape) return tensor(null, input.dtype);
  const features = input.shape[input.shape.length - 1] ?? null;
  const name = layerName(ip, 'linear');
  if (input.shape.length === 0)
    return fail(
      ip,
      {
        code: 'linear-features',
        message: `${name} expects ${showDim(inFeatures ?? null)} features, gets a tensor without axes.`,
      },
      tensor(null, input.dtype),
    );
  agree(
    ip,
    features,
    inFeatures ?? null,
    () => `${name} wants ${counted(inFeatures!, 'feature')}`,
    () => wrongFeatures(ip, name, input, features, inFeatures!),
  );
  const shape: MaybeDim[] =
    weight.shape.length === 2 ? [...input.shape.slice(0, -1), outFeatures!] : input.shape.slice(0, -1);
  const bias = asTensor(a['bias']);
  const macs = shape.includes(null) || !inFeatures ? null : dims.mul(dims.product(shape as Dim[]), inFeatures);
  const op: Operator =
    typeof outFeatures === 'number' && typeof inFeatures === 'number'
      ? { op: 'linear', inFeatures, outFeatures }
      : { op: 'opaque', name: 'linear' };
  return emit(ip, {
    op,
    inputs: [input],
    shape,
    params: { weight, ...(bias ? { bias } : {}) },
    macs,
    parameterCount: parameterCount(weight, bias),
    arithmetic: [`MACs: ${showProduct([...shape, inFeatures ?? null], macs)}`],
    name: 'linear',
  });
}

function wrongFeatures(
  ip: Interpreter,
  name: string,
  input: TensorValue,
  features: MaybeDim,
  wanted: MaybeDim,
): Finding {
  const parts = flattenedFrom.get(input);
  // A product of symbols is shown as it came about; multiplied out, nobody would know it.
  const product = parts && parts.length > 1 ? showFactors(parts) : null;
  const isExact = features !== null && dims.isExact(features);
  const gets = product === null ? showDim(features) : isExact ? `${features} = ${product}` : product;
  const given = product !== null && !isExact ? '' : `: its input is ${showShape(input.shape)}`;
  return {
    code: 'linear-features',
    message: `${name} expects ${showDim(wanted)} features, gets ${gets}${given}.`,
    fixes: features !== null && dims.isExact(features) ? argumentFix(currentLayer(ip), 'in_features', 0, features) : [],
  };
}

/**
 * torch.matmul: vectors, matrices and batches of them. Source: torch.matmul. Of a sparse factor only the values that it holds
 * are multiplied, and how many those are is not in the code: its MACs are not known.
 */
export function matmul(ip: Interpreter, left: TensorValue, right: TensorValue, isSparse = false): Value {
  const dtype = promote(left.dtype, right.dtype);
  if (!left.shape || !right.shape) return tensor(null, dtype);
  if (left.shape.length === 0 || right.shape.length === 0) {
    return fail(
      ip,
      { code: 'matmul-mismatch', message: 'Both factors of matmul need at least one axis.' },
      tensor(null, dtype),
    );
  }
  const a = left.shape.length === 1 ? [1, ...left.shape] : left.shape;
  const b = right.shape.length === 1 ? [...right.shape, 1] : right.shape;
  const inner = a[a.length - 1]!;
  const other = b[b.length - 2]!;
  const which = right.shape.length === 1 ? 'only' : 'last but one';
  agree(
    ip,
    inner,
    other,
    () => `matmul wants ${showDim(inner)} and ${showDim(other)} equal`,
    () => ({
      code: 'matmul-mismatch',
      message: `matmul multiplies ${showShape(left.shape)} by ${showShape(right.shape)}: the last axis of the first is ${showDim(inner)}, the ${which} axis of the second ${showDim(other)}.`,
    }),
  );
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2));
  if (batch.mismatch) {
    return fail(
      ip,
      {
        code: 'matmul-mismatch',
        message: `The batch axes of ${showShape(left.shape)} and ${showShape(right.shape)} do not broadcast in matmul.`,
      },
      tensor(null, dtype),
    );
  }
  agreeAll(ip, 'matmul', left, right, batch);
  const rows = a[a.length - 2]!;
  const columns = b[b.length - 1]!;
  const shape = [
    ...(batch.shape ?? []),
    ...(left.shape.length === 1 ? [] : [rows]),
    ...(right.shape.length === 1 ? [] : [columns]),
  ];
  const all = [...(batch.shape ?? []), rows, columns, inner ?? other];
  const macs = isSparse ? null : productOf(all);
  return emit(ip, {
    op: { op: 'matmul' },
    inputs: [left, right],
    shape,
    dtype,
    macs,
    arithmetic: isSparse ? [] : [`MACs: ${showProduct([...shape, inner ?? other], macs)}`],
  });
}

const product =
  (isSparse = false): NativeTable[string][1] =>
  (ip, a) => {
    const left = asTensor(a['input']);
    const right = asTensor(a['other']);
    return left && right ? matmul(ip, left, right, isSparse) : unknownResult([a['input'], a['other']]);
  };

/** mm and bmm take tensors of just so many axes, and do not broadcast. */
export const productOfRanks =
  (name: string, ranks: readonly [number, number], isSparse = false): NativeTable[string][1] =>
  (ip, a) => {
    const operands = [asTensor(a['input']), asTensor(a['other'])];
    const wrong = operands.findIndex((t, i) => t?.shape && t.shape.length !== ranks[i]);
    if (wrong < 0) return product(isSparse)(ip, a);
    const { shape, dtype } = operands[wrong]!;
    const message = `torch.${name} multiplies tensors of ${ranks.join(' and ')} axes; its ${wrong === 0 ? 'first' : 'second'} has ${shape!.length}: ${showShape(shape)}.`;
    return fail(ip, { code: 'matmul-mismatch', message }, tensor(null, dtype));
  };

export const PRODUCT = 'input, other, *, out=None';

export const PRODUCTS: NativeTable = {
  matmul: [PRODUCT, product()],
  mm: [PRODUCT, productOfRanks('mm', [2, 2])],
  bmm: [PRODUCT, productOfRanks('bmm', [3, 3])],
  mv: [PRODUCT, productOfRanks('mv', [2, 1])],
  dot: [PRODUCT, productOfRanks('dot', [1, 1])],
};

export const LINEAR_FUNCTIONAL: NativeTable = {
  linear: ['input, weight, bias=None', linear],
  embedding: [
    'input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False',
    (ip, a) => {
      const input = asTensor(a['input']);
      const weight = asTensor(a['weight']);
      if (!input || !weight?.shape) return unknownResult([a['input'], a['weight']]);
      settleInput(input, {
        shape: [dims.symbol('B'), dims.symbol('T')],
        dtype: 'int64',
        because: `${layerName(ip, 'embedding')} wants indices`,
        anyRank: true,
      });
      const [count, width] = weight.shape;
      const op: Operator =
        typeof count === 'number' && typeof width === 'number'
          ? { op: 'embedding', numEmbeddings: count, embeddingDim: width }
          : { op: 'opaque', name: 'embedding' };
      return emit(ip, {
        op,
        inputs: [input],
        shape: input.shape && [...input.shape, width ?? null],
        dtype: weight.dtype,
        params: { weight },
        parameterCount: parameterCount(weight),
      });
    },
  ],
};
