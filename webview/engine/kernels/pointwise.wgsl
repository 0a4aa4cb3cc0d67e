// Element-wise functions of one tensor: y[i] = f(x[i]).
//
// Memory-bound, so there is nothing to tile: 256 threads a group, one value a thread, neighbours read neighbours.
// One pipeline serves every function: the switch is on a uniform, so all threads of the device take the same
// branch, and a model with five kinds of activation compiles one shader instead of five.

struct Shape {
  count: u32,
  function_: u32,
  a: f32, // slope, alpha, beta or min
  b: f32, // threshold or max
  channels: u32, // prelu: weights (1 or C) and how many values share one
  plane: u32,
}

@group(0) @binding(0) var<uniform> s: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// e^v - 1; the series where the subtraction would eat the digits.
fn expm1(v: f32) -> f32 {
  let series = v * (1.0 + v * (0.5 + v * (1.0 / 6.0 + v * (1.0 / 24.0 + v * (1.0 / 120.0 + v / 720.0)))));
  return select(exp(v) - 1.0, series, abs(v) < 0.3);
}

// log(1 + v) for v >= 0.
fn log1p(v: f32) -> f32 {
  let series = v * (1.0 - v * (0.5 - v * (1.0 / 3.0 - v * (0.25 - v * (0.2 - v * (1.0 / 6.0 - v / 7.0))))));
  return select(log(1.0 + v), series, v < 0.1);
}

fn sigmoid(v: f32) -> f32 { return 1.0 / (1.0 + exp(-v)); }

// The built-in may overflow for large arguments and is loose near zero: series there, exponential elsewhere.
fn tanh_(v: f32) -> f32 {
  let v2 = v * v;
  let series = v * (1.0 - v2 * (1.0 / 3.0 - v2 * (2.0 / 15.0 - v2 * (17.0 / 315.0 - v2 * (62.0 / 2835.0)))));
  let e = exp(-2.0 * min(abs(v), 20.0));
  return select(sign(v) * (1.0 - e) / (1.0 + e), series, abs(v) < 0.3);
}

// Rational approximation of Eigen's generic_fast_erf_float; a few units in the last place.
fn erf_(v: f32) -> f32 {
  let t = clamp(v, -4.0, 4.0);
  let t2 = t * t;
  var p = fma(t2, -2.72614225801306e-10, 2.77068142495902e-08);
  p = fma(t2, p, -2.10102402082508e-06);
  p = fma(t2, p, -5.69250639462346e-05);
  p = fma(t2, p, -7.34990630326855e-04);
  p = fma(t2, p, -2.95459980854025e-03);
  p = fma(t2, p, -1.60960333262415e-02);
  var q = fma(t2, -1.45660718464996e-05, -2.13374055278905e-04);
  q = fma(t2, q, -1.68282697438203e-03);
  q = fma(t2, q, -7.37332916720468e-03);
  q = fma(t2, q, -1.42647390514189e-02);
  return t * p / q;
}

// Sine (quarter 0) or cosine (quarter 1): the built-ins promise no more than 2^-11. The argument is brought to ±π/4
// by multiples of π/2 in three parts, then Cephes' polynomials.
fn sine(v: f32, quarter: i32) -> f32 {
  let n = round(v * 0.6366197723675814);
  let r = fma(-n, 7.54978995489188216e-8, fma(-n, 4.83751296997070312e-4, fma(-n, 1.5703125, v)));
  let z = r * r;
  let sine_ = fma(fma(fma(z, -1.9515295891e-4, 8.3321608736e-3), z, -1.6666654611e-1) * z, r, r);
  let cosine = fma(fma(fma(z, 2.443315711809948e-5, -1.388731625493765e-3), z, 4.166664568298827e-2) * z, z, fma(z, -0.5, 1.0));
  let q = (i32(n) + quarter) & 3;
  let magnitude = select(sine_, cosine, (q & 1) == 1);
  return select(magnitude, -magnitude, q >= 2);
}

fn softplus(v: f32, beta: f32, threshold: f32) -> f32 {
  let t = v * beta;
  return select(log1p(exp(min(t, threshold))) / beta, v, t > threshold);
}

fn logSigmoid(v: f32) -> f32 { return min(v, 0.0) - log1p(exp(-abs(v))); }

// Keep in step with FUNCTIONS in pointwise.ts.
fn apply(v: f32, i: u32) -> f32 {
  switch s.function_ {
    case 0u: { return max(v, 0.0); } // relu
    case 1u: { return clamp(v, 0.0, 6.0); } // relu6
    case 2u: { return sigmoid(v); }
    case 3u: { return tanh_(v); }
    case 4u: { return v * sigmoid(v); } // silu
    case 5u: { return v * tanh_(softplus(v, 1.0, 20.0)); } // mish
    case 6u: { return v * clamp(v + 3.0, 0.0, 6.0) / 6.0; } // hardswish
    case 7u: { return clamp(v + 3.0, 0.0, 6.0) / 6.0; } // hardsigmoid
    case 8u: { return v / (1.0 + abs(v)); } // softsign
    case 9u: { return 1.05070098735548 * select(1.67326324235437 * expm1(min(v, 0.0)), v, v > 0.0); } // selu
    case 10u: { return v - tanh_(v); } // tanhshrink
    case 11u: { return logSigmoid(v); }
    case 12u: { return select(s.a * v, v, v > 0.0); } // leaky_relu
    case 13u: { return select(s.a * expm1(min(v, 0.0)), v, v > 0.0); } // elu
    case 14u: { return select(s.a * expm1(min(v, 0.0) / s.a), v, v > 0.0); } // celu
    case 15u: { return 0.5 * v * (1.0 + erf_(v * 0.7071067811865476)); } // gelu
    case 16u: { return 0.5 * v * (1.0 + tanh_(0.7978845608028654 * (v + 0.044715 * v * v * v))); } // gelu, tanh
    case 17u: { return clamp(v, s.a, s.b); } // hardtanh
    case 18u: { return softplus(v, s.a, s.b); }
    case 19u: { return select(weight[(i / s.plane) % s.channels] * v, v, v > 0.0); } // prelu
    case 20u: { return -v; }
    case 21u: { return abs(v); }
    case 22u: { return exp(v); }
    case 23u: { return log(v); }
    case 24u: { return sqrt(v); }
    case 25u: { return inverseSqrt(v); }
    case 26u: { return v * v; }
    case 27u: { return sine(v, 0); }
    case 28u: { return sine(v, 1); }
    case 29u: { return erf_(v); }
    case 30u: { return 1.0 / v; }
    default: { return v; }
  }
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wg: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {
  let i = (wg.y * groups.x + wg.x) * 256u + t;
  if (i >= s.count) { return; }
  y[i] = apply(x[i], i);
}
