// PyTorch's random fills on the CPU, drawing the same numbers in the same order.
//   torch.manual_seed(0); torch.empty(4).uniform_(-0.3, 0.7)  ⇔  drawFill(new Mt19937(0), { kind: 'uniform', … }, 4)
// Source: ATen/core/DistributionsHelper.h, ATen/core/TransformationHelper.h, ATen/native/cpu/DistributionTemplates.h.

import type { Fill } from '../../../src/analysis/graph/modelGraph.ts';
import { erf, erfinv } from './erf.ts';
import type { Mt19937 } from './mt19937.ts';

const f32 = Math.fround;

/** From this many values on, normal_ fills with uniforms and transforms them 16 at a time. */
const VECTOR = 16;

/** `count` values as the fill draws them; null where nothing is known of them. */
export function drawFill(random: Mt19937, fill: Fill, count: number): Float32Array | null {
  switch (fill.kind) {
    case 'uniform':
      return uniform(random, fill.low, fill.high, count);
    case 'normal':
      return count >= VECTOR ? normalVector(random, fill, count) : normalScalar(random, fill, count);
    case 'trunc_normal':
      return truncatedNormal(random, fill, count);
    case 'constant':
      return new Float32Array(count).fill(fill.value);
    case 'unknown':
      return null;
  }
}

/** Moves the generator as the fill would, without making the values. */
export function skipFill(random: Mt19937, fill: Fill, count: number): void {
  switch (fill.kind) {
    case 'uniform':
    case 'trunc_normal':
      random.skip(count);
      return;
    case 'normal':
      if (count >= VECTOR) random.skip(count + (count % VECTOR === 0 ? 0 : VECTOR));
      else normalScalar(random, fill, count);
      return;
    case 'constant':
    case 'unknown':
      return;
  }
}

/** 24 random bits as a float in [0, 1). */
function unit(random: Mt19937): number {
  return (random.random() & 0xffffff) / 0x1000000;
}

/** 53 random bits as a double in [0, 1); the first number drawn gives the high bits. */
function unitDouble(random: Mt19937): number {
  const high = random.random();
  const low = random.random();
  return ((high & 0x1fffff) * 0x100000000 + low) / 0x20000000000000;
}

/**
 * uniform_(low, high): x · (high - low) + low with x in [0, 1), one rounding at the end, because the compilers of
 * PyTorch's AVX2 builds fuse the product and the sum. The double product is exact (24 + 24 bits).
 */
function uniform(random: Mt19937, low: number, high: number, count: number): Float32Array {
  const from = f32(low);
  const range = f32(f32(high) - from);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = unit(random) * range + from;
  return values;
}

/** Box-Muller by blocks of 16: values 0 to 7 give the radius, 8 to 15 the angle (`normal_fill_16`). */
function normalVector(random: Mt19937, { mean, std }: { mean: number; std: number }, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = unit(random);
  const transform = (at: number) => {
    for (let i = at; i < at + 8; i++) {
      const radius = f32(Math.sqrt(f32(-2 * f32(Math.log(f32(1 - values[i]!))))));
      const theta = f32(2 * Math.PI * values[i + 8]!);
      values[i] = f32(radius * f32(Math.cos(theta))) * std + mean;
      values[i + 8] = f32(radius * f32(Math.sin(theta))) * std + mean;
    }
  };
  for (let at = 0; at + VECTOR <= count; at += VECTOR) transform(at);
  if (count % VECTOR !== 0) {
    for (let i = count - VECTOR; i < count; i++) values[i] = unit(random);
    transform(count - VECTOR);
  }
  return values;
}

/** Fewer than 16 values: one at a time in double precision; of each pair the second waits in the generator. */
function normalScalar(random: Mt19937, { mean, std }: { mean: number; std: number }, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let sample = random.pendingNormal;
    random.pendingNormal = null;
    if (sample === null) {
      const theta = 2 * Math.PI * unitDouble(random);
      const radius = Math.sqrt(-2 * Math.log1p(-unitDouble(random)));
      sample = radius * Math.cos(theta);
      random.pendingNormal = radius * Math.sin(theta);
    }
    values[i] = sample * std + mean;
  }
  return values;
}

/** torch.nn.init.trunc_normal_: uniforms between the bounds' quantiles, through the inverse error function. */
function truncatedNormal(
  random: Mt19937,
  { mean, std, low, high }: { mean: number; std: number; low: number; high: number },
  count: number,
): Float32Array {
  const quantile = (bound: number) => erf((bound - mean) / std / Math.SQRT2); // 2·Φ(z) - 1
  const values = uniform(random, quantile(low), quantile(high), count);
  for (let i = 0; i < count; i++) {
    const value = f32(f32(erfinv(values[i]!)) * f32(std * Math.SQRT2)) + mean;
    values[i] = Math.min(Math.max(value, low), high);
  }
  return values;
}
