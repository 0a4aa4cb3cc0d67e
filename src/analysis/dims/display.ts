// Sizes as people write them: (B, 64, ⌈H/2⌉, ⌈W/2⌉), 12·dim² + 13·dim.

import { type Atom, type Dim, greatestCommonDivisor, isExact, type SymbolicDim, type Term } from './dim.ts';

/** A size that is exact, symbolic, or unknown (null). */
export type MaybeDim = Dim | null;

export function showDim(d: MaybeDim): string {
  if (d === null) return '?';
  if (isExact(d)) return String(d);
  return remembered(shown, d, () =>
    inReadingOrder(d.terms)
      .map((t, i) => showTerm(t, i === 0))
      .join(''),
  );
}

/** A size is never changed, and goes through many lines: its text is made once. */
const shown = new WeakMap<SymbolicDim, string>();
const expressed = new WeakMap<SymbolicDim, string>();

function remembered(texts: WeakMap<SymbolicDim, string>, d: SymbolicDim, make: () => string): string {
  let text = texts.get(d);
  if (text === undefined) texts.set(d, (text = make()));
  return text;
}

/** `in_channels − C` and `1536 − C`, not `−C + in_channels`. */
function inReadingOrder(terms: readonly Term[]): readonly Term[] {
  const at = terms[0] && terms[0].coefficient < 0 ? terms.findIndex((t) => t.coefficient > 0) : -1;
  return at < 0 ? terms : [terms[at]!, ...terms.filter((_, i) => i !== at)];
}

function showTerm(t: Term, first: boolean): string {
  const sign = t.coefficient < 0 ? (first ? '−' : ' − ') : first ? '' : ' + ';
  if (t.atoms.length === 0) return sign + Math.abs(t.coefficient);
  const { above, below, over, under } = fraction(t, showAtom);
  const upper = factors(over === 1 && above.length > 0 ? null : over, above);
  if (below.length > 0) return `${sign}${upper} // ${bracketed(factors(under === 1 ? null : under, below))}`;
  return under === 1 ? sign + upper : `${sign}${upper}/${under}`;
}

interface Fraction {
  /** What is multiplied, and what it is divided by: without what they have in common. */
  above: string[];
  below: string[];
  /** Their numbers, not negative, in lowest terms. */
  over: number;
  under: number;
}

/** A term with the divisors of its symbols below the line: 8 · (H/16) is H/2, and h · (d/h) is d. */
function fraction(t: Term, show: (atom: Atom) => string): Fraction {
  const above: string[] = [];
  const below: string[] = [];
  let under = 1;
  for (const atom of t.atoms) {
    above.push(show(atom));
    const divisor = atom.kind === 'symbol' ? atom.facts.divisor : null;
    if (!divisor) continue;
    under *= divisor.coefficient;
    below.push(...divisor.atoms.map(show));
  }
  const left = below.filter((name) => {
    const at = above.indexOf(name);
    if (at >= 0) above.splice(at, 1);
    return at < 0;
  });
  const over = Math.abs(t.coefficient);
  const common = greatestCommonDivisor(over, under);
  return { above, below: left, over: over / common, under: under / common };
}

/** `12·dim²`: equal factors as a power; a quotient among others stands in brackets. */
function factors(number: number | null, names: readonly string[]): string {
  const shown: string[] = number === null ? [] : [String(number)];
  for (let i = 0; i < names.length; ) {
    let power = 1;
    while (names[i + power] === names[i]) power++;
    const alone = names.length === power && shown.length === 0 && power === 1;
    shown.push((alone ? names[i]! : bracketed(names[i]!)) + superscript(power));
    i += power;
  }
  return shown.join('·');
}

/** A product or a quotient among others stands in brackets, unless it has its own. */
const bracketed = (text: string): string => (/ \/\/ |·/.test(text) && !isEnclosed(text) ? `(${text})` : text);

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '⌊': '⌋', '⌈': '⌉' };

