// What one function says of shapes: in annotations, comments and docstrings, each with the values that it may be about.
//   def forward(self, x):  # (B, 3, H, W)      → x
//       x = self.conv(x)   # (B, 64, H, W)     → the x that this line makes
//       # (B, 64)                              → what is made above, or what is made below: only they know
//       x = x.mean((2, 3))

import type { Expression, FunctionCode, Parameter, Place, Program, Statement } from '../../syntax/program.ts';
import { type Aliases, readAnnotation } from './annotation.ts';
import { type CommentShape, INPUT, OUTPUT, readShapeComment } from './comment.ts';
import { type FoundComment, type Layout, layoutOf } from './commentsIn.ts';
import { readDocstring } from './docstring.ts';
import type { GivenShape } from './givenShape.ts';
import { blocksOf, classOf, isDocstring, isSimple, placeOf, range, type Target, targetsOf } from './targets.ts';

export interface WrittenShape {
  given: GivenShape;
  targets: readonly Target[];
  /** All of them are meant (every return), or any one may be. */
  meant: 'all' | 'any';
}

export interface FunctionGiven {
  /** The best that is said of each parameter. */
  parameters: ReadonlyMap<string, GivenShape>;
  returns: GivenShape | null;
  written: readonly WrittenShape[];
}

const NOTHING: FunctionGiven = { parameters: new Map(), returns: null, written: [] };

const kept = new WeakMap<FunctionCode, { aliases: Aliases; given: FunctionGiven }>();

/** Once per text of the function, as long as the module's aliases stay what they were. */
export function collectGiven(code: FunctionCode, aliases: Aliases): FunctionGiven {
  const known = kept.get(code);
  if (known && sameAliases(known.aliases, aliases)) return known.given;
  const given = code.isLambda ? NOTHING : new Collector(code, aliases).collect();
  kept.set(code, { aliases, given });
  return given;
}

const sameAliases = (a: Aliases, b: Aliases): boolean =>
  a === b || (a.size === b.size && [...a].every(([name, text]) => b.get(name) === text));

const aliasesOf = new WeakMap<Program, Aliases>();
const ALIAS = /^(?:type\s+)?([A-Za-z_]\w*)\s*(?::[^=]*TypeAlias[^=]*)?=\s*([\w.]+\s*\[[\s\S]*\])$/;

/** `Image = Float[Tensor, "b 3 h w"]`, at the top of a module. */
export function moduleAliases(program: Program): Aliases {
  let aliases = aliasesOf.get(program);
  if (aliases === undefined) {
    const found = new Map<string, string>();
    for (const { text } of program.chunks) {
      if (text.length > 300) continue;
      const [, name, meant] = ALIAS.exec(text) ?? [];
      if (name !== undefined && meant !== undefined) found.set(name, meant);
    }
    aliasesOf.set(program, (aliases = found));
  }
  return aliases;
}

class Collector {
  readonly #code: FunctionCode;
  readonly #aliases: Aliases;
  readonly #layout: Layout;
  readonly #params: readonly Parameter[];
  readonly #written: WrittenShape[] = [];
  /** What may be about a parameter or the return as a whole, best first. */
  readonly #best = new Map<string, GivenShape>();
  #returns: GivenShape | null = null;

  constructor(code: FunctionCode, aliases: Aliases) {
    this.#code = code;
    this.#aliases = aliases;
    this.#layout = layoutOf(code.chunk);
    const [first] = code.params;
    this.#params = first && /^(self|cls)$/.test(first.name) ? code.params.slice(1) : code.params;
  }

