// torch.utils.data's datasets: the user's own, tensors, parts and concatenations of others.
//   train, val = random_split(TensorDataset(x, y), [800, 200])      # each sample: (x[i], y[i])

import { type Dim, isExact } from '../../dims/dim.ts';
import { callMethod, findMethod } from '../../interp/attributes.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { elementsOf } from '../../interp/iteration.ts';
import { type NativeTable, natives } from '../../interp/native.ts';
import { OutOfBudget, Raise } from '../../interp/signals.ts';
import { anyIndex } from '../../python/iterables.ts';
import { OBJECT } from '../../python/types.ts';
import {
  asDim,
  asItems,
  asNumber,
  classValue,
  instance,
  int,
  isSubclass,
  list,
  NONE,
  tuple,
  unknown,
} from '../../values/make.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { asTensor } from '../emit.ts';

const keep = (ip: Interpreter, self: Value | undefined, name: string, value: Value): Value => {
  ip.setVariable((self as InstanceValue).attributes as never, name, value);
  return NONE;
};
const kept = (self: Value | undefined, name: string): Value => (self as InstanceValue).attributes.get(name) ?? NONE;

/** What the user's own datasets extend. */
export const DATASET: ClassValue = classValue('Dataset', [OBJECT], [], { module: 'torch.utils.data' });
export const ITERABLE_DATASET: ClassValue = classValue('IterableDataset', [DATASET], [], {
  module: 'torch.utils.data',
});

function datasetClass(name: string, methods: NativeTable): ClassValue {
  return classValue(name, [DATASET], natives(methods), { module: 'torch.utils.data' });
}

DATASET.dict.set(
  '__add__',
  natives({ __add__: ['self, other', (_, { self, other }) => concatenated([self!, other!])] })[0]![1],
);

const TENSOR_DATASET = datasetClass('TensorDataset', {
  __init__: ['self, *tensors', (ip, { self, tensors }) => keep(ip, self, 'tensors', tensors!)],
  __len__: ['self', (_, { self }) => ((n) => (n === null ? unknown('how many rows there are') : int(n)))(rowsOf(self))],
  __getitem__: [
    'self, index',
    (ip, { self }) =>
      tuple(
        (asItems(kept(self, 'tensors')) ?? []).map((t) => (asTensor(t) ? ip.library.tensorIndex(ip, t, int(0)) : t)),
      ),
  ],
});

function rowsOf(self: Value | undefined): Dim | null {
  const [first] = asItems(kept(self, 'tensors')) ?? [];
  return asTensor(first)?.shape?.[0] ?? null;
}

/** A dataset that is a part of another: its samples are the other's. */
const SUBSET = datasetClass('Subset', {
  __init__: [
    'self, dataset, indices',
    (ip, { self, dataset, indices }) => {
      keep(ip, self, 'dataset', dataset!);
      return keep(ip, self, 'indices', indices!);
    },
  ],
  __len__: [
    'self',
    (ip, { self }) => {
      const known = elementsOf(ip, kept(self, 'indices'));
      return int(known ? known.length : ip.freshSize('samples'));
    },
  ],
  __getitem__: ['self, index', (ip, { self, index }) => callMethod(ip, kept(self, 'dataset'), '__getitem__', [index!])],
});

const CONCAT_DATASET = datasetClass('ConcatDataset', {
  __init__: [
    'self, datasets',
    (ip, { self, datasets }) => keep(ip, self, 'datasets', list([...(elementsOf(ip, datasets!) ?? [])])),
  ],
  __len__: ['self', (ip) => int(ip.freshSize('samples'))],
  // Samples of all of them meet in one batch, so they are alike.
  __getitem__: [
    'self, index',
    (ip, { self, index }) => {
      const [first] = asItems(kept(self, 'datasets')) ?? [];
      return first ? callMethod(ip, first, '__getitem__', [index!]) : unknown('which datasets these are');
    },
  ],
});

const concatenated = (datasets: Value[]): Value => instance(CONCAT_DATASET, [['datasets', list(datasets)]]);

const part = (dataset: Value, indices: Value): Value =>
  instance(SUBSET, [
    ['dataset', dataset],
    ['indices', indices],
  ]);

/** The parts of a split: as many as there are lengths; how long each is matters little. */
function randomSplit(ip: Interpreter, dataset: Value, lengths: Value): Value {
  const items = elementsOf(ip, lengths);
  if (!items) return unknown('how many parts there are is not known');
  return list(
    items.map((length) => {
      const n = asNumber(length);
      const exact = n !== null && Number.isInteger(n) && n > 1 && asDim(length) !== null;
      return part(dataset, exact ? { kind: 'range', start: 0, stop: n, step: 1 } : unknown('which samples are in it'));
    }),
  );
}

export const DATASETS: readonly [string, Value][] = [
  ['Dataset', DATASET],
  ['IterableDataset', ITERABLE_DATASET],
  ['TensorDataset', TENSOR_DATASET],
  ['Subset', SUBSET],
  ['ConcatDataset', CONCAT_DATASET],
  ...natives(
    {
      random_split: [
        'dataset, lengths, generator=None',
        (ip, { dataset, lengths }) => randomSplit(ip, dataset!, lengths!),
      ],
    },
    false,
  ),
];

/** One sample of a dataset, whichever: what its __getitem__ gives, where that can be followed. */
export function sampleOf(ip: Interpreter, dataset: Value): Value {
  if (dataset.kind === 'list' || dataset.kind === 'tuple') return asItems(dataset)?.[0] ?? unknown('what is in it');
  if (dataset.kind === 'tensor') return ip.library.tensorIndex(ip, dataset, int(0));
  if (dataset.kind !== 'instance' || !findMethod(ip, dataset, '__getitem__')) return unknown('which dataset this is');
  return tried(ip, () => callMethod(ip, dataset, '__getitem__', [int(anyIndex(ip))]));
}

/** Runs what may fail because an index or a file is not known: it says nothing then. */
export function tried(ip: Interpreter, run: () => Value): Value {
  const { frame, depth, speculation, guarded, observer } = ip;
  const stack = ip.moduleStack.length;
  const gaps = ip.gaps.length;
  ip.guarded++;
  ip.observer = null;
  try {
    return run();
  } catch (signal) {
    if (signal instanceof OutOfBudget || !(signal instanceof Raise)) throw signal;
    Object.assign(ip, { frame, depth, speculation });
    ip.moduleStack.length = stack;
    return unknown('a sample of this dataset could not be followed');
  } finally {
    ip.guarded = guarded;
    ip.observer = observer;
    ip.gaps.length = gaps;
  }
}

/** How many samples there are, where that is exactly known. */
export function lengthOfDataset(ip: Interpreter, dataset: Value): number | null {
  if (dataset.kind !== 'instance' || !findMethod(ip, dataset, '__len__')) return asItems(dataset)?.length ?? null;
  const n = asDim(tried(ip, () => callMethod(ip, dataset, '__len__', [])));
  return n !== null && isExact(n) ? n : null;
}

/** What people call it: the class of the dataset, or of what it is a part of. */
export function nameOfDataset(dataset: Value): string {
  if (dataset.kind !== 'instance') return 'a dataset';
  if (isSubclass(dataset.cls, SUBSET)) return nameOfDataset(kept(dataset, 'dataset'));
  if (dataset.cls === CONCAT_DATASET) {
    const names = (asItems(kept(dataset, 'datasets')) ?? []).map(nameOfDataset);
    return [...new Set(names)].join(' + ') || 'a dataset';
  }
  return dataset.cls.name;
}
