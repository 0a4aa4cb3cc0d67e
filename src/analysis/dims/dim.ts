// Dim: a size. An exact integer, or an expression over symbols in a normal form, so that equal expressions look equal:
//   (H + 2·3 − 7) // 2 + 1   →   (H + 1) // 2       (H // 2) // 2   →   H // 4
// The normal form is a sum of products; an atom is a symbol, or floordiv, mod, min or max of normal forms.
// What is known of a symbol is part of it: where H is a multiple of 16, H is 16 · (H/16), and so H // 4 is 4 · (H/16).

/** What is known of a symbol beside its name. */
export interface SymbolFacts {
  /** The smallest and the largest value of what the name stands for. */
  readonly low: number;
  readonly high: number;
  /** The name stands for a multiple of this product, and the atom for name / divisor; null: the atom is the name itself. */
  readonly divisor: Term | null;
  /** A constructor's argument that nobody gave: as a condition it may be true or false. */
  readonly open: boolean;
}

export type SymbolAtom = { kind: 'symbol'; name: string; facts: SymbolFacts; key: string };

export type Atom = SymbolAtom | { kind: 'floordiv' | 'mod' | 'min' | 'max'; left: Dim; right: Dim; key: string };

/** coefficient · atoms; the atoms sorted by key, repeated for powers. */
export interface Term {
  coefficient: number;
  atoms: readonly Atom[];
  key: string;
}

/** A sum of terms with different keys, none zero, sorted; never a plain integer. */
export interface SymbolicDim {
  terms: readonly Term[];
  key: string;
}

export type Dim = number | SymbolicDim;

export const isExact = (d: Dim): d is number => typeof d === 'number';

/** A size that is only known to be at least 1. */
export const PLAIN: SymbolFacts = { low: 1, high: Number.POSITIVE_INFINITY, divisor: null, open: false };

export const symbol = (name: string, facts: Partial<SymbolFacts> = {}): SymbolicDim =>
  atomDim(symbolAtom(name, { ...PLAIN, ...facts }));

const symbolAtom = (name: string, facts: SymbolFacts): SymbolAtom => ({
  kind: 'symbol',
  name,
  facts,
  key: facts.divisor ? `${name}/${facts.divisor.coefficient}*${facts.divisor.key}` : name,
});

/** A symbol that is a multiple of `divisor` (a number, or a product of symbols): divisor · (name / divisor). */
export function multiple(name: string, divisor: Dim, facts: Partial<SymbolFacts> = {}): Dim {
  const [only, ...more] = termsOf(divisor);
  if (!only || more.length > 0 || divisor === 1) return symbol(name, facts);
  return mul(divisor, symbol(name, { ...facts, divisor: only }));
}

/** Structural equality; sound ("the same for all values"), not complete. */
export const same = (a: Dim, b: Dim): boolean => (isExact(a) || isExact(b) ? a === b : a.key === b.key);

export const keyOf = (d: Dim): string => (isExact(d) ? String(d) : d.key);

function term(coefficient: number, atoms: readonly Atom[]): Term {
  const sorted = atoms.length > 1 ? [...atoms].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)) : atoms;
  return { coefficient, atoms: sorted, key: sorted.map((a) => a.key).join('*') };
}

const atomDim = (atom: Atom): SymbolicDim => fromTerms([term(1, [atom])]) as SymbolicDim;

/** Collects terms into a normal form; a sum without symbols is an integer. */
function fromTerms(terms: readonly Term[]): Dim {
  const [only] = terms;
  if (terms.length <= 1) return !only || only.coefficient === 0 ? 0 : only.key === '' ? only.coefficient : sum(terms);
  const byKey = new Map<string, Term>();
  for (const t of terms) {
    const known = byKey.get(t.key);
    byKey.set(t.key, known ? { ...known, coefficient: known.coefficient + t.coefficient } : t);
  }
  const kept = [...byKey.values()].filter((t) => t.coefficient !== 0);
  if (kept.length === 0) return 0;
  if (kept.length === 1 && kept[0]!.key === '') return kept[0]!.coefficient;
  // Longer products first, the constant last, as people write it.
  kept.sort((a, b) => b.atoms.length - a.atoms.length || (a.key < b.key ? -1 : 1));
  return sum(kept);
}

