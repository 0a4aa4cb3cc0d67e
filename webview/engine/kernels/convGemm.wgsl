// Convolution as an implicit matrix product, for one group of channels:
//   y[o, p] = bias[o] + Σ_k w[o, k] · columns[k, p]      o: output channel, p: output pixel, k: (kh, kw, ci)
// where columns[k, p] is the input pixel that tap (kh, kw) of channel ci sees from p; it is never stored.
//
// Tiling. A group of 8×8 threads makes 32 channels × 32 pixels; a thread keeps 4 channels × 4 neighbouring pixels
// in registers, so that each value fetched from workgroup memory is used four times. K goes by tiles of 16: each
// thread fetches 2 vec4 of weights and 2 quads of pixels (2 KB + 2 KB of workgroup memory, far below every limit,
// so several groups fit on a core at once).
//
// K is ordered (kh, kw, ci) and each tap's channels are padded to 16 with zero weights: a tile then lies inside one
// tap, whose row, column and bounds are the same for all its 16 channels, and only ci·H·W differs. Inputs of a few
// channels (an RGB picture) would waste most of such a tile: SMALL_C packs the taps without gaps and finds tap and
// channel for each row of the tile instead.

struct Shape {
  channels: u32,
  height: u32,
  width: u32,
  outChannels: u32,
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
  tiles: u32, // tiles of 16 along K
  hasBias: u32,
}

override SMALL_C: bool = false;
override PAD_MODE: u32 = 0u;

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<vec4f>; // [outChannels][tiles * 4]
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

var<workgroup> weights: array<array<vec4f, 4>, 32>; // [channel][k / 4]
var<workgroup> pixels: array<array<vec4f, 8>, 16>; // [k][pixel / 4]

// Four input pixels under tap (kh, kw) of channel ci; 0 where they fall off the image or `inside` is false.
fn fetch(base: u32, originY: vec4i, originX: vec4i, tap: u32, inside: vec4<bool>) -> vec4f {
  let kh = tap / s.kernelWidth;
  let kw = tap - kh * s.kernelWidth;
  var iy = originY + vec4i(i32(kh * s.dilationY));
  var ix = originX + vec4i(i32(kw * s.dilationX));
  let h = i32(s.height);
  let wd = i32(s.width);
  if (PAD_MODE != 0u) {
    for (var j = 0u; j < 4u; j++) {
      iy[j] = padded(iy[j], h, PAD_MODE);
      ix[j] = padded(ix[j], wd, PAD_MODE);
    }
  }
  let ok = inside & (iy >= vec4i(0)) & (iy < vec4i(h)) & (ix >= vec4i(0)) & (ix < vec4i(wd));
  let at = vec4u(base) + vec4u(select(vec4i(0), iy * wd + ix, ok));
  return select(vec4f(0.0), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]), ok);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) l: vec3u, @builtin(local_invocation_index) t: u32) {
  let pixelCount = s.outHeight * s.outWidth;
  let plane = s.height * s.width;
  let n0 = wg.x * 32u; // first pixel of this group
  let m0 = wg.y * 32u; // first channel
  let image = wg.z * s.channels * plane;

  // The quad of pixels that this thread fetches (not the one it makes).
  let quad = t % 8u;
  let p = vec4u(n0 + quad * 4u) + vec4u(0u, 1u, 2u, 3u);
  let inImage = p < vec4u(pixelCount);
  let oy = p / s.outWidth;
  let ox = p - oy * s.outWidth;
  let originY = vec4i(oy * s.strideY) - vec4i(i32(s.top));
  let originX = vec4i(ox * s.strideX) - vec4i(i32(s.left));

  let taps = s.kernelHeight * s.kernelWidth;
  let tilesPerTap = s.tiles / taps; // unused by SMALL_C
  var c0 = vec4f(0.0);
  var c1 = vec4f(0.0);
  var c2 = vec4f(0.0);
  var c3 = vec4f(0.0);

  for (var tile = 0u; tile < s.tiles; tile++) {
    for (var half = 0u; half < 2u; half++) {
      let row = half * 16u + t / 4u;
      let channel = min(m0 + row, s.outChannels - 1u);
      weights[row][t % 4u] = w[(channel * s.tiles + tile) * 4u + t % 4u];
    }
    for (var half = 0u; half < 2u; half++) {
      let row = half * 8u + t / 8u;
      var tap = 0u;
      var ci = 0u;
      if (SMALL_C) {
        let k = tile * 16u + row;
        tap = k / s.channels;
        ci = k - tap * s.channels;
      } else {
        tap = tile / tilesPerTap;
        ci = (tile - tap * tilesPerTap) * 16u + row;
      }
      let inside = inImage & vec4<bool>(ci < s.channels && tap < taps);
      pixels[row][quad] = fetch(image + min(ci, s.channels - 1u) * plane, originY, originX, tap, inside);
    }
    workgroupBarrier();
    for (var k = 0u; k < 4u; k++) {
      let b0 = pixels[k * 4u][l.x];
      let b1 = pixels[k * 4u + 1u][l.x];
      let b2 = pixels[k * 4u + 2u][l.x];
      let b3 = pixels[k * 4u + 3u][l.x];
      let a0 = weights[l.y * 4u][k];
      let a1 = weights[l.y * 4u + 1u][k];
      let a2 = weights[l.y * 4u + 2u][k];
      let a3 = weights[l.y * 4u + 3u][k];
      c0 = fma(vec4f(a0.w), b3, fma(vec4f(a0.z), b2, fma(vec4f(a0.y), b1, fma(vec4f(a0.x), b0, c0))));
      c1 = fma(vec4f(a1.w), b3, fma(vec4f(a1.z), b2, fma(vec4f(a1.y), b1, fma(vec4f(a1.x), b0, c1))));
      c2 = fma(vec4f(a2.w), b3, fma(vec4f(a2.z), b2, fma(vec4f(a2.y), b1, fma(vec4f(a2.x), b0, c2))));
      c3 = fma(vec4f(a3.w), b3, fma(vec4f(a3.z), b2, fma(vec4f(a3.y), b1, fma(vec4f(a3.x), b0, c3))));
    }
    workgroupBarrier();
  }

  var sums = array<vec4f, 4>(c0, c1, c2, c3);
  for (var r = 0u; r < 4u; r++) {
    let o = m0 + l.y * 4u + r;
    if (o >= s.outChannels) { break; }
    var b = 0.0;
    if (s.hasBias == 1u) { b = bias[o]; }
    let to = (wg.z * s.outChannels + o) * pixelCount;
    for (var j = 0u; j < 4u; j++) {
      let pixel = n0 + l.x * 4u + j;
      if (pixel < pixelCount) { y[to + pixel] = sums[r][j] + b; }
    }
  }
}
