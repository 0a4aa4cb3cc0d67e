// Transposed convolution, by gathering: an output pixel sums over the taps that some input pixel reaches it with,
//   y[o, q] = bias[o] + Σ_tap Σ_ci x[ci, (q + before - tap·dilation) / stride] · w[ci, o, tap]
// where the division must come out even. One output pixel a thread, 64 pixels of one channel a group; nothing is
// written twice, so no atomics. (Splitting by output phase, so that no tap is tried in vain, is the next step.)

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
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
  dilationY: u32,
  dilationX: u32,
  hasBias: u32,
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>; // [groups * channels][outChannels][kh][kw]
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_index) t: u32) {
  let pixelCount = s.outHeight * s.outWidth;
  let q = wg.x * 64u + t;
  if (q >= pixelCount) { return; }
  let o = wg.y;
  let group = o / s.outChannels;
  let inGroup = o - group * s.outChannels;
  let plane = s.height * s.width;
  let taps = s.kernelHeight * s.kernelWidth;
  let qy = i32(q / s.outWidth) + s.top;
  let qx = i32(q % s.outWidth) + s.left;
  var sum = 0.0;
  if (s.hasBias == 1u) { sum = bias[o]; }
  for (var kh = 0u; kh < s.kernelHeight; kh++) {
    let dy = qy - i32(kh * s.dilationY);
    if (dy < 0 || dy % s.strideY != 0 || dy / s.strideY >= i32(s.height)) { continue; }
    for (var kw = 0u; kw < s.kernelWidth; kw++) {
      let dx = qx - i32(kw * s.dilationX);
      if (dx < 0 || dx % s.strideX != 0 || dx / s.strideX >= i32(s.width)) { continue; }
      var at = (wg.z * s.groups + group) * s.channels * plane + u32(dy / s.strideY) * s.width + u32(dx / s.strideX);
      var wi = (group * s.channels * s.outChannels + inGroup) * taps + kh * s.kernelWidth + kw;
      for (var ci = 0u; ci < s.channels; ci++) {
        sum = fma(x[at], w[wi], sum);
        at += plane;
        wi += s.outChannels * taps;
      }
    }
  }
  y[(wg.z * s.groups * s.outChannels + o) * pixelCount + q] = sum;
}