const sum = (terms: readonly Term[]): SymbolicDim => ({
  terms,
  key: terms.map((t) => `${t.coefficient}${t.key ? '*' + t.key : ''}`).join('+'),
});

const termsOf = (d: Dim): readonly Term[] =>
  isExact(d) ? (d === 0 ? [] : [{ coefficient: d, atoms: [], key: '' }]) : d.terms;

/** A product as a size of its own. */
export const ofTerm = (t: Term): Dim => fromTerms([t]);

export function add(a: Dim, b: Dim): Dim {
  if (isExact(a) && isExact(b)) return a + b;
  if (a === 0) return b;
  if (b === 0) return a;
  return fromTerms([...termsOf(a), ...termsOf(b)]);
}

export const sub = (a: Dim, b: Dim): Dim => (isExact(a) && isExact(b) ? a - b : add(a, mul(b, -1)));

export function mul(a: Dim, b: Dim): Dim {
  if (isExact(a) && isExact(b)) return a * b;
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  if (b === 1) return a;
  const out: Term[] = [];
  for (const x of termsOf(a))
    for (const y of termsOf(b)) out.push(term(x.coefficient * y.coefficient, [...x.atoms, ...y.atoms]));
  return fromTerms(out);
}

export const product = (dims: readonly Dim[]): Dim => dims.reduce<Dim>((a, b) => mul(a, b), 1);

/** a / b where b divides a for all values of the symbols, as far as the normal form shows it; else null. */
export function divideExactly(a: Dim, b: Dim): Dim | null {
  if (isExact(a) && isExact(b)) return b !== 0 && Number.isInteger(a / b) ? a / b : null;
  if (b === 0) return null;
  if (same(a, b)) return 1;
  if (b === 1) return a;
  const divisor = termsOf(b);
  if (divisor.length !== 1) return divideBySum(a, divisor);
  const out: Term[] = [];
  for (const t of termsOf(a)) {
    const quotient = divideTerm(t, divisor[0]!);
    if (!quotient) return null;
    out.push(quotient);
  }
  return fromTerms(out);
}

/** Long division by a sum: works out where the leading term goes in each time. */
function divideBySum(a: Dim, divisor: readonly Term[]): Dim | null {
  let rest = a;
  let quotient: Dim = 0;
  for (let step = 0; step < 8 && rest !== 0; step++) {
    const lead = termsOf(rest)[0];
    const part = lead && divideTerm(lead, divisor[0]!);
    if (!part) return null;
    const piece = fromTerms([part]);
    quotient = add(quotient, piece);
    rest = sub(rest, mul(piece, fromTerms(divisor)));
  }
  return rest === 0 ? quotient : null;
}

function divideTerm(t: Term, by: Term): Term | null {
  if (!Number.isInteger(t.coefficient / by.coefficient)) return null;
  const left = [...t.atoms];
  for (const atom of by.atoms) {
    const at = left.findIndex((x) => x.key === atom.key);
    if (at < 0) return null;
    left.splice(at, 1);
  }
  return term(t.coefficient / by.coefficient, left);
}

