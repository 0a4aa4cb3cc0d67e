// Fork and join: both branches of a condition that is not known, from the same state, and what is true after either.

import { bounds, equal } from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import { unknown } from '../values/make.ts';
import { type TensorValue, tensor } from '../values/tensor.ts';
import type { Lazy, Value } from '../values/value.ts';
import type { Interpreter } from './interpreter.ts';
import { type Journal, restoreContainer } from './journal.ts';
import { type Completion, Raise } from './signals.ts';

interface Branch {
  completion: Completion;
  raised: Raise | null;
  written: Journal;
}

function runBranch(ip: Interpreter, run: () => Completion): Branch {
  const outer = ip.journal;
  const journal = ip.newJournal();
  ip.journal = journal;
  ip.speculation++;
  const { frame, depth } = ip;
  try {
    const completion = run();
    return { completion, raised: null, written: journal.undo() };
  } catch (signal) {
    const written = journal.undo();
    if (!(signal instanceof Raise)) throw signal;
    ip.frame = frame;
    ip.depth = depth;
    return { completion: null, raised: signal, written };
  } finally {
    ip.journal = outer;
    ip.speculation--;
  }
}

/**
 * Runs both branches and leaves the state that holds after either. Where one of them raises, the condition is `settled`:
 * it holds (the first is the one that was taken), or it does not.
 */
export function fork(
  ip: Interpreter,
  first: () => Completion,
  second: () => Completion,
  settled: (holds: boolean) => void = () => {},
): Completion {
  const a = runBranch(ip, first);
  const b = runBranch(ip, second);
  if (a.raised && b.raised) throw a.raised;
  if (a.raised || b.raised) settled(!a.raised);
  if (a.raised) return settle(ip, b);
  if (b.raised) return settle(ip, a);
  if (a.completion === null && b.completion === null) {
    joinWrites(ip, a.written, b.written);
    return null;
  }
  if (a.completion?.kind === 'return' && b.completion?.kind === 'return') {
    joinWrites(ip, a.written, b.written);
    return { kind: 'return', value: join(ip, a.completion.value, b.completion.value) };
  }
  // One branch left: what follows runs in the state of the other.
  const [left, stays] = a.completion !== null ? [a, b] : [b, a];
  if (left.completion?.kind === 'return') ip.frame?.possibleReturns.push(left.completion.value);
  return settle(ip, stays);
}

function settle(ip: Interpreter, branch: Branch): Completion {
  joinWrites(ip, branch.written, null);
  return branch.completion;
}

/** Applies writes; where two branches wrote different values, what they have in common. */
function joinWrites(ip: Interpreter, a: Journal, b: Journal | null): void {
  for (const variables of new Set([...a.maps.keys(), ...(b?.maps.keys() ?? [])])) {
    const fromA = a.maps.get(variables);
    const fromB = b?.maps.get(variables);
    for (const name of new Set([...(fromA?.keys() ?? []), ...(fromB?.keys() ?? [])])) {
      const before = variables.get(name);
      const x = fromA?.has(name) ? fromA.get(name) : before;
      const y = b === null ? x : fromB?.has(name) ? fromB.get(name) : before;
      const value = x === y ? x : x === undefined || y === undefined ? (x ?? y) : joinBound(ip, x, y);
      if (value === undefined) ip.deleteVariable(variables, name);
      else ip.setVariable(variables, name, value);
    }
  }
  for (const c of new Set([...a.containers.keys(), ...(b?.containers.keys() ?? [])])) {
    ip.touch(c);
    const x = a.containers.get(c);
    const y = b === null ? x : b.containers.get(c);
    const only = x ?? y!;
    if (x && y && x !== y && c.kind === 'list' && x.items!.length === y.items!.length) {
      restoreContainer(c, {
        items: x.items!.map((v, i) => join(ip, v, y.items![i]!)),
        unknown: x.unknown ?? y.unknown,
      });
    } else if (x === y) restoreContainer(c, only);
    else restoreContainer(c, { ...only, unknown: 'its contents depend on a condition that is not known' });
  }
}

function joinBound(ip: Interpreter, a: Value | Lazy, b: Value | Lazy): Value | Lazy {
  if (a.kind === 'lazy' || b.kind === 'lazy') return a;
  return join(ip, a, b);
}

/** What is true of both values. */
export function join(ip: Interpreter, a: Value, b: Value): Value {
  if (a === b) return a;
  if (a.kind === 'tensor' && b.kind === 'tensor') return joinTensors(ip, a, b);
  if (
    (a.kind === 'int' && b.kind === 'int') ||
    (a.kind === 'bool' && b.kind === 'bool') ||
    (a.kind === 'str' && b.kind === 'str')
  ) {
    if (a.kind === 'int' && b.kind === 'int' ? equal(a.value, b.value) === true : a.value === b.value) return a;
  }
  if (a.kind === 'float' && b.kind === 'float' && a.value === b.value) return a;
  if (a.kind === 'none' && b.kind === 'none') return a;
  if (a.kind === 'tuple' && b.kind === 'tuple' && a.items.length === b.items.length) {
    return { ...a, items: a.items.map((v, i) => join(ip, v, b.items[i]!)) };
  }
  return unknown('it depends on a condition that is not known');
}

/** One size or the other: where both are at least 1, so is the size that it turns out to be. */
function joinSizes(ip: Interpreter, a: MaybeDim, b: MaybeDim): MaybeDim {
  if (a === null || b === null) return null;
  if (equal(a, b) === true) return a;
  return bounds(a).low >= 1 && bounds(b).low >= 1 ? ip.freshSize('either') : null;
}

function joinTensors(ip: Interpreter, a: TensorValue, b: TensorValue): Value {
  let shape: readonly MaybeDim[] | null = null;
  if (a.shape && b.shape && a.shape.length === b.shape.length) {
    shape = a.shape.map((d, i) => joinSizes(ip, d, b.shape![i]!));
  }
  const joined = tensor(shape, a.dtype === b.dtype ? a.dtype : null);
  ip.recorder?.choice(joined, a, b);
  return joined;
}
