// The grid of feature maps: one triangle covers the canvas, and each pixel finds its tile, its place in that map and
// its colour by itself; nothing is rendered outside of what is scrolled into view. A map that is larger than its
// tile is averaged over what falls into the pixel, a smaller one shows its values as squares.

struct View {
  channels: u32,
  height: u32,
  width: u32,
  first: u32, // channel of the first tile
  count: u32, // tiles
  columns: u32,
  tileWidth: u32,
  tileHeight: u32,
  gap: u32,
  scroll: u32,
  colours: u32, // 0 viridis, 1 gray, 2 diverging around 0
  range: u32, // 0 each channel's own, 1 the layer's
}

@group(0) @binding(0) var<uniform> v: View;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> ranges: array<vec4f>;

@vertex
fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

// Polynomial fit of matplotlib's viridis (Matt Zucker, public domain).
fn viridis(t: f32) -> vec3f {
  let c0 = vec3f(0.2777273272234177, 0.005407344544966578, 0.3340998053353061);
  let c1 = vec3f(0.1050930431085774, 1.404613529898575, 1.384590162594685);
  let c2 = vec3f(-0.3308618287255563, 0.214847559468213, 0.09509516302823659);
  let c3 = vec3f(-4.634230498983486, -5.799100973351585, -19.33244095627987);
  let c4 = vec3f(6.228269936347081, 14.17993336680509, 56.69055260068105);
  let c5 = vec3f(4.776384997670288, -13.74514537774601, -65.35303263337234);
  let c6 = vec3f(-5.435455855934631, 4.645852612178535, 26.3124352495832);
  return clamp(c0 + t * (c1 + t * (c2 + t * (c3 + t * (c4 + t * (c5 + t * c6))))), vec3f(0.0), vec3f(1.0));
}

// Blue for negative, white for zero, red for positive values (ColorBrewer's RdBu). t in -1 to 1.
fn diverging(t: f32) -> vec3f {
  let white = vec3f(0.969, 0.969, 0.969);
  let near_ = select(vec3f(0.839, 0.376, 0.302), vec3f(0.263, 0.576, 0.765), t < 0.0);
  let far_ = select(vec3f(0.404, 0.0, 0.122), vec3f(0.020, 0.188, 0.380), t < 0.0);
  let a = abs(t) * 2.0;
  return select(mix(near_, far_, a - 1.0), mix(white, near_, a), a < 1.0);
}

fn finite(value: f32) -> bool { return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u; }

@fragment
fn colour(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let nothing = vec4f(0.0);
  let px = u32(position.x);
  let py = u32(position.y) + v.scroll;
  let column = px / (v.tileWidth + v.gap);
  let row = py / (v.tileHeight + v.gap);
  let inX = px % (v.tileWidth + v.gap);
  let inY = py % (v.tileHeight + v.gap);
  let tile = row * v.columns + column;
  if (column >= v.columns || inX >= v.tileWidth || inY >= v.tileHeight || tile >= v.count) { return nothing; }
  let channel = v.first + tile;
  if (channel >= v.channels) { return nothing; }

  // The values under this pixel, at least one, at most 8 × 8 of them.
  let x0 = inX * v.width / v.tileWidth;
  let y0 = inY * v.height / v.tileHeight;
  let x1 = max(x0 + 1u, (inX + 1u) * v.width / v.tileWidth);
  let y1 = max(y0 + 1u, (inY + 1u) * v.height / v.tileHeight);
  let stepX = (x1 - x0 + 7u) / 8u;
  let stepY = (y1 - y0 + 7u) / 8u;
  var sum = 0.0;
  var taken = 0.0;
  var bad = false;
  for (var y = y0; y < y1; y += stepY) {
    for (var at = x0; at < x1; at += stepX) {
      let value = x[(channel * v.height + y) * v.width + at];
      if (finite(value)) {
        sum += value;
        taken += 1.0;
      } else {
        bad = true;
      }
    }
  }
  if (bad || taken == 0.0) { return vec4f(1.0, 0.0, 0.8, 1.0); } // NaN and infinity stand out
  let value = sum / taken;
  let range = ranges[select(channel, v.channels, v.range == 1u)];
  if (v.colours == 2u) {
    let most = max(max(abs(range.x), abs(range.y)), 1e-30);
    return vec4f(diverging(clamp(value / most, -1.0, 1.0)), 1.0);
  }
  let span = range.y - range.x;
  // A constant channel (a dead ReLU) has the colour of its minimum.
  let t = select(0.0, clamp((value - range.x) / max(span, 1e-30), 0.0, 1.0), span > 0.0);
  return vec4f(select(viridis(t), vec3f(t), v.colours == 1u), 1.0);
}