/** Python's a // b. Null for a zero divisor. */
export function floorDiv(a: Dim, b: Dim): Dim | null {
  if (b === 0) return null;
  if (isExact(a) && isExact(b)) return Math.floor(a / b);
  const exact = divideExactly(a, b);
  if (exact !== null) return exact;
  if (!isExact(b)) return divideBySymbols(a, b);
  if (b < 0) return settled(binary('floordiv', a, b));
  // What b divides comes out of the quotient, and the constant is reduced to 0 … b − 1.
  const outside: Term[] = [];
  const inside: Term[] = [];
  for (const t of termsOf(a)) {
    const whole = Math.floor(t.coefficient / b);
    const restOfTerm = t.coefficient - whole * b;
    if (t.key === '' || restOfTerm === 0) {
      if (whole !== 0) outside.push({ ...t, coefficient: whole });
      if (restOfTerm !== 0) inside.push({ ...t, coefficient: restOfTerm });
    } else inside.push(t);
  }
  const rest = fromTerms(inside);
  if (isExact(rest)) return add(fromTerms(outside), Math.floor(rest / b));
  return add(fromTerms(outside), settled(nestedFloorDiv(rest, b)));
}

/** Terms that the divisor divides come out of the quotient: (H − p) // p is H // p − 1. */
function divideBySymbols(a: Dim, b: SymbolicDim): Dim {
  const [divisor, ...more] = b.terms;
  if (more.length > 0 || bounds(b).low < 1) return settled(binary('floordiv', a, b));
  const outside: Term[] = [];
  const inside: Term[] = [];
  for (const t of termsOf(a)) {
    const whole = divideTerm(t, divisor!);
    if (whole) outside.push(whole);
    else inside.push(t);
  }
  return add(fromTerms(outside), settled(binary('floordiv', fromTerms(inside), b)));
}

/** (x // n + c) // m = (x + c·n) // (n·m), for positive integers n and m. */
function nestedFloorDiv(a: Dim, b: number): Atom {
  const terms = termsOf(a);
  const inner = terms.filter((t) => t.key !== '');
  const constant = terms.find((t) => t.key === '')?.coefficient ?? 0;
  const only =
    inner.length === 1 && inner[0]!.coefficient === 1 && inner[0]!.atoms.length === 1 ? inner[0]!.atoms[0]! : null;
  if (only?.kind === 'floordiv' && isExact(only.right) && only.right > 0) {
    return binary('floordiv', add(only.left, constant * only.right), only.right * b);
  }
  return binary('floordiv', a, b);
}

/** ⌈a / b⌉ for positive b. */
export function ceilDiv(a: Dim, b: Dim): Dim | null {
  const flipped = floorDiv(mul(a, -1), b);
  if (isExact(a) && isExact(b)) return flipped === null ? null : 0 - (flipped as number);
  if (isExact(b) && b > 0) return floorDiv(add(a, b - 1), b);
  return flipped === null ? null : mul(flipped, -1);
}

/** Python's a % b. Null for a zero divisor. */
export function mod(a: Dim, b: Dim): Dim | null {
  if (b === 0) return null;
  if (isExact(a) && isExact(b)) return a - b * Math.floor(a / b);
  if (divideExactly(a, b) !== null) return 0;
  if (!isExact(b) || b < 0) return settled(binary('mod', a, b));
  const rest = fromTerms(
    termsOf(a).map((t) => ({ ...t, coefficient: t.coefficient - b * Math.floor(t.coefficient / b) })),
  );
  return isExact(rest) ? rest : settled(binary('mod', rest, b));
}

/** An atom that can only have one value is that value: ⌊H/4⌋ is 8 where H is 32 to 35. */
function settled(atom: Atom): Dim {
  const { low, high } = atomBounds(atom);
  return low === high ? low : atomDim(atom);
}

export function minimum(a: Dim, b: Dim): Dim {
  const difference = order(sub(a, b));
  if (difference.high <= 0 || difference.low >= 0) return difference.high <= 0 ? a : b;
  return atomDim(keyOf(a) < keyOf(b) ? binary('min', a, b) : binary('min', b, a));
}

