// Outline: a model's modules with shapes and parameters as formulas, where its sizes are symbols and no graph has numbers.
//   Block(dim, heads) · qkv (Linear): (B, N, dim) → (B, N, 3·dim), 3·dim² + 3·dim params

import { showDim } from '../dims/display.ts';
import { moduleParams } from '../interp/observer.ts';
import { walk } from '../torch/module.ts';
import type { InstanceValue } from '../values/value.ts';
import type { ShapeJson } from './modelGraph.ts';
import type { GraphRecorder } from './recorder.ts';

export interface OutlineRow {
  path: string;
  className: string;
  /** Of the subtree: `12·dim² + 13·dim`; null where it is not known. */
  params: string | null;
  macs: string | null;
  /** Shapes of its first call; null where it was never called. */
  input: readonly ShapeJson[] | null;
  output: ShapeJson;
}

export function outlineOf(model: InstanceValue, recorder: GraphRecorder): OutlineRow[] {
  return [...walk(model)].map(([path, m]): OutlineRow => {
    const call = recorder.calls.get(m);
    const params = moduleParams(m);
    const macs = path === '' ? recorder.total : recorder.macs.has(m) ? recorder.macs.get(m)! : call ? 0 : null;
    return {
      path,
      className: m.cls.name,
      params: params === null ? null : showDim(params),
      macs: macs === null ? null : showDim(macs),
      input: call?.inputs ?? null,
      output: call?.output ?? null,
    };
  });
}
