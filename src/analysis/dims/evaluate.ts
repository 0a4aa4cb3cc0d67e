// Evaluating sizes at numbers, many times over: a size compiled once into nested functions.
//   compile(16·⌊H/4⌋·⌊W/4⌋, ['H', 'W'])([32, 32])   →   1024

import { type Atom, type Dim, isExact, type Term } from './dim.ts';

/** The size where the i-th name stands for the i-th number. */
export type Evaluated = (values: readonly number[]) => number;

/** Null where the size has a symbol that is not among the names. */
export function compile(d: Dim, names: readonly string[]): Evaluated | null {
  if (isExact(d)) return () => d;
  const terms: Evaluated[] = [];
  for (const t of d.terms) {
    const term = compileTerm(t, names);
    if (!term) return null;
    terms.push(term);
  }
  if (terms.length === 1) return terms[0]!;
  return (values) => {
    let sum = 0;
    for (const term of terms) sum += term(values);
    return sum;
  };
}

function compileTerm(t: Term, names: readonly string[]): Evaluated | null {
  const factors: Evaluated[] = [];
  for (const atom of t.atoms) {
    const factor = compileAtom(atom, names);
    if (!factor) return null;
    factors.push(factor);
  }
  const { coefficient } = t;
  return (values) => {
    let product = coefficient;
    for (const factor of factors) product *= factor(values);
    return product;
  };
}

function compileAtom(atom: Atom, names: readonly string[]): Evaluated | null {
  if (atom.kind === 'symbol') {
    const at = names.indexOf(atom.name);
    const by = atom.facts.divisor ? compileTerm(atom.facts.divisor, names) : () => 1;
    return at < 0 || !by ? null : (values) => Math.floor(values[at]! / by(values));
  }
  const left = compile(atom.left, names);
  const right = compile(atom.right, names);
  if (!left || !right) return null;
  switch (atom.kind) {
    case 'floordiv':
      return (values) => Math.floor(left(values) / right(values));
    case 'mod':
      return (values) => {
        const by = right(values);
        const from = left(values);
        return from - by * Math.floor(from / by);
      };
    case 'min':
      return (values) => Math.min(left(values), right(values));
    case 'max':
      return (values) => Math.max(left(values), right(values));
  }
}
