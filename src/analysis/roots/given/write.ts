// Inferred shapes as users write them: `B, 64, (H + 1)//2` in a comment, `B 64 H//2` for jaxtyping.

import type { SizeJson } from '../../graph/modelGraph.ts';
import type { GivenStyle } from './givenShape.ts';

/** `(B, 64, 32, 32)`; a size that is not known is `?`. */
export const shapeComment = (shape: readonly SizeJson[]): string => `(${writeSizes(shape, 'commas')})`;

/** The sizes alone, in a style; what goes between the brackets or the quotes. */
export function writeSizes(shape: readonly SizeJson[], style: GivenStyle): string {
  switch (style) {
    case 'commas': {
      const sizes = shape.map((size) => (size === null || isPrivate(size) ? '?' : plain(size)));
      return sizes.length === 1 ? `${sizes[0]},` : sizes.join(', ');
    }
    case 'times':
      return shape
        .map((size) => (size === null || isPrivate(size) ? '?' : plain(size).replaceAll(' ', '')))
        .join(' x ');
    case 'spaces':
      return jaxtypingSizes(shape);
    case 'quoted':
      return shape.map((size) => (typeof size === 'number' ? size : isName(size) ? `"${size}"` : '-1')).join(', ');
  }
}

/** As jaxtyping can check it: expressions only over names that stand alone somewhere before. */
export function jaxtypingSizes(shape: readonly SizeJson[], bound: ReadonlySet<string> = new Set()): string {
  const names = new Set([...bound, ...shape.filter(isName)]);
  return shape
    .map((size) => {
      if (typeof size === 'number') return String(size);
      if (size === null || isPrivate(size)) return '_';
      const used = size.match(/[A-Za-z_]\w*/g) ?? [];
      const checkable = used.every((name) => names.has(name)) && /^[\w+*/%() -]+$/.test(size);
      return checkable ? plain(size).replaceAll(' ', '') : '_';
    })
    .join(' ');
}

/** A size that is a name, and nothing else. */
export const isName = (size: SizeJson): size is string =>
  typeof size === 'string' && /^[A-Za-z_]\w*$/.test(size) && !isPrivate(size);

/** Names of our own for what is not known: `either3`. */
const isPrivate = (size: SizeJson): boolean => typeof size === 'string' && /\b(either)\d+\b/.test(size);

/** Without brackets around the whole. */
function plain(size: string | number): string {
  const text = String(size);
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  let depth = 0;
  for (const [i, mark] of [...text].entries()) {
    if (mark === '(') depth++;
    else if (mark === ')' && --depth === 0) return i === text.length - 1 ? text.slice(1, -1) : text;
  }
  return text;
}
