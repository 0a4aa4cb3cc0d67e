// Types as text → a small tree: names, subscripts, strings, numbers. Quoted annotations are texts anyhow, so all are read as such.
//   Optional[Float[Tensor, "b c"]]   →   index(Optional, [index(Float, [Tensor, "b c"])])

export type TypeText = { start: number; end: number } & (
  | { kind: 'name'; name: string }
  | { kind: 'index'; base: TypeText; items: readonly TypeText[] }
  | { kind: 'tuple'; items: readonly TypeText[] }
  | { kind: 'string'; value: string }
  /** `"b": 3`, as torchtyping has it. */
  | { kind: 'pair'; left: TypeText; right: TypeText }
  | { kind: 'union'; options: readonly TypeText[] }
  /** Numbers, `...`, `-1`, and arithmetic: its text. */
  | { kind: 'other'; text: string }
);

/** Null where the text is no type. */
export function parseType(text: string): TypeText | null {
  const parser = new TypeParser(text);
  const type = parser.union();
  return type !== null && parser.atEnd ? type : null;
}

class TypeParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    this.#space();
    return this.#at >= this.#text.length;
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #take(mark: string): boolean {
    this.#space();
    if (!this.#text.startsWith(mark, this.#at)) return false;
    this.#at += mark.length;
    return true;
  }

  #match(pattern: RegExp): string | null {
    this.#space();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }

  union(): TypeText | null {
    if (++this.#depth > 40) return null;
    const first = this.#subscripted();
    if (first === null) return null;
    const options = [first];
    while (this.#take('|')) {
      const next = this.#subscripted();
      if (next === null) return null;
      options.push(next);
    }
    this.#depth--;
    if (options.length === 1) return first;
    return { kind: 'union', options, start: first.start, end: this.#at };
  }

  #subscripted(): TypeText | null {
    let base = this.#atom();
    while (base !== null && base.kind === 'name' && this.#take('[')) {
      const items = this.#items(']');
      if (items === null) return null;
      base = { kind: 'index', base, items, start: base.start, end: this.#at };
    }
    return base;
  }

  #items(close: string): TypeText[] | null {
    const items: TypeText[] = [];
    while (!this.#take(close)) {
      if (items.length > 0 && !this.#take(',')) return null;
      if (items.length > 0 && this.#take(close)) break;
      let item = this.union();
      if (item === null) return null;
      if (this.#take(':')) {
        const right = this.union();
        if (right === null) return null;
        item = { kind: 'pair', left: item, right, start: item.start, end: right.end };
      }
      items.push(item);
    }
    return items;
  }

  #atom(): TypeText | null {
    this.#space();
    const start = this.#at;
    const quote = this.#match(/(?:[rRuU]?)(?:"""|'''|"|')/y);
    if (quote !== null) return this.#string(start, quote.replace(/^[rRuU]/, ''));
    const rest = /[A-Za-z_][\w.]*\s*(?:[-+*%]|\/)|[-\d.([]/y;
    rest.lastIndex = start;
    if (!rest.test(this.#text)) {
      const name = this.#match(/[A-Za-z_][\w.]*/y);
      return name === null ? null : { kind: 'name', name, start, end: this.#at };
    }
    if (this.#text[start] === '(' || this.#text[start] === '[') {
      this.#at++;
      const items = this.#items(this.#text[start] === '(' ? ')' : ']');
      if (items !== null && !/^\s*[-+*/%]/.test(this.#text.slice(this.#at)))
        return { kind: 'tuple', items, start, end: this.#at };
      this.#at = start;
    }
    const other = this.#match(/(?:[\w.+*/% -]|\([\w.+*/% -]*\))+/y);
    return other === null ? null : { kind: 'other', text: other.trim(), start, end: start + other.trimEnd().length };
  }

  #string(start: number, quote: string): TypeText | null {
    const close = this.#text.indexOf(quote, this.#at);
    if (close < 0) return null;
    const value = this.#text.slice(this.#at, close);
    this.#at = close + quote.length;
    // Escapes would move the places of what is inside.
    return value.includes('\\') ? null : { kind: 'string', value, start, end: this.#at };
  }
}
