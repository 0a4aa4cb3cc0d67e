// Normalisation of rows by their own mean and variance: layer norm (a row is the normalised axes) and group norm
// (a row is the channels of a group with their pixels).
//
// A group of 256 threads makes one row. Three walks over it, each thread taking every 256th value: the mean, the
// variance around it (two passes, as rounding asks for), the result; sums are folded in workgroup memory.
// Value p of row r is scaled by weight[(r % groups) * channels + p / spatial]: with groups 1 and spatial 1 that is p.

struct Shape {
  rows: u32,
  size: u32,
  groups: u32,
  channels: u32, // of a group
  spatial: u32, // values that share a weight
  hasWeight: u32,
  hasBias: u32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

var<workgroup> partial_: array<f32, 256>;

fn total(value: f32, t: u32) -> f32 {
  workgroupBarrier();
  partial_[t] = value;
  workgroupBarrier();
  for (var half = 128u; half > 0u; half /= 2u) {
    if (t < half) { partial_[t] += partial_[t + half]; }
    workgroupBarrier();
  }
  return partial_[0];
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {
  let row = min(wg.y * groups.x + wg.x, s.rows - 1u); // a surplus group repeats the last row
  let base = row * s.size;
  var sum = 0.0;
  for (var p = t; p < s.size; p += 256u) { sum += x[base + p]; }
  let mean = total(sum, t) / f32(s.size);
  var squares = 0.0;
  for (var p = t; p < s.size; p += 256u) {
    let d = x[base + p] - mean;
    squares += d * d;
  }
  let scale = 1.0 / sqrt(total(squares, t) / f32(s.size) + s.eps);
  for (var p = t; p < s.size; p += 256u) {
    var v = (x[base + p] - mean) * scale;
    let c = (row % s.groups) * s.channels + p / s.spatial;
    if (s.hasWeight == 1u) { v *= weight[c]; }
    if (s.hasBias == 1u) { v += bias[c]; }
    y[base + p] = v;
  }
}
