// Convolution without workgroup memory or barriers, any number of groups: each thread makes 4 neighbouring pixels
// of 4 output channels of one group, in registers, and relies on the cache for what its neighbours read too.
//
// Threads of a group (64) differ only in their pixels: they read the same weights at the same moment (one vec4
// over the 4 output channels per tap and channel, broadcast) and neighbouring pixels. Taps outside, channels inside:
// bounds are tested once a tap. Preferred for grouped convolutions, whose K is short, and on software adapters, where
// a barrier costs more than it saves.

struct Shape {
  groups: u32,
  channels: u32, // of a group
  outChannels: u32, // of a group
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
@group(0) @binding(2) var<storage, read> w: array<vec4f>; // [groups][outChannels / 4][kh][kw][ci], lanes: 4 outputs
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_index) t: u32) {
  let pixelCount = s.outHeight * s.outWidth;
  let p0 = (wg.x * 64u + t) * 4u;
  if (p0 >= pixelCount) { return; }
  let blocks = (s.outChannels + 3u) / 4u;
  let group = wg.y / blocks;
  let block = wg.y - group * blocks;
  let plane = s.height * s.width;
  let h = i32(s.height);
  let wd = i32(s.width);
  let image = (wg.z * s.groups + group) * s.channels * plane;

  let p = vec4u(p0) + vec4u(0u, 1u, 2u, 3u);
  let inImage = p < vec4u(pixelCount);
  let oy = p / s.outWidth;
  let ox = p - oy * s.outWidth;
  let originY = vec4i(oy * s.strideY) - vec4i(i32(s.top));
  let originX = vec4i(ox * s.strideX) - vec4i(i32(s.left));

  var c0 = vec4f(0.0);
  var c1 = vec4f(0.0);
  var c2 = vec4f(0.0);
  var c3 = vec4f(0.0);
  var wi = wg.y * s.kernelHeight * s.kernelWidth * s.channels;
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
      var at = vec4u(image) + vec4u(select(vec4i(0), iy * wd + ix, ok));
      for (var ci = 0u; ci < s.channels; ci++) {
        let v = select(vec4f(0.0), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]), ok);
        let k = w[wi];
        c0 = fma(vec4f(k.x), v, c0);
        c1 = fma(vec4f(k.y), v, c1);
        c2 = fma(vec4f(k.z), v, c2);
        c3 = fma(vec4f(k.w), v, c3);
        at += vec4u(plane);
        wi += 1u;
      }
    }
  }

  var sums = array<vec4f, 4>(c0, c1, c2, c3);
  for (var r = 0u; r < 4u; r++) {
    if (block * 4u + r >= s.outChannels) { break; }
    let o = group * s.outChannels + block * 4u + r;
    var b = 0.0;
    if (s.hasBias == 1u) { b = bias[o]; }
    let to = (wg.z * s.groups * s.outChannels + o) * pixelCount;
    for (var j = 0u; j < 4u; j++) {
      if (p0 + j < pixelCount) { y[to + p0 + j] = sums[r][j] + b; }
    }
  }
}
