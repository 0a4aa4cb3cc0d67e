// CodeLens: what a model costs and the way to its layers; which of its uses the hints show; what it is fed. Two a class at most.
//   ResNet · 11.69 M params · 1.81 GMACs at 224×224 · Open layers      as resnet18() · 9 builds · input (B, 3, H, W)
//   class ResNet(nn.Module):
//   BasicBlock · 74 K params · 231.21 MMACs · Open layers              as resnet18 › layer2.0 · 8 uses
//   class BasicBlock(nn.Module):

import type { CodeLens } from 'vscode-languageserver';
import { macs, params, statedAt } from '../analysis/graph/numbers.ts';
import type { InstanceFact, ModelFact, Range, RootFact, Snapshot } from '../analysis/snapshot.ts';
import {
  type ChooseUseArguments,
  chooseUseCommand,
  type OpenLayersArguments,
  openLayersCommand,
  type SetInputArguments,
  setInputCommand,
} from '../protocol/server.ts';
import { toLspRange } from './positions.ts';
import { useLabel } from './uses.ts';

/** The snapshot as it is shown: of each class, the use that hints show comes first. */
export function codeLenses(snapshot: Snapshot, uri: string): CodeLens[] {
  const classes = snapshot.models.flatMap((model) => {
    const instance = snapshot.instances.find((fact) => fact.kind === 'class' && fact.name === model.className);
    return [...costLens(model, instance, snapshot, uri), usesOrInput(model, instance, snapshot, uri)];
  });
  const functions = snapshot.instances.filter((fact) => fact.kind === 'function' && fact.uses.length > 1);
  return [...classes, ...functions.map((fact) => usesLens(fact, snapshot, uri))];
}

/** A class that is a whole model costs what its root does; one inside others, what the use of it does that is shown. */
function costLens(model: ModelFact, instance: InstanceFact | undefined, snapshot: Snapshot, uri: string): CodeLens[] {
  const [index] = model.roots;
  const root = index === undefined ? undefined : snapshot.roots[index];
  if (root === undefined && model.uses === 0) return [];
  const use = instance?.uses[0];
  const cost = root ?? {
    params: use?.params ?? model.params,
    paramsText: null,
    macs: use?.macs ?? model.macs,
    macsAt: null,
  };
  const at = statedAt(cost.macsAt);
  const parts = [
    model.className,
    cost.params !== null ? params(cost.params) : cost.paramsText === null ? null : `${cost.paramsText} params`,
    cost.macs === null ? null : `${macs(cost.macs)}${at === null ? '' : ` at ${at}`}`,
    'Open layers',
  ];
  const args: OpenLayersArguments = [uri, model.className, root && index !== undefined ? index : null];
  return [lens(model.range, parts, openLayersCommand, args)];
}

function usesOrInput(model: ModelFact, instance: InstanceFact | undefined, snapshot: Snapshot, uri: string): CodeLens {
  if (instance && instance.uses.length > 1) return usesLens(instance, snapshot, uri);
  const use = instance?.uses[0];
  const root = use && snapshot.roots[use.root];
  const parts =
    instance && use && root
      ? use.path === ''
        ? [fedText(root, snapshot.file), 'Set…']
        : [`as ${useLabel(instance, use, snapshot.roots)}`, 'Set input…']
      : ['Set input…'];
  return lens(model.range, parts, setInputCommand, [uri, model.className] satisfies SetInputArguments);
}

/** Which use is shown, of how many; of a whole model also what it is fed: the list that opens offers to change both. */
function usesLens(fact: InstanceFact, snapshot: Snapshot, uri: string): CodeLens {
  const [use] = fact.uses;
  const root = use && snapshot.roots[use.root];
  const isRoot = use?.path === '' && fact.kind === 'class';
  const what = fact.uses.every(({ path }) => path === '') ? 'builds' : 'uses';
  const parts = [
    use ? `as ${useLabel(fact, use, snapshot.roots)}` : null,
    `${countOf(fact)} ${what}`,
    isRoot && root ? fedText(root, snapshot.file) : null,
  ];
  return lens(fact.range, parts, chooseUseCommand, [uri, fact.name] satisfies ChooseUseArguments);
}

/** Modules are counted in the models themselves; calls of a function as far as they are kept. */
function countOf({ kind, uses }: InstanceFact): string {
  return kind === 'function' && uses.length >= mostCalls ? `${mostCalls}+` : String(uses.length);
}

/** As many calls of one function are told apart (MOST_USES of the observer). */
const mostCalls = 512;

/** `input (1, 3, 32, 32) from the call in line 40` */
function fedText(root: RootFact, file: string): string {
  const shapes = root.inputs.map((input) => input.text).join(', ');
  return ['input', shapes || null, whence(root, file)].filter((part) => part !== null).join(' ');
}

function whence({ inputSource, source }: RootFact, file: string): string | null {
  switch (inputSource) {
    case 'option':
      return null;
    case 'setting':
      return 'from the settings';
    case 'pin':
      return 'from its pin';
    case 'annotation':
      return 'from its annotation';
    case 'comment':
      return 'from its comment';
    case 'docstring':
      return 'from its docstring';
    case 'call':
      return source?.file !== file ? 'from a call' : `from the call in line ${source.line + 1}`;
    case 'loader':
      return 'from its data loader';
    case 'layers':
    case 'assumed':
      return null;
  }
}

function lens(range: Range, parts: readonly (string | null)[], command: string, args: readonly unknown[]): CodeLens {
  const title = parts.filter((part) => part !== null).join(' · ');
  return { range: toLspRange(range), command: { title, command, arguments: [...args] } };
}
