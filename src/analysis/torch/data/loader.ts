// DataLoader: batches of a dataset's samples.
//   loader = DataLoader(MNIST('.', transform=ToTensor()), batch_size=64)
//   for images, labels in loader:        # (B, 1, 28, 28), (B,): the last batch may be smaller than 64

import { type Dim, symbol } from '../../dims/dim.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { repeatedIterator, repeatedList } from '../../interp/iteration.ts';
import { type NativeTable, natives } from '../../interp/native.ts';
import { originOf } from '../../interp/observer.ts';
import { OBJECT } from '../../python/types.ts';
import { classValue, int, isNone, isSubclass, NONE, unknown } from '../../values/make.ts';
import type { LoaderSample, TensorValue } from '../../values/tensor.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { exactInt, flag } from '../arguments.ts';
import { collate, unbatched } from './collate.ts';
import { DATASETS, ITERABLE_DATASET, lengthOfDataset, nameOfDataset, sampleOf, tried } from './datasets.ts';

const SIGNATURE =
  'self, dataset, batch_size=1, shuffle=None, sampler=None, batch_sampler=None, num_workers=0, collate_fn=None, pin_memory=False, drop_last=False, timeout=0, worker_init_fn=None, multiprocessing_context=None, generator=None, *, prefetch_factor=None, persistent_workers=False, pin_memory_device="", in_order=True';

const KEPT = ['dataset', 'batch_size', 'batch_sampler', 'collate_fn', 'drop_last', 'sampler'] as const;

const kept = (self: InstanceValue, name: (typeof KEPT)[number]): Value => self.attributes.get(name) ?? NONE;

const METHODS: NativeTable = {
  __init__: [
    SIGNATURE,
    (ip, args) => {
      const self = args['self'] as InstanceValue;
      for (const name of KEPT) ip.setVariable(self.attributes as never, name, args[name]!);
      self.origin ??= originOf(ip);
      return NONE;
    },
  ],
  __iter__: [
    'self',
    (ip, { self }) => {
      const loader = self as InstanceValue;
      const batch = batchOf(ip, loader);
      return batch.kind === 'unknown'
        ? batch
        : repeatedIterator(batch, ip.freshSize('batches'), () => batchOf(ip, loader));
    },
  ],
  __len__: ['self', (ip) => int(ip.freshSize('batches'))],
};

const DATA_LOADER: ClassValue = classValue('DataLoader', [OBJECT], natives(METHODS), { module: 'torch.utils.data' });

/** How many samples a batch has, and a sentence on it where that is not one number. */
function batchSize(ip: Interpreter, self: InstanceValue, name: string): { size: Dim; note: string | null } {
  const asked = isNone(kept(self, 'batch_sampler')) ? exactInt(kept(self, 'batch_size')) : null;
  if (asked === null) return { size: symbol('B'), note: null };
  const length = isNone(kept(self, 'sampler')) ? lengthOfDataset(ip, kept(self, 'dataset')) : null;
  const isFull = asked === 1 || flag(kept(self, 'drop_last')) === true || (length !== null && length % asked === 0);
  if (isFull) return { size: asked, note: null };
  return {
    size: symbol('B'),
    note: `B ≤ ${asked}: batches of ${name} have ${asked} samples, and the last may have fewer`,
  };
}

function batchOf(ip: Interpreter, self: InstanceValue): Value {
  const dataset = kept(self, 'dataset');
  if (dataset.kind === 'instance' && isSubclass(dataset.cls, ITERABLE_DATASET))
    return unknown('what an IterableDataset gives is not followed');
  const sample = sampleOf(ip, dataset);
  if (sample.kind === 'unknown') return sample;
  const name = nameOfDataset(dataset);
  const { size, note } = batchSize(ip, self, name);
  const from: LoaderSample = { dataset: name, note, loader: self.origin?.spot ?? null };
  const own = kept(self, 'collate_fn');
  if (!isNone(own))
    return marked(
      tried(ip, () => ip.call(own, [repeatedList(sample, size)])),
      from,
    );
  return isNone(kept(self, 'batch_size')) && isNone(kept(self, 'batch_sampler'))
    ? unbatched(sample, from)
    : collate(sample, size, from);
}

/** The tensors of what a user's collate function gave, known as a batch. */
function marked(value: Value, sample: LoaderSample): Value {
  if (value.kind === 'tensor') return { ...value, sample } satisfies TensorValue;
  if (value.kind === 'tuple') return { ...value, items: value.items.map((v) => marked(v, sample)) };
  if (value.kind === 'list' && value.unknown === null)
    return { ...value, items: value.items.map((v) => marked(v, sample)) };
  return value;
}

/** torch.utils.data. Samplers and workers change which samples come, not what they are like. */
export const DATA: readonly [string, Value][] = [
  ...DATASETS,
  ['DataLoader', DATA_LOADER],
  ...natives({ default_collate: ['batch', () => unknown('a batch that the program makes itself')] }, false),
  ...['RandomSampler', 'SequentialSampler', 'WeightedRandomSampler', 'SubsetRandomSampler', 'BatchSampler'].map(
    (name): [string, Value] => [
      name,
      classValue(name, [OBJECT], natives({ __init__: ['self, *args, **kwargs', () => NONE] }), {
        module: 'torch.utils.data',
      }),
    ],
  ),
  ['get_worker_info', natives({ get_worker_info: ['', () => NONE] }, false)[0]![1]],
];
