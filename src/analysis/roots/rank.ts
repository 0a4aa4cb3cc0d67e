// Ranking roots: pins before annotations before calls before what the layers alone tell; the first is the file's main root.

import type { Observer } from '../interp/observer.ts';
import type { InputSource } from '../snapshot.ts';
import type { AnalysedRoot } from './analyseRoots.ts';

const RANK: Readonly<Record<InputSource, number>> = {
  option: 0,
  pin: 0,
  setting: 1,
  annotation: 2,
  comment: 3,
  docstring: 3,
  call: 4,
  loader: 5,
  layers: 6,
  assumed: 7,
};

/**
 * Those that could not run come after those that could, functions after models, and a model that is not wholly known
 * after others found as it was.
 */
const rank = (r: AnalysedRoot): number =>
  RANK[r.fact.inputSource] + (r.fact.params === null ? 0.5 : 0) + (r.isFunction ? 50 : 0) + (r.run?.output ? 0 : 100);

/** The roots, best first; what was observed under them follows, best root first. */
export function rankRoots(roots: readonly AnalysedRoot[], observer: Observer): AnalysedRoot[] {
  const order = roots.map((root, was) => ({ root, was })).sort((a, b) => rank(a.root) - rank(b.root) || a.was - b.was);
  const now = new Map(order.map(({ was }, index) => [was, index]));
  const renumber = (uses: { root: number }[]): void => {
    for (const use of uses) use.root = now.get(use.root) ?? use.root;
    uses.sort((a, b) => a.root - b.root);
  };
  for (const record of observer.values.values()) renumber(record.uses);
  for (const record of observer.calls.values()) renumber(record.uses);
  for (const record of observer.layers.values()) renumber(record.instances);
  return order.map(({ root }) => root);
}
