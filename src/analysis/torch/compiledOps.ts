// torch.ops.torchvision: the operators that torchvision compiles; its Python files call them from here.
// How many boxes are kept depends on data.

import * as dims from '../dims/dim.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import type { NativeTable } from '../interp/native.ts';
import { asDim } from '../values/make.ts';
import { tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { asTensor, emit, unknownResult } from './emit.ts';
import { productOf } from './rule.ts';

/** Regions of a feature map, each resampled to one size: (K, C, height, width). */
const regions =
  (name: string, perPosition: boolean): NativeTable[string][1] =>
  (ip, a) => {
    const input = asTensor(a['input']);
    if (!input) return unknownResult([a['input']]);
    const boxes = asTensor(a['rois']);
    const [h, w] = [asDim(a['pooled_height']), asDim(a['pooled_width'])];
    const channels = input.shape?.[1] ?? null;
    const share = channels !== null && h !== null && w !== null ? dims.floorDiv(channels, dims.mul(h, w)) : null;
    const out = emit(ip, {
      op: { op: 'opaque', name },
      inputs: boxes ? [input, boxes] : [input],
      shape: [boxes?.shape?.[0] ?? countBoxes(ip, a['rois']), perPosition ? share : channels, h, w],
    });
    return perPosition || name === 'roi_pool'
      ? { kind: 'tuple', items: [out, tensor(out.shape, 'int32')], cls: null, fields: null }
      : out;
  };

function countBoxes(ip: Interpreter, value: Value | undefined): dims.Dim | null {
  const parts = value && elementsOf(ip, value);
  let sum: dims.Dim = 0;
  for (const p of parts ?? []) {
    const n = asTensor(p)?.shape?.[0];
    if (n === undefined || n === null) return null;
    sum = dims.add(sum, n);
  }
  return parts ? sum : null;
}

const REGION = 'input, rois, spatial_scale, pooled_height, pooled_width, *rest';

export const COMPILED_OPS: NativeTable = {
  nms: ['boxes, scores, iou_threshold', (ip) => tensor([ip.freshSize('kept')], 'int64')],
  roi_align: [REGION, regions('roi_align', false)],
  roi_pool: [REGION, regions('roi_pool', false)],
  ps_roi_align: [REGION, regions('ps_roi_align', true)],
  ps_roi_pool: [REGION, regions('ps_roi_pool', true)],
  deform_conv2d: [
    'input, weight, offset, mask, bias, *rest',
    (ip, a) => {
      const [input, weight, offset] = [asTensor(a['input']), asTensor(a['weight']), asTensor(a['offset'])];
      if (!input?.shape || !weight?.shape) return unknownResult([a['input'], a['weight']]);
      // The offsets stand at every output position.
      const [h, w] = offset?.shape?.slice(-2) ?? [null, null];
      const shape = [input.shape[0] ?? null, weight.shape[0] ?? null, h ?? null, w ?? null];
      const all = [...shape, ...weight.shape.slice(1)];
      return emit(ip, {
        op: { op: 'opaque', name: 'deform_conv2d' },
        inputs: offset ? [input, offset] : [input],
        shape,
        params: { weight },
        macs: productOf(all),
      });
    },
  ],
};
