// einsum: products over named axes.
//   torch.einsum('bhid,bhjd->bhij', q, k)    # (B, 8, 64, 32), (B, 8, 64, 32) → (B, 8, 64, 64)

import * as dims from '../dims/dim.ts';
import { type MaybeDim, showDim, showShape } from '../dims/display.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { NativeTable } from '../interp/native.ts';
import { fail } from '../rules/report.ts';
import { asItems, asString } from '../values/make.ts';
import { promote, type TensorValue, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { broadcast } from './broadcast.ts';
import { asTensor, emit, unknownResult } from './emit.ts';
import { productOf } from './rule.ts';

/** Names of axes, one character each; '.' stands for an ellipsis. */
const axesOf = (term: string): string[] => [...term.replace('...', '.')];

export function einsum(ip: Interpreter, equation: string, operands: readonly TensorValue[], spaced = false): Value {
  const dtype = operands.reduce((d, t) => promote(d, t.dtype), operands[0]?.dtype ?? null);
  const split = (term: string): string[] =>
    spaced
      ? term
          .trim()
          .split(/\s+/)
          .filter((n) => n !== '')
          .map((n) => (n === '...' ? '.' : n))
      : axesOf(term.replaceAll(' ', ''));
  const [left, right] = equation.split('->');
  const terms = left!.split(',').map(split);
  if (terms.length !== operands.length)
    return ip.raise('RuntimeError', `einsum(): ${terms.length} operands were named, ${operands.length} given`);
  const sizes = new Map<string, MaybeDim>();
  let batch: readonly MaybeDim[] = [];
  for (const [n, t] of operands.entries()) {
    if (!t.shape) return tensor(null, dtype);
    const names = terms[n]!;
    const dots = names.indexOf('.');
    const hidden = t.shape.length - (names.length - (dots >= 0 ? 1 : 0));
    if (hidden < 0 || (dots < 0 && hidden > 0)) {
      const message = `einsum names ${names.length} axes of operand ${n + 1} (${names.join(' ')}), which has ${t.shape.length}: ${showShape(t.shape)}.`;
      return fail(ip, { code: 'matmul-mismatch', message }, tensor(null, dtype));
    }
    let axis = 0;
    for (const name of names) {
      if (name === '.') {
        batch = broadcast(batch, t.shape.slice(axis, axis + hidden)).shape ?? batch;
        axis += hidden;
        continue;
      }
      const size = t.shape[axis++]!;
      const known = sizes.get(name);
      if (known === undefined || known === null || known === 1) sizes.set(name, size);
      else if (size !== null && size !== 1 && dims.equal(known, size) === false) {
        const message = `einsum "${equation}": axis ${name} is ${showDim(known)} and ${showDim(size)} (${operands.map((o) => showShape(o.shape)).join(', ')}).`;
        return fail(ip, { code: 'matmul-mismatch', message }, tensor(null, dtype));
      }
    }
  }
  const counts = new Map<string, number>();
  for (const name of terms.flat()) counts.set(name, (counts.get(name) ?? 0) + 1);
  const implicit = ['.', ...[...sizes.keys()].filter((n) => counts.get(n) === 1).sort()];
  const output = right === undefined ? implicit : split(right);
  const shape = output.flatMap((name) => (name === '.' ? batch : [sizes.get(name) ?? null]));
  const all = [...batch, ...sizes.values()];
  const macs = operands.length < 2 ? 0 : productOf(all);
  return emit(ip, {
    op: { op: 'opaque', name: `einsum ${equation}` },
    inputs: operands,
    shape,
    dtype,
    macs,
    arithmetic: [`${[...sizes].map(([n, d]) => `${n} = ${showDim(d)}`).join(', ')}`],
    name: 'einsum',
  });
}

export const EINSUM: NativeTable = {
  einsum: [
    'equation, *operands',
    (ip, a) => {
      const equation = asString(a['equation']);
      const items = asItems(a['operands']) ?? [];
      const given = (items.length === 1 ? (asItems(items[0]) ?? items) : items).map((v) => asTensor(v));
      if (equation === null || given.includes(null)) return unknownResult(items);
      return einsum(ip, equation, given as TensorValue[]);
    },
  ],
};
