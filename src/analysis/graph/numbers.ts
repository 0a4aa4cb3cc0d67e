// Counts as people write them.
//   11689512 → 11.69 M      9408 → 9.4 K      1814073344 → 1.81 G      3211264 bytes → 3.06 MiB

const countUnits = [
  { suffix: 'K', size: 1e3, digits: 1 },
  { suffix: 'M', size: 1e6, digits: 2 },
  { suffix: 'G', size: 1e9, digits: 2 },
  { suffix: 'T', size: 1e12, digits: 2 },
] as const;

/** `11.69 M`, `9.4 K`, `512`. */
export function count(value: number): string {
  const { number, suffix } = scaled(value);
  return suffix === '' ? number : `${number} ${suffix}`;
}

/** `11.69 M params`, `1 param`. */
export function params(value: number): string {
  return `${count(value)} ${value === 1 ? 'param' : 'params'}`;
}

/** `1.81 GMACs`, `512 MACs`. */
export function macs(value: number): string {
  const { number, suffix } = scaled(value);
  return `${number} ${suffix}MACs`;
}

/** Every digit, in groups of three: `11,689,512`. */
export function exact(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `3.06 MiB`, `12.3 KiB`, `96 B`. */
export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  if (value < 1024 ** 2 * 0.1) return `${trimmed(value / 1024, 1)} KiB`;
  if (value < 1024 ** 3) return `${trimmed(value / 1024 ** 2, 2)} MiB`;
  return `${trimmed(value / 1024 ** 3, 2)} GiB`;
}

/** Sizes that MACs are stated at, the batch of one left out: `224×224`, `T = 128`; null where nothing was assumed. */
export function statedAt(sizes: Readonly<Record<string, number>> | null): string | null {
  if (sizes === null) return null;
  const shown = Object.entries(sizes).filter(([symbol, size]) => !(size === 1 && /^(B|N|batch)/i.test(symbol)));
  if (shown.length === 0) return null;
  if (shown.every(([symbol]) => /^[DHW]$/.test(symbol)) && shown.length > 1) {
    const order = shown.toSorted(([a], [b]) => 'DHW'.indexOf(a) - 'DHW'.indexOf(b));
    return order.map(([, size]) => size).join('×');
  }
  return shown.map(([symbol, size]) => `${symbol} = ${size}`).join(', ');
}

function scaled(value: number): { number: string; suffix: string } {
  if (value < 1000) return { number: String(value), suffix: '' };
  for (const unit of countUnits) {
    // Rounding may reach the next unit: 999,960 is 1 M and not 1000 K.
    if (Number((value / unit.size).toFixed(unit.digits)) < 1000) {
      return { number: trimmed(value / unit.size, unit.digits), suffix: unit.suffix };
    }
  }
  return { number: trimmed(value / 1e12, 2), suffix: 'T' };
}

/** At most so many decimals, and no zeros behind them that say nothing: 64.0 → 64, but 1.80 stays 1.8. */
function trimmed(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.?0+$/, '');
}
