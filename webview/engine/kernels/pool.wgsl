// Pooling by sliding windows: the largest or the mean value under each window.
//
// One output pixel a thread, 256 threads a group, in the order of the output: neighbouring threads read overlapping
// windows of the same rows, which the cache serves. Planes (batch × channels) are independent, so they are one axis.

struct Shape {
  count: u32,
  height: i32,
  width: i32,
  outHeight: u32,
  outWidth: u32,
  kernelHeight: i32,
  kernelWidth: i32,
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
  dilationY: i32,
  dilationX: i32,
  bottom: i32, // padding after, which a mean may count
  right: i32,
  average: u32,
  countIncludePad: u32,
  divisor: f32, // 0: none given
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {
  let i = (wg.y * groups.x + wg.x) * 256u + t;
  if (i >= s.count) { return; }
  let ox = i % s.outWidth;
  let oy = (i / s.outWidth) % s.outHeight;
  let plane = i / (s.outWidth * s.outHeight);
  let base = i32(plane) * s.height * s.width;
  let y0 = i32(oy) * s.strideY - s.top;
  let x0 = i32(ox) * s.strideX - s.left;
  var best = -3.4028234e38;
  var sum = 0.0;
  var inside = 0;
  for (var kh = 0; kh < s.kernelHeight; kh++) {
    let iy = y0 + kh * s.dilationY;
    if (iy < 0 || iy >= s.height) { continue; }
    for (var kw = 0; kw < s.kernelWidth; kw++) {
      let ix = x0 + kw * s.dilationX;
      if (ix < 0 || ix >= s.width) { continue; }
      let v = x[base + iy * s.width + ix];
      best = max(best, v);
      sum += v;
      inside++;
    }
  }
  if (s.average == 0u) {
    y[i] = best;
    return;
  }
  // ATen's avg_pool2d: the window is first cut at the padded edge, then at the image's.
  let padded = (min(y0 + s.kernelHeight, s.height + s.bottom) - y0) * (min(x0 + s.kernelWidth, s.width + s.right) - x0);
  var divisor = f32(select(inside, padded, s.countIncludePad == 1u));
  if (s.divisor != 0.0) { divisor = s.divisor; }
  y[i] = sum / divisor;
}
