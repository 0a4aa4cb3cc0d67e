// tqdm: a progress bar gives what it runs over.
//   for images, labels in tqdm(loader, desc='train'):     # as `in loader`

import type { Interpreter } from '../interp/interpreter.ts';
import { iteratorOf } from '../interp/iteration.ts';
import { native, natives } from '../interp/native.ts';
import { OBJECT } from '../python/types.ts';
import { asItems, classValue, NONE, unknown } from '../values/make.ts';
import type { ClassValue, InstanceValue, Value } from '../values/value.ts';

const BAR: ClassValue = classValue('tqdm', [OBJECT], [], { module: 'tqdm', unknownBase: 'tqdm' });
for (const [name, method] of natives({
  __init__: [
    'self, iterable=None, *args, **kwargs',
    (ip, { self, iterable }) => {
      ip.setVariable((self as InstanceValue).attributes as never, 'iterable', iterable!);
      return NONE;
    },
  ],
  __iter__: ['self', (ip, { self }) => over(ip, self as InstanceValue)],
  __len__: ['self', () => unknown('how far a progress bar goes')],
  __enter__: ['self', (_, { self }) => self!],
  __exit__: ['self, *info', () => NONE],
}))
  BAR.dict.set(name, method);

function over(ip: Interpreter, self: InstanceValue): Value {
  return iteratorOf(ip, self.attributes.get('iterable') ?? NONE) ?? unknown('what a progress bar runs over');
}

export const tqdm = (): [string, Value][] => [
  ['tqdm', BAR],
  ['tqdm_notebook', BAR],
  [
    'trange',
    native(
      'trange',
      '*args, **kwargs',
      (ip, { args }) => ip.call(ip.library.builtins.get('range') as Value, asItems(args) ?? []),
      false,
    ),
  ],
];
