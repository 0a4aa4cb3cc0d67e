// Finding roots: the models that a file shows, and what each is fed: pins first, then calls in the file, then factories
// and constructors whose arguments all have defaults.

import { lookInClass } from '../interp/attributes.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { OutOfBudget, Raise } from '../interp/signals.ts';
import { runBlock } from '../interp/statements.ts';
import type { Chunk, Program, Statement } from '../syntax/program.ts';
import { isModule, MODULE, walk } from '../torch/module.ts';
import { isSubclass } from '../values/make.ts';
import type { InitRecord } from '../values/tensor.ts';
import type { ClassValue, InstanceValue, ModuleValue, SourceSpot, Value } from '../values/value.ts';
import type { Pin } from './pins.ts';

/** A model that was built, with what is known of its input. */
export interface Built {
  model: InstanceValue;
  build: string;
  initialisation: readonly InitRecord[];
  pin: Pin | null;
  source: SourceSpot | null;
}

export interface TopLevelDefinition {
  chunk: Chunk;
  statement: Statement & { kind: 'Class' | 'Function' };
  name: string;
}

export function definitions(program: Program): TopLevelDefinition[] {
  return program.chunks.flatMap((chunk) =>
    chunk.statements.flatMap((s): TopLevelDefinition[] =>
      s.kind === 'Class'
        ? [{ chunk, statement: s, name: s.name }]
        : s.kind === 'Function'
          ? [{ chunk, statement: s, name: s.code.name }]
          : [],
    ),
  );
}

/** The pin that stands right above a definition (or its decorators), or the file's own. */
export function pinFor(pins: readonly Pin[], d: TopLevelDefinition, source: string): Pin | null {
  const lines = source.split('\n');
  let line = d.chunk.line - 1;
  while (line >= 0) {
    const own = pins.find((p) => p.line === line);
    if (own) return own;
    if (!/^\s*(#|@|$)/.test(lines[line] ?? '')) break;
    line--;
  }
  // A pin inside the class body belongs to it too.
  const end = d.chunk.line + d.statement.endLine;
  return pins.find((p) => p.line >= d.chunk.line && p.line <= end) ?? null;
}

/** Classes of the file that extend nn.Module, in order. */
export function moduleClasses(
  ip: Interpreter,
  module: ModuleValue,
  all: readonly TopLevelDefinition[],
): { definition: TopLevelDefinition; cls: ClassValue }[] {
  return all.flatMap((definition) => {
    if (definition.statement.kind !== 'Class') return [];
    const cls = attempt(ip, () => ip.read(module.variables, definition.name));
    return cls?.kind === 'class' && isSubclass(cls, MODULE) && cls.module === module.name ? [{ definition, cls }] : [];
  });
}

/** Runs something that may fail, without letting it end the analysis. */
export function attempt<T>(ip: Interpreter, run: () => T): T | null {
  const { frame, depth, journal, speculation, guarded } = ip;
  try {
    return run();
  } catch (signal) {
    ip.frame = frame;
    ip.depth = depth;
    ip.journal = journal;
    ip.speculation = speculation;
    ip.guarded = guarded;
    ip.moduleStack.length = 0;
    if (signal instanceof Raise) return null;
    if (signal instanceof OutOfBudget && signal.reason !== 'cancelled') return null;
    throw signal;
  }
}

/** A model, and the drawing of its weights in order. */
export interface Made {
  model: InstanceValue;
  initialisation: InitRecord[];
  /** What its constructor raised where it is still being written. */
  broken?: Interpreter['broken'];
}

/** Builds by a call; null where that gives no module. */
export function buildBy(ip: Interpreter, run: () => Value): Made | null {
  const before = ip.initialisation;
  ip.initialisation = [];
  ip.broken = null;
  try {
    const model = attempt(ip, run);
    const { initialisation, broken } = ip;
    return model && isModule(model) ? { model, initialisation, broken } : null;
  } finally {
    ip.initialisation = before;
    ip.broken = null;
  }
}

/** Whether a class can be built without arguments. */
export function buildsWithoutArguments(ip: Interpreter, cls: ClassValue): boolean {
  const init = attempt(ip, () => lookInClass(ip, cls, '__init__'));
  if (!init) return true;
  const f = init.value;
  if (f.kind !== 'function') return f.kind === 'builtin';
  return f.code.params.slice(1).every((p) => p.default !== null || p.kind === 'rest' || p.kind === 'restKeywords');
}

/** Whether a top-level function could be a factory: it can be called without arguments, and returns something. */
export function maybeFactory(d: TopLevelDefinition): boolean {
  if (d.statement.kind !== 'Function' || d.name.startsWith('_')) return false;
  const { code } = d.statement;
  if (!code.params.every((p) => p.default !== null || p.kind === 'rest' || p.kind === 'restKeywords')) return false;
  return /\breturn\b/.test(d.chunk.text);
}

/** Classes of a model's modules. */
export const classesIn = (model: InstanceValue): Set<ClassValue> =>
  new Set([...walk(model)].flatMap(([, m]) => m.cls.mro));

/** Runs `if __name__ == '__main__':` blocks, where scripts call their models. */
export function runMainBlocks(ip: Interpreter, program: Program, module: ModuleValue): void {
  for (const chunk of program.chunks) {
    for (const s of chunk.statements) {
      if (s.kind !== 'If' || !isMainTest(s)) continue;
      const scope = { variables: module.variables, parent: null, kind: 'module' as const, elsewhere: null, module };
      for (const inner of s.consequent) {
        ip.frame = {
          scope,
          module,
          chunk,
          function: null,
          self: null,
          site: inner,
          possibleReturns: [],
          yields: null,
          caller: null,
        };
        attempt(ip, () => runBlock(ip, [inner]));
        ip.frame = null;
      }
    }
  }
}

function isMainTest(s: Statement & { kind: 'If' }): boolean {
  const { test } = s;
  return (
    test.kind === 'Compare' &&
    test.operands.some((o) => o.kind === 'Name' && o.name === '__name__') &&
    test.operands.some((o) => o.kind === 'Literal' && o.literal.type === 'str' && o.literal.value === '__main__')
  );
}
