// Coroutines: a run that stops at each `yield` and goes on when the next value is asked for. Generator functions and
// generator expressions are written as JavaScript generators (generators.ts, comprehensions.ts); this makes iterators of
// them, each with a frame of its own that is put in place while it runs.

import { instance, NONE, tuple } from '../values/make.ts';
import type { GeneratorControl, IteratorValue, Value } from '../values/value.ts';
import type { Frame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { isException } from './iteration.ts';
import { Raise } from './signals.ts';

/** Yields values, is given what is sent, and returns the value of `return`. */
export type Steps<Result = Value> = Generator<Value, Result, Value>;

/** Ends a coroutine where it is not known what it would yield. */
export class NotKnown {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** `home`: the frame whose variables a generator expression shares; null for a generator function. */
export function coroutine(ip: Interpreter, frame: Frame, steps: Steps, home: Frame | null): IteratorValue {
  let state: 'fresh' | 'suspended' | 'running' | 'done' = 'fresh';
  const resume = (advance: () => IteratorResult<Value, Value>): Value | null => {
    if (state === 'done') return null;
    if (state === 'running') return ip.raise('ValueError', 'generator already executing');
    ip.step();
    const { frame: caller, depth } = ip;
    if (depth >= ip.budget.depth) {
      state = 'done';
      made.unknown = `calls nest deeper than ${ip.budget.depth} here`;
      return null;
    }
    frame.caller = caller === home && home ? home.caller : caller;
    ip.frame = frame;
    if (!home) ip.depth++;
    state = 'running';
    try {
      const result = advance();
      state = result.done ? 'done' : 'suspended';
      if (!result.done) return result.value;
      control.returned = result.value;
      return null;
    } catch (signal) {
      state = 'done';
      if (!(signal instanceof NotKnown)) throw signal;
      made.unknown = signal.reason;
      return null;
    } finally {
      ip.frame = caller;
      ip.depth = depth;
    }
  };
  const control: GeneratorControl = {
    send: (value) => resume(() => steps.next(value)),
    throw: (signal) => {
      if (state !== 'fresh' && state !== 'done') return resume(() => steps.throw(signal));
      state = 'done';
      throw signal;
    },
    close: () => {
      const exit = new Raise(instance(ip.library.exception('GeneratorExit'), [['args', tuple([])]]), []);
      try {
        if (state === 'suspended') resume(() => steps.throw(exit));
      } catch (signal) {
        if (!(signal instanceof Raise) || !isException(signal.exception, 'GeneratorExit')) throw signal;
      }
      state = 'done';
    },
    returned: NONE,
  };
  const made: IteratorValue = { kind: 'iterator', next: () => resume(() => steps.next(NONE)), generator: control };
  return made;
}
