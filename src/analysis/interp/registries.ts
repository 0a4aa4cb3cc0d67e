// Registries: containers that decorators of other definitions and modules fill. Definitions and imports are put off until
// their names are read, so where such a container lacks something, what was put off runs first.
//   MODELS = {}                       # registry.py
//   @register('unet') class UNet …    # unet.py, which net.py imports for this alone
//   MODELS[config.name]()             # net.py

import type { DictValue, ListValue, SetValue } from '../values/value.ts';
import type { Interpreter } from './interpreter.ts';

type Container = ListValue | DictValue | SetValue;

/** How deep below a module's own statements a registry may be made: MODELS = Registry('models'), its base's __init__. */
const DEPTH = 3;

export class Registries {
  readonly #containers = new WeakSet<Container>();
  /** The depth of calls at which a module's statements run; null while none do. */
  #base: number | null = null;
  /** How many modules are being read, one for the other, and how many definitions of theirs are being made. */
  #modules = 0;
  #definitions = 0;

  /** Runs statements of a module: what they make empty may be filled from elsewhere. */
  whileReading<T>(ip: Interpreter, read: () => T): T {
    this.#modules++;
    try {
      return this.#counting(ip, read);
    } finally {
      this.#modules--;
    }
  }

  /** Makes a definition, its decorators called: what they register is not looked for elsewhere. */
  whileDefining<T>(ip: Interpreter, make: () => T): T {
    this.#definitions++;
    try {
      return this.#counting(ip, make);
    } finally {
      this.#definitions--;
    }
  }

  #counting<T>(ip: Interpreter, run: () => T): T {
    const before = this.#base;
    this.#base = ip.depth;
    try {
      return run();
    } finally {
      this.#base = before;
    }
  }

  /** To be called with a container that was just made. */
  note<C extends Container>(ip: Interpreter, container: C): C {
    if (this.#base === null || ip.depth - this.#base > DEPTH) return container;
    const size = container.kind === 'list' ? container.items.length : container.entries.size;
    // A list is a registry only where a module or class itself holds it.
    if (size === 0 && (container.kind !== 'list' || ip.frame?.function === null)) this.#containers.add(container);
    return container;
  }

  /** Whether it is there after all, once what was put off ran, as far as need be. `key`: what is being looked for. */
  search(
    ip: Interpreter,
    container: Container,
    key: string | null,
    isThere: () => boolean,
    mustBeThere = false,
  ): boolean {
    if (!this.#containers.has(container)) return false;
    // A decorator asks whether its name is taken; it is not the one to wait for others.
    if (!mustBeThere && (this.#definitions > 0 || this.#modules > 1)) return false;
    if (ip.runPendingDefinitions() && isThere()) return true;
    while (ip.loader.readNext(ip, key)) {
      ip.runPendingDefinitions();
      if (isThere()) return true;
    }
    return false;
  }

  /** Before all of a container is read. */
  complete(ip: Interpreter, container: Container): void {
    this.search(ip, container, null, () => false);
  }
}
