// Batch normalisation by running statistics: y = (x - mean[c]) / sqrt(var[c] + eps) · weight[c] + bias[c].
//
// Memory-bound: 256 threads a group, one value a thread. The four numbers of a channel are the same for a whole
// plane, so they come from the cache.

struct Shape {
  count: u32,
  channels: u32,
  plane: u32,
  hasWeight: u32,
  hasBias: u32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> mean: array<f32>;
@group(0) @binding(3) var<storage, read> variance: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read> bias: array<f32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {
  let i = (wg.y * groups.x + wg.x) * 256u + t;
  if (i >= s.count) { return; }
  let c = (i / s.plane) % s.channels;
  var v = (x[i] - mean[c]) / sqrt(variance[c] + s.eps);
  if (s.hasWeight == 1u) { v *= weight[c]; }
  if (s.hasBias == 1u) { v += bias[c]; }
  y[i] = v;
}
