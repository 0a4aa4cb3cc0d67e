// Constraints: what has to hold of sizes that are still symbols, so that a run goes through. The roots solve them.
//   nn.Linear(400, 120) on (B, 16·⌊H/4⌋·…)      →   16·⌊H/4⌋·… = 400, because fc1 (Linear) expects 400 features
//   assert dim % heads == 0                      →   dim % heads = 0

import * as dims from '../dims/dim.ts';
import type { Problem } from '../rules/problem.ts';
import type { SourceSpot } from '../values/value.ts';

/** A comparison of sizes whose answer depends on symbols. */
export interface Condition {
  operator: '==' | '!=' | '<' | '<=' | '>' | '>=';
  left: dims.Dim;
  right: dims.Dim;
}

export interface Constraint {
  /** equal: left = right. atLeast: left ≥ right. even: left = right would leave nothing over, and is only wished for. */
  kind: 'equal' | 'atLeast' | 'even';
  left: dims.Dim;
  right: dims.Dim;
  /** A clause for people, which follows 'because': `conv1 (Conv2d) wants 3 channels`. */
  because: string;
  /** Where it arose; null outside of the user's source. */
  spot: SourceSpot | null;
  /** What is reported where nothing satisfies it; null where PyTorch might not refuse it after all. */
  problem: Problem | null;
}

/** The constraints of one run, each once. */
export class ConstraintLog {
  readonly all: Constraint[] = [];
  readonly #keys = new Set<string>();

  add(c: Constraint): void {
    if (dims.isExact(c.left) && dims.isExact(c.right)) return;
    const key = `${c.kind} ${dims.keyOf(c.left)} ${dims.keyOf(c.right)} ${c.spot?.line}`;
    if (this.all.length >= MOST || this.#keys.has(key)) return;
    this.#keys.add(key);
    this.all.push(c);
  }
}

/** A run with more different constraints than this is not a model that one solves. */
const MOST = 400;

/** What a condition that was found to hold says of its sizes; null where it says nothing that can be used. */
export function constraintOf(
  { operator, left, right }: Condition,
  holds: boolean,
): Pick<Constraint, 'kind' | 'left' | 'right'> | null {
  switch (operator) {
    case '==':
      return holds ? { kind: 'equal', left, right } : null;
    case '!=':
      return holds ? null : { kind: 'equal', left, right };
    case '>=':
      return holds ? { kind: 'atLeast', left, right } : { kind: 'atLeast', left: right, right: dims.add(left, 1) };
    case '>':
      return holds
        ? { kind: 'atLeast', left, right: dims.add(right, 1) }
        : { kind: 'atLeast', left: right, right: left };
    case '<=':
      return constraintOf({ operator: '>=', left: right, right: left }, holds);
    case '<':
      return constraintOf({ operator: '>', left: right, right: left }, holds);
  }
}
