// Long loops of functions that run only to see what they do with a model are cut short: what they write is then not known.
//   while True:                  # a training loop without an end: a few rounds show all that it does
//       loss = criterion(net(x), y)

import { unknown } from '../values/make.ts';
import type { Interpreter } from './interpreter.ts';

/** So many rounds of a loop are run before it is cut. */
const ROUNDS = 48;

/** Whether a loop of the running function has gone on for long enough. */
export function isCut(ip: Interpreter, rounds: number): boolean {
  const code = ip.frame?.function?.code;
  return rounds >= ROUNDS && ip.cutLoopsOf !== null && code !== undefined && ip.cutLoopsOf.has(code);
}

/** Runs one more round of a loop that is cut, and forgets what it wrote: how many rounds there are is not known. */
export function lastRound(ip: Interpreter, round: () => void): void {
  const outer = ip.journal;
  const journal = ip.newJournal();
  ip.journal = journal;
  ip.speculation++;
  try {
    round();
  } finally {
    ip.speculation--;
    ip.journal = outer;
    const reason = 'it changes in a loop that is not followed to its end';
    for (const [variables, before] of journal.maps) {
      for (const [name, value] of before) {
        outer?.noteBefore(variables, name, value);
        if (variables.get(name) !== value) variables.set(name, unknown(reason));
      }
    }
    for (const [container, saved] of journal.containers) {
      outer?.noteContainerBefore(container, saved);
      container.unknown ??= reason;
    }
  }
}
