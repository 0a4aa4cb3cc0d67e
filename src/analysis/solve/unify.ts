// Unifying: equal sizes that settle a symbol, or that say what it is divisible by.
//   C = 3, because conv1 wants 3 channels          x: (B, C, H, W) → (B, 3, H, W)
//   heads · (dim // heads) = dim                   dim is a multiple of heads

import type { Dim, SymbolAtom } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import type { Constraint } from '../interp/constraints.ts';

/** Symbols that may be given a value; the first of two is settled by the second where either could be. */
export interface Solvable {
  inputs: ReadonlySet<string>;
  arguments: ReadonlySet<string>;
  /** Of the inputs: first axes, which have nothing to do with the others. */
  batches: ReadonlySet<string>;
  /** Height and width (and depth) of one input: most are squares, and that is tried first. */
  pictures: readonly (readonly string[])[];
  /** Whether the run met sizes that it does not know: what they have to be may ask more of the symbols. */
  isPartial: boolean;
}

export interface Settled {
  name: string;
  value: Dim;
  /** Set where it is only the divisor that became known, */
  divisor: Dim | null;
  /** or only that it is no more than this. */
  most?: number;
  constraint: Constraint;
}

/** What the equal sizes among the constraints settle, one after another; each is put into those that follow. */
export function unify(constraints: readonly Constraint[], solvable: Solvable): Settled[] {
  const settled: Settled[] = [];
  const values = new Map<string, Dim>();
  for (const constraint of constraints) {
    if (constraint.kind !== 'equal') continue;
    const rest = dims.sub(dims.substitute(constraint.left, values), dims.substitute(constraint.right, values));
    if (dims.isExact(rest)) continue;
    const found = [...dims.symbolsIn(rest).keys()];
    if (!found.every((name) => solvable.inputs.has(name) || solvable.arguments.has(name))) continue;
    const one = settle(rest, solvable) ?? atMost(rest, solvable) ?? divisible(rest, solvable);
    // A batch of one is an example, not what the code is for.
    if (!one || (one.value === 1 && constraint.problem === null && solvable.batches.has(one.name))) continue;
    settled.push({ ...one, constraint });
    for (const [name, value] of values) values.set(name, dims.substitute(value, new Map([[one.name, one.value]])));
    values.set(one.name, one.value);
  }
  return settled.map((s) => ({ ...s, value: values.get(s.name) ?? s.value }));
}

type Found = Pick<Settled, 'name' | 'value' | 'divisor' | 'most'>;

/** k·s + rest = 0, with s nowhere else: s is −rest / k. */
function settle(d: dims.SymbolicDim, solvable: Solvable): Found | null {
  const order = [...solvable.inputs, ...solvable.arguments];
  const candidates = d.terms.flatMap((t): { found: Found; rank: number; at: number }[] => {
    const [atom, ...more] = t.atoms;
    if (atom?.kind !== 'symbol' || more.length > 0) return [];
    const rest = dims.sub(d, dims.mul(t.coefficient, atomSize(atom)));
    if (dims.symbolsIn(rest).has(atom.name)) return [];
    const quotient = dims.divideExactly(dims.mul(rest, -1), t.coefficient);
    if (quotient === null || dims.bounds(quotient).high < 1) return [];
    const value = atom.facts.divisor ? dims.mul(dims.ofTerm(atom.facts.divisor), quotient) : quotient;
    const rank = (solvable.inputs.has(atom.name) ? 0 : 2) + (Math.abs(t.coefficient) === 1 ? 0 : 1);
    return [{ found: { name: atom.name, value, divisor: null }, rank, at: order.indexOf(atom.name) }];
  });
  // Of two inputs or arguments the later one follows the earlier: both orders are right, and this one reads better.
  candidates.sort((a, b) => a.rank - b.rank || b.at - a.at);
  return candidates[0]?.found ?? null;
}

const atomSize = (atom: SymbolAtom): Dim => dims.symbol(atom.name, atom.facts);

/** min(T, 5000) = T, of x + pe[:, :T]: T is at most 5000. */
function atMost(d: dims.SymbolicDim, solvable: Solvable): Found | null {
  for (const atom of d.terms.flatMap((t) => t.atoms)) {
    if (atom.kind !== 'min') continue;
    const most = [atom.left, atom.right].find((side): side is number => dims.isExact(side));
    const [symbol, ...others] = dims.symbolsIn(atom.left === most ? atom.right : atom.left).values();
    if (most === undefined || !symbol || others.length > 0 || !solvable.inputs.has(symbol.name)) continue;
    const value = dims.symbol(symbol.name, { ...symbol.facts, high: Math.min(symbol.facts.high, most) });
    if (!symbol.facts.divisor && dims.same(dims.substitute(d, new Map([[symbol.name, value]])), 0))
      return { name: symbol.name, value, divisor: null, most };
  }
  return null;
}

/** Sizes that agree once a symbol is taken to be a multiple of what it is divided by. */
function divisible(d: dims.SymbolicDim, solvable: Solvable): Found | null {
  for (const { symbol, by } of divisionsIn(d)) {
    // Numbers that divide an input's size are found by trying: there, several conditions meet.
    if (dims.isExact(by) && solvable.inputs.has(symbol.name)) continue;
    const before = symbol.facts.divisor ? dims.ofTerm(symbol.facts.divisor) : 1;
    if (dims.divideExactly(before, by) !== null) continue;
    const facts = { low: symbol.facts.low, high: symbol.facts.high, open: symbol.facts.open };
    const divisor = dims.mul(before, by);
    const value = dims.multiple(symbol.name, divisor, facts);
    if (dims.same(dims.substitute(d, new Map([[symbol.name, value]])), 0))
      return { name: symbol.name, value, divisor: by };
  }
  return null;
}

/** Where a symbol (or a multiple of one) is divided by something. */
function* divisionsIn(d: Dim): Generator<{ symbol: SymbolAtom; by: Dim }> {
  if (dims.isExact(d)) return;
  for (const t of d.terms) {
    for (const atom of t.atoms) {
      if (atom.kind === 'symbol') continue;
      // Inner ones first: in `N·dim % (heads·(dim // heads))` it is dim that heads divide.
      yield* divisionsIn(atom.left);
      yield* divisionsIn(atom.right);
      if (atom.kind !== 'floordiv' && atom.kind !== 'mod') continue;
      // Of a product of several nobody knows which it is that is divided.
      const [symbol, ...others] = dims.symbolsIn(atom.left).values();
      if (symbol && others.length === 0 && !dims.symbolsIn(atom.right).has(symbol.name))
        yield { symbol, by: atom.right };
    }
  }
}
