// Rows of a table by index: y[i, d] = table[indices[i], d]. One value a thread; neighbours copy neighbours.
// Indices are float32 like every value of the engine, exact up to 2^24; those off the table give NaN.

struct Shape {
  count: u32,
  width: u32,
  rows: u32,
  notANumber: u32, // bits of NaN: WGSL has no literal for it
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> indices: array<f32>;
@group(0) @binding(2) var<storage, read> table: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {
  let i = (wg.y * groups.x + wg.x) * 256u + t;
  if (i >= s.count) { return; }
  let index = indices[i / s.width];
  if (index < 0.0 || index >= f32(s.rows)) {
    y[i] = bitcast<f32>(s.notANumber);
    return;
  }
  y[i] = table[u32(index) * s.width + i % s.width];
}
