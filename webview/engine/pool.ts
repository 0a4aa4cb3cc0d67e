// Memory for activations: released storages are handed out again, the best-fitting first.
// Works are queued in order, so a storage may be reused as soon as its last reader is queued.

import type { Backend, Storage } from './backend.ts';

/** A storage more than this many times too large is not taken for a small tensor. */
const MAX_WASTE = 2;

export class StoragePool {
  readonly #backend: Backend;
  #free: Storage[] = [];

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  acquire(elements: number): Storage {
    let best = -1;
    for (const [index, storage] of this.#free.entries()) {
      if (storage.elements < elements || storage.elements > Math.max(elements * MAX_WASTE, 256)) continue;
      if (best < 0 || storage.elements < this.#free[best]!.elements) best = index;
    }
    if (best >= 0) return this.#free.splice(best, 1)[0]!;
    return this.#backend.allocate(elements);
  }

  release(storage: Storage): void {
    this.#free.push(storage);
  }

  /** Gives the free memory back to the backend. */
  trim(): void {
    for (const storage of this.#free) this.#backend.release(storage);
    this.#free = [];
  }
}
