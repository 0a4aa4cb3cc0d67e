// CodeLens: a model's costs above its class, and the way to its layers.
//   ResNet · 11.69 M params · 1.81 GMACs at 224×224 · Open layers      resnet18() · 9 builds
//   class ResNet(nn.Module):

import type { CodeLens } from 'vscode-languageserver';
import { macs, params, statedAt } from '../analysis/graph/numbers.ts';
import type { ModelFact, RootFact, Snapshot } from '../analysis/snapshot.ts';
import {
  type ChooseBuildArguments,
  chooseBuildCommand,
  type OpenLayersArguments,
  openLayersCommand,
} from '../protocol/server.ts';
import { toLspRange } from './positions.ts';

export function codeLenses(snapshot: Snapshot, uri: string): CodeLens[] {
  return snapshot.models.flatMap((model) => {
    const index = model.roots[0];
    const root = index === undefined ? undefined : snapshot.roots[index];
    if (index === undefined || root === undefined) return partLens(model, uri);
    return [modelLens(model, root, index, uri), ...buildsLens(model, root, snapshot, uri)];
  });
}

function modelLens(model: ModelFact, root: RootFact, index: number, uri: string): CodeLens {
  const at = statedAt(root.macsAt);
  const cost = root.macs === null ? null : `${macs(root.macs)}${at === null ? '' : ` at ${at}`}`;
  const counted =
    root.params !== null ? params(root.params) : root.paramsText === null ? null : `${root.paramsText} params`;
  const parts = [model.className, counted, cost, 'Open layers'];
  return lens(model, parts, openLayersCommand, [uri, model.className, index] satisfies OpenLayersArguments);
}

/** A class that only appears inside others: what its first use costs, and how often it is used. */
function partLens(model: ModelFact, uri: string): CodeLens[] {
  if (model.uses === 0) return [];
  const parts = [
    model.className,
    model.params === null ? null : params(model.params),
    model.macs === null ? null : macs(model.macs),
    model.uses === 1 ? '1 use' : `${model.uses} uses, this is the first`,
    'Open layers',
  ];
  return [lens(model, parts, openLayersCommand, [uri, model.className, null] satisfies OpenLayersArguments)];
}

/** Several builds of one class: which one the numbers are of, and a choice. */
function buildsLens(model: ModelFact, root: RootFact, snapshot: Snapshot, uri: string): CodeLens[] {
  if (model.roots.length < 2) return [];
  const builds = model.roots.flatMap((index) => {
    const candidate = snapshot.roots[index];
    return candidate === undefined ? [] : [{ label: candidate.build, root: index }];
  });
  const args: ChooseBuildArguments = [uri, model.className, builds];
  return [lens(model, [root.build, `${builds.length} builds`], chooseBuildCommand, args)];
}

function lens(
  model: ModelFact,
  parts: readonly (string | null)[],
  command: string,
  args: readonly unknown[],
): CodeLens {
  const title = parts.filter((part) => part !== null).join(' · ');
  return { range: toLspRange(model.range), command: { title, command, arguments: [...args] } };
}
