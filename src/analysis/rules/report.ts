// Reporting: how a library rule says that PyTorch would raise here, or that something is very likely not meant.

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import type { Constraint } from '../interp/constraints.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { NONE } from '../values/make.ts';
import type { InstanceValue, SourceSpot, Value } from '../values/value.ts';
import type { Fix, Problem, ProblemCode, Severity } from './problem.ts';

export interface Finding {
  code: ProblemCode;
  message: string;
  fixes?: readonly Fix[];
}

/**
 * An error that PyTorch raises. Inside a `try` it is raised, for the handler to see; elsewhere it is reported, and the
 * analysis goes on with what the operator was meant to give.
 */
export function fail(ip: Interpreter, finding: Finding, meant: Value): Value {
  if (ip.guarded > 0) return ip.raise('RuntimeError', finding.message);
  report(ip, 'error', finding);
  return meant;
}

/**
 * Two sizes that PyTorch wants equal: true where they are, or where it depends on symbols, which then have to make them so;
 * false where they never are, which is reported. `certain`: PyTorch would refuse any others; without it, they are only
 * what the code must have been written for.
 */
export function agree(
  ip: Interpreter,
  left: MaybeDim,
  right: MaybeDim,
  because: () => string,
  finding: () => Finding,
  certain = true,
): boolean {
  if (left === null || right === null) return true;
  const known = dims.equal(left, right);
  if (known === false && certain) {
    fail(ip, finding(), NONE);
    return false;
  }
  if (known === null) wish(ip, 'equal', left, right, because, certain ? finding : null);
  return true;
}

/** `left` has to be at least `right`, as a kernel has to fit into its padded input. */
export function atLeast(ip: Interpreter, left: Dim, right: Dim, because: () => string): void {
  if (dims.lessThan(left, right) === null) wish(ip, 'atLeast', left, right, because, null);
}

/** Notes what symbols have to be; nothing is worked out for it where nobody solves them. */
export function wish(
  ip: Interpreter,
  kind: Constraint['kind'],
  left: Dim,
  right: Dim,
  because: () => string,
  finding: (() => Finding) | null,
): void {
  if (!ip.constraints || ip.speculation > 0 || ip.guarded > 0) return;
  const problem = finding && problemHere(ip, 'error', finding());
  ip.demand({ kind, left, right, because: because(), problem });
}

/** Adds a problem at the call that is running; once per place, code and message. */
export function report(ip: Interpreter, severity: Severity, finding: Finding): void {
  // Under a condition that is not known, what is wrong here may never run.
  // Nor after a line that raises.
  if (ip.speculation > 0 || ip.broken) return;
  const range = ip.spot();
  if (!range || ip.problems.some((p) => isAt(p, finding.code, range))) return;
  const problem = problemHere(ip, severity, finding);
  if (problem) ip.problems.push(problem);
}

export const isAt = (p: Problem, code: ProblemCode, range: SourceSpot): boolean =>
  p.code === code && p.range.line === range.line && p.range.column === range.column && p.range.file === range.file;

function problemHere(ip: Interpreter, severity: Severity, { code, message, fixes }: Finding): Problem | null {
  const range = ip.spot();
  return range && { code, severity, message, range, related: pathOf(ip), fixes: fixes ?? [] };
}

/** "ResNet → layer2.0 → downsample.0" with where each of them is made or called, outermost first. */
function pathOf(ip: Interpreter): { message: string; range: SourceSpot }[] {
  const related: { message: string; range: SourceSpot }[] = [];
  const stack = ip.moduleStack;
  const root = stack[0];
  if (root) {
    const names = [root.cls.name];
    let before = '';
    for (const m of stack.slice(1)) {
      const path = ip.recorder?.paths.get(m);
      if (path === undefined) continue;
      names.push(before && path.startsWith(`${before}.`) ? path.slice(before.length + 1) : path);
      before = path;
    }
    const last = stack[stack.length - 1]!;
    // The model itself is made outside of its file as often as not: its class is shown.
    const at = (last === root ? last.cls.source : last.origin?.spot) ?? ip.spot();
    const layer = last === root ? '' : ` (${last.cls.name})`;
    if (at) related.push({ message: `${names.join(' → ')}${layer}`, range: at });
  }
  for (const spot of ip.trace().slice(1, 6)) related.push({ message: 'called from here', range: spot });
  return related;
}

/** The module that is running, where it is one of the library's layers: its constructor is what a fix changes. */
export const currentLayer = (ip: Interpreter): InstanceValue | null =>
  ip.moduleStack[ip.moduleStack.length - 1] ?? null;

/** A fix that writes another number into a layer's constructor, where that argument is written out there. */
export function argumentFix(layer: InstanceValue | null, name: string, position: number, value: number): Fix[] {
  const origin = layer?.origin;
  const args = origin?.args;
  if (!args) return [];
  const at =
    args.find((a) => a.name === name) ??
    (args.slice(0, position + 1).some((a) => a.name !== null) ? undefined : args[position]);
  if (!at || !isConstant(at.expression)) return [];
  return [{ title: `Set ${name} to ${value}`, edits: [{ range: at.spot, newText: String(value) }] }];
}

/** 400, 16 * 5 * 5: nothing that another call could make differ. */
function isConstant(e: { kind: string }): boolean {
  const node = e as { kind: string; left?: { kind: string }; right?: { kind: string }; operand?: { kind: string } };
  if (node.kind === 'Literal') return true;
  if (node.kind === 'Binary') return isConstant(node.left!) && isConstant(node.right!);
  return node.kind === 'Unary' && isConstant(node.operand!);
}
