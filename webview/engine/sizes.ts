// Sizes of a graph as numbers: symbols take the size that costs are stated at, expressions are worked out.
//   evaluateSize('H // 2 + 1', new Map([['H', 224]])) → 113
// Grammar: numbers, symbols, + - * / // % **, unary minus, brackets, min(…), max(…), floor and ceiling brackets.

import type { ModelGraph, SizeJson } from '../../src/analysis/graph/modelGraph.ts';

const TOKEN = /\s*(\/\/|\*\*|[-+*/%(),⌈⌉⌊⌋·]|\d+|[A-Za-z_][\w.]*)/y;

/** null where a symbol has no number or the text is no expression. */
export function evaluateSize(text: string, symbols: ReadonlyMap<string, number>): number | null {
  const tokens = tokenise(text);
  if (!tokens) return null;
  let at = 0;
  const peek = () => tokens[at];
  const take = (token: string) => {
    if (tokens[at] !== token) throw new SyntaxError(token);
    at++;
  };

  function sum(): number {
    let value = product();
    for (let op = peek(); op === '+' || op === '-'; op = peek()) {
      at++;
      value = op === '+' ? value + product() : value - product();
    }
    return value;
  }
  function product(): number {
    let value = power();
    for (let op = peek(); op !== undefined && ['*', '·', '/', '//', '%'].includes(op); op = peek()) {
      at++;
      const right = power();
      if (op === '*' || op === '·') value *= right;
      else if (op === '/') value /= right;
      else if (op === '//') value = Math.floor(value / right);
      else value -= right * Math.floor(value / right);
    }
    return value;
  }
  function power(): number {
    if (peek() === '-') {
      at++;
      return -power();
    }
    const base = atom();
    if (peek() !== '**') return base;
    at++;
    return base ** power();
  }
  function atom(): number {
    const token = tokens![at++];
    if (token === undefined) throw new SyntaxError('end');
    if (/^\d/.test(token)) return Number(token);
    if (token === '(') return bracketed(')', (value) => value);
    if (token === '⌈') return bracketed('⌉', Math.ceil);
    if (token === '⌊') return bracketed('⌋', Math.floor);
    if ((token === 'min' || token === 'max') && peek() === '(') {
      at++;
      const values = [sum()];
      while (peek() === ',') {
        at++;
        values.push(sum());
      }
      take(')');
      return Math[token](...values);
    }
    const value = symbols.get(token);
    if (value === undefined) throw new SyntaxError(token);
    return value;
  }
  function bracketed(close: string, apply: (value: number) => number): number {
    const value = apply(sum());
    take(close);
    return value;
  }

  try {
    const value = sum();
    return at === tokens.length && Number.isInteger(value) ? value : null;
  } catch {
    return null;
  }
}

function tokenise(text: string): string[] | null {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text);
    if (!match) return null;
    tokens.push(match[1]!);
  }
  return tokens;
}

/** What each symbol stands for: the assumed size; the leading axis of an input, where nothing is assumed, is 1. */
export function symbolSizes(graph: ModelGraph): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const input of graph.inputs) {
    const batch = graph.values[input.value]?.shape?.[0];
    if (typeof batch === 'string') sizes.set(batch, 1);
  }
  for (const { name, assumed } of graph.symbols) if (assumed !== null) sizes.set(name, assumed);
  return sizes;
}

/** The numbers of a shape, or which size is not known. */
export function concreteShape(
  shape: readonly SizeJson[] | null,
  symbols: ReadonlyMap<string, number>,
): number[] | { unknown: string } {
  if (shape === null) return { unknown: 'its shape is not known' };
  const sizes: number[] = [];
  for (const size of shape) {
    if (size === null) return { unknown: 'one of its sizes is not known' };
    const value = typeof size === 'number' ? size : evaluateSize(size, symbols);
    if (value === null || value < 0) return { unknown: `its size ${size} is not known` };
    sizes.push(value);
  }
  return sizes;
}
