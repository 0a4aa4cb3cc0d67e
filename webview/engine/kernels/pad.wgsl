// Padding (or, where negative, cropping) of any axes by a constant, a reflection, the edge or the other side.
// One value of the output a thread, 256 threads a group: each finds where it reads from, axis by axis.

struct Shape {
  count: u32,
  mode: u32, // 0 constant, 1 reflect, 2 replicate, 3 circular
  value: f32,
  outShape: array<vec4i, 2>,
  inShape: array<vec4i, 2>,
  inStride: array<vec4i, 2>,
  before: array<vec4i, 2>,
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {
  let i = (wg.y * groups.x + wg.x) * 256u + t;
  if (i >= s.count) { return; }
  var rest = i32(i);
  var at = 0;
  var inside = true;
  for (var axis = 7i; axis >= 0i; axis--) {
    let outSize = s.outShape[axis / 4][axis % 4];
    let size = s.inShape[axis / 4][axis % 4];
    let p = padded(rest % outSize - s.before[axis / 4][axis % 4], size, s.mode);
    inside = inside && p >= 0 && p < size;
    at += p * s.inStride[axis / 4][axis % 4];
    rest = rest / outSize;
  }
  y[i] = select(s.value, x[select(0, at, inside)], inside);
}
