// einops: rearrange, reduce, repeat, einsum, pack, unpack, and its layers for torch.
//   rearrange(x, 'b c (h p1) (w p2) -> b (h w) (p1 p2 c)', p1=16, p2=16)

import * as dims from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import { type NativeTable, natives } from '../interp/native.ts';
import { fail } from '../rules/report.ts';
import { einsum } from '../torch/einsum.ts';
import { asTensor, emit, unknownResult } from '../torch/emit.ts';
import { JOINING } from '../torch/join.ts';
import { layerClass, part } from '../torch/layer.ts';
import { productOf } from '../torch/rule.ts';
import { asDim, asItems, asString, builtin, list, tuple, unknown } from '../values/make.ts';
import { type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { bindShape, parseSide, shapeOfSide } from './pattern.ts';

/** Applies a pattern; `values` are the sizes given by name. */
function transform(
  ip: Interpreter,
  name: string,
  input: Value | undefined,
  pattern: Value | undefined,
  values: ReadonlyMap<string, Value>,
): Value {
  let x = asTensor(input);
  // A list of tensors is stacked along a new first axis.
  if (!x && input && asItems(input))
    x = asTensor(JOINING['stack']![1](ip, { tensors: input, dim: { kind: 'int', value: 0 } }));
  const text = asString(pattern);
  if (!x || text === null) return unknownResult([input, pattern]);
  const [left, right] = text.split('->').map(parseSide);
  if (!left || !right)
    return fail(ip, { code: 'reshape-size', message: `einops: "${text}" is not a pattern.` }, tensor(null, x.dtype));
  if (!x.shape) return tensor(null, x.dtype);
  const given = new Map<string, MaybeDim>([...values].filter(([k]) => k !== '**').map(([k, v]) => [k, asDim(v)]));
  const bound = bindShape(left, x.shape, given);
  if (typeof bound === 'string') {
    return fail(ip, { code: 'reshape-size', message: `${name} "${text}": ${bound}.` }, tensor(null, x.dtype));
  }
  return emit(ip, {
    op: { op: 'opaque', name: `${name} ${text}` },
    inputs: [x],
    shape: shapeOfSide(right, bound),
    name,
  });
}

const call = (name: string) =>
  builtin<Interpreter>(
    name,
    (ip, { positional, keywords }) => {
      const own = new Map(keywords ?? []);
      const pattern = positional[1] ?? own.get('pattern');
      for (const k of ['pattern', 'tensor', 'reduction']) own.delete(k);
      return transform(ip, name, positional[0] ?? keywords?.get('tensor'), pattern, own);
    },
    false,
  );

const FUNCTIONS: NativeTable = {
  einsum: [
    '*args',
    (ip, a) => {
      const items = asItems(a['args']) ?? [];
      const pattern = asString(items[items.length - 1]);
      const operands = items.slice(0, -1).map((v) => asTensor(v));
      return pattern === null || operands.includes(null)
        ? unknownResult(items)
        : einsum(ip, pattern, operands as TensorValue[], true);
    },
  ],
  pack: [
    'tensors, pattern',
    (ip, a) => {
      const tensors = (elementsOf(ip, a['tensors']!) ?? []).map((v) => asTensor(v));
      const names = (asString(a['pattern']) ?? '').trim().split(/\s+/);
      const star = names.indexOf('*');
      if (tensors.length === 0 || tensors.includes(null) || star < 0)
        return tuple([unknown('what is packed is not known'), unknown('what is packed is not known')]);
      const after = names.length - star - 1;
      const packedShapes: Value[] = [];
      let total: MaybeDim = 0;
      let lead: readonly MaybeDim[] = [];
      let tail: readonly MaybeDim[] = [];
      for (const t of tensors as TensorValue[]) {
        if (!t.shape) return tuple([tensor(null, t.dtype), unknown('a shape is not known')]);
        const middle = t.shape.slice(star, t.shape.length - after);
        lead = t.shape.slice(0, star);
        tail = t.shape.slice(t.shape.length - after);
        const size = productOf(middle);
        total = total === null || size === null ? null : dims.add(total, size);
        packedShapes.push(
          tuple(middle.map((d): Value => (d === null ? unknown('a size is not known') : { kind: 'int', value: d }))),
        );
      }
      const packed = emit(ip, {
        op: { op: 'opaque', name: 'einops.pack' },
        inputs: tensors as TensorValue[],
        shape: [...lead, total, ...tail],
      });
      return tuple([packed, list(packedShapes)]);
    },
  ],
  unpack: [
    'tensor, packed_shapes, pattern',
    (ip, a) => {
      const t = asTensor(a['tensor']);
      const shapes = elementsOf(ip, a['packed_shapes']!);
      const names = (asString(a['pattern']) ?? '').trim().split(/\s+/);
      const star = names.indexOf('*');
      if (!t?.shape || !shapes || star < 0) return unknown('what is unpacked is not known');
      return list(
        shapes.map((s) => {
          const middle = (asItems(s) ?? []).map((v) => asDim(v));
          return emit(ip, {
            op: { op: 'opaque', name: 'einops.unpack' },
            inputs: [t],
            shape: [...t.shape!.slice(0, star), ...middle, ...t.shape!.slice(star + 1)],
          });
        }),
      );
    },
  ],
  parse_shape: [
    'tensor, pattern',
    (_ip, a) => {
      const shape = asTensor(a['tensor'])?.shape;
      const names = (asString(a['pattern']) ?? '').trim().split(/\s+/);
      if (!shape || names.length !== shape.length) return unknown('this shape is not known');
      return {
        kind: 'dict',
        unknown: null,
        cls: null,
        factory: null,
        entries: new Map(
          names.flatMap((n, i) =>
            n === '_' || shape[i] === null
              ? []
              : [[`'${n}`, { key: { kind: 'str', value: n }, value: { kind: 'int', value: shape[i]! } }] as const],
          ),
        ),
      };
    },
  ],
};

export const einops = (): [string, Value][] => [
  ...natives(FUNCTIONS, false),
  ['rearrange', call('rearrange')],
  ['reduce', call('reduce')],
  ['repeat', call('repeat')],
];

/** Rearrange('b c h w -> b (c h w)') and Reduce(…, 'mean') as layers. */
function layer(name: string, signature: string): Value {
  return layerClass(
    name,
    {
      signature,
      forward: [
        'input',
        (ip, self, { input }) => {
          const sizes = part(self, 'axes_lengths');
          const values = new Map<string, Value>(
            sizes.kind === 'dict' ? [...sizes.entries.values()].map((e) => [asString(e.key) ?? '', e.value]) : [],
          );
          return transform(ip, name, input, part(self, 'pattern'), values);
        },
      ],
    },
    'einops.layers.torch',
  );
}

export const einopsLayers = (): [string, Value][] => [
  ['Rearrange', layer('Rearrange', 'pattern, **axes_lengths')],
  ['Reduce', layer('Reduce', 'pattern, reduction, **axes_lengths')],
];
