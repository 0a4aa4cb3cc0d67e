// Inputs whose shape nobody gave: what reads one first tells how many axes it has, and the forward runs again with that.
//   self.conv1(x)            # Conv2d(3, …) wants 3 channels: x is (B, 3, H, W)
//   B, N, C = x.shape        # three names: x is (B, N, C)

import * as dims from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import type { Expression } from '../syntax/program.ts';
import type { Found, TensorValue } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { InputFound } from './signals.ts';

/** Gives an open input its shape. Throws InputFound, upon which the forward runs again. */
export function settleInput(t: TensorValue, found: Pick<Found, 'shape' | 'because'> & Partial<Found>): void {
  if (t.shape !== null || !t.input || t.input.found) return;
  const { input } = t;
  input.found = {
    shape: found.shape.map((d) => ownName(d, input.taken, input.suffix)),
    dtype: found.dtype ?? 'float32',
    because: found.because,
    anyRank: found.anyRank ?? false,
  };
  throw new InputFound();
}

/** Axes but the batch are each input's own, and none is called like an argument of the model: `H2`. */
function ownName(d: MaybeDim, taken: ReadonlySet<string>, suffix: string): MaybeDim {
  if (d === null || dims.isExact(d)) return d;
  const atom = d.terms.length === 1 && d.terms[0]!.atoms.length === 1 ? d.terms[0]!.atoms[0]! : null;
  if (atom?.kind !== 'symbol' || atom.facts.open) return d;
  let name = atom.name === 'B' ? 'B' : atom.name + suffix;
  while (taken.has(name)) name += '′';
  return name === atom.name ? d : dims.symbol(name);
}

/** `B, C, H, W = x.shape` of an open input: as many axes as names, called as the user calls them. */
export function settleByUnpacking(value: Value, targets: readonly Expression[]): void {
  if (value.kind !== 'unknown' || value.about?.kind !== 'sizes') return;
  const { input } = value.about;
  if (targets.length > 6 || targets.some((t) => t.kind === 'Spread')) return;
  const usual = USUAL_NAMES[targets.length] ?? [];
  const names = targets.map((t, i) => {
    const own = t.kind === 'Name' && !/^_+$/.test(t.name) ? t.name : null;
    return own ?? usual[i] ?? `d${i}`;
  });
  if (new Set(names).size < names.length) return;
  settleInput(input, {
    shape: names.map((name) => dims.symbol(name)),
    because: `its shape is unpacked into ${names.length} names`,
  });
}

/** Axes as PyTorch's documentation names them, by how many there are. */
export const USUAL_NAMES: Readonly<Record<number, readonly string[]>> = {
  1: ['N'],
  2: ['B', 'N'],
  3: ['B', 'N', 'C'],
  4: ['B', 'C', 'H', 'W'],
  5: ['B', 'C', 'D', 'H', 'W'],
};
