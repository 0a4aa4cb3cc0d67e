// The Mersenne Twister that PyTorch's CPU generator is, bit for bit.
//   torch.manual_seed(0)  ⇔  new Mt19937(0)
// Source: Matsumoto and Nishimura's mt19937ar.c; ATen/core/MT19937RNGEngine.h draws the same numbers.

const N = 624;
const M = 397;

export class Mt19937 {
  readonly #state = new Uint32Array(N);
  #next = N;
  /** Second value of a Box-Muller pair, kept by PyTorch's generator for the next scalar normal. */
  pendingNormal: number | null = null;

  constructor(seed: number) {
    this.#state[0] = seed >>> 0;
    for (let i = 1; i < N; i++) {
      const previous = this.#state[i - 1]!;
      this.#state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  /** A copy that goes on by itself: a bookmark in the stream. */
  clone(): Mt19937 {
    const copy = new Mt19937(0);
    copy.#state.set(this.#state);
    copy.#next = this.#next;
    copy.pendingNormal = this.pendingNormal;
    return copy;
  }

  /** 32 random bits. */
  random(): number {
    if (this.#next === N) this.#twist();
    let y = this.#state[this.#next++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** Passes over `count` numbers at the cost of the state's twists alone. */
  skip(count: number): void {
    while (count > N - this.#next) {
      count -= N - this.#next;
      this.#twist();
    }
    this.#next += count;
  }

  #twist(): void {
    const s = this.#state;
    for (let i = 0; i < N - M; i++) s[i] = s[i + M]! ^ mixed(s[i]!, s[i + 1]!);
    for (let i = N - M; i < N - 1; i++) s[i] = s[i + M - N]! ^ mixed(s[i]!, s[i + 1]!);
    s[N - 1] = s[M - 1]! ^ mixed(s[N - 1]!, s[0]!);
    this.#next = 0;
  }
}

function mixed(upper: number, lower: number): number {
  return (((upper & 0x80000000) | (lower & 0x7fffffff)) >>> 1) ^ (lower & 1 ? 0x9908b0df : 0);
}
