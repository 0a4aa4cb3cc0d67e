// Sizes as people write them: (B, 64, ⌈H/2⌉, ⌈W/2⌉), 12·dim² + 13·dim.

import { type Atom, type Dim, isExact, type Term } from './dim.ts';

/** A size that is exact, symbolic, or unknown (null). */
export type MaybeDim = Dim | null;

export function showDim(d: MaybeDim): string {
  if (d === null) return '?';
  if (isExact(d)) return String(d);
  return d.terms.map((t, i) => showTerm(t, i === 0)).join('');
}

function showTerm(t: Term, first: boolean): string {
  const sign = t.coefficient < 0 ? (first ? '−' : ' − ') : first ? '' : ' + ';
  const size = Math.abs(t.coefficient);
  if (t.atoms.length === 0) return sign + size;
  const factors: string[] = [];
  for (let i = 0; i < t.atoms.length; ) {
    let power = 1;
    while (t.atoms[i + power]?.key === t.atoms[i]!.key) power++;
    factors.push(showAtom(t.atoms[i]!) + superscript(power));
    i += power;
  }
  return sign + (size === 1 ? '' : `${size}·`) + factors.join('·');
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
  return `⌊${grouped(left)}/${grouped(right)}⌋`;
}

const grouped = (d: Dim): string => {
  const text = showDim(d);
  return !isExact(d) && (d.terms.length > 1 || d.terms[0]!.coefficient !== 1 || d.terms[0]!.atoms.length > 1)
    ? `(${text})`
    : text;
};

/** An expression that Python and tests can read: "(H + 1)//2". */
export function dimExpression(d: Dim): string {
  if (isExact(d)) return String(d);
  return d.terms
    .map((t, i) => {
      const sign = t.coefficient < 0 ? (i === 0 ? '-' : ' - ') : i === 0 ? '' : ' + ';
      const factors = t.atoms.map(atomExpression);
      const size = Math.abs(t.coefficient);
      if (size !== 1 || factors.length === 0) factors.unshift(String(size));
      return sign + factors.join('*');
    })
    .join('');
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

/** `1·6·28·28·1·5·5 = 117,600`; a factor that is a sum stands in brackets. */
export function showProduct(factors: readonly MaybeDim[], product: MaybeDim): string {
  const shown = factors.map(showDim).map((factor) => (/ [+−-] /.test(factor) ? `(${factor})` : factor));
  return `${shown.join('·')} = ${typeof product === 'number' ? product.toLocaleString('en-US') : showDim(product)}`;
}
