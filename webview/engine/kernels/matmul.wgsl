// Matrix product with strides, over a batch: y[z, m, n] = bias[n] + Σ_k a[z, m, k] · b[z, k, n].
// Strides make one kernel serve x·Wᵀ of a linear layer, batched products and broadcast batches (stride 0).
//
// Tiling: 8×8 threads make 32 rows × 32 columns; a thread keeps 4 rows × 4 neighbouring columns, so each value
// fetched from workgroup memory is used four times; K goes by tiles of 16 (2 KB of workgroup memory each). When
// fetching a tile, threads run along whichever axis lies contiguously in memory, so that reads are in order.

struct Shape {
  rows: u32,
  columns: u32,
  depth: u32,
  hasBias: u32,
  aRow: u32,
  aDepth: u32,
  bDepth: u32,
  bColumn: u32,
  batch: array<vec4u, 2>, // batch axes
  aBatch: array<vec4u, 2>, // their strides
  bBatch: array<vec4u, 2>,
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

var<workgroup> tileA: array<array<f32, 32>, 16>; // [k][row]
var<workgroup> tileB: array<array<vec4f, 8>, 16>; // [k][column / 4]

@compute @workgroup_size(8, 8)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) l: vec3u, @builtin(local_invocation_index) t: u32) {
  let n0 = wg.x * 32u;
  let m0 = wg.y * 32u;
  var aBase = 0u;
  var bBase = 0u;
  var rest = wg.z;
  for (var axis = 7i; axis >= 0i; axis--) {
    let size = s.batch[axis / 4][axis % 4];
    let at = rest % size;
    rest = rest / size;
    aBase += at * s.aBatch[axis / 4][axis % 4];
    bBase += at * s.bBatch[axis / 4][axis % 4];
  }

  var c0 = vec4f(0.0);
  var c1 = vec4f(0.0);
  var c2 = vec4f(0.0);
  var c3 = vec4f(0.0);
  let tiles = (s.depth + 15u) / 16u;
  for (var tile = 0u; tile < tiles; tile++) {
    for (var i = 0u; i < 8u; i++) {
      let f = i * 64u + t;
      let row = select(f % 32u, f / 16u, s.aDepth == 1u);
      let ka = select(f / 32u, f % 16u, s.aDepth == 1u);
      let m = m0 + row;
      let k = tile * 16u + ka;
      tileA[ka][row] = select(0.0, a[aBase + min(m, s.rows - 1u) * s.aRow + min(k, s.depth - 1u) * s.aDepth], m < s.rows && k < s.depth);
    }
    for (var i = 0u; i < 8u; i++) {
      let f = i * 64u + t;
      let column = select(f % 32u, f / 16u, s.bDepth == 1u);
      let kb = select(f / 32u, f % 16u, s.bDepth == 1u);
      let n = n0 + column;
      let k = tile * 16u + kb;
      tileB[kb][column / 4u][column % 4u] = select(0.0, b[bBase + min(k, s.depth - 1u) * s.bDepth + min(n, s.columns - 1u) * s.bColumn], n < s.columns && k < s.depth);
    }
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) {
      let v = tileB[k][l.x];
      c0 = fma(vec4f(tileA[k][l.y * 4u]), v, c0);
      c1 = fma(vec4f(tileA[k][l.y * 4u + 1u]), v, c1);
      c2 = fma(vec4f(tileA[k][l.y * 4u + 2u]), v, c2);
      c3 = fma(vec4f(tileA[k][l.y * 4u + 3u]), v, c3);
    }
    workgroupBarrier();
  }

  var sums = array<vec4f, 4>(c0, c1, c2, c3);
  for (var r = 0u; r < 4u; r++) {
    let m = m0 + l.y * 4u + r;
    if (m >= s.rows) { break; }
    for (var j = 0u; j < 4u; j++) {
      let n = n0 + l.x * 4u + j;
      if (n >= s.columns) { break; }
      var v = sums[r][j];
      if (s.hasBias == 1u) { v += bias[n]; }
      y[(wg.z * s.rows + m) * s.columns + n] = v;
    }
  }
}
