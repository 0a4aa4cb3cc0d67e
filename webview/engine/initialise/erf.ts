// The error function and its inverse in double precision: what torch.nn.init.trunc_normal_ needs.

/** erf(x), by its series near zero and a continued fraction of erfc elsewhere; error below 1e-14. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  // erfc(x) = e^(-x²) / √π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))), evaluated from the inside out.
  let fraction = size;
  for (let n = 60; n > 0; n--) fraction = size + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction));
}

/** Polynomial with the highest coefficient first. */
function polynomial(x: number, coefficients: readonly number[]): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

/**
 * The x with erf(x) = y, by the quantile of the normal distribution: erfinv(y) = Φ⁻¹((y + 1) / 2) / √2.
 * Source: M. J. Wichura, "Algorithm AS 241" (PPND16), Applied Statistics 37 (1988); relative error about 1e-16.
 */
export function erfinv(y: number): number {
  if (y <= -1) return y === -1 ? -Infinity : Number.NaN;
  if (y >= 1) return y === 1 ? Infinity : Number.NaN;
  const q = y / 2;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * (polynomial(r, CENTRE.above) / polynomial(r, CENTRE.below))) / Math.SQRT2;
  }
  const r = Math.sqrt(-Math.log((1 - Math.abs(y)) / 2));
  const [tail, at] = r <= 5 ? [NEAR, r - 1.6] : [FAR, r - 5];
  return (Math.sign(q) * (polynomial(at, tail.above) / polynomial(at, tail.below))) / Math.SQRT2;
}

const CENTRE = {
  above: [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
    133.14166789178438, 3.3871328727963665,
  ],
  below: [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
    42.31333070160091, 1,
  ],
};

const NEAR = {
  above: [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  below: [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
};

const FAR = {
  above: [
    2.0103343992922881e-7, 0.000027115555687434876, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
    1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  below: [
    2.0442631033899397e-15, 1.421511758316446e-7, 0.000018463183175100548, 0.0007868691311456133, 0.014875361290850615,
    0.1369298809227358, 0.599832206555888, 1,
  ],
};
