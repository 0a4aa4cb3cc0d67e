// Normalisations: batch, layer, group, instance, local response.
//   nn.BatchNorm2d(64)      # x: (B, 64, 56, 56) → the same

import * as dims from '../dims/dim.ts';
import { type MaybeDim, showDim, showShape } from '../dims/display.ts';
import type { Operator } from '../graph/operators.ts';
import { settleInput } from '../interp/inputProbe.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { Bound, NativeTable } from '../interp/native.ts';
import { agree, argumentFix, currentLayer, type Finding, fail, wish } from '../rules/report.ts';
import { asNumber } from '../values/make.ts';
import type { TensorValue } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { dimList } from './arguments.ts';
import { counted, layerName, parameterCount } from './conv.ts';
import { asTensor, emit, unknownResult } from './emit.ts';
import { AXES } from './window.ts';

function paramsOf(a: Bound, ...names: string[]): Record<string, TensorValue> {
  const params: Record<string, TensorValue> = {};
  for (const name of names) {
    const t = asTensor(a[name]);
    if (t) params[name] = t;
  }
  return params;
}

/** Reports where axis 1 has not the number of channels that the weights are for. */
function checkChannels(
  ip: Interpreter,
  name: string,
  input: TensorValue,
  weight: TensorValue | undefined,
  argument: string,
): void {
  const wanted = weight?.shape?.[0];
  const channels = input.shape?.[1];
  if (wanted === undefined || wanted === null || channels === undefined || channels === null) return;
  agree(
    ip,
    channels,
    wanted,
    () => `${name} normalises ${counted(wanted, 'channel')}`,
    () => ({
      code: 'norm-features',
      message: `${name} normalises ${showDim(wanted)} channels, gets ${showDim(channels)}: its input is ${showShape(input.shape)}.`,
      fixes: dims.isExact(channels) ? argumentFix(currentLayer(ip), argument, 0, channels) : [],
    }),
  );
}

function simple(ip: Interpreter, a: Bound, op: Operator, params: Record<string, TensorValue>, name: string): Value {
  const input = asTensor(a['input']);
  if (!input) return unknownResult([a['input']]);
  return emit(ip, {
    op,
    inputs: [input],
    shape: input.shape,
    params,
    field: input.field,
    parameterCount: parameterCount(params['weight'] ?? null, params['bias'] ?? null),
    name,
  });
}

/** BatchNorm1d, 2d and 3d say how many axes their input has; its channels are as many as their weights. */
function settlePicture(ip: Interpreter, input: TensorValue, weight: TensorValue | null, name: string): void {
  const axes = /Norm(\d)d$/.exec(currentLayer(ip)?.cls.name ?? '')?.[1];
  const channels = weight?.shape?.[0];
  if (axes === undefined || channels === undefined) return;
  const spatial = axes === '1' ? [] : AXES[Number(axes)]!.map((axis) => dims.symbol(axis));
  settleInput(input, {
    shape: [dims.symbol('B'), channels, ...spatial],
    because: `${layerName(ip, name)} normalises ${counted(channels, 'channel')}`,
  });
}

/** One axis is a sequence's features, as in transformers; several are those of a picture, after its batch. */
const normalisedInput = (normalized: readonly MaybeDim[]): MaybeDim[] => [
  dims.symbol('B'),
  ...(normalized.length === 1 ? [dims.symbol('N')] : []),
  ...normalized,
];

