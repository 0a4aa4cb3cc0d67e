// The same elements in another shape or order: view, flatten, permute, unsqueeze, expand, repeat.
//   torch.flatten(x, 1)    # x: (B, 16, 6, 6) → (B, 576)

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import { type MaybeDim, showDim, showShape } from '../dims/display.ts';
import { openBatch, openFeatures } from '../interp/inputProbe.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { NativeTable } from '../interp/native.ts';
import { agree, type Finding, fail, wish } from '../rules/report.ts';
import { asItems, isNone } from '../values/make.ts';
import { type Shape, type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { axisOf, dimList, exactInt } from './arguments.ts';
import { asTensor, emit } from './emit.ts';
import { noteFlattened } from './linear.ts';
import { on, productOf } from './rule.ts';

const reshaped = (ip: Interpreter, input: TensorValue, shape: Shape): TensorValue =>
  emit(ip, { op: { op: 'reshape' }, inputs: [input], shape, elements: input.elements });

/** size / by, which has to be whole. */
function quotient(ip: Interpreter, size: Dim, by: Dim): MaybeDim {
  const whole = dims.divideExactly(size, by);
  if (whole !== null) return whole;
  const over = dims.mod(size, by);
  if (over !== null) wish(ip, 'equal', over, 0, () => `${showDim(size)} is divided into ${showDim(by)}`, null);
  return dims.isExact(size) ? null : dims.floorDiv(size, by);
}

/** view and reshape: at most one −1, which takes what is left. */
export function reshapeTo(ip: Interpreter, input: TensorValue, asked: readonly MaybeDim[]): Value {
  const open = reshapeOpen(ip, input, asked);
  if (open) return reshaped(ip, input, open);
  const at = asked.indexOf(-1);
  const total = input.shape && !input.shape.includes(null) ? dims.product(input.shape as Dim[]) : null;
  const known = asked.filter((_, i) => i !== at);
  const rest = productOf(known);
  const shape: MaybeDim[] = [...asked];
  sameBatch(ip, input, asked);
  if (total !== null && rest !== null) {
    if (at >= 0) {
      const inferred = rest === 0 ? null : dims.divideExactly(total, rest);
      if (inferred === null && dims.isExact(total) && dims.isExact(rest) && total % rest !== 0) {
        const message = `${showShape(input.shape)} has ${showDim(total)} elements, which ${showShape(asked)} cannot hold: ${total} is not a multiple of ${rest}.`;
        return fail(
          ip,
          { code: 'reshape-size', message },
          tensor(
            asked.map((d) => (d === -1 ? null : d)),
            input.dtype,
          ),
        );
      }
      shape[at] = inferred ?? wholeOf(ip, input, total, rest, asked);
      if (ip.recorder && !dims.isExact(total) && isNothingLeft(total, rest)) ip.recorder.idleAxes++;
    } else {
      const finding = (): Finding => ({
        code: 'reshape-size',
        message: `${showShape(input.shape)} has ${showDim(total)} elements, ${showShape(asked)} holds ${showDim(rest)}.`,
      });
      if (dims.isExact(total) && dims.isExact(rest) && total !== rest)
        return fail(ip, finding(), tensor(asked, input.dtype));
      const because = () => `${showShape(input.shape)} is viewed as ${showShape(asked)}`;
      agree(ip, total, rest, because, finding, dims.equal(total, rest) === null);
    }
  } else if (at >= 0) shape[at] = null;
  const out = reshaped(ip, input, shape);
  // x.view(-1, 400) on (B, 16, 6, 6) where 400 does not divide: the -1 alone tells what went wrong later.
  if (input.shape && shape.length === 2 && input.shape.length > 2) noteFlattened(out, input.shape.slice(1));
  return out;
}

/** key.view(query.size(0), -1, heads, dim): two inputs that nobody gave have one batch. */
function sameBatch(ip: Interpreter, input: TensorValue, asked: readonly MaybeDim[]): void {
  const [own, other] = [input.shape?.[0] ?? null, asked[0] ?? null];
  if (own === null || other === null || !asked.includes(-1) || dims.same(own, other)) return;
  if (!isInputAxis(own) || !isInputAxis(other)) return;
  wish(ip, 'equal', own, other, () => `${showShape(input.shape)} is viewed as ${showShape(asked)}`, null);
}

/** A symbol alone, and none that stands for an argument of the model. */
function isInputAxis(d: Dim): boolean {
  const atom = dims.isExact(d) || d.terms.length > 1 || d.terms[0]!.coefficient !== 1 ? null : d.terms[0]!.atoms;
  const [only] = atom ?? [];
  return atom?.length === 1 && only?.kind === 'symbol' && !only.facts.divisor && !only.facts.open;
}

/** x.view(-1, 784) and x.view(x.size(0), -1) of an input whose axes nobody knows: a row a sample, whatever those are. */
function reshapeOpen(ip: Interpreter, input: TensorValue, asked: readonly MaybeDim[]): Shape {
  const [first, ...rest] = asked;
  if (input.shape !== null || first === undefined || rest.length === 0) return null;
  const batch = openBatch(input);
  const features = openFeatures(input);
  if (batch === null || features === null || first === null) return null;
  const isBatch = first === -1 || dims.same(first, batch);
  const sample = productOf(rest);
  if (!isBatch || sample === null) return null;
  if (!rest.includes(-1)) {
    wish(ip, 'equal', features, sample, () => `a sample is viewed as ${showShape(rest)}`, null);
    return [batch, ...rest];
  }
  return rest.length === 1 ? [batch, features] : null;
}

/** Whether −1 stands for 1, as in B·dim over B·heads·(dim // heads): where heads divides dim, nothing is left. */
function isNothingLeft(total: Dim, rest: Dim): boolean {
  if (dims.same(total, rest)) return true;
  if (dims.isExact(rest)) return false;
  for (const atom of rest.terms.flatMap((t) => t.atoms)) {
    if (atom.kind !== 'floordiv') continue;
    const values = new Map(
      [...dims.symbolsIn(atom.left)].map(([name, { facts }]) => [name, dims.multiple(name, atom.right, facts)]),
    );
    if (dims.same(dims.substitute(total, values), dims.substitute(rest, values))) return true;
  }
  return false;
}

/**
 * What −1 stands for where the rest need not divide: x.view(-1, 400) of (B, 16, H, W) has one row a sample where 16·H·W
 * is 400, which is what the code is written for.
 */
function wholeOf(ip: Interpreter, input: TensorValue, total: Dim, rest: Dim, asked: readonly MaybeDim[]): MaybeDim {
  const batch = input.shape?.[0] ?? null;
  const because = () => `${showShape(input.shape)} is viewed as ${showShape(asked)}`;
  const last = input.shape?.at(-1) ?? null;
  // A row a position: (B, H, W, C).view(-1, self.dim), where nothing has computed that last axis.
  if (asked.length === 2 && asked[0] === -1 && last !== null && isInputAxis(last) && dims.isOpen(rest)) {
    wish(ip, 'equal', last, rest, because, null);
    return dims.floorDiv(total, rest);
  }
  // A width that is an argument says nothing of the rows: latents.view(-1, embedding_dim).
  const isRow = batch !== null && !dims.isExact(batch) && asked[0] === -1 && !dims.isOpen(rest);
  const sample = isRow ? dims.divideExactly(total, batch) : null;
  if (sample !== null) wish(ip, 'equal', sample, rest, because, null);
  // Of (b, c, h, w) as (8·b, -1, h, w) it is c that 8 divides.
  const { left, right } = dims.withoutCommonSymbols(total, rest);
  const over = sample === null ? dims.mod(left, right) : null;
  if (over !== null) wish(ip, 'equal', over, 0, because, null);
  // What nobody can read is as good as unknown.
  return !dims.isExact(left) && left.terms.length > 2 ? null : dims.floorDiv(left, right);
}

function flatten(ip: Interpreter, input: TensorValue, start: Value | undefined, end: Value | undefined): Value {
  if (!input.shape) return flattenOpen(ip, input, start, end);
  const rank = input.shape.length;
  if (rank === 0) return reshaped(ip, input, [1]);
  const from = axisOf(start, rank);
  const to = axisOf(end, rank);
  if (from === null || to === null)
    return exactInt(start) !== null && exactInt(end) !== null
      ? outOfRange(ip, 'flatten', exactInt(start)!, rank)
      : tensor(null, input.dtype);
  const inside = input.shape.slice(from, to + 1);
  const size = productOf(inside);
  const out = emit(ip, {
    op: { op: 'reshape' },
    inputs: [input],
    shape: [...input.shape.slice(0, from), size, ...input.shape.slice(to + 1)],
    arithmetic: inside.length > 1 ? [`${inside.map(showDim).join(' · ')} = ${showDim(size)}`] : [],
    name: 'flatten',
  });
  if (to === rank - 1) noteFlattened(out, inside);
  return out;
}

/** torch.flatten(x, 1) of an input whose axes nobody knows: (B, features). */
function flattenOpen(ip: Interpreter, input: TensorValue, start: Value | undefined, end: Value | undefined): Value {
  const batch = exactInt(start) === 1 && exactInt(end) === -1 ? openBatch(input) : null;
  const features = batch === null ? null : openFeatures(input);
  return features === null ? tensor(null, input.dtype) : reshaped(ip, input, [batch, features]);
}

const outOfRange = (ip: Interpreter, name: string, dim: number, rank: number): Value =>
  ip.guarded > 0
    ? ip.raise('IndexError', 'Dimension out of range')
    : ip.gap(`${name}: axis ${dim} of a tensor with ${rank} axes`);

function permute(ip: Interpreter, input: TensorValue, order: readonly number[]): Value {
  if (!input.shape) return tensor(null, input.dtype);
  const rank = input.shape.length;
  const axes = order.map((d) => (d < 0 ? d + rank : d));
  if (axes.length !== rank || new Set(axes).size !== rank || axes.some((d) => d < 0 || d >= rank))
    return outOfRange(ip, 'permute', order.length, rank);
  return emit(ip, { op: { op: 'permute', dims: axes }, inputs: [input], shape: axes.map((d) => input.shape![d]!) });
}

function swap(ip: Interpreter, input: TensorValue, a: Value | undefined, b: Value | undefined): Value {
  if (!input.shape) return tensor(null, input.dtype);
  const rank = input.shape.length;
  const x = axisOf(a, rank);
  const y = axisOf(b, rank);
  if (x === null || y === null) return outOfRange(ip, 'transpose', exactInt(a) ?? 0, rank);
  const axes = input.shape.map((_, i) => (i === x ? y : i === y ? x : i));
  return permute(ip, input, axes);
}

function expand(ip: Interpreter, input: TensorValue, asked: readonly MaybeDim[]): Value {
  if (!input.shape)
    return tensor(
      asked.map((d) => (d === -1 ? null : d)),
      input.dtype,
    );
  const lead = asked.length - input.shape.length;
  const shape = asked.map((d, i) => {
    const own = i < lead ? 1 : input.shape![i - lead]!;
    return d === -1 ? own : d;
  });
  return emit(ip, { op: { op: 'opaque', name: 'expand' }, inputs: [input], shape });
}

/** The tensor itself; of a parameter, a plain tensor with its values. */
const same = on((ip, input) =>
  input.parameter ? emit(ip, { op: { op: 'identity' }, inputs: [input], shape: input.shape }) : input,
);

export const RESHAPING: NativeTable = {
  reshape: ['input, *shape', on((ip, input, { shape }) => sized(ip, input, shape!, reshapeTo))],
  flatten: [
    'input, start_dim=0, end_dim=-1',
    on((ip, input, { start_dim, end_dim }) => flatten(ip, input, start_dim, end_dim)),
  ],
  ravel: ['input', on((ip, input) => flatten(ip, input, { kind: 'int', value: 0 }, { kind: 'int', value: -1 }))],
  unflatten: [
    'input, dim, sizes',
    on((ip, input, { dim, sizes }) => {
      if (!input.shape) return tensor(null, input.dtype);
      const axis = axisOf(dim, input.shape.length);
      const asked = dimList(sizes);
      if (axis === null || !asked) return tensor(null, input.dtype);
      const inner = asked.indexOf(-1);
      const rest = asked.filter((_, i) => i !== inner);
      const size = input.shape[axis]!;
      if (inner >= 0)
        asked[inner] = size === null || rest.includes(null) ? null : quotient(ip, size, dims.product(rest as Dim[]));
      return reshaped(ip, input, [...input.shape.slice(0, axis), ...asked, ...input.shape.slice(axis + 1)]);
    }),
  ],
  permute: [
    'input, *dims',
    on((ip, input, { dims: order }) => {
      const list = dimList(order);
      return list?.every((d): d is number => typeof d === 'number')
        ? permute(ip, input, list as number[])
        : tensor(input.shape && input.shape.map(() => null), input.dtype);
    }),
  ],
  transpose: ['input, dim0, dim1', on((ip, input, { dim0, dim1 }) => swap(ip, input, dim0, dim1))],
  swapaxes: ['input, dim0, dim1', on((ip, input, { dim0, dim1 }) => swap(ip, input, dim0, dim1))],
  swapdims: ['input, dim0, dim1', on((ip, input, { dim0, dim1 }) => swap(ip, input, dim0, dim1))],
  t: ['input', on((ip, input) => (input.shape?.length === 2 ? permute(ip, input, [1, 0]) : input))],
  squeeze: [
    'input, dim=None',
    on((ip, input, { dim }) => {
      if (!input.shape) return tensor(null, input.dtype);
      const rank = input.shape.length;
      const wanted = isNone(dim)
        ? null
        : (dimList(dim) ?? []).map((d) => (typeof d === 'number' && d < 0 ? d + rank : d));
      // A symbol may be 1: without a dim, which axes go is not known.
      if (wanted === null && input.shape.some((d) => d === null)) return tensor(null, input.dtype);
      // Whoever squeezes an axis takes it to be 1.
      for (const [i, d] of input.shape.entries())
        if (wanted?.includes(i) && d !== null && !dims.isExact(d) && dims.bounds(d).low <= 1)
          wish(ip, 'equal', d, 1, () => `axis ${i} is squeezed`, null);
      return reshaped(
        ip,
        input,
        input.shape.filter((d, i) => !(d === 1 && (wanted === null || wanted.includes(i)))),
      );
    }),
  ],
  unsqueeze: [
    'input, dim',
    on((ip, input, { dim }) => {
      if (!input.shape) return tensor(null, input.dtype);
      const axis = axisOf(dim, input.shape.length + 1);
      if (axis === null) return outOfRange(ip, 'unsqueeze', exactInt(dim) ?? 0, input.shape.length + 1);
      return reshaped(ip, input, [...input.shape.slice(0, axis), 1, ...input.shape.slice(axis)]);
    }),
  ],
  broadcast_to: ['input, *size', on((ip, input, { size }) => sized(ip, input, size!, expand))],
  tile: ['input, *dims', on((ip, input, { dims: times }) => sized(ip, input, times!, repeat))],
};

function repeat(ip: Interpreter, input: TensorValue, times: readonly MaybeDim[]): Value {
  if (!input.shape) return tensor(null, input.dtype);
  const lead = times.length - input.shape.length;
  const own = [...Array<Dim>(Math.max(0, lead)).fill(1), ...input.shape];
  const by = [...Array<Dim>(Math.max(0, -lead)).fill(1), ...times];
  const shape = own.map((d, i) => (d === null || by[i] === null || by[i] === undefined ? null : dims.mul(d, by[i]!)));
  return emit(ip, { op: { op: 'opaque', name: 'repeat' }, inputs: [input], shape });
}

function sized(
  ip: Interpreter,
  input: TensorValue,
  sizes: Value,
  rule: (ip: Interpreter, input: TensorValue, sizes: readonly MaybeDim[]) => Value,
): Value {
  const list = dimList(sizes);
  return list ? rule(ip, input, list) : tensor(null, input.dtype);
}

/** Only as methods of a tensor. */
export const RESHAPING_METHODS: NativeTable = {
  view: [
    'input, *shape',
    on((ip, input, { shape }) => {
      const first = asItems(shape)?.[0];
      if (first?.kind === 'opaque')
        return emit(ip, { op: { op: 'opaque', name: 'view as another dtype' }, inputs: [input], shape: input.shape });
      return sized(ip, input, shape!, reshapeTo);
    }),
  ],
  view_as: ['input, other', on((ip, input, { other }) => likeOther(ip, input, other!, reshapeTo))],
  reshape_as: ['input, other', on((ip, input, { other }) => likeOther(ip, input, other!, reshapeTo))],
  expand: ['input, *sizes', on((ip, input, { sizes }) => sized(ip, input, sizes!, expand))],
  expand_as: ['input, other', on((ip, input, { other }) => likeOther(ip, input, other!, expand))],
  repeat: ['input, *sizes', on((ip, input, { sizes }) => sized(ip, input, sizes!, repeat))],
  contiguous: ['input, memory_format=None', same],
  clone: ['input, memory_format=None', same],
  detach: ['input', same],
  cpu: ['input', same],
  cuda: ['input, *args, **kwargs', same],
  requires_grad_: ['input, requires_grad=True', same],
  data_ptr: ['input', (ip) => ip.gap('an address')],
};

function likeOther(
  ip: Interpreter,
  input: TensorValue,
  other: Value,
  rule: (ip: Interpreter, input: TensorValue, sizes: readonly MaybeDim[]) => Value,
): Value {
  const shape = asTensor(other)?.shape;
  return shape ? rule(ip, input, shape) : tensor(null, input.dtype);
}
