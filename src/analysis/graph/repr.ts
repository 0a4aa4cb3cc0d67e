// A layer as PyTorch prints it: Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False).

import { isExact } from '../dims/dim.ts';
import { showDim } from '../dims/display.ts';
import { floatText } from '../interp/format.ts';
import { signatureOf } from '../interp/native.ts';
import { LAYERS } from '../torch/layerTable.ts';
import type { InstanceValue, Value } from '../values/value.ts';

export function reprOf(m: InstanceValue): string {
  const spec = m.cls.mro
    .map((c) => (c.module.startsWith('torch.nn') ? LAYERS[c.name] : undefined))
    .find((s) => s !== undefined);
  if (!spec) return m.cls.name;
  const parts: string[] = [];
  const params = signatureOf(spec.signature);
  for (const [i, p] of params.entries()) {
    const value = m.attributes.get(p.name);
    if (!value) {
      if (p.name === 'bias' && m.module?.parameters.get('bias')?.kind === 'none') parts.push('bias=False');
      continue;
    }
    const text = show(value);
    if (text === null || (p.default && text === spread(show(p.default), value))) continue;
    parts.push(i < 2 && p.default === null ? text : `${p.name}=${text}`);
  }
  return `${m.cls.name}(${parts.join(', ')})`;
}

/** A default of one number for all axes is kept per axis: 1 stands for (1, 1). */
function spread(fallback: string | null, value: Value): string | null {
  return value.kind === 'tuple' && fallback !== null && /^-?\d+$/.test(fallback)
    ? `(${Array(value.items.length).fill(fallback).join(', ')}${value.items.length === 1 ? ',' : ''})`
    : fallback;
}

function show(v: Value): string | null {
  switch (v.kind) {
    case 'int':
      return isExact(v.value) ? String(v.value) : showDim(v.value);
    case 'float':
      return v.value !== 0 && Math.abs(v.value) < 1e-4
        ? v.value.toExponential().replace(/e-(\d)$/, 'e-0$1')
        : floatText(v.value);
    case 'bool':
      return v.value ? 'True' : 'False';
    case 'str':
      return `'${v.value}'`;
    case 'none':
      return 'None';
    case 'tuple':
      return `(${v.items.map((x) => show(x) ?? '?').join(', ')}${v.items.length === 1 ? ',' : ''})`;
    default:
      return null;
  }
}
