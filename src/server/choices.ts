// Choices: which use of a class or function the user looks at. A snapshot is shown with that use's facts first; nothing is analysed anew.
//   class BasicBlock, chosen: resnet18() › layer2.0      # out‹: (B, 128, 28, 28)›, not layer1.0's (B, 64, 56, 56)

import type { Choice, InstanceFact, InstanceUse, RootFact, Snapshot } from '../analysis/snapshot.ts';
import type { UseChoice } from '../protocol/server.ts';

/** What a fact tells of one use. Of a layer's construction, `path` is the layer's own. */
interface Told {
  path: string;
  root: number;
  from?: { path: string; file: string; line: number };
}

/** What runs a class or function, and the use that was chosen. */
interface Chosen {
  fact: InstanceFact;
  use: InstanceUse | null;
}

/**
 * The snapshot as the user wants to see it. A class that was chosen itself shows that use; any other prefers what lies
 * inside the last choice: with `resnet50()` chosen for ResNet, Bottleneck shows resnet50's first.
 */
export function withChoices(snapshot: Snapshot, choices: readonly UseChoice[]): Snapshot {
  if (choices.length === 0 || snapshot.instances.length === 0) return snapshot;
  const chosen = snapshot.instances.map((fact) => ({ fact, use: chosenUse(fact, choices, snapshot.roots) }));
  const follows = lastChosen(chosen, choices);
  return follows === null ? snapshot : show(snapshot, chosen, follows);
}

function show(snapshot: Snapshot, chosen: readonly Chosen[], follows: InstanceUse): Snapshot {
  const owner = (line: number) => chosen.find(({ fact }) => line >= fact.firstLine && line <= fact.lastLine);
  function factFor<U extends Told, T extends { range: { line: number }; uses: readonly U[]; choice?: Choice }>(
    fact: T,
    isMeant: typeof isOf,
  ): T {
    const use = owner(fact.range.line)?.use;
    if (!use) return { ...fact, uses: first(fact.uses, (told) => isInside(told, follows)) };
    const uses = first(fact.uses, (told) => isMeant(told, use));
    return { ...fact, uses, choice: uses[0] && isMeant(uses[0], use) ? 'here' : 'elsewhere' };
  }

  return {
    ...snapshot,
    values: snapshot.values.map((value) => factFor(value, isOf)),
    calls: snapshot.calls.map((call) => factFor(call, isOf)),
    // A layer's construction is of the module that it ends up in.
    layers: snapshot.layers.map((layer) => factFor(layer, isInside)),
    instances: chosen.map(({ fact, use }) => ({
      ...fact,
      uses: first(fact.uses, (each) => (use ? each === use : isInside(each, follows))),
    })),
    models: snapshot.models.map((model) => {
      const use = chosen.find(({ fact }) => fact.name === model.className)?.use ?? follows;
      return { ...model, roots: first(model.roots, (root) => root === use.root) };
    }),
  };
}

/** The use that was chosen for a class or function; null where none was, or where an edit took it away (it may come back). */
export function chosenUse(
  fact: InstanceFact,
  choices: readonly UseChoice[],
  roots: readonly RootFact[],
): InstanceUse | null {
  const choice = choices.findLast((each) => each.name === fact.name);
  if (choice === undefined) return null;
  const same = fact.uses.filter(({ path, call, root }) => {
    const build = roots[root]?.build;
    return path === choice.path && (call?.nth ?? 0) === choice.nth && (choice.build === '' || build === choice.build);
  });
  // Where the same build is fed several inputs, they tell which; an edit of the inputs alone does not lose the choice.
  return same.find(({ root }) => inputsOf(roots[root]) === choice.inputs) ?? same[0] ?? null;
}

/** How a use is remembered. */
export function toChoice(name: string, use: InstanceUse, roots: readonly RootFact[]): UseChoice {
  const root = roots[use.root];
  return { name, build: root?.build ?? '', inputs: inputsOf(root), path: use.path, nth: use.call?.nth ?? 0 };
}

/** A setting `"BasicBlock": "resnet18() › layer2.0"`, for editors without a list to choose from; the build may be left out. */
export function choiceFromSetting(name: string, text: string): UseChoice {
  const parts = text.split(/\s*[›>]\s*/).map((part) => part.trim());
  const path = parts.at(-1) ?? '';
  const isBuild = parts.length === 1 && path.includes('(');
  const build = isBuild ? path : parts.slice(0, -1).join(' ');
  return { name, build, inputs: '', path: isBuild ? '' : path, nth: 0 };
}

function lastChosen(chosen: readonly Chosen[], choices: readonly UseChoice[]): InstanceUse | null {
  for (const { name } of [...choices].reverse()) {
    const found = chosen.find(({ fact }) => fact.name === name)?.use;
    if (found) return found;
  }
  return null;
}

/** Is a value or a call of the chosen use? A helper inside a method counts by the module that calls it. */
function isOf({ root, path, from }: Told, use: InstanceUse): boolean {
  if (root !== use.root || (from?.path ?? path) !== use.path) return false;
  return use.call === null || (from?.line === use.call.line && from.file === use.call.file);
}

/** Does it lie anywhere inside the chosen one, or is it that? */
function isInside({ root, path, from }: Told, use: InstanceUse): boolean {
  const place = from?.path ?? path;
  if (root !== use.root) return false;
  return use.path === '' || place === use.path || place.startsWith(`${use.path}.`);
}

const inputsOf = (root: RootFact | undefined): string => root?.inputs.map((input) => input.text).join(', ') ?? '';

/** Those first that are meant, each part in its order. */
function first<T>(all: readonly T[], isMeant: (each: T) => boolean): T[] {
  const meant = all.filter(isMeant);
  return meant.length === 0 ? [...all] : [...meant, ...all.filter((each) => !isMeant(each))];
}
