// Reporting: how a library rule says that PyTorch would raise here, or that something is very likely not meant.

import type { Interpreter } from '../interp/interpreter.ts';
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

/** Adds a problem at the call that is running; once per place, code and message. */
export function report(ip: Interpreter, severity: Severity, finding: Finding): void {
  // Under a condition that is not known, what is wrong here may never run.
  if (ip.speculation > 0) return;
  const range = ip.spot();
  if (!range) return;
  const same = (p: Problem) =>
    p.code === finding.code &&
    p.range.line === range.line &&
    p.range.column === range.column &&
    p.range.file === range.file;
  if (ip.problems.some(same)) return;
  ip.problems.push({
    code: finding.code,
    severity,
    message: finding.message,
    range,
    related: pathOf(ip),
    fixes: finding.fixes ?? [],
  });
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
