// Arrays of numpy are tensors here, but for what their attributes do differently.
//   image.transpose(2, 0, 1)      # all axes, as permute
//   image.max(0)                  # an array, where a tensor gives values with their indices

import * as dims from '../dims/dim.ts';
import { elementCount } from '../graph/shapes.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { numberArrays } from '../interp/iteration.ts';
import { builtin, int, isNone, unknown } from '../values/make.ts';
import type { TensorValue } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';

/** They mean something else in numpy, or take other arguments, and are rare in what people do with a model. */
const OTHER: ReadonlySet<string> = new Set(
  'dot nonzero sort take repeat fill resize cumsum cumprod view trace compress put partition choose'.split(' '),
);

/** What an array gives where a tensor gives something else; null: the same as a tensor. */
export function arrayAttribute(
  ip: Interpreter,
  t: TensorValue,
  name: string,
  attribute: (name: string) => Value,
): Value | null {
  if (!numberArrays.has(t)) return null;
  if (OTHER.has(name)) return unknown(`what ${name} gives for an array of numpy is not followed`);
  switch (name) {
    case 'size': {
      const n = elementCount(t.shape, dims.mul);
      return n === null ? unknown('its size is not known') : int(n);
    }
    case 'copy':
      return builtin('copy', () => made({ ...t }), false);
    case 'transpose':
      return builtin<Interpreter>(
        'transpose',
        (_, { positional }) => (positional.length === 0 ? attribute('T') : ip.call(attribute('permute'), positional)),
        false,
      );
    case 'max':
    case 'min':
      return builtin<Interpreter>(
        name,
        (_, { positional, keywords }) => {
          const axis = positional[0] ?? keywords?.get('axis');
          if (axis === undefined || isNone(axis)) return ip.call(attribute(name), []);
          const keep = keywords?.get('keepdims');
          return ip.call(attribute(`a${name}`), [axis, ...(keep ? [keep] : [])]);
        },
        false,
      );
    default:
      return null;
  }
}

function made(t: TensorValue): TensorValue {
  numberArrays.add(t);
  return t;
}
