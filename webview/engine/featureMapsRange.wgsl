// The range of each channel, then of the layer: (min, max, sum, how many values are not finite).
//
// First run: a group of 256 threads a channel, each taking every 256th value of its plane, folded in workgroup
// memory; the result goes to ranges[channel]. Second run (`whole`): one group folds those into ranges[channels].
// NaN is told by its bits, since shader compilers may assume that there is none.

struct Shape {
  plane: u32,
  channels: u32,
  whole: u32,
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> ranges: array<vec4f>;

var<workgroup> partial_: array<vec4f, 256>;

fn join(a: vec4f, b: vec4f) -> vec4f {
  return vec4f(min(a.x, b.x), max(a.y, b.y), a.z + b.z, a.w + b.w);
}

fn alone(v: f32) -> vec4f {
  let notFinite = (bitcast<u32>(v) & 0x7f800000u) == 0x7f800000u;
  return select(vec4f(v, v, v, 0.0), vec4f(3.4028234e38, -3.4028234e38, 0.0, 1.0), notFinite);
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {
  let channel = wg.y * groups.x + wg.x;
  var range = vec4f(3.4028234e38, -3.4028234e38, 0.0, 0.0);
  if (s.whole == 1u) {
    for (var i = t; i < s.channels; i += 256u) { range = join(range, ranges[i]); }
  } else if (channel < s.channels) {
    for (var i = t; i < s.plane; i += 256u) { range = join(range, alone(x[channel * s.plane + i])); }
  }
  partial_[t] = range;
  workgroupBarrier();
  for (var half = 128u; half > 0u; half /= 2u) {
    if (t < half) { partial_[t] = join(partial_[t], partial_[t + half]); }
    workgroupBarrier();
  }
  if (t == 0u) {
    if (s.whole == 1u) {
      ranges[s.channels] = partial_[0];
    } else if (channel < s.channels) {
      ranges[channel] = partial_[0];
    }
  }
}
