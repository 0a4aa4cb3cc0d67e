// Resampling of planes to a given size, as torch.nn.functional.interpolate does without antialiasing.
// One output pixel a thread, 256 threads a group; neighbours read neighbours. A line is a plane one row high.

struct Shape {
  count: u32,
  height: i32,
  width: i32,
  outHeight: u32,
  outWidth: u32,
  mode: u32, // 0 nearest, 1 nearest-exact, 2 linear, 3 cubic
  alignCorners: u32,
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// The position in the input that an output position stands for.
fn source(at: u32, size: i32, outSize: u32) -> f32 {
  if (s.alignCorners == 1u) {
    if (outSize <= 1u) { return 0.0; }
    return f32(at) * (f32(size - 1) / f32(outSize - 1u));
  }
  return (f32(at) + 0.5) * (f32(size) / f32(outSize)) - 0.5;
}

fn nearest(at: u32, size: i32, outSize: u32) -> i32 {
  let shift = select(0.0, 0.5, s.mode == 1u);
  return min(i32(floor((f32(at) + shift) * (f32(size) / f32(outSize)))), size - 1);
}

fn pixel(base: i32, iy: i32, ix: i32) -> f32 {
  return x[base + clamp(iy, 0, s.height - 1) * s.width + clamp(ix, 0, s.width - 1)];
}

// Keys' cubic with A = -0.75.
fn cubic(t: f32) -> vec4f {
  let A = -0.75;
  let a = t + 1.0;
  let c = 1.0 - t;
  let d = 2.0 - t;
  return vec4f(
    ((A * a - 5.0 * A) * a + 8.0 * A) * a - 4.0 * A,
    ((A + 2.0) * t - (A + 3.0)) * t * t + 1.0,
    ((A + 2.0) * c - (A + 3.0)) * c * c + 1.0,
    ((A * d - 5.0 * A) * d + 8.0 * A) * d - 4.0 * A,
  );
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {
  let i = (wg.y * groups.x + wg.x) * 256u + t;
  if (i >= s.count) { return; }
  let ox = i % s.outWidth;
  let oy = (i / s.outWidth) % s.outHeight;
  let base = i32(i / (s.outWidth * s.outHeight)) * s.height * s.width;
  if (s.mode <= 1u) {
    y[i] = pixel(base, nearest(oy, s.height, s.outHeight), nearest(ox, s.width, s.outWidth));
    return;
  }
  var fy = source(oy, s.height, s.outHeight);
  var fx = source(ox, s.width, s.outWidth);
  if (s.mode == 2u) {
    fy = max(fy, 0.0);
    fx = max(fx, 0.0);
  }
  let iy = i32(floor(fy));
  let ix = i32(floor(fx));
  let ty = fy - f32(iy);
  let tx = fx - f32(ix);
  if (s.mode == 2u) {
    let top = mix(pixel(base, iy, ix), pixel(base, iy, ix + 1), tx);
    let bottom = mix(pixel(base, iy + 1, ix), pixel(base, iy + 1, ix + 1), tx);
    y[i] = mix(top, bottom, ty);
    return;
  }
  let wy = cubic(ty);
  let wx = cubic(tx);
  var sum = 0.0;
  for (var r = 0; r < 4; r++) {
    let row = vec4f(pixel(base, iy + r - 1, ix - 1), pixel(base, iy + r - 1, ix), pixel(base, iy + r - 1, ix + 1), pixel(base, iy + r - 1, ix + 2));
    sum += wy[r] * dot(row, wx);
  }
  y[i] = sum;
}
