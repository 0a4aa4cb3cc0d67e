// Contracts: what annotations, comments and docstrings say, held against what the values are.
//   x = self.conv(x)  # (B, 64, 32, 32)      → The comment says (B, 64, 32, 32), but x is (B, 64, 30, 30).

import type { SizeJson, SourceRange } from '../graph/modelGraph.ts';
import { isShape } from '../graph/shapes.ts';
import type { ValueRecord } from '../interp/observer.ts';
import { collectGiven, moduleAliases, type WrittenShape } from '../roots/given/collect.ts';
import { type GivenAxis, type GivenShape, plainName } from '../roots/given/givenShape.ts';
import { showAxes } from '../roots/given/show.ts';
import type { Target } from '../roots/given/targets.ts';
import { isBatchName } from '../roots/given/vocabulary.ts';
import { writeSizes } from '../roots/given/write.ts';
import type { Observation, RootFact } from '../snapshot.ts';
import type { Chunk, FunctionCode, Place, Program, Statement } from '../syntax/program.ts';
import type { Fix, Problem } from './problem.ts';
import { type Bindings, mismatch, noBindings } from './shapeMatch.ts';

/** One use of a value that is not what was written. */
interface Violation {
  record: ValueRecord;
  target: Target;
  use: Observation;
  why: string;
}

/** What came of holding one written shape against its values. */
interface Verdict {
  violations: Violation[];
  uses: number;
}

/** All that is written in a file, against what was seen in it. */
export function contractProblems(
  program: Program,
  values: Iterable<ValueRecord>,
  roots: readonly Pick<RootFact, 'inputSource' | 'inputs'>[],
): Problem[] {
  const records = new Map<string, ValueRecord>();
  const lines: number[] = [];
  for (const record of values) {
    if (record.file !== program.file) continue;
    records.set(`${record.kind} ${record.range.line}:${record.range.column}`, record);
    if (record.kind !== 'read') lines.push(record.range.line);
  }
  if (records.size === 0) return [];
  const aliases = moduleAliases(program);
  return program.chunks.flatMap((chunk) =>
    functionsIn(chunk.statements).flatMap(({ code, place }) => {
      const from = chunk.line + place.line;
      const to = chunk.line + place.endLine;
      // A function that nobody ran has not even been converted.
      if (!lines.some((line) => line >= from && line <= to)) return [];
      const { written } = collectGiven(code, aliases);
      return written.length === 0
        ? []
        : new FunctionContract(program.file, chunk, records, fedAsWritten(roots)).check(written);
    }),
  );
}

/** `root name` of the inputs that were fed what is written about them: they prove nothing. */
const fedAsWritten = (roots: readonly Pick<RootFact, 'inputSource' | 'inputs'>[]): ReadonlySet<string> =>
  new Set(
    roots.flatMap(({ inputSource, inputs }, root) =>
      ['annotation', 'comment', 'docstring'].includes(inputSource)
        ? inputs
            .filter((i) => i.notes.some((note) => note.startsWith(`from the ${inputSource} `)))
            .map((i) => `${root} ${i.name}`)
        : [],
    ),
  );

function functionsIn(statements: readonly Statement[]): { code: FunctionCode; place: Place }[] {
  return statements.flatMap((s) =>
    s.kind === 'Function' ? [{ code: s.code, place: s }] : s.kind === 'Class' ? functionsIn(s.body) : [],
  );
}

class FunctionContract {
  readonly #file: string;
  readonly #chunk: Chunk;
  readonly #records: ReadonlyMap<string, ValueRecord>;
  readonly #derived: ReadonlySet<string>;

  constructor(file: string, chunk: Chunk, records: ReadonlyMap<string, ValueRecord>, derived: ReadonlySet<string>) {
    this.#file = file;
    this.#chunk = chunk;
    this.#records = records;
    this.#derived = derived;
  }