/** Whether its first bracket closes at its end: `(a + b)`, `min(a, b)`. */
function isEnclosed(whole: string): boolean {
  const text = whole.replace(/^(?:min|max)(?=\()/, '');
  if (!(text[0]! in CLOSING)) return false;
  let depth = 0;
  for (const [i, c] of [...text].entries()) {
    if (c in CLOSING) depth++;
    else if (c === ')' || c === '⌋' || c === '⌉') depth--;
    if (depth === 0) return i === text.length - 1;
  }
  return false;
}

const superscript = (n: number): string => (n === 1 ? '' : [...String(n)].map((c) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)]).join(''));

function showAtom(atom: Atom): string {
  if (atom.kind === 'symbol') return atom.name;
  if (atom.kind === 'floordiv') return showQuotient(atom.left, atom.right);
  if (atom.kind === 'mod') return `(${grouped(atom.left)} % ${grouped(atom.right)})`;
  return `${atom.kind}(${showDim(atom.left)}, ${showDim(atom.right)})`;
}

/** (x + n − 1) // n is ⌈x/n⌉. */
function showQuotient(left: Dim, right: Dim): string {
  if (isExact(right) && !isExact(left)) {
    const constant = left.terms.find((t) => t.key === '')?.coefficient ?? 0;
    if (constant === right - 1) {
      const rest = { ...left, terms: left.terms.filter((t) => t.key !== '') };
      return `⌈${grouped(rest)}/${right}⌉`;
    }
  }
  // By a size that is a symbol: as Python writes it, `dim // heads`.
  return isExact(right) ? `⌊${grouped(left)}/${grouped(right)}⌋` : `${grouped(left)} // ${grouped(right)}`;
}

const grouped = (d: Dim): string => {
  const text = showDim(d);
  return !isExact(d) && /[ ·/]|^−/.test(text) && !isEnclosed(text) ? `(${text})` : text;
};

/** An expression that Python and tests can read: "(H + 1)//2". */
export function dimExpression(d: Dim): string {
  if (isExact(d)) return String(d);
  return remembered(expressed, d, () =>
    d.terms
      .map((t, i) => {
        const sign = t.coefficient < 0 ? (i === 0 ? '-' : ' - ') : i === 0 ? '' : ' + ';
        return sign + termExpression(t);
      })
      .join(''),
  );
}

function termExpression(t: Term): string {
  const { above, below, over, under } = fraction(t, atomExpression);
  const upper = [...(over !== 1 || above.length === 0 ? [String(over)] : []), ...above].join('*');
  const lower = [...(under === 1 ? [] : [String(under)]), ...below];
  if (lower.length === 0) return upper;
  return `(${upper.includes('*') ? `(${upper})` : upper}//${lower.length > 1 ? `(${lower.join('*')})` : lower[0]})`;
}

function atomExpression(atom: Atom): string {
  if (atom.kind === 'symbol') return atom.name;
  const left = dimExpression(atom.left);
  const right = dimExpression(atom.right);
  if (atom.kind === 'min' || atom.kind === 'max') return `${atom.kind}(${left}, ${right})`;
  const wrap = (text: string) => (/^[\w.]+$/.test(text) ? text : `(${text})`);
  return `(${wrap(left)}${atom.kind === 'mod' ? ' % ' : '//'}${wrap(right)})`;
}

/** `(B, 64, 112, 112)`; a tuple of one keeps its comma, as in Python. */
export function showShape(shape: readonly MaybeDim[] | null): string {
  if (shape === null) return '(…)';
  return shape.length === 1 ? `(${showDim(shape[0]!)},)` : `(${shape.map(showDim).join(', ')})`;
}

/** `16·(⌊H/2⌋ − 2)`: a factor that is a sum stands in brackets. */
export const showFactors = (all: readonly MaybeDim[]): string =>
  all
    .map(showDim)
    .map((factor) => (/ [+−-] /.test(factor) ? `(${factor})` : factor))
    .join('·');

/** `1·6·28·28·1·5·5 = 117,600` */
export function showProduct(all: readonly MaybeDim[], product: MaybeDim): string {
  return `${showFactors(all)} = ${typeof product === 'number' ? product.toLocaleString('en-US') : showDim(product)}`;
}