/** Bounds that know that ⌊C/2⌋ is between (C − 1)/2 and C/2: what x[:, :C // 2] keeps is ⌊C/2⌋. */
function order(d: Dim): { low: number; high: number } {
  const plain = bounds(d);
  if (isExact(d)) return plain;
  for (const t of d.terms) {
    const [atom, ...more] = t.atoms;
    if (atom?.kind !== 'floordiv' || more.length > 0 || !isExact(atom.right) || atom.right < 1) continue;
    const rest = mul(sub(d, fromTerms([t])), atom.right);
    const most = bounds(add(rest, mul(atom.left, t.coefficient)));
    const least = bounds(add(rest, mul(sub(atom.left, atom.right - 1), t.coefficient)));
    const [low, high] = t.coefficient > 0 ? [least.low, most.high] : [most.low, least.high];
    return { low: Math.max(plain.low, low / atom.right), high: Math.min(plain.high, high / atom.right) };
  }
  return plain;
}

export function maximum(a: Dim, b: Dim): Dim {
  const difference = order(sub(a, b));
  if (difference.high <= 0 || difference.low >= 0) return difference.low >= 0 ? a : b;
  return atomDim(keyOf(a) < keyOf(b) ? binary('max', a, b) : binary('max', b, a));
}

function binary(kind: 'floordiv' | 'mod' | 'min' | 'max', left: Dim, right: Dim): Atom {
  return { kind, left, right, key: `${kind}(${keyOf(left)},${keyOf(right)})` };
}

/** a^n for a small natural n, else null. */
export function power(a: Dim, n: Dim): Dim | null {
  if (isExact(a) && isExact(n)) return n >= 0 ? a ** n : null;
  if (!isExact(n) || n < 0 || n > 8) return null;
  let out: Dim = 1;
  for (let i = 0; i < n; i++) out = mul(out, a);
  return out;
}

/** The smallest and largest value that a dim can take, by what is known of its symbols. */
export function bounds(d: Dim): { low: number; high: number } {
  if (isExact(d)) return { low: d, high: d };
  let low = 0;
  let high = 0;
  for (const t of d.terms) {
    let l = 1;
    let h = 1;
    for (const atom of t.atoms) {
      const b = atomBounds(atom);
      // Atoms are not negative, so products keep their order.
      l *= Math.max(b.low, 0);
      h = b.low < 0 ? Number.POSITIVE_INFINITY : h * b.high;
      if (b.low < 0) l = Number.NEGATIVE_INFINITY;
    }
    low += t.coefficient >= 0 ? t.coefficient * l : t.coefficient * h;
    high += t.coefficient >= 0 ? t.coefficient * h : t.coefficient * l;
  }
  return {
    low: Number.isNaN(low) ? Number.NEGATIVE_INFINITY : low,
    high: Number.isNaN(high) ? Number.POSITIVE_INFINITY : high,
  };
}

