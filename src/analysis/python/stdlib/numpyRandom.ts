// numpy.random, with which scripts draw noise and labels: arrays of a known size, whose numbers nobody knows.
//   z = Tensor(np.random.normal(0, 1, (batch_size, 100)))       # (batch_size, 100)

import { type NativeTable, natives } from '../../interp/native.ts';
import { dimList } from '../../torch/arguments.ts';
import { asTensor } from '../../torch/emit.ts';
import { asDim, asItems, isNone, unknown } from '../../values/make.ts';
import { type DType, tensor } from '../../values/tensor.ts';
import type { Value } from '../../values/value.ts';
import { arrays } from './numpyArrays.ts';

type Draw = NativeTable[string];

/** An array of a size, an integer or a tuple; one number where there is none. */
const drawn = (size: Value, dtype: DType): Value =>
  isNone(size) ? unknown('a random number') : tensor(dimList(size), dtype);

/** From a distribution: its parameters may be arrays, of which the result then has the shape. */
const distribution = (signature: string): Draw => [
  signature,
  (_ip, { size, ...parameters }) =>
    isNone(size) && Object.values(parameters).some((p) => asTensor(p) || asItems(p))
      ? unknown('a random number for each of an array')
      : drawn(size!, 'float64'),
];

/** A size for each argument: rand(3, 4). */
const sizes: Draw = [
  '*sizes',
  (_ip, { sizes: given }) => drawn((asItems(given) ?? []).length > 0 ? given! : { kind: 'none' }, 'float64'),
];

const uniform: Draw = distribution('size=None');

const integers: Draw = ['low, high=None, size=None, dtype=None', (_ip, { size }) => drawn(size!, 'int64')];

/** As many as there are, or as there are in the array. */
const permutation: Draw = [
  'x',
  (_ip, { x }) => {
    const t = asTensor(x);
    if (t) return tensor(t.shape, t.dtype);
    const n = asDim(x) ?? asItems(x!)?.length ?? null;
    return tensor([n], asDim(x) === null ? null : 'int64');
  },
];

const TABLE: NativeTable = {
  normal: distribution('loc=0, scale=1, size=None'),
  uniform: distribution('low=0, high=1, size=None'),
  beta: distribution('a, b, size=None'),
  standard_normal: uniform,
  random: uniform,
  random_sample: uniform,
  randn: sizes,
  rand: sizes,
  randint: integers,
  permutation,
};

/** What `choice` picks from is not followed, only how many. */
const CHOICE: NativeTable = {
  choice: [
    'a, size=None, replace=True, p=None',
    (_ip, { a, size }) =>
      isNone(size) ? unknown('one of several') : tensor(dimList(size), asDim(a) === null ? null : 'int64'),
  ],
};

export const numpyRandom = (): [string, Value][] => natives(arrays({ ...TABLE, ...CHOICE }), false);
