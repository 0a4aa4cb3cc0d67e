// A linear layer on a few rows (a classifier's head): y[m, o] = bias[o] + Σ_k x[m, k] · w[o, k].
//
// With one row, a tiled product would leave 31 of 32 rows of its tile empty. Here 64 threads make one output: each
// takes every 64th k, so the row of weights is read in order, once; then the partial sums are folded.

struct Shape {
  rows: u32,
  outputs: u32,
  depth: u32,
  hasBias: u32,
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>; // [outputs][depth]
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

var<workgroup> partial_: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {
  let index = min(wg.y * groups.x + wg.x, s.rows * s.outputs - 1u); // a surplus group repeats the last output
  let o = index % s.outputs;
  let m = index / s.outputs;
  var sum = 0.0;
  for (var k = t; k < s.depth; k += 64u) { sum = fma(x[m * s.depth + k], w[o * s.depth + k], sum); }
  partial_[t] = sum;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (t < half) { partial_[t] += partial_[t + half]; }
    workgroupBarrier();
  }
  if (t == 0u) {
    var v = partial_[0];
    if (s.hasBias == 1u) { v += bias[o]; }
    y[index] = v;
  }
}
