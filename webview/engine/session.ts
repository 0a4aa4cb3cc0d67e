// One model on one backend: feed an input, ask for values, read them.
//   const session = new Session(graph, new InitialWeights(graph, 0), backend);
//   session.feed(graph.inputs[0].value, picture);
//   const [y] = await session.compute([value]);
//   await session.read(value);
// Computed values stay in memory while the whole model's activations are small enough (`keepElements`), so going
// from layer to layer runs only what is new; in a large model only the values that were asked for stay.

import type { ModelGraph, ValueId } from '../../src/analysis/graph/modelGraph.ts';
import type { Backend, Operand, RunOptions, Storage, Work } from './backend.ts';
import type { WeightSource } from './initialise/weights.ts';
import { Network } from './network.ts';
import { type Plan, planForward } from './plan.ts';
import { StoragePool } from './pool.ts';
import { elementsOf } from './shape.ts';

/** Why a value cannot be computed, in words for its node. */
export class BlockedError extends Error {}

export interface SessionOptions {
  /** Keep every activation where all of them hold at most this many values; default 64 M (256 MB). */
  keepElements?: number;
}

export class Session {
  readonly network: Network;
  readonly #backend: Backend;
  readonly #weights: WeightSource;
  readonly #pool: StoragePool;
  readonly #keepAll: boolean;
  /** Activations, by root. */
  readonly #values = new Map<ValueId, Storage>();
  /** Packed parameters and constants, by name and packing. */
  readonly #constants = new Map<string, Storage>();
  readonly #inputs = new Map<ValueId, Storage>();

  constructor(graph: ModelGraph, weights: WeightSource, backend: Backend, options: SessionOptions = {}) {
    this.network = new Network(graph, weights, backend);
    this.#backend = backend;
    this.#weights = weights;
    this.#pool = new StoragePool(backend);
    let total = 0;
    for (const node of graph.nodes) {
      for (const output of node.outputs) {
        if (this.network.blocked(output) === null) total += elementsOf(this.network.shape(output));
      }
    }
    this.#keepAll = total <= (options.keepElements ?? 64 * 1024 * 1024);
  }

  /** Gives an input its values, (N, C, H, W) row-major; everything computed from the old ones is forgotten. */
  feed(input: ValueId, values: Float32Array): void {
    const expected = elementsOf(this.network.shape(input));
    if (values.length !== expected)
      throw new RangeError(`input of ${values.length} values where ${expected} are needed`);
    const storage = this.#inputs.get(input);
    if (storage) this.#backend.write(storage, values);
    else this.#inputs.set(input, this.#backend.upload(values));
    for (const old of this.#values.values()) this.#pool.release(old);
    this.#values.clear();
  }

  /** Why a value cannot be computed with what has been fed; null: it can. */
  whyBlocked(value: ValueId): string | null {
    const blocked = this.network.blocked(value);
    if (blocked) return blocked;
    for (const input of this.#inputsOf(value)) {
      if (!this.#inputs.has(input.value)) return `nothing is fed to the input ${input.name}`;
    }
    return null;
  }

  plan(wanted: readonly ValueId[]): Plan {
    return planForward(this.network, wanted, {
      available: new Set(this.#values.keys()),
      keep: () => this.#keepAll,
    });
  }

  /** Computes the values that are not there yet. Throws BlockedError where one cannot be. */
  async compute(wanted: readonly ValueId[], options: RunOptions = {}): Promise<Operand[]> {
    for (const value of wanted) {
      const reason = this.whyBlocked(value);
      if (reason) throw new BlockedError(reason);
    }
    const { steps } = this.plan(wanted);
    const made: ValueId[] = [];
    const works: Work[] = [];
    for (const { node, output, release } of steps) {
      const storage = this.#pool.acquire(elementsOf(this.network.shape(output)));
      this.#values.set(output, storage);
      made.push(output);
      works.push({
        op: node.op,
        inputs: node.inputs.map((input) => this.operand(input)),
        params: this.#params(node.op, node.params),
        output: { storage, shape: this.network.shape(output) },
        macs: node.macs ?? 0,
      });
      for (const value of release) {
        this.#pool.release(this.#values.get(value)!);
        this.#values.delete(value);
      }
    }
    try {
      await this.#backend.run(works, options);
    } catch (error) {
      // Stopped half-way: what was not computed must not pass for computed.
      for (const value of made) {
        const storage = this.#values.get(value);
        if (storage) this.#pool.release(storage);
        this.#values.delete(value);
      }
      throw error;
    }
    if (!this.#keepAll) this.#forgetAllBut(wanted);
    return wanted.map((value) => this.operand(value));
  }

  /** Where a computed, fed or constant value lies. */
  operand(value: ValueId): Operand {
    const root = this.network.root(value);
    const storage = this.#values.get(root) ?? this.#inputs.get(root) ?? this.#constant(root);
    return { storage, shape: this.network.shape(value) };
  }

  /** Values of a computed value, from its `first` on. */
  read(value: ValueId, first = 0, count?: number): Promise<Float32Array> {
    const { storage, shape } = this.operand(value);
    return this.#backend.read(storage, first, count ?? elementsOf(shape) - first);
  }

  dispose(): void {
    for (const storages of [this.#values, this.#constants, this.#inputs]) {
      for (const storage of storages.values()) this.#backend.release(storage);
      storages.clear();
    }
    this.#pool.trim();
  }

  #forgetAllBut(wanted: readonly ValueId[]): void {
    const stay = new Set(wanted.map(this.network.root));
    for (const [value, storage] of this.#values) {
      if (stay.has(value)) continue;
      this.#pool.release(storage);
      this.#values.delete(value);
    }
  }

  /** The model's inputs that a value depends on. */
  #inputsOf(value: ValueId): ModelGraph['inputs'] {
    const seen = new Set<ValueId>();
    const open = [value];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      open.push(...(this.network.producer(at)?.inputs ?? []));
    }
    return this.network.graph.inputs.filter((input) => seen.has(input.value));
  }

  #params(op: Work['op'], names: Readonly<Record<string, string>>): Record<string, Operand> {
    const params: Record<string, Operand> = {};
    for (const [role, name] of Object.entries(names)) {
      const shape = this.network.parameterShape(name);
      const packing = this.#backend.packing(op, role, shape);
      const key = packing ? `${name} as ${packing.key}` : name;
      params[role] = { storage: this.#uploaded(key, name, packing?.pack), shape };
    }
    return params;
  }

  #constant(value: ValueId): Storage {
    const { parameter, constant } = this.network.graph.values[value]!;
    if (parameter !== undefined) return this.#uploaded(parameter, parameter);
    const key = `value ${value}`;
    const there = this.#constants.get(key);
    if (there) return there;
    if (!constant) throw new Error(`value ${value} is not computed`);
    const storage = this.#backend.upload(Float32Array.from(constant));
    this.#constants.set(key, storage);
    return storage;
  }

  #uploaded(key: string, name: string, pack: (values: Float32Array) => Float32Array = (values) => values): Storage {
    const there = this.#constants.get(key);
    if (there) return there;
    const values = this.#weights.values(name);
    if ('unknown' in values) throw new BlockedError(values.unknown);
    const storage = this.#backend.upload(pack(values));
    this.#constants.set(key, storage);
    return storage;
  }
}
