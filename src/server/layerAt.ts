// layerlens/layerAt: which layer stands under the cursor, for the panel to select.
//   out = self.conv1(x)      # cursor anywhere in the call: 'layer1.0.conv1'

import type { Choice, Snapshot } from '../analysis/snapshot.ts';
import type { LayerAtParams, LayerAtResult, TextPosition } from '../protocol/server.ts';
import { contains, innermost } from './positions.ts';

/** What the panel shows now. */
type Shown = Pick<LayerAtParams, 'root' | 'near'>;

/** Prefers the uses under the root that the panel shows. Calls and layers name a layer, values the module they are in. */
export function layerAt(snapshot: Snapshot, position: TextPosition, shown: Shown): LayerAtResult {
  const call = innermost(snapshot.calls, (fact) => fact.range, position);
  const called = call && preferred(call, shown);
  if (called?.layer != null) return { path: called.layer };

  const layer = innermost(snapshot.layers, (fact) => fact.range, position);
  const built = layer && preferred(layer, shown);
  if (built && built.path !== '-') return { path: built.path };

  const value = innermost(snapshot.values, (fact) => fact.range, position);
  const seen = value && preferred(value, shown);
  if (seen && seen.path !== '-') return { path: seen.path };
  if (called && called.path !== '-') return { path: called.path };

  return lineOf(snapshot, position, shown);
}

/** Nothing under the cursor itself: the layer that is built or called on its line (`self.conv1 = …`), where there is just one. */
function lineOf(snapshot: Snapshot, position: TextPosition, shown: Shown): LayerAtResult {
  const paths = new Set<string>();
  for (const layer of snapshot.layers) {
    const { range } = layer;
    const path = preferred(layer, shown)?.path;
    if (range.line === position.line && path !== undefined && path !== '-') paths.add(path);
  }
  for (const call of snapshot.calls) {
    const { range } = call;
    const path = preferred(call, shown)?.layer;
    if (range.line === position.line && path != null) paths.add(path);
  }
  const [only] = paths;
  if (paths.size === 1 && only !== undefined) return { path: only };
  const onModel = snapshot.models.some((model) => contains(model.range, position) && model.roots.length > 0);
  return onModel ? { path: '' } : null;
}

/**
 * The uses of the shown root come first; among them the one that the user chose for the class, else the one whose path has
 * most in common with the chosen layer's.
 */
function preferred<T extends { root: number; path: string }>(
  { uses, choice }: { uses: readonly T[]; choice?: Choice },
  { root, near }: Shown,
): T | undefined {
  if (choice === 'here' && uses[0]?.root === root) return uses[0];
  const ofRoot = uses.filter((use) => use.root === root);
  const candidates = ofRoot.length > 0 ? ofRoot : uses;
  if (near === undefined) return candidates[0];
  let best = candidates[0];
  for (const use of candidates) if (best && common(use.path, near) > common(best.path, near)) best = use;
  return best;
}

/** How many names two dotted paths begin with together. */
function common(a: string, b: string): number {
  const names = b.split('.');
  const index = a.split('.').findIndex((name, at) => name !== names[at]);
  return index < 0 ? a.split('.').length : index;
}