function atomBounds(atom: Atom): { low: number; high: number } {
  if (atom.kind === 'symbol') return symbolBounds(atom.facts);
  const left = bounds(atom.left);
  const right = bounds(atom.right);
  switch (atom.kind) {
    case 'floordiv':
      if (right.low < 1) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
      return {
        low: left.low >= 0 ? Math.floor(left.low / right.high) : Math.floor(left.low / right.low),
        high: left.high >= 0 ? Math.floor(left.high / right.low) : Math.floor(left.high / right.high),
      };
    case 'mod':
      return right.low >= 1
        ? { low: 0, high: right.high - 1 }
        : { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    case 'min':
      return { low: Math.min(left.low, right.low), high: Math.min(left.high, right.high) };
    case 'max':
      return { low: Math.max(left.low, right.low), high: Math.max(left.high, right.high) };
  }
}

function symbolBounds({ low, high, divisor }: SymbolFacts): { low: number; high: number } {
  if (!divisor) return { low, high };
  if (divisor.atoms.length > 0) return { low: 1, high };
  return { low: Math.ceil(low / divisor.coefficient), high: Math.floor(high / divisor.coefficient) };
}

/** −1, 0 or 1 where the order holds for all values of the symbols; null where it depends on them. */
export function compare(a: Dim, b: Dim): -1 | 0 | 1 | null {
  if (isExact(a) && isExact(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (same(a, b)) return 0;
  const difference = bounds(sub(a, b));
  if (difference.low > 0) return 1;
  if (difference.high < 0) return -1;
  return null;
}

/** Whether a = b: true, false, or null where it depends on the symbols. */
export function equal(a: Dim, b: Dim): boolean | null {
  const order = compare(a, b);
  return order === null ? null : order === 0;
}

export function lessThan(a: Dim, b: Dim): boolean | null {
  if (isExact(a) && isExact(b)) return a < b;
  const d = bounds(sub(a, b));
  return d.high < 0 ? true : d.low >= 0 ? false : null;
}

/** Puts numbers in for symbols; a symbol without a number stays. */
export function substitute(d: Dim, values: ReadonlyMap<string, Dim>): Dim {
  if (isExact(d)) return d;
  let sum: Dim = 0;
  for (const t of d.terms) {
    let piece: Dim = t.coefficient;
    for (const atom of t.atoms) piece = mul(piece, substituteAtom(atom, values));
    sum = add(sum, piece);
  }
  return sum;
}

function substituteAtom(atom: Atom, values: ReadonlyMap<string, Dim>): Dim {
  if (atom.kind === 'symbol') return substituteSymbol(atom, values);
  const left = substitute(atom.left, values);
  const right = substitute(atom.right, values);
  switch (atom.kind) {
    case 'floordiv':
      return floorDiv(left, right) ?? atomDim(atom);
    case 'mod':
      return mod(left, right) ?? atomDim(atom);
    case 'min':
      return minimum(left, right);
    case 'max':
      return maximum(left, right);
  }
}

function substituteSymbol(atom: SymbolAtom, values: ReadonlyMap<string, Dim>): Dim {
  const value = values.get(atom.name);
  const { divisor } = atom.facts;
  if (!divisor) return value ?? atomDim(atom);
  const by = substitute(fromTerms([divisor]), values);
  if (value !== undefined) return floorDiv(value, by) ?? atomDim(atom);
  const [only, ...more] = termsOf(by);
  return only && more.length === 0 ? symbol(atom.name, { ...atom.facts, divisor: only }) : atomDim(atom);
}

/** The symbols that a size is made of, each once. */
export function symbolsIn(d: Dim, into: Map<string, SymbolAtom> = new Map()): Map<string, SymbolAtom> {
  if (isExact(d)) return into;
  for (const t of d.terms) for (const atom of t.atoms) symbolsInAtom(atom, into);
  return into;
}

function symbolsInAtom(atom: Atom, into: Map<string, SymbolAtom>): void {
  if (atom.kind === 'symbol') {
    into.set(atom.name, atom);
    for (const inner of atom.facts.divisor?.atoms ?? []) symbolsInAtom(inner, into);
    return;
  }
  symbolsIn(atom.left, into);
  symbolsIn(atom.right, into);
}

/** Both sides of an equation, divided by the symbols that every term of either has. */
export function withoutCommonSymbols(left: Dim, right: Dim): { left: Dim; right: Dim } {
  const all = [...termsOf(left), ...termsOf(right)];
  const [first, ...others] = all;
  for (const atom of first?.atoms ?? []) {
    if (atom.kind !== 'symbol' || !others.every((t) => t.atoms.some((a) => a.key === atom.key))) continue;
    const by = atomDim(atom);
    return withoutCommonSymbols(divideExactly(left, by) ?? left, divideExactly(right, by) ?? right);
  }
  return { left, right };
}

/** Whether it depends on an argument that nobody gave. */
export const isOpen = (d: Dim): boolean => [...symbolsIn(d).values()].some((atom) => atom.facts.open);

export const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