  collect(): FunctionGiven {
    this.#annotations();
    const body = this.#code.body();
    const end = body.at(-1)?.endLine ?? this.#code.namePlace.endLine;
    const comments = this.#layout.comments.filter((c) => c.line >= this.#code.namePlace.line - 4 && c.line <= end + 2);
    if (comments.length > 0 || /[["']/.test(this.#code.chunk.text)) {
      const blocks = blocksOf(body);
      this.#comments(comments, blocks, end);
      this.#inBody(blocks);
    }
    this.#docstrings(body);
    return { parameters: this.#best, returns: this.#returns, written: this.#written };
  }

  #annotations(): void {
    for (const p of this.#params) {
      const given = p.annotation && this.#annotation(p.annotation);
      if (given && (p.kind === 'normal' || p.kind === 'positionalOnly' || p.kind === 'keywordOnly'))
        this.#add(given, [this.#parameter(p)]);
    }
    const given = this.#code.returns && this.#annotation(this.#code.returns);
    if (given) this.#add(given, this.#returned());
  }

  /** `y: Float[Tensor, "b d"] = …` */
  #inBody(blocks: readonly (readonly Statement[])[]): void {
    for (const s of blocks.flat()) {
      if (s.kind !== 'AnnotatedAssign' || s.target.kind !== 'Name') continue;
      const given = this.#annotation(s.annotation);
      if (given) this.#add(given, targetsOf(s));
    }
  }

  #annotation(annotation: Expression): GivenShape | null {
    const place = placeOf(annotation);
    const text = textAt(this.#layout.lines, place);
    const read = readAnnotation(text, this.#aliases);
    if (read === null) return null;
    const sizes = read.start < 0 || text.includes('\n') ? null : within(place, read.start, read.end);
    const { axes, dtype, style } = read;
    return { axes, dtype, source: 'annotation', text, place, sizes, style };
  }

  #parameter = (p: Parameter): Target => ({ kind: 'parameter', name: p.name, place: p.place, item: null });

  #returned(): Target[] {
    return blocksOf(this.#code.body())
      .flat()
      .flatMap((s): Target[] => (s.kind === 'Return' ? targetsOf(s) : []))
      .filter((t) => t.item === null);
  }

  /** Adds what is said of some values; the first to speak of a parameter is the best. */
  #add(given: GivenShape, targets: readonly Target[]): void {
    if (targets.every((t) => t.kind === 'reads')) return;
    this.#written.push({ given, targets, meant: targets.every((t) => t.kind === 'return') ? 'all' : 'any' });
    for (const t of targets) if (t.kind === 'parameter' && !this.#best.has(t.name)) this.#best.set(t.name, given);
    if (targets.every((t) => t.kind === 'return')) this.#returns ??= given;
  }

  #comments(comments: readonly FoundComment[], blocks: readonly (readonly Statement[])[], end: number): void {
    const { namePlace } = this.#code;
    const first = blocks[0]?.[0];
    let signatureEnd = namePlace.line;
    while (this.#layout.continues[signatureEnd]) signatureEnd++;
    const alone = new Set(this.#layout.comments.filter((c) => c.alone).map((c) => c.line));
    const definition = this.#definitionColumn(namePlace.line);
    for (const comment of comments) {
      const shapes = readShapeComment(comment.text).map((s) =>
        s.word !== null && this.#isVariable(s.word, blocks) ? { ...s, name: s.word } : s,
      );
      if (shapes.length === 0) continue;
      if (comment.line < namePlace.line) {
        // Above the def, and nothing but comments and decorators between.
        const adjoins = range(comment.line + 1, namePlace.line).every(
          (l) => alone.has(l) || /^\s*@/.test(this.#layout.lines[l] ?? ''),
        );
        if (comment.alone && comment.column === definition && adjoins) this.#ofSignature(comment, shapes, this.#params);
      } else if (comment.line <= signatureEnd && !(first && first.line <= comment.line)) {
        if (comment.alone)
          this.#ofSignature(
            comment,
            shapes.filter((s) => s.name !== null),
            this.#params,
          );
        else
          this.#ofSignature(
            comment,
            shapes,
            this.#params.filter((p) => p.place.line === comment.line),
            signatureEnd,
          );
      } else if (comment.line <= end + 2) this.#ofBody(comment, shapes, blocks, alone, end);
    }
  }

  /** `outputs, hidden = self.rnn(x)`: then `# outputs = (T, B, H)` is about that one. */
  #isVariable(name: string, blocks: readonly (readonly Statement[])[]): boolean {
    if (this.#params.some((p) => p.name === name)) return true;
    return blocks.some((block) => block.some((s) => isSimple(s) && targetsOf(s).some((t) => t.name === name)));
  }

  /** The column of `def` (or of `async def`). */
  #definitionColumn(line: number): number {
    return /^\s*/.exec(this.#layout.lines[line] ?? '')![0].length;
  }

  /** On the line of a parameter or of the def, or right above the def. */
  #ofSignature(
    comment: FoundComment,
    shapes: readonly CommentShape[],
    here: readonly Parameter[],
    signatureEnd = -1,
  ): void {
    const single = this.#single(here);
    for (const shape of shapes) {
      const given = this.#comment(comment, shape);
      const named = here.find((p) => p.name === shape.name) ?? this.#params.find((p) => p.name === shape.name);
      if (named) this.#add(given, [this.#parameter(named)]);
      else if (shape.name === OUTPUT || (shape.name === null && shape.arrow)) this.#add(given, this.#returned());
      else if (shape.name === null && shape.before) {
        if (single) this.#add({ ...given, axes: shape.before, sizes: null }, [this.#parameter(single)]);
        this.#add(given, this.#returned());
      } else if (shape.name === INPUT || (shape.name === null && shapes.length === 1)) {
        if (single) this.#add(given, [this.#parameter(single)]);
        // `) -> Tensor:  # (B, 10)`
        else if (here.length === 0 && comment.line === signatureEnd) this.#add(given, this.#returned());
      }
    }
  }

  /** The one parameter that a call must give. */
  #single(params: readonly Parameter[]): Parameter | null {
    const wanted = params.filter((p) => p.kind === 'normal' || p.kind === 'positionalOnly');
    const needed = wanted.filter((p) => p.default === null);
    return needed.length === 1 ? needed[0]! : wanted.length === 1 && needed.length === 0 ? wanted[0]! : null;
  }