  check(written: readonly WrittenShape[]): Problem[] {
    const annotations = written.filter((w) => w.given.source === 'annotation');
    const verdicts = this.#annotations(annotations);
    return written.flatMap((w) => {
      const verdict = verdicts.get(w) ?? this.#remark(w);
      return verdict.violations.length === 0 ? [] : [this.#problem(w.given, verdict)];
    });
  }

  #record({ kind, place }: Target): ValueRecord | undefined {
    return this.#records.get(`${kind} ${place.line + this.#chunk.line}:${place.column}`);
  }

  /** Annotations hold in every use, and their names are the same size throughout one use. */
  #annotations(written: readonly WrittenShape[]): Map<WrittenShape, Verdict> {
    const verdicts = new Map(written.map((w): [WrittenShape, Verdict] => [w, { violations: [], uses: 0 }]));
    const callOf = (use: Observation): string => `${use.root} ${use.path}`;
    const calls = new Map<string, Bindings>();
    for (const w of written) {
      const verdict = verdicts.get(w)!;
      for (const target of w.targets) {
        const record = this.#record(target);
        const times = new Map<string, number>();
        for (const use of record?.uses ?? []) times.set(callOf(use), (times.get(callOf(use)) ?? 0) + 1);
        for (const use of record?.uses ?? []) {
          const shape = shapeOf(use, target);
          if (shape === null) continue;
          verdict.uses++;
          // Of a place that was passed several times, nobody knows which belongs to which.
          const call = callOf(use);
          let bound = times.get(call) === 1 ? calls.get(call) : noBindings();
          if (bound === undefined) calls.set(call, (bound = noBindings()));
          const why = mismatch(w.given.axes, shape, bound);
          if (why !== null) verdict.violations.push({ record: record!, target, use, why });
        }
      }
    }
    return verdicts;
  }

  /** A comment or docstring may be an example: it is wrong where something is not like that, and nothing else is. */
  #remark({ given, targets, meant }: WrittenShape): Verdict {
    const fine = { violations: [], uses: 0 };
    if (targets.some((t) => t.kind === 'reads' && this.#readsSuch(given, t))) return fine;
    const verdicts = targets.filter((t) => t.kind !== 'reads').map((target) => this.#remarkOn(given, target));
    const broken = verdicts.filter((v) => v.violations.length > 0);
    if (meant === 'any' && broken.length < verdicts.length) return fine;
    return broken.at(-1) ?? fine;
  }

  #remarkOn({ axes }: GivenShape, target: Target): Verdict {
    const record = this.#record(target);
    const violations: Violation[] = [];
    for (const use of record?.uses ?? []) {
      const shape = shapeOf(use, target);
      const isDerived =
        target.kind === 'parameter' && use.path === '' && this.#derived.has(`${use.root} ${target.name}`);
      if (shape === null || isDerived) continue;
      const why = mismatchOfRemark(axes, shape);
      if (why !== null) violations.push({ record: record!, target, use, why });
      // One that is like it is enough; one that may be, for some H, is not.
      else if (isSettled(axes, shape)) return { violations: [], uses: 0 };
    }
    return { violations, uses: violations.length };
  }

  /** Does a statement read something of that shape, which the comment above it may be about? */
  #readsSuch({ axes }: GivenShape, { name, place }: Target): boolean {
    const from = place.line + this.#chunk.line;
    const to = place.endLine + this.#chunk.line;
    for (const { kind, range, uses, name: read } of this.#records.values()) {
      if (kind !== 'read' || range.line < from || range.line > to || (name !== '' && read !== name)) continue;
      if (uses.some(({ shape }) => shape !== null && isShape(shape) && mismatchOfRemark(axes, shape) === null))
        return true;
    }
    return false;
  }

  #problem(given: GivenShape, { violations, uses }: Verdict): Problem {
    const { record, target, use, why } = violations[0]!;
    const actual = target.item === null ? use.text : showSizes(shapeOf(use, target)!);
    const what = target.kind === 'return' ? 'what is returned' : target.name;
    const where = use.path === '' || use.path === '-' || use.path === '?' ? '' : ` in ${use.path}`;
    const count = uses < 2 ? '' : ` (${violations.length === uses ? 'all' : `${violations.length} of`} ${uses} uses)`;
    const range = this.#range(given.place);
    const related = record.range.line === range.line ? [] : [this.#here(record, `${what} is ${actual} here`)];
    return {
      code: 'annotation-mismatch',
      severity: 'warning',
      message: `The ${given.source} says ${showAxes(given.axes)}, but ${what} is ${actual}${where}${why && `: ${why}`}${count}.`,
      range,
      related,
      fixes: this.#fixes(given, violations),
    };
  }

  #here(record: ValueRecord, message: string): Problem['related'][number] {
    return { message, range: { file: this.#file, ...record.range } };
  }

  #range(place: Place): SourceRange {
    const { line } = this.#chunk;
    return { file: this.#file, ...place, line: place.line + line, endLine: place.endLine + line };
  }

  /** Puts the inferred shape in place of the one that is written, where all uses agree on how many axes there are. */
  #fixes(given: GivenShape, violations: readonly Violation[]): Fix[] {
    if (given.sizes === null) return [];
    const { record, target } = violations[0]!;
    const shapes =
      given.source === 'annotation'
        ? record.uses.map((use) => shapeOf(use, target))
        : [shapeOf(violations[0]!.use, target)];
    const shape = commonShape(shapes);
    if (shape === null) return [];
    const newText = writeSizes(shape, given.style);
    const title = given.source === 'annotation' ? `Write "${newText}" instead` : `Write ${showSizes(shape)} instead`;
    return [{ title, edits: [{ range: this.#range(given.sizes), newText }] }];
  }
}

/** A tensor's sizes in one use, or those of one item of a tuple; null where it is something else or unknown. */
function shapeOf(use: Observation, { item }: Target): readonly SizeJson[] | null {
  const { shape } = use;
  if (item === null) return shape !== null && isShape(shape) ? shape : null;
  if (shape === null || isShape(shape) || !('seq' in shape)) return null;
  const inner = shape.seq[item] ?? null;
  return inner !== null && isShape(inner) ? inner : null;
}

/** Sizes that all shapes share, unknown where they differ; null where they have not as many axes. */
export function commonShape(shapes: readonly (readonly SizeJson[] | null)[]): readonly SizeJson[] | null {
  const [first] = shapes;
  if (!first || shapes.some((s) => s === null || s.length !== first.length)) return null;
  return first.map((size, axis) => (shapes.every((s) => s![axis] === size) ? size : null));
}

const showSizes = (shape: readonly SizeJson[]): string =>
  shape.length === 1 ? `(${shape[0] ?? '?'},)` : `(${shape.map((size) => size ?? '?').join(', ')})`;

/** In prose a batch of 1 or 32 stands for any, or is left out. */
function mismatchOfRemark(axes: readonly GivenAxis[], shape: readonly SizeJson[]): string | null {
  const [first, ...rest] = axes;
  const isExample =
    first?.kind === 'size' && typeof first.size === 'number' && axes.length > (first.size === 1 ? 1 : 2);
  const why = mismatch(isExample ? [{ kind: 'any' }, ...rest] : axes, shape, noBindings());
  const name = first?.kind === 'size' ? plainName(first.size) : null;
  const withoutBatch =
    first?.kind === 'size' && (name === null || !isBatchName(name)) && shape.length === axes.length + 1;
  return why !== null && withoutBatch ? mismatch(axes, shape.slice(1), noBindings()) : why;
}

/** Whether numbers stand wherever numbers are written. */
function isSettled(axes: readonly GivenAxis[], shape: readonly SizeJson[]): boolean {
  if (axes.length !== shape.length) return true;
  return axes.every(
    (a, i) => i === 0 || a.kind !== 'size' || typeof a.size !== 'number' || typeof shape[i] === 'number',
  );
}
