// Softmax and its logarithm along one axis: e^(x - max) / Σ e^(x - max).
//
// A group of 64 threads makes one line along the axis (neighbours `inner` apart): the maximum, then the sum, then
// the result, each thread taking every 64th value and the partial results folded in workgroup memory. The maximum
// is taken off first, so nothing overflows.

struct Shape {
  lines: u32,
  size: u32,
  inner: u32,
  logarithm: u32,
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

var<workgroup> partial_: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {
  let line = min(wg.y * groups.x + wg.x, s.lines - 1u); // a surplus group repeats the last line
  let base = (line / s.inner) * s.size * s.inner + line % s.inner;

  var largest = -3.4028234e38;
  for (var i = t; i < s.size; i += 64u) { largest = max(largest, x[base + i * s.inner]); }
  partial_[t] = largest;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (t < half) { partial_[t] = max(partial_[t], partial_[t + half]); }
    workgroupBarrier();
  }
  largest = partial_[0];
  workgroupBarrier();

  var sum = 0.0;
  for (var i = t; i < s.size; i += 64u) { sum += exp(x[base + i * s.inner] - largest); }
  partial_[t] = sum;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (t < half) { partial_[t] += partial_[t + half]; }
    workgroupBarrier();
  }
  sum = partial_[0];

  let logSum = log(sum);
  for (var i = t; i < s.size; i += 64u) {
    let v = x[base + i * s.inner] - largest;
    y[base + i * s.inner] = select(exp(v) / sum, v - logSum, s.logarithm == 1u);
  }
}
