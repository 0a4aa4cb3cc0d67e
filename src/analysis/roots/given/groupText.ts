// A list of sizes in running text, in the forms that people use; each reader starts where it is told to and says where it ends.
//   (B, C, H, W)   [batch, seq, dim]   B x C x H x W   BxCxHxW   B C H W   bs, seq_len, dim

import { type Dim, isExact, product, symbolsIn } from '../../dims/dim.ts';
import type { GivenAxis, GivenStyle } from './givenShape.ts';
import { parseAxis } from './sizeText.ts';
import { isAxisName, meansSomethingElse } from './vocabulary.ts';

/** Sizes that were found, and where the text goes on. */
export interface Group {
  axes: readonly GivenAxis[];
  style: GivenStyle;
  /** Of the sizes alone. */
  start: number;
  end: number;
  /** Behind the closing bracket. */
  after: number;
  bracket: '(' | '[' | '';
}

/** How much the words around a group say that it is a shape. */
export type Trust = 'shape' | 'named' | 'bare';

/** `(…)` or `[…]` at a place, with its sizes; null where something else stands there, or in it. */
export function bracketed(text: string, at: number): Group | null {
  const open = text[at];
  if (open !== '(' && open !== '[') return null;
  const close = closing(text, at);
  if (close < 0) return null;
  const axes: GivenAxis[] = [];
  const pieces = splitList(text.slice(at + 1, close));
  if (pieces.at(-1)?.trim() === '' && pieces.length > 0) pieces.pop();
  for (const piece of pieces) {
    const axis = parseAxis(piece) ?? (open === '[' ? parseAxis(inOneWord(piece)) : null);
    if (axis === null) return null;
    axes.push(axis);
  }
  return { axes, style: 'commas', start: at + 1, end: close, after: close + 1, bracket: open };
}

/** `[src len, batch size, hid dim * 2]`: names of two or three small words. */
const inOneWord = (piece: string): string =>
  piece.replace(/\b[a-z]{1,10}(?: [a-z]{1,10}){1,2}\b/g, (words) => words.replaceAll(' ', '_'));

/** Where the bracket that opens at a place closes; −1 where it does not. */
export function closing(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if ('([{'.includes(text[i]!)) depth++;
    else if (')]}'.includes(text[i]!) && --depth === 0) return i;
  }
  return -1;
}

/** At commas outside brackets. */
export function splitList(text: string): string[] {
  const pieces: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if ('([{'.includes(text[i]!)) depth++;
    else if (')]}'.includes(text[i]!)) depth--;
    else if (text[i] === ',' && depth === 0) {
      pieces.push(text.slice(from, i));
      from = i + 1;
    }
  }
  pieces.push(text.slice(from));
  return pieces;
}

const SIZE = String.raw`(?:\d*[A-Za-z_][\w.]*['′]?|\d+|\?|\([^()]*\))(?:\s?(?:\/\/|[-+*/])\s?\w+)*`;
const SPACED = new RegExp(`(?:${SIZE})(?:\\s+[x×]\\s+(?:${SIZE}))+`, 'y');
const TIGHT = /(?:\d+|\d*[A-Z]\d*(?:\/\d+)?)(?:[x×](?:\d+|\d*[A-Z]\d*(?:\/\d+)?|_))+(?![\w])/y;

/** `B x C x H x W`, `N × 3 × 32 × 32`, `BxCxHxW`. */
export function multiplied(text: string, at: number): Group | null {
  for (const [pattern, separator] of [
    [SPACED, /\s+[x×]\s+/],
    [TIGHT, /[x×]/],
  ] as const) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) continue;
    const axes = found.split(separator).map(parseAxis);
    if (axes.every((a) => a !== null))
      return { axes, style: 'times', start: at, end: at + found.length, after: at + found.length, bracket: '' };
  }
  return null;
}

/** `B C H W`, `b h (w p)`: words with nothing but spaces between, to the end of the text. */
export function spaced(text: string, at: number): Group | null {
  const rest = text.slice(at).trimEnd();
  const words = rest.match(/\([^()]*\)|\S+/g) ?? [];
  const axes: GivenAxis[] = [];
  for (const word of words) {
    const axis = word.startsWith('(')
      ? productOf(word.slice(1, -1))
      : /^([A-Za-z]\w?|\d+)$/.test(word)
        ? parseAxis(word)
        : null;
    if (axis === null) return null;
    axes.push(axis);
  }
  const end = at + rest.length;
  return { axes, style: 'spaces', start: at, end, after: end, bracket: '' };
}

function productOf(text: string): GivenAxis | null {
  const sizes: Dim[] = [];
  for (const word of text.split(/\s+/).filter((w) => w !== '')) {
    const axis = parseAxis(word);
    if (axis?.kind !== 'size') return null;
    sizes.push(axis.size);
  }
  return { kind: 'size', size: product(sizes), rounded: false, broadcasts: false };
}

/** `bs, seq_len, dim`: to the end of the text. */
export function listed(text: string, at: number): Group | null {
  const rest = text.slice(at).trimEnd();
  const pieces = splitList(rest);
  if (pieces.length < 2 || pieces.some((p) => !/^\s*[\w.*/+-]+\s*$/.test(p))) return null;
  const axes = pieces.map(parseAxis);
  const end = at + rest.length;
  return axes.every((a) => a !== null) ? { axes, style: 'commas', start: at, end, after: end, bracket: '' } : null;
}

/** Is a group a shape, for all we can see? Silent rather than wrong. */
export function isShape(group: Group, trust: Trust): boolean {
  const { axes, bracket, style } = group;
  const names = axes.flatMap((a) =>
    a.kind === 'size' ? [...symbolsIn(a.size).keys()] : a.kind === 'many' && a.name ? [a.name] : [],
  );
  const numbers = axes.flatMap((a) => (a.kind === 'size' && isExact(a.size) ? [a.size] : []));
  const usual = names.filter(isAxisName).length;
  const free = bracket === '' && style !== 'times';
  if (trust === 'shape') return axes.length > 0 || bracket !== '';
  if (names.length === 0) {
    if (free || numbers.length === 0) return false;
    // -1 … 1 is a range, [3] a reference to the literature, (3, 3) a kernel, 3x3x3 as well.
    if (trust === 'named') return axes.length >= 2 && numbers.length === axes.length;
    return axes.length >= (style === 'times' ? 4 : 3) && Math.max(...numbers) > 7;
  }
  if (trust === 'named' && bracket !== '') return usual > 0 || axes.length > 2;
  if (meansSomethingElse(names)) return false;
  if (style === 'spaces') return axes.length >= 3 && usual === names.length && /^[BNb]$/.test(names[0]!);
  if (free) return axes.length >= 3 && usual === names.length;
  if (axes.length === 1) return usual === 1 && /^([A-Z]|batch\w*|bs)$/.test(names[0]!);
  if (axes.length === 2) return usual === names.length;
  return 2 * usual >= names.length;
}
