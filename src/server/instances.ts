// layerlens/uses: where a class or function runs, for the list from which the user chooses the one that hints show.
//   {uri, name: 'BasicBlock'} → resnet18 › layer1.0  (B, 64, 56, 56) → (B, 64, 56, 56), resnet18 › layer1.1 …

import type { InstanceFact, Snapshot } from '../analysis/snapshot.ts';
import type { UseChoice, UsesParams, UsesResult } from '../protocol/server.ts';
import { chosenUse, toChoice, withChoices } from './choices.ts';
import { useLabel } from './uses.ts';

/** `snapshot` as it was made: the list keeps its order, whatever is chosen. */
export function usesOf(snapshot: Snapshot, asked: UsesParams, choices: readonly UseChoice[]): UsesResult {
  const fact = findInstance(snapshot, asked);
  if (fact === undefined) return null;
  // Without a choice of its own a class follows the last one.
  const shown =
    chosenUse(fact, choices, snapshot.roots) ??
    withChoices(snapshot, choices).instances.find(({ name }) => name === fact.name)?.uses[0];
  return {
    name: fact.name,
    uses: fact.uses.map((use) => ({
      label: useLabel(fact, use, snapshot.roots),
      flow: use.flow,
      choice: toChoice(fact.name, use, snapshot.roots),
    })),
    shown: Math.max(0, shown ? fact.uses.indexOf(shown) : 0),
    isModel: fact.kind === 'class',
  };
}

function findInstance(snapshot: Snapshot, { name, position }: UsesParams): InstanceFact | undefined {
  if (name !== undefined) return snapshot.instances.find((fact) => fact.name === name);
  if (position === undefined) return undefined;
  return snapshot.instances.find(({ firstLine, lastLine }) => position.line >= firstLine && position.line <= lastLine);
}
