// Runs that only answer a question: whatever they show, report and write is taken back.

import type { Interpreter } from '../interp/interpreter.ts';
import { OutOfBudget } from '../interp/signals.ts';
import type { Problem } from '../rules/problem.ts';

/** What a run gave, what it would have reported, and how many places it could not follow. */
export function unseen<T>(ip: Interpreter, run: () => T): { result: T; problems: readonly Problem[]; gaps: number } {
  const { observer } = ip;
  const problems = ip.problems.length;
  const gaps = ip.gaps.length;
  ip.observer = null;
  try {
    const { result, journal } = ip.rehearse(run);
    journal.undo();
    return { result, problems: ip.problems.slice(problems), gaps: ip.gaps.length - gaps };
  } finally {
    ip.observer = observer;
    ip.problems.length = problems;
    ip.gaps.length = gaps;
  }
}

/** What a run that only answers a question may spend. */
const TRIAL = { steps: 400_000, milliseconds: 200 };

/** Null where that is used up: then there is no answer, and nothing else is lost. */
export function tryOut<T>(ip: Interpreter, run: () => T): T | null {
  const { outOfBudget } = ip;
  const result = guardBudget(ip, () => ip.withAllowance(TRIAL, run));
  ip.outOfBudget = outOfBudget;
  return result;
}

/** Null where the run's budget is used up. */
export function guardBudget<T>(ip: Interpreter, run: () => T): T | null {
  try {
    return run();
  } catch (signal) {
    if (!(signal instanceof OutOfBudget) || signal.reason === 'cancelled') throw signal;
    ip.reset();
    ip.outOfBudget = true;
    return null;
  }
}