function layerNorm(ip: Interpreter, a: Bound): Value {
  const input = asTensor(a['input']);
  const normalized = dimList(a['normalized_shape']);
  if (!input) return unknownResult([a['input']]);
  if (normalized)
    settleInput(input, {
      shape: normalisedInput(normalized),
      because: `${layerName(ip, 'layer_norm')} normalises ${showShape(normalized)}`,
      anyRank: true,
    });
  if (input.shape && normalized) {
    const tail = input.shape.slice(-normalized.length);
    const name = layerName(ip, 'layer_norm');
    const wrong =
      tail.length < normalized.length ||
      tail.some((d, i) => d !== null && normalized[i] !== null && dims.equal(d, normalized[i]!) === false);
    if (!wrong) {
      const because = () => `${name} normalises ${showShape(normalized)}`;
      const finding = (): Finding => ({
        code: 'norm-features',
        message: `${name} normalises the last axes ${showShape(normalized)}, gets ${showShape(input.shape)}.`,
      });
      for (const [i, d] of tail.entries()) agree(ip, d, normalized[i]!, because, finding);
    } else {
      const last = tail[0];
      const fixes =
        normalized.length === 1 && typeof last === 'number'
          ? argumentFix(currentLayer(ip), 'normalized_shape', 0, last)
          : [];
      fail(
        ip,
        {
          code: 'norm-features',
          message: `${name} normalises the last axes ${showShape(normalized)}, gets ${showShape(input.shape)}.`,
          fixes,
        },
        input,
      );
    }
  }
  const exact = normalized?.every((d): d is number => typeof d === 'number') ? (normalized as number[]) : null;
  const op: Operator = exact
    ? { op: 'layer_norm', normalizedShape: exact, eps: asNumber(a['eps']) ?? 1e-5 }
    : { op: 'opaque', name: 'layer_norm' };
  return simple(ip, a, op, paramsOf(a, 'weight', 'bias'), 'layer_norm');
}

export const NORMALISATIONS: NativeTable = {
  batch_norm: [
    'input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05',
    (ip, a) => {
      const input = asTensor(a['input']);
      if (input) settlePicture(ip, input, asTensor(a['running_mean']) ?? asTensor(a['weight']), 'batch_norm');
      if (input)
        checkChannels(
          ip,
          layerName(ip, 'batch_norm'),
          input,
          asTensor(a['running_mean']) ?? asTensor(a['weight']) ?? undefined,
          'num_features',
        );
      return simple(
        ip,
        a,
        { op: 'batch_norm', eps: asNumber(a['eps']) ?? 1e-5 },
        paramsOf(a, 'weight', 'bias', 'running_mean', 'running_var'),
        'batch_norm',
      );
    },
  ],
  layer_norm: ['input, normalized_shape, weight=None, bias=None, eps=1e-05', layerNorm],
  group_norm: [
    'input, num_groups, weight=None, bias=None, eps=1e-05',
    (ip, a) => {
      const input = asTensor(a['input']);
      const groups = asNumber(a['num_groups']);
      const weight = asTensor(a['weight']);
      const name = layerName(ip, 'group_norm');
      if (input) checkChannels(ip, name, input, weight ?? undefined, 'num_channels');
      const channels = input?.shape?.[1] ?? null;
      const over = channels === null || groups === null ? null : dims.mod(channels, groups);
      if (over !== null && !dims.isExact(over))
        wish(ip, 'equal', over, 0, () => `${name} has ${groups} groups of channels`, null);
      const op: Operator =
        groups === null
          ? { op: 'opaque', name: 'group_norm' }
          : { op: 'group_norm', groups, eps: asNumber(a['eps']) ?? 1e-5 };
      return simple(ip, a, op, paramsOf(a, 'weight', 'bias'), 'group_norm');
    },
  ],
  instance_norm: [
    'input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05',
    (ip, a) => simple(ip, a, { op: 'opaque', name: 'instance_norm' }, paramsOf(a, 'weight', 'bias'), 'instance_norm'),
  ],
  local_response_norm: [
    'input, size, alpha=0.0001, beta=0.75, k=1.0',
    (ip, a) => simple(ip, a, { op: 'opaque', name: 'local_response_norm' }, {}, 'local_response_norm'),
  ],
  normalize: [
    'input, p=2.0, dim=1, eps=1e-12, out=None',
    (ip, a) => simple(ip, a, { op: 'opaque', name: 'normalize' }, {}, 'normalize'),
  ],
};
