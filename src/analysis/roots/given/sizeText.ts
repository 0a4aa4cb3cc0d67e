// Sizes as people type them: 64, h//2, 2*d, n + 1, 2C, H/4, cfg.d_model, ceil(H/2), ⌈H/2⌉.

import * as dims from '../../dims/dim.ts';
import type { GivenAxis } from './givenShape.ts';

export interface SizeText {
  size: dims.Dim;
  /** A `/` that nothing rounds. */
  rounded: boolean;
}

/** over / under, until something says which way it is rounded. */
interface Fraction {
  over: dims.Dim;
  under: dims.Dim;
}

const TOKEN = /\s*(?:(\d+)|([A-Za-z_][\w.]*['′]*)|(\/\/|\*\*|[-+*/%^(),·×−⌈⌉⌊⌋]))/y;

/** Null where the text is no size. */
export function parseSize(text: string): SizeText | null {
  const tokens = tokensOf(text);
  if (tokens === null || tokens.length === 0) return null;
  const parser = new SizeParser(tokens);
  const fraction = parser.sum();
  if (fraction === null || !parser.atEnd) return null;
  return settled(fraction);
}

function tokensOf(text: string): string[] | null {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (!match) return null;
    tokens.push(match[0].trim());
  }
  return tokens;
}

function settled({ over, under }: Fraction): SizeText | null {
  if (under === 1) return { size: over, rounded: false };
  const exact = dims.divideExactly(over, under);
  if (exact !== null) return { size: exact, rounded: false };
  const size = dims.floorDiv(over, under);
  return size === null ? null : { size, rounded: true };
}

class SizeParser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  #take(...wanted: string[]): string | null {
    const token = this.#tokens[this.#at];
    if (token === undefined || !wanted.includes(token)) return null;
    this.#at++;
    return token;
  }

  sum(): Fraction | null {
    let left = this.#product();
    for (;;) {
      const sign = this.#take('+', '-', '−');
      if (sign === null || left === null) return left;
      const right = this.#product();
      if (right === null) return null;
      const other = dims.mul(dims.mul(right.over, left.under), sign === '+' ? 1 : -1);
      left = {
        over: dims.add(dims.mul(left.over, right.under), other),
        under: dims.mul(left.under, right.under),
      };
    }
  }

  #product(): Fraction | null {
    let left = this.#factor();
    for (;;) {
      const operator = this.#take('*', '·', '×', '/', '//', '%');
      if (operator === null || left === null) return left;
      const right = this.#factor();
      if (right === null) return null;
      left = combine(left, operator, right);
    }
  }

  #factor(): Fraction | null {
    if (this.#take('-', '−')) {
      const inner = this.#factor();
      return inner && { over: dims.mul(inner.over, -1), under: inner.under };
    }
    const base = this.#atom();
    if (base === null || this.#take('**', '^') === null) return base;
    const exponent = this.#factor();
    if (exponent === null || exponent.under !== 1 || base.under !== 1) return null;
    const over = dims.power(base.over, exponent.over);
    return over === null ? null : { over, under: 1 };
  }

  #atom(): Fraction | null {
    const token = this.#tokens[this.#at++];
    if (token === undefined) return null;
    if (/^\d/.test(token)) {
      const number = Number(token);
      if (!Number.isSafeInteger(number)) return null;
      // 2C is 2·C.
      const next = this.#tokens[this.#at];
      if (next === undefined || !/^[A-Za-z_]/.test(next)) return { over: number, under: 1 };
      const name = this.#atom();
      return name && { over: dims.mul(number, name.over), under: name.under };
    }
    if (token === '(') return this.#closed(')', this.sum());
    if (token === '⌈') return rounded(this.#closed('⌉', this.sum()), dims.ceilDiv);
    if (token === '⌊') return rounded(this.#closed('⌋', this.sum()), dims.floorDiv);
    if (!/^[A-Za-z_]/.test(token)) return null;
    if (this.#take('(')) return this.#call(token);
    // self.dim and cfg.dim are what is called dim.
    const name = token.slice(token.lastIndexOf('.') + 1);
    return name === '' ? null : { over: dims.symbol(name), under: 1 };
  }

  #call(callee: string): Fraction | null {
    const args: Fraction[] = [];
    do {
      const argument = this.sum();
      if (argument === null) return null;
      args.push(argument);
    } while (this.#take(','));
    if (this.#take(')') === null) return null;
    const [first, second] = args;
    if (first === undefined) return null;
    switch (callee.slice(callee.lastIndexOf('.') + 1)) {
      case 'ceil':
        return rounded(first, dims.ceilDiv);
      case 'floor':
      case 'int':
        return rounded(first, dims.floorDiv);
      case 'min':
      case 'max': {
        if (second === undefined || args.length !== 2 || first.under !== 1 || second.under !== 1) return null;
        const pick = callee.endsWith('min') ? dims.minimum : dims.maximum;
        return { over: pick(first.over, second.over), under: 1 };
      }
      default:
        return null;
    }
  }

  #closed(by: string, inner: Fraction | null): Fraction | null {
    return this.#take(by) === null ? null : inner;
  }
}

function combine(a: Fraction, operator: string, b: Fraction): Fraction | null {
  switch (operator) {
    case '/':
      return { over: dims.mul(a.over, b.under), under: dims.mul(a.under, b.over) };
    case '//':
    case '%': {
      if (a.under !== 1 || b.under !== 1) return null;
      const over = operator === '%' ? dims.mod(a.over, b.over) : dims.floorDiv(a.over, b.over);
      return over === null ? null : { over, under: 1 };
    }
    default:
      return { over: dims.mul(a.over, b.over), under: dims.mul(a.under, b.under) };
  }
}

function rounded(inner: Fraction | null, divide: typeof dims.ceilDiv): Fraction | null {
  if (inner === null || inner.under === 1) return inner;
  const over = divide(inner.over, inner.under);
  return over === null ? null : { over, under: 1 };
}

/** An axis of a list: a size, `_` and its kin, or `*batch` and `...`. Null where it is none of these. */
export function parseAxis(text: string): GivenAxis | null {
  const word = text.trim();
  if (/^(_|\?|-1|None|Any|any)$/.test(word)) return { kind: 'any' };
  if (/^(\.\.\.|…|\*)$/.test(word)) return { kind: 'many', name: null };
  const many = /^\*([A-Za-z_]\w*)$/.exec(word) ?? /^(?:\.\.\.|…)([A-Za-z_]\w*)$/.exec(word);
  if (many) return { kind: 'many', name: many[1]! };
  const size = parseSize(word);
  if (size === null) return null;
  // No axis is empty or negative where people draw shapes: [0, 1] is a range of values.
  if (typeof size.size === 'number' && size.size < 1) return null;
  return { kind: 'size', ...size, broadcasts: false };
}
