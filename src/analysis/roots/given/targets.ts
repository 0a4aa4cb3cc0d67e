// The values of a function that somebody may be talking about: names that statements give values to, and what is returned.
//   a, b = self.split(x)      → a, b          return x      → the return

import type { Chunk, Expression, FunctionCode, Place, Statement } from '../../syntax/program.ts';

/** A value of the function: where its name stands (of a return: the statement). */
export interface Target {
  /** 'reads': whatever the statement at `place` reads. */
  kind: 'parameter' | 'assign' | 'return' | 'reads';
  name: string;
  place: Place;
  /** Of a tuple that is returned: which one. */
  item: number | null;
}

export const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

export const placeOf = ({ line, column, endLine, endColumn }: Place): Place => ({ line, column, endLine, endColumn });

export const isSimple = (s: Statement): boolean =>
  s.kind === 'Assign' || s.kind === 'AugmentedAssign' || s.kind === 'AnnotatedAssign' || s.kind === 'Return';

export const isDocstring = (s: Statement): boolean =>
  s.kind === 'Expression' && s.value.kind === 'Literal' && s.value.literal.type === 'str';

/** The names that a statement gives values to; a return's own. */
export function targetsOf(s: Statement): Target[] {
  switch (s.kind) {
    case 'Assign': {
      const last = s.targets.at(-1);
      return last ? namesOf(last) : [];
    }
    case 'AugmentedAssign':
    case 'AnnotatedAssign':
      return namesOf(s.target);
    case 'Return': {
      const items = s.value?.kind === 'Tuple' ? s.value.items.length : 0;
      const target = { kind: 'return' as const, name: 'return', place: placeOf(s) };
      return items > 0 ? range(0, items).map((item) => ({ ...target, item })) : [{ ...target, item: null }];
    }
    default:
      return [];
  }
}

function namesOf(target: Expression): Target[] {
  if (target.kind === 'Name') return [{ kind: 'assign', name: target.name, place: placeOf(target), item: null }];
  if (target.kind === 'Tuple' || target.kind === 'List') {
    // `_, (h, c) = …`: which shape belongs to which is not plain.
    return target.items.every((t) => t.kind === 'Name') ? target.items.flatMap(namesOf) : [];
  }
  return [];
}

/** A block and those inside it, without those of inner functions. */
export function blocksOf(block: readonly Statement[]): (readonly Statement[])[] {
  return [block, ...block.flatMap((s) => innerBlocks(s).flatMap(blocksOf))].filter((b) => b.length > 0);
}

function innerBlocks(s: Statement): (readonly Statement[])[] {
  switch (s.kind) {
    case 'If':
      return [s.consequent, s.otherwise];
    case 'For':
    case 'While':
      return [s.body, s.otherwise];
    case 'Try':
      return [s.body, ...s.handlers.map((h) => h.body), s.otherwise, s.finally];
    case 'With':
      return [s.body];
    case 'Match':
      return s.cases.map((c) => c.body);
    default:
      return [];
  }
}

/** The class in whose body a function stands. */
export function classOf(chunk: Chunk, code: FunctionCode): (Statement & { kind: 'Class' }) | null {
  const search = (statements: readonly Statement[]): (Statement & { kind: 'Class' }) | null => {
    for (const s of statements) {
      if (s.kind !== 'Class') continue;
      if (s.body.some((inner) => inner.kind === 'Function' && inner.code === code)) return s;
      const found = search(s.body);
      if (found) return found;
    }
    return null;
  };
  return search(chunk.statements);
}
