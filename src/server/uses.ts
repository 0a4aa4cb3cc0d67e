// What one line does in the several places that its class is used in.
//   out = self.conv1(x)      # (B, 64, 56, 56) in layer1.0 and layer1.1, (B, 128, 28, 28) in layer2.0

import type { CalledFrom, Choice, InstanceFact, InstanceUse, RootFact, ValueFact } from '../analysis/snapshot.ts';

interface Use {
  path: string;
  root: number;
  from?: CalledFrom;
}

/** Uses that gave the same text. */
export interface UseGroup<T extends Use> {
  text: string;
  uses: readonly T[];
}

/** Groups uses by what they show, in the order in which they were first seen. */
export function groupUses<T extends Use>(uses: readonly T[], textOf: (use: T) => string): UseGroup<T>[] {
  const groups = new Map<string, T[]>();
  for (const use of uses) {
    const text = textOf(use);
    const group = groups.get(text);
    if (group) group.push(use);
    else groups.set(text, [use]);
  }
  return [...groups].map(([text, members]) => ({ text, uses: members }));
}

/**
 * One line a group, at most `limit`, then how many there are besides: "`layer1.0` and 1 more: `(B, 64, 56, 56)`".
 * A use under another root than the first one's says which: "`layer1.0` of `resnet50()`". The first is the one that hints
 * show, and is marked, but where the user chose one that does not run this.
 */
export function listUses<T extends Use>(
  groups: readonly UseGroup<T>[],
  roots: readonly RootFact[],
  choice?: Choice,
  limit = 6,
): string[] {
  const mainRoot = groups[0]?.uses[0]?.root;
  const lines = groups.slice(0, limit).map((group, index) => {
    const first = group.uses[0];
    const where = first === undefined ? '' : place(first, mainRoot, roots);
    const others = group.uses.length - 1;
    const shown = index === 0 && choice !== 'elsewhere' ? ' (shown)' : '';
    return `${where}${shown}${others > 0 ? ` and ${others} more` : ''}: ${code(group.text)}`;
  });
  if (groups.length > limit) lines.push(`… and ${groups.length - limit} more`);
  return lines;
}

/** A path for people; the model itself and a function that no module calls have no dotted name. */
function place(use: Use, mainRoot: number | undefined, roots: readonly RootFact[]): string {
  const build = roots[use.root]?.build;
  const inside = use.root !== mainRoot && build !== undefined ? ` of ${code(build)}` : '';
  const path = use.from?.path ?? use.path;
  if (path === '-') return `${use.from ? `line ${use.from.line + 1}` : 'the function'}${inside}`;
  if (path === '') return `the model${inside}`;
  return `${code(path)}${inside}`;
}

/** A use of a class or function, for people: `resnet18 › layer2.0`, `resnet18()`, `swin › layer1.0.attn, line 40`. */
export function useLabel(fact: InstanceFact, use: InstanceUse, roots: readonly RootFact[]): string {
  const root = roots[use.root];
  const build = root?.build ?? fact.name;
  // Two roots of one build differ by what they are fed.
  const twins = roots.some((other, index) => index !== use.root && other.build === build);
  const fed = twins ? ` ${root?.inputs.map((input) => input.text).join(', ')}` : '';
  const line = use.call ? `line ${use.call.line + 1}` : null;
  if (use.path === '-') return line ?? build;
  if (use.path === '' && !use.call) return `${build}${fed}`;
  const path = use.path || root?.className || 'the model';
  const severalCalls = fact.uses.some((other) => other !== use && other.path === use.path && other.root === use.root);
  return `${build.replace(/\(\)$/, '')}${fed} › ${path}${line && severalCalls ? `, ${line}` : ''}`;
}

/** What is known of a parameter that is fed: where its shape is from, and which sizes fit. */
export function notesOf({ kind, name, uses }: ValueFact, roots: readonly RootFact[]): readonly string[] {
  const [use] = uses;
  // Of a part, or of a function that something calls, its caller tells.
  const isFed = kind === 'parameter' && (use?.path === '' || (use?.path === '-' && !use.from));
  return isFed ? (roots[use.root]?.inputs.find((input) => input.name === name)?.notes ?? []) : [];
}

/** Text as Markdown code, whatever is in it. */
export function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text.replace(/\s+/g, ' ')}${fence}`;
}
