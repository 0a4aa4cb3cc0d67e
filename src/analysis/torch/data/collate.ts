// Collating: how samples become a batch.
//   (image, 3)   image: (1, 28, 28)   →   [(B, 1, 28, 28), (B,)]
// Source: torch.utils.data.default_collate.

import type { Dim } from '../../dims/dim.ts';
import { repeatedList } from '../../interp/iteration.ts';
import { list, unknown } from '../../values/make.ts';
import { type LoaderSample, tensor } from '../../values/tensor.ts';
import type { Value } from '../../values/value.ts';

export function collate(sample: Value, batch: Dim, from: LoaderSample): Value {
  const inner = (v: Value): Value => collate(v, batch, from);
  const vector = (dtype: 'int64' | 'float64'): Value => ({ ...tensor([batch], dtype), sample: from });
  switch (sample.kind) {
    case 'tensor':
      return { ...tensor(sample.shape && [batch, ...sample.shape], sample.dtype), sample: from };
    case 'int':
    case 'bool':
      return vector('int64');
    case 'float':
      return vector('float64');
    case 'str':
      return repeatedList(unknown('a text of a sample'), batch);
    case 'tuple':
      return sample.cls ? { ...sample, items: sample.items.map(inner) } : list(sample.items.map(inner));
    case 'list':
      return sample.unknown === null ? list(sample.items.map(inner)) : unknown('what a sample holds is not known');
    case 'dict':
      return sample.unknown === null
        ? {
            ...sample,
            entries: new Map([...sample.entries].map(([k, { key, value }]) => [k, { key, value: inner(value) }])),
          }
        : unknown('what a sample holds is not known');
    case 'unknown':
      return sample;
    default:
      return unknown('this sample cannot be put into a batch');
  }
}

/** Without batches a loader gives samples as they are, numbers as tensors. */
export function unbatched(sample: Value, from: LoaderSample): Value {
  if (sample.kind === 'tensor') return { ...tensor(sample.shape, sample.dtype), sample: from };
  if (sample.kind === 'tuple') return list(sample.items.map((v) => unbatched(v, from)));
  return sample;
}
