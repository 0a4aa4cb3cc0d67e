// z = f(a, b), element by element, with NumPy's broadcasting: each operand is read through its own strides,
// which are 0 along the axes it repeats on; a scalar is the uniform `scalar`.
//
// Memory-bound: 256 threads a group, one value a thread. Where both operands have the output's shape (a residual
// connection) `dense` skips the walk over the axes, which costs a division each.

struct Shape {
  count: u32,
  function_: u32,
  dense: u32,
  scalarSide: u32, // 0: none, 1: a is the scalar, 2: b is the scalar
  scalar: f32,
  shape: array<vec4u, 2>,
  aStride: array<vec4u, 2>,
  bStride: array<vec4u, 2>,
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> z: array<f32>;

// WGSL's pow knows no negative base.
fn power(p: f32, q: f32) -> f32 {
  if (q == 2.0) { return p * p; }
  if (q == 0.5) { return sqrt(p); }
  if (q == 0.0) { return 1.0; }
  if (p == 0.0) { return select(0.0, 1.0 / p, q < 0.0); }
  let m = pow(abs(p), q);
  if (p > 0.0) { return m; }
  let whole = floor(q) == q;
  let odd = abs(q - 2.0 * floor(q * 0.5)) == 1.0;
  return select(sqrt(p), select(m, -m, odd), whole); // sqrt of a negative: NaN
}

fn apply(p: f32, q: f32) -> f32 {
  switch s.function_ {
    case 0u: { return p + q; }
    case 1u: { return p - q; }
    case 2u: { return p * q; }
    case 3u: { return p / q; }
    case 4u: { return power(p, q); }
    case 5u: { return max(p, q); }
    default: { return min(p, q); }
  }
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {
  let i = (wg.y * groups.x + wg.x) * 256u + t;
  if (i >= s.count) { return; }
  var ai = i;
  var bi = i;
  if (s.dense == 0u) {
    ai = 0u;
    bi = 0u;
    var rest = i;
    for (var axis = 7i; axis >= 0i; axis--) {
      let size = s.shape[axis / 4][axis % 4];
      let at = rest % size;
      rest = rest / size;
      ai += at * s.aStride[axis / 4][axis % 4];
      bi += at * s.bStride[axis / 4][axis % 4];
    }
  }
  let p = select(a[ai], s.scalar, s.scalarSide == 1u);
  let q = select(b[bi], s.scalar, s.scalarSide == 2u);
  z[i] = apply(p, q);
}
