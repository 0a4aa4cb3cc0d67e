// Packs the numbers of a dispatch into a uniform block, in the order in which the shader's struct declares them.
//   uniforms().u32(count, channels).f32(slope).axes(shape).done()
//   struct S { count: u32, channels: u32, slope: f32, shape: array<vec4u, 2> }

/** The most axes a tensor may have in the kernels that walk any shape. */
export const MAX_AXES = 8;

export class Uniforms {
  readonly #words: number[] = [];
  readonly #scratch = new DataView(new ArrayBuffer(4));

  u32(...values: number[]): this {
    for (const value of values) this.#words.push(value >>> 0);
    return this;
  }

  i32(...values: number[]): this {
    for (const value of values) this.#words.push(value | 0);
    return this;
  }

  f32(...values: number[]): this {
    for (const value of values) {
      this.#scratch.setFloat32(0, value, true);
      this.#words.push(this.#scratch.getUint32(0, true));
    }
    return this;
  }

  bool(...values: boolean[]): this {
    return this.u32(...values.map(Number));
  }

  /** `array<vec4u, 2>` (or vec4i), right-aligned on the last axis and filled with `fill` in front. */
  axes(values: readonly number[], fill: number): this {
    while (this.#words.length % 4 !== 0) this.#words.push(0);
    for (let axis = 0; axis < MAX_AXES; axis++) this.i32(values[axis - (MAX_AXES - values.length)] ?? fill);
    return this;
  }

  /** Rounded up to a multiple of 16 bytes, as WGSL lays uniform structs out. */
  done(): ArrayBuffer {
    while (this.#words.length % 4 !== 0) this.#words.push(0);
    return Uint32Array.from(this.#words, (word) => word | 0).buffer;
  }
}

export function uniforms(): Uniforms {
  return new Uniforms();
}
