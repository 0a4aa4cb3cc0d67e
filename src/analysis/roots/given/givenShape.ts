// A shape that somebody wrote down: in an annotation, a comment or a docstring.
//   x: Float[Tensor, "*batch 3 h w//2"]   →   axes: *batch, 3, h, ⌊w/2⌋

import { type Dim, isExact, symbolsIn } from '../../dims/dim.ts';
import type { Place } from '../../syntax/program.ts';
import type { DType } from '../../values/tensor.ts';

/** One axis, or several that are not counted. */
export type GivenAxis =
  | {
      kind: 'size';
      /** A number, a name, or an expression over names: `3`, `h`, `h // 2`. */
      size: Dim;
      /** `H/2`: which way an odd H goes is not said. */
      rounded: boolean;
      /** jaxtyping's `#b`: may also be 1. */
      broadcasts: boolean;
    }
  /** `_`, `?`, `-1`, `None`: there is an axis, and nothing more is said. */
  | { kind: 'any' }
  /** `*batch`, `...`: any number of axes. */
  | { kind: 'many'; name: string | null };

export type GivenSource = 'annotation' | 'comment' | 'docstring';

/** How the sizes are written, so that others can be written in their place. */
export type GivenStyle = 'spaces' | 'commas' | 'times' | 'quoted';

/** What a reader finds in a text; offsets count from that text's start. */
export interface ShapeText {
  axes: readonly GivenAxis[];
  dtype: DType | null;
  /** The sizes alone, without brackets or quotes. */
  start: number;
  end: number;
  style: GivenStyle;
}

export interface GivenShape {
  axes: readonly GivenAxis[];
  dtype: DType | null;
  source: GivenSource;
  /** As the user wrote it: `Float[Tensor, "b c h w"]`, `(B, 64, 32, 32)`. */
  text: string;
  /** Of the annotation, the comment, or the docstring's line; lines count from the chunk, as everywhere in a Program. */
  place: Place;
  /** Of the sizes alone; null where they stand elsewhere (an alias). */
  sizes: Place | null;
  style: GivenStyle;
}

/** Names of one axis and of several are told apart: jaxtyping does so, too. */
export function namesIn(axes: readonly GivenAxis[]): string[] {
  return axes.flatMap((axis) => (axis.kind === 'size' ? [...symbolsIn(axis.size).keys()] : []));
}

/** The name, where a size is nothing but one. */
export function plainName(d: Dim): string | null {
  if (isExact(d) || d.terms.length !== 1) return null;
  const { coefficient, atoms } = d.terms[0]!;
  const [atom] = atoms;
  return coefficient === 1 && atoms.length === 1 && atom?.kind === 'symbol' ? atom.name : null;
}