  #ofBody(
    comment: FoundComment,
    shapes: readonly CommentShape[],
    blocks: readonly (readonly Statement[])[],
    alone: ReadonlySet<number>,
    end: number,
  ): void {
    if (!comment.alone) {
      const ending = blocks.flat().findLast((s) => s.endLine === comment.line && isSimple(s));
      if (ending) this.#ofValues(comment, shapes, [targetsOf(ending)]);
      return;
    }
    const onlyComments = (from: number, to: number): boolean => range(from, to).every((line) => alone.has(line));
    for (const [depth, block] of blocks.entries()) {
      if (block[0]?.column !== comment.column) continue;
      const above = block.findLast((s) => s.endLine < comment.line && !isDocstring(s));
      const isAdjacent = (s: Statement): boolean => onlyComments(s.endLine + 1, comment.line);
      const below = block.find((s) => s.line > comment.line && onlyComments(comment.line + 1, s.line));
      const atTop = depth === 0 && !above && comment.line < (block.find((s) => !isDocstring(s))?.line ?? end);
      const candidates = [above, below].map((s) => (s && isSimple(s) ? targetsOf(s) : []));
      // `q, k, v = …` below: it may be about each of them, or about what they are made from.
      const isOpen = [above, below].some((s, i) => s && candidates[i]!.length !== 1 && (i === 1 || isAdjacent(s)));
      const single = atTop && isOfOne(shapes) ? this.#single(this.#params) : null;
      if (isOpen && shapes.some((s) => s.name === null)) {
        // Good enough to be fed, but not to be held against anybody.
        if (single && !this.#best.has(single.name)) this.#best.set(single.name, this.#comment(comment, shapes[0]!));
        return;
      }
      if (atTop) candidates.unshift(single ? [this.#parameter(single)] : []);
      else if (below) candidates.push([{ kind: 'reads', name: '', place: placeOf(below), item: null }]);
      if ((above && isAdjacent(above)) || below || atTop) {
        this.#ofValues(comment, shapes, candidates, atTop);
        return;
      }
    }
  }

  /** `groups`: the values of each statement that the comment may be about. */
  #ofValues(
    comment: FoundComment,
    shapes: readonly CommentShape[],
    groups: readonly (readonly Target[])[],
    atTop = false,
  ): void {
    const values = shapes.filter((s) => atTop || s.name !== INPUT);
    for (const [i, shape] of values.entries()) {
      const given = this.#comment(comment, shape);
      const isNamed = shape.name !== null && shape.name !== OUTPUT && shape.name !== INPUT;
      const targets = groups.flatMap((group): Target[] => {
        if (group[0]?.kind === 'reads') return values.length === 1 ? [{ ...group[0], name: shape.name ?? '' }] : [];
        if (isNamed) return group.filter((t) => t.name === shape.name || t.kind === 'return').slice(0, 1);
        if (values.length > 1) return group.length === values.length ? [group[i]!] : [];
        return group.length === 1 ? [group[0]!] : [];
      });
      const parameter = isNamed && atTop ? this.#params.find((p) => p.name === shape.name) : undefined;
      const returned = isNamed
        ? targets.filter((t) => t.kind !== 'return' || this.#returnsName(t, shape.name!))
        : targets;
      this.#add(given, parameter ? [this.#parameter(parameter)] : returned);
    }
  }

  /** Whether `return x` returns that name. */
  #returnsName(target: Target, name: string): boolean {
    return new RegExp(`^return\\s+${name}\\b\\s*(#|$)`).test(textAt(this.#layout.lines, target.place));
  }

  #comment(comment: FoundComment, shape: CommentShape): GivenShape {
    const { axes, dtype, start, end, style } = shape;
    const place = {
      line: comment.line,
      column: comment.column,
      endLine: comment.line,
      endColumn: comment.column + comment.text.length,
    };
    return { axes, dtype, source: 'comment', text: shape.text, place, sizes: within(place, start, end), style };
  }

  #docstrings(body: readonly Statement[]): void {
    const [own] = body;
    if (own && isDocstring(own)) this.#docstring(own, 'all');
    if (this.#code.name !== 'forward') return;
    const of = classOf(this.#code.chunk, this.#code)?.body[0];
    if (of && isDocstring(of)) this.#docstring(of, 'shape');
  }

  #docstring(at: Place, only: 'all' | 'shape'): void {
    const lines = this.#layout.lines.slice(at.line, at.endLine + 1);
    const quotes = /^\s*[rRuU]?("""|'''|["'])/.exec(lines[0]!)?.[0].length ?? 0;
    lines[0] = ' '.repeat(quotes) + lines[0]!.slice(quotes);
    const text = lines.join('\n').replace(/("""|''')\s*$/, '');
    const single = this.#single(this.#params);
    for (const shape of readDocstring(text, only)) {
      const { axes, dtype, start, end, style } = shape;
      const line = at.line + shape.line;
      const whole = this.#layout.lines[line]!;
      const column = /^\s*/.exec(whole)![0].length;
      const place = { line, column, endLine: line, endColumn: whole.trimEnd().length };
      const sizes = { line, column: start, endLine: line, endColumn: end };
      const text = whole.slice(start - 1, end + 1).trim();
      const given: GivenShape = { axes, dtype, source: 'docstring', text, place, sizes, style };
      const named = this.#params.find((p) => p.name === shape.name) ?? (shape.name === INPUT ? single : undefined);
      if (named) this.#add(given, [this.#parameter(named)]);
      else if (shape.name === OUTPUT) this.#add(given, this.#returned());
    }
  }
}

/** One shape, and not what something becomes. */
const isOfOne = (shapes: readonly CommentShape[]): boolean =>
  shapes.length === 1 && !shapes[0]!.arrow && shapes[0]!.before === null;

const within = (place: Place, start: number, end: number): Place => ({
  line: place.line,
  column: place.column + start,
  endLine: place.line,
  endColumn: place.column + end,
});

function textAt(lines: readonly string[], place: Place): string {
  const covered = lines.slice(place.line, place.endLine + 1);
  covered[covered.length - 1] = covered.at(-1)!.slice(0, place.endColumn);
  covered[0] = covered[0]!.slice(place.column);
  return covered.join('\n');
}
