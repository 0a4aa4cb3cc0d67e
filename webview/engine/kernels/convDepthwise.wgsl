// Depthwise convolution (one input channel a group): each thread makes 4 neighbouring pixels of one output channel.
//
// There is no product over channels to tile: work is as little as the traffic. The four pixels' windows overlap,
// so most of the second to fourth reads hit the cache; the filter (9 to 49 values) is the same for all 64 threads.

struct Shape {
  channels: u32,
  multiplier: u32, // output channels an input channel
  height: u32,
  width: u32,
  outHeight: u32,
  outWidth: u32,
  kernelHeight: u32,
  kernelWidth: u32,
  strideY: u32,
  strideX: u32,
  top: u32,
  left: u32,
  dilationY: u32,
  dilationX: u32,
  hasBias: u32,
}

override PAD_MODE: u32 = 0u;

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>; // [outChannels][kh][kw]
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_index) t: u32) {
  let pixelCount = s.outHeight * s.outWidth;
  let p0 = (wg.x * 64u + t) * 4u;
  if (p0 >= pixelCount) { return; }
  let o = wg.y;
  let h = i32(s.height);
  let wd = i32(s.width);
  let image = (wg.z * s.channels + o / s.multiplier) * s.height * s.width;

  let p = vec4u(p0) + vec4u(0u, 1u, 2u, 3u);
  let inImage = p < vec4u(pixelCount);
  let oy = p / s.outWidth;
  let ox = p - oy * s.outWidth;
  let originY = vec4i(oy * s.strideY) - vec4i(i32(s.top));
  let originX = vec4i(ox * s.strideX) - vec4i(i32(s.left));

  var sum = vec4f(0.0);
  var wi = o * s.kernelHeight * s.kernelWidth;
  for (var kh = 0u; kh < s.kernelHeight; kh++) {
    for (var kw = 0u; kw < s.kernelWidth; kw++) {
      var iy = originY + vec4i(i32(kh * s.dilationY));
      var ix = originX + vec4i(i32(kw * s.dilationX));
      if (PAD_MODE != 0u) {
        for (var j = 0u; j < 4u; j++) {
          iy[j] = padded(iy[j], h, PAD_MODE);
          ix[j] = padded(ix[j], wd, PAD_MODE);
        }
      }
      let ok = inImage & (iy >= vec4i(0)) & (iy < vec4i(h)) & (ix >= vec4i(0)) & (ix < vec4i(wd));
      let at = vec4u(image) + vec4u(select(vec4i(0), iy * wd + ix, ok));
      let v = select(vec4f(0.0), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]), ok);
      sum = fma(vec4f(w[wi]), v, sum);
      wi += 1u;
    }
  }
  if (s.hasBias == 1u) { sum += vec4f(bias[o]); }
  let to = (wg.z * s.channels * s.multiplier + o) * pixelCount + p0;
  for (var j = 0u; j < 4u; j++) {
    if (p0 + j < pixelCount) { y[to + j] = sum[j]; }
  }
}
