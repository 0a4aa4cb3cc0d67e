// nn.Conv1d to Conv3d and their transposes: parameters, initialisation, groups.

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import { type MaybeDim, showDim } from '../dims/display.ts';
import type { Fill } from '../graph/modelGraph.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { report } from '../rules/report.ts';
import { asDim, int, tuple } from '../values/make.ts';
import type { TensorValue } from '../values/tensor.ts';
import { flag, sizesOf } from './arguments.ts';
import { CONVOLUTIONS } from './conv.ts';
import { kaimingStd, uniform } from './initialise.ts';
import { addParameter, type LayerSpec, noParameter, part, set } from './layer.ts';

/** Weights of linear and conv: kaiming_uniform(a=√5). */
export const kaimingUniform = (t: TensorValue): Fill => {
  const std = kaimingStd(t, Math.sqrt(5), 'fan_in', 'leaky_relu');
  return uniform(std === null ? null : Math.sqrt(3) * std);
};

/** Their bias: uniform within 1 / √fan_in of the weight. */
export const biasFill = (weight: TensorValue) => (): Fill => {
  const shape = weight.shape;
  if (!shape?.every((d): d is number => typeof d === 'number')) return { kind: 'unknown' };
  const fanIn = shape.slice(1).reduce((a, b) => a * b, 1);
  return uniform(fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0);
};

export function convolutionSpec(rank: number, transposed: boolean): LayerSpec {
  const common = 'in_channels, out_channels, kernel_size, stride=1, padding=0';
  const name = transposed ? `conv_transpose${rank}d` : `conv${rank}d`;
  return {
    signature: transposed
      ? `${common}, output_padding=0, groups=1, bias=True, dilation=1, padding_mode="zeros", device=None, dtype=None`
      : `${common}, dilation=1, groups=1, bias=True, padding_mode="zeros", device=None, dtype=None`,
    build(ip, self, a) {
      const [inChannels, outChannels, groups] = [asDim(a['in_channels']), asDim(a['out_channels']), asDim(a['groups'])];
      for (const field of ['kernel_size', 'stride', 'padding', 'dilation', 'output_padding']) {
        const sizes = a[field]?.kind === 'str' ? null : sizesOf(a[field], rank);
        if (sizes) set(ip, self, field, tuple(sizes.map((d) => int(d))));
      }
      const divide = checkGroups(ip, self.cls.name, inChannels, outChannels, groups);
      // PyTorch has no such layer: with a weight of unknown size, nothing more is said of it.
      const over = (d: Dim | null): MaybeDim =>
        d === null || groups === null || !divide ? null : dims.floorDiv(d, groups);
      const kernel: MaybeDim[] = sizesOf(a['kernel_size'], rank) ?? Array<null>(rank).fill(null);
      const shape = transposed
        ? [inChannels, over(outChannels), ...kernel]
        : [outChannels, over(inChannels), ...kernel];
      const weight = addParameter(ip, self, 'weight', shape, kaimingUniform);
      if (flag(a['bias']) === false) noParameter(ip, self, 'bias');
      else addParameter(ip, self, 'bias', [outChannels], biasFill(weight));
    },
    forward: [
      transposed ? 'input, output_size=None' : 'input',
      (ip, self, { input }) => {
        const fields = ['stride', 'padding', 'dilation', 'groups', 'padding_mode', 'output_padding'];
        return CONVOLUTIONS[name]![1](ip, {
          input: input!,
          weight: part(self, 'weight'),
          bias: part(self, 'bias'),
          ...Object.fromEntries(fields.map((f) => [f, part(self, f)])),
        });
      },
    ],
  };
}

/** False, and reported, where the channels are no multiple of the groups. */
function checkGroups(
  ip: Interpreter,
  name: string,
  inChannels: Dim | null,
  outChannels: Dim | null,
  groups: Dim | null,
): boolean {
  if (groups === null || !dims.isExact(groups) || groups < 1) return true;
  for (const [what, channels] of [
    ['in_channels', inChannels],
    ['out_channels', outChannels],
  ] as const) {
    if (channels === null || !dims.isExact(channels) || channels % groups === 0) continue;
    const message = `${name}: ${what} (${showDim(channels)}) must be a multiple of groups (${groups}); ${channels} = ${Math.floor(channels / groups)}·${groups} + ${channels % groups}.`;
    if (ip.guarded > 0) ip.raise('ValueError', message);
    report(ip, 'error', { code: 'groups-divide', message });
    return false;
  }
  return true;
}
