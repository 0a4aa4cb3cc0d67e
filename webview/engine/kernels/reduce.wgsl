// Sum, mean, largest or smallest value over any axes.
//
// A group of 64 threads makes one value of the output: the kept axes' strides find where it starts, the reduced
// axes' strides where its values lie; each thread takes every 64th of them, then partial results are folded in
// workgroup memory. Outputs are few where there is much to reduce, so groups rather than threads per output.

struct Shape {
  outputs: u32,
  size: u32, // values in each
  function_: u32, // 0 mean, 1 sum, 2 amax, 3 amin
  kept: array<vec4u, 2>,
  keptStride: array<vec4u, 2>,
  reduced: array<vec4u, 2>,
  reducedStride: array<vec4u, 2>,
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

var<workgroup> partial_: array<f32, 64>;

fn fold(a: f32, b: f32) -> f32 {
  if (s.function_ == 2u) { return max(a, b); }
  if (s.function_ == 3u) { return min(a, b); }
  return a + b;
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {
  let output = min(wg.y * groups.x + wg.x, s.outputs - 1u); // a surplus group repeats the last output
  var base = 0u;
  var rest = output;
  for (var axis = 7i; axis >= 0i; axis--) {
    let size = s.kept[axis / 4][axis % 4];
    base += (rest % size) * s.keptStride[axis / 4][axis % 4];
    rest = rest / size;
  }
  var result = 0.0;
  if (s.function_ == 2u) { result = -3.4028234e38; }
  if (s.function_ == 3u) { result = 3.4028234e38; }
  for (var i = t; i < s.size; i += 64u) {
    var at = base;
    var left = i;
    for (var axis = 7i; axis >= 0i; axis--) {
      let size = s.reduced[axis / 4][axis % 4];
      at += (left % size) * s.reducedStride[axis / 4][axis % 4];
      left = left / size;
    }
    result = fold(result, x[at]);
  }
  partial_[t] = result;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (t < half) { partial_[t] = fold(partial_[t], partial_[t + half]); }
    workgroupBarrier();
  }
  if (t == 0u) { y[output] = select(partial_[0], partial_[0] / f32(s.size), s.function_ == 0u); }
}
