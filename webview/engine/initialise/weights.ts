// The weights of `torch.manual_seed(seed); Model()`, made when they are asked for.
//   const weights = new InitialWeights(graph, 0);
//   weights.values('layer1.0.conv1.weight')   // Float32Array of 36864
//
// Values come from one stream of random numbers, in the order in which the constructor draws them (`graph.init`),
// but the first layer must not wait for the last: the stream is bookmarked before each step, and passing over a step
// costs only the generator's twists. A parameter that is drawn twice (a layer's default, then the model's own
// initialisation) is made from its last step.

import type { InitStep, ModelGraph } from '../../../src/analysis/graph/modelGraph.ts';
import { elementsOf } from '../shape.ts';
import { drawFill, skipFill } from './distributions.ts';
import { Mt19937 } from './mt19937.ts';

/** Where the engine takes parameters and buffers from; checkpoints will be another implementation. */
export interface WeightSource {
  /** Row-major values, or why there are none. */
  values(name: string): Float32Array | { unknown: string };
  /** Why there are no values, without making them; null: there are. */
  whyUnknown(name: string): string | null;
  /** For people: where the values come from. */
  readonly origin: string;
}

/** Bookmarks are 2.5 KB each; this many values between two cost about a millisecond to pass over. */
const BOOKMARK_EVERY = 500_000;

export class InitialWeights implements WeightSource {
  readonly origin: string;
  readonly #steps: readonly InitStep[];
  readonly #lastStep = new Map<string, number>();
  readonly #sizes = new Map<string, number>();
  readonly #bookmarks: { step: number; random: Mt19937 }[];

  constructor(graph: ModelGraph, seed: number) {
    this.#steps = graph.init;
    this.#bookmarks = [{ step: 0, random: new Mt19937(seed) }];
    graph.init.forEach((step, index) => {
      if (step.parameter !== null) this.#lastStep.set(step.parameter, index);
    });
    for (const parameter of graph.parameters) {
      if (parameter.shape.every((size) => typeof size === 'number')) {
        this.#sizes.set(parameter.name, elementsOf(parameter.shape as readonly number[]));
      }
    }
    const unknown = graph.init.some((step) => step.fill.kind === 'unknown');
    this.origin =
      `PyTorch's default initialisation, seed ${seed} (no checkpoint loaded)` +
      (unknown ? '; some values are drawn in a way that could not be followed, so later ones may differ' : '');
  }

  whyUnknown(name: string): string | null {
    const size = this.#sizes.get(name);
    if (size === undefined) return `the size of ${name} is not known`;
    const step = this.#steps[this.#lastStep.get(name) ?? -1];
    if (!step) return null;
    if (step.fill.kind === 'unknown') return `the initial values of ${name} are not known`;
    if (step.count !== size) return `only a part of ${name} is initialised in a way that could be followed`;
    return null;
  }

  values(name: string): Float32Array | { unknown: string } {
    const unknown = this.whyUnknown(name);
    if (unknown) return { unknown };
    const index = this.#lastStep.get(name);
    // No step at all: memory that nobody filled; zeros stand for it.
    if (index === undefined) return new Float32Array(this.#sizes.get(name)!);
    const { fill, count } = this.#steps[index]!;
    return drawFill(this.#randomBefore(index), fill, count)!;
  }

  /** The generator as it stands before step `index`, from the nearest bookmark, leaving new ones on the way. */
  #randomBefore(index: number): Mt19937 {
    const nearest = this.#bookmarks.findLast((bookmark) => bookmark.step <= index)!;
    const random = nearest.random.clone();
    const isLast = nearest === this.#bookmarks.at(-1);
    let passed = 0;
    for (let step = nearest.step; step < index; step++) {
      const { fill, count } = this.#steps[step]!;
      skipFill(random, fill, count);
      passed += count;
      if (isLast && passed >= BOOKMARK_EVERY) {
        this.#bookmarks.push({ step: step + 1, random: random.clone() });
        passed = 0;
      }
    }
    return random;
  }
}
