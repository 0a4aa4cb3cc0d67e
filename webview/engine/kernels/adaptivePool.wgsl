// Adaptive pooling: output cell (oy, ox) takes rows floor(oy·H/OH) up to ceil((oy+1)·H/OH), columns alike.
//
// Cells may be large (a whole plane for size 1) while there are few of them, so a group of 64 threads makes one
// cell: each thread takes every 64th value of it, then the partial results are folded in workgroup memory.

struct Shape {
  cells: u32,
  height: u32,
  width: u32,
  outHeight: u32,
  outWidth: u32,
  average: u32,
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

var<workgroup> partial_: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {
  let cell = min(wg.y * groups.x + wg.x, s.cells - 1u); // a surplus group repeats the last cell
  let ox = cell % s.outWidth;
  let oy = (cell / s.outWidth) % s.outHeight;
  let plane = cell / (s.outWidth * s.outHeight);
  let y0 = oy * s.height / s.outHeight;
  let y1 = ((oy + 1u) * s.height + s.outHeight - 1u) / s.outHeight;
  let x0 = ox * s.width / s.outWidth;
  let x1 = ((ox + 1u) * s.width + s.outWidth - 1u) / s.outWidth;
  let columns = x1 - x0;
  let count = (y1 - y0) * columns;
  let base = (plane * s.height + y0) * s.width + x0;

  var result = select(-3.4028234e38, 0.0, s.average == 1u);
  for (var i = t; i < count; i += 64u) {
    let v = x[base + (i / columns) * s.width + i % columns];
    result = select(max(result, v), result + v, s.average == 1u);
  }
  partial_[t] = result;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (t < half) {
      let other = partial_[t + half];
      partial_[t] = select(max(partial_[t], other), partial_[t] + other, s.average == 1u);
    }
    workgroupBarrier();
  }
  if (t == 0u) { y[cell] = select(partial_[0], partial_[0] / f32(count), s.average == 1u); }
}
