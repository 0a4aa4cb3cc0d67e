// Namespaces as dicts: vars(x), x.__dict__, globals(): what is written into them is written into the object.
//   self.__dict__.update(kwargs)      globals()[name]

import { str } from '../values/make.ts';
import type { DictValue, Lazy, Value } from '../values/value.ts';
import type { Interpreter } from './interpreter.ts';

interface Entry {
  key: Value;
  value: Value;
}

/** Variables, seen as a dict's entries; a binding that was put off is worked out when it is read. */
class NamespaceEntries extends Map<string, Entry> {
  readonly #ip: Interpreter;
  readonly #variables: Map<string, Value | Lazy>;

  constructor(ip: Interpreter, variables: Map<string, Value | Lazy>) {
    super();
    this.#ip = ip;
    this.#variables = variables;
  }

  #names(): string[] {
    return [...this.#variables.keys()].filter((name) => !name.startsWith('*'));
  }

  #entry(name: string): Entry | undefined {
    const value = this.#ip.read(this.#variables, name);
    return value && { key: str(name), value };
  }

  override get size(): number {
    return this.#variables === undefined ? 0 : this.#names().length;
  }

  override get(hash: string): Entry | undefined {
    return hash.startsWith("'") ? this.#entry(hash.slice(1)) : undefined;
  }

  override has(hash: string): boolean {
    return hash.startsWith("'") && this.#variables.has(hash.slice(1));
  }

  override set(hash: string, entry: Entry): this {
    if (hash.startsWith("'")) this.#ip.setVariable(this.#variables, hash.slice(1), entry.value);
    return this;
  }

  override delete(hash: string): boolean {
    const there = this.has(hash);
    if (there) this.#ip.deleteVariable(this.#variables, hash.slice(1));
    return there;
  }

  override clear(): void {
    for (const name of this.#names()) this.#ip.deleteVariable(this.#variables, name);
  }

  override *entries(): MapIterator<[string, Entry]> {
    for (const name of this.#names()) {
      const entry = this.#entry(name);
      if (entry) yield [`'${name}`, entry];
    }
  }

  override *keys(): MapIterator<string> {
    for (const name of this.#names()) yield `'${name}`;
  }

  override *values(): MapIterator<Entry> {
    for (const [, entry] of this.entries()) yield entry;
  }

  override forEach(run: (entry: Entry, hash: string, map: Map<string, Entry>) => void): void {
    for (const [hash, entry] of this.entries()) run(entry, hash, this);
  }

  override [Symbol.iterator](): MapIterator<[string, Entry]> {
    return this.entries();
  }
}

export const namespaceOf = (ip: Interpreter, variables: Map<string, Value | Lazy>): DictValue => ({
  kind: 'dict',
  entries: new NamespaceEntries(ip, variables),
  unknown: null,
  cls: null,
  factory: null,
});
