// Numbers as Python writes them: repr(1e-5), '%.2f', '{:e}', '{:g}'. A double has an exact value, so that rounding halves
// to even is exact too.
//   f"{2.675:.2f}" → 2.67 (the double is a little less)      f"{2.25:.1f}" → 2.2

/** |x| as a whole number times a power of two. */
function parts(x: number): { whole: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(x));
  const bits = view.getBigUint64(0);
  const power = Number(bits >> 52n) & 0x7ff;
  const fraction = bits & 0xfffffffffffffn;
  return power === 0
    ? { whole: fraction, exponent: -1074 }
    : { whole: fraction | 0x10000000000000n, exponent: power - 1075 };
}

/** |x| · 10^places, rounded to a whole number, halves to even. */
function scaled(x: number, places: number): bigint {
  const { whole, exponent } = parts(x);
  let top = whole;
  let bottom = 1n;
  if (exponent >= 0) top <<= BigInt(exponent);
  else bottom <<= BigInt(-exponent);
  if (places >= 0) top *= 10n ** BigInt(places);
  else bottom *= 10n ** BigInt(-places);
  const quotient = top / bottom;
  const twice = (top % bottom) * 2n;
  return twice > bottom || (twice === bottom && quotient % 2n === 1n) ? quotient + 1n : quotient;
}

const sign = (x: number): string => (x < 0 || Object.is(x, -0) ? '-' : '');
const special = (x: number): string | null =>
  Number.isNaN(x) ? 'nan' : Number.isFinite(x) ? null : x > 0 ? 'inf' : '-inf';
const exponentPart = (exponent: number): string =>
  `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;

/** '%.2f' */
export function fixedText(x: number, digits: number): string {
  const odd = special(x);
  if (odd) return odd;
  const text = scaled(x, digits)
    .toString()
    .padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return `${sign(x)}${whole}${digits > 0 ? `.${text.slice(text.length - digits)}` : ''}`;
}

/** x as d.ddd · 10^exponent, of so many digits behind the point. */
function mantissa(x: number, digits: number): { text: string; exponent: number } {
  if (x === 0) return { text: '0'.repeat(digits + 1), exponent: 0 };
  let exponent = Number(/e([+-]\d+)$/.exec(Math.abs(x).toExponential())![1]);
  let text = scaled(x, digits - exponent).toString();
  // Rounding up may give one digit more: 9.99 → 10.0
  if (text.length > digits + 1) text = scaled(x, digits - ++exponent).toString();
  return { text, exponent };
}

/** '%.3e' */
export function exponentText(x: number, digits: number): string {
  const odd = special(x);
  if (odd) return odd;
  const { text, exponent } = mantissa(x, digits);
  return `${sign(x)}${text[0]}${digits > 0 ? `.${text.slice(1)}` : ''}${exponentPart(exponent)}`;
}

/** '%.6g'; `point`: at least one digit stands behind the point. */
export function generalText(x: number, precision: number, point = false): string {
  const odd = special(x);
  if (odd) return odd;
  const digits = Math.max(1, precision);
  const { exponent } = mantissa(x, digits - 1);
  if (exponent < -4 || exponent >= digits)
    return exponentText(x, digits - 1)
      .replace(/(\.\d*?)0+e/, '$1e')
      .replace('.e', 'e');
  const text = fixedText(x, digits - 1 - exponent);
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return point && !short.includes('.') ? `${short}.0` : short;
}

/** repr() of a float: the fewest digits that give it back. */
export function floatText(x: number): string {
  const odd = special(x);
  if (odd) return odd;
  if (x === 0) return `${sign(x)}0.0`;
  const [, first, rest, power] = /^(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(Math.abs(x).toExponential())!;
  const exponent = Number(power);
  const digits = first! + (rest ?? '');
  if (exponent < -4 || exponent >= 16) return `${sign(x)}${first}${rest ? `.${rest}` : ''}${exponentPart(exponent)}`;
  if (exponent < 0) return `${sign(x)}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const padded = digits.padEnd(exponent + 1, '0');
  return `${sign(x)}${padded.slice(0, exponent + 1)}.${padded.slice(exponent + 1) || '0'}`;
}

/** round(x, digits) */
export const roundTo = (x: number, digits: number): number =>
  !Number.isFinite(x) || digits > 300
    ? x
    : digits >= 0
      ? Number(fixedText(x, digits))
      : Number(`${sign(x)}${scaled(x, digits)}e${-digits}`);
