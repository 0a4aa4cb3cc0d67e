// What numpy's functions give are arrays, whose elements are plain numbers.

import type { Interpreter } from '../../interp/interpreter.ts';
import { numberArrays } from '../../interp/iteration.ts';
import type { NativeTable } from '../../interp/native.ts';
import type { Value } from '../../values/value.ts';

export const arrays = (table: NativeTable): NativeTable =>
  Object.fromEntries(
    Object.entries(table).map(([name, [signature, body]]) => [
      name,
      [
        signature,
        (ip: Interpreter, args: Readonly<Record<string, Value>>) => {
          const made = body(ip, args);
          if (made.kind === 'tensor') numberArrays.add(made);
          return made;
        },
      ] as const,
    ]),
  );
