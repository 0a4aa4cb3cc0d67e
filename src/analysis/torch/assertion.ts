// torch._assert: an assertion that tracing keeps; torchvision states what sizes it takes with it.
//   torch._assert(h == self.image_size, f'Wrong image height! …')      # h is image_size

import type { Interpreter } from '../interp/interpreter.ts';
import { truth } from '../interp/truth.ts';
import { builtin, NONE } from '../values/make.ts';
import type { BuiltinValue } from '../values/value.ts';

export const ASSERT: readonly [string, BuiltinValue] = [
  '_assert',
  builtin<Interpreter>(
    'torch._assert',
    (ip, { positional: [test, message] }) => {
      const known = test ? truth(ip, test) : null;
      if (known === false) return ip.raise('AssertionError', message ?? null);
      if (known === null && test) ip.established(test, true);
      return NONE;
    },
    false,
  ),
];
