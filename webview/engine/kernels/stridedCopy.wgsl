// Copies a box of values from one strided layout to another: out[outBase + Σ i·outStride] = in[inBase + Σ i·inStride].
// A permutation reads with permuted strides, a slice with a base and a step, a concatenation writes with a base.
//
// One value a thread, 256 threads a group. Threads follow the output's last axis, so writes are in order; a
// transposing read is not, which the caches of today's GPUs forgive at the sizes of feature maps.

struct Shape {
  count: u32,
  inBase: u32,
  outBase: u32,
  shape: array<vec4u, 2>,
  inStride: array<vec4u, 2>,
  outStride: array<vec4u, 2>,
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {
  let i = (wg.y * groups.x + wg.x) * 256u + t;
  if (i >= s.count) { return; }
  var from_ = s.inBase;
  var to = s.outBase;
  var rest = i;
  for (var axis = 7i; axis >= 0i; axis--) {
    let size = s.shape[axis / 4][axis % 4];
    let at = rest % size;
    rest = rest / size;
    from_ += at * s.inStride[axis / 4][axis % 4];
    to += at * s.outStride[axis / 4][axis % 4];
  }
  y[to] = x[from_];
}
