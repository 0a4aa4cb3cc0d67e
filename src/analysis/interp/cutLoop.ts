// Long loops of functions that run only to see what they do with a model are cut short: what they write is then not known.
//   while True:                  # a training loop without an end: a few rounds show all that it does
//       loss = criterion(net(x), y)

import { unknown } from '../values/make.ts';
import type { Interpreter } from './interpreter.ts';

/** So many rounds of a loop are run before it is cut, */
const ROUNDS = 48;
/** and so many in which models were called and nothing new was seen: further epochs are like the first. */
const ROUNDS_WITHOUT_NEWS = 2;

/** Tells before each round of a loop whether it has gone on for long enough; null where it runs to its end. */
export function watchLoop(ip: Interpreter): (() => boolean) | null {
  if (ip.cutLoopsOf === null || !ip.frame) return null;
  const { function: f, module } = ip.frame;
  if (!ip.cutLoopsOf.has(f ? f.code : (module.file ?? ''))) return null;
  let rounds = 0;
  let withoutNews = 0;
  let before = { ...ip.modelCalls };
  return () => {
    const { all, known } = ip.modelCalls;
    const calls = all - before.all;
    withoutNews = calls > 0 && known - before.known === calls ? withoutNews + 1 : 0;
    before = { all, known };
    return rounds++ >= ROUNDS || withoutNews >= ROUNDS_WITHOUT_NEWS;
  };
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
