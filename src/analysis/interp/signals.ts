// Signals: how a run leaves the straight path. Plain classes without stack traces, since raising is common.

import type { SourceSpot, Value } from '../values/value.ts';

/** A Python exception on its way up. */
export class Raise {
  readonly exception: Value;
  /** Where it was raised, outermost frame last. */
  readonly trace: readonly SourceSpot[];

  constructor(exception: Value, trace: readonly SourceSpot[]) {
    this.exception = exception;
    this.trace = trace;
  }
}

/** The analysis ran out of steps, depth or time, or was cancelled: it ends with what it has. */
export class OutOfBudget {
  readonly reason: 'steps' | 'time' | 'cancelled' | 'memory';

  constructor(reason: OutOfBudget['reason']) {
    this.reason = reason;
  }
}

/** A model's input got its shape from the first layer that reads it: run forward again with that. */
export class InputFound {}

/** How a block of statements ended; null: at its end. */
export type Completion = { kind: 'return'; value: Value } | { kind: 'break' } | { kind: 'continue' } | null;
