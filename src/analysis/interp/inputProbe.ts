// Inputs whose shape nobody gave: what reads one first tells how many axes it has, and the forward runs again with that.
//   self.conv1(x)            # Conv2d(3, …) wants 3 channels: x is (B, 3, H, W)
//   B, N, C = x.shape        # three names: x is (B, N, C)

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import type { Expression } from '../syntax/program.ts';
import type { Found, InputProbe, TensorValue } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { InputFound } from './signals.ts';

/** Gives an open input its shape. Throws InputFound, upon which the forward runs again. */
export function settleInput(t: TensorValue, found: Pick<Found, 'shape' | 'because'> & Partial<Found>): void {
  if (t.shape !== null || !t.input || t.input.found) return;
  const { input } = t;
  input.found = {
    shape: found.shape.map((d) => ownName(d, input)),
    dtype: found.dtype ?? 'float32',
    because: found.because,
    anyRank: found.anyRank ?? false,
  };
  throw new InputFound();
}

/** The batch of an input whose other axes nobody knows yet; null where its shape is known, or it is no input. */
export const openBatch = (t: TensorValue): Dim | null => openSymbol(t, 'B');

/** How many values such an input has for each sample: what is left of it where all but the batch is flattened. */
export const openFeatures = (t: TensorValue): Dim | null => openSymbol(t, 'features');

function openSymbol(t: TensorValue, usual: string): Dim | null {
  if (t.shape !== null || !t.input || t.input.found) return null;
  const { input } = t;
  const name = freeName(usual, input);
  input.symbols.add(name);
  return input.known.get(name) ?? dims.symbol(name);
}

function freeName(usual: string, { taken, suffix }: Pick<InputProbe, 'taken' | 'suffix'>): string {
  let name = usual + suffix;
  while (taken.has(name)) name += '′';
  return name;
}

/** Axes are each input's own, and none is called like an argument of the model: `H2`. */
function ownName(d: MaybeDim, probe: InputProbe): MaybeDim {
  if (d === null || dims.isExact(d)) return d;
  const atom = d.terms.length === 1 && d.terms[0]!.atoms.length === 1 ? d.terms[0]!.atoms[0]! : null;
  if (atom?.kind !== 'symbol' || atom.facts.open) return d;
  const name = freeName(atom.name, probe);
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
