// Lazy layers: LazyLinear, LazyConv2d and their kin learn how many features come in from the first input that they see.
//   nn.LazyLinear(10)(x)    # x: (B, 512): weight becomes (10, 512)

import type { MaybeDim } from '../dims/display.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { NONE, unknown } from '../values/make.ts';
import type { InstanceValue, Value } from '../values/value.ts';
import { asTensor, unknownResult } from './emit.ts';
import { type LayerSpec, part, set } from './layer.ts';
import { BASIC_LAYERS } from './layers.ts';
import { stateOf } from './module.ts';

/** The rest of an eager layer's constructor arguments is kept until the first input comes. */
const kept = new WeakMap<InstanceValue, Readonly<Record<string, Value>>>();

function lazy(eager: string, argument: string, featuresOf: (shape: readonly MaybeDim[]) => MaybeDim): LayerSpec {
  const spec = BASIC_LAYERS[eager]!;
  return {
    signature: spec.signature.replace(`${argument}, `, '').replace(/^num_features(, )?/, ''),
    base: eager,
    build(ip, self, a) {
      kept.set(self, a);
      set(ip, self, argument, { kind: 'int', value: 0 });
      // How many parameters there are shows with the first input.
      for (const name of ['weight', 'bias']) ip.setVariable(stateOf(self).parameters as Map<string, Value>, name, NONE);
    },
    forward: [
      spec.forward[0],
      (ip, self, args) => {
        const input = asTensor(args['input']);
        if (!input?.shape) return unknownResult([args['input']]);
        const given = kept.get(self);
        if (given && part(self, 'weight').kind === 'none')
          materialise(ip, self, spec, argument, featuresOf(input.shape), given);
        return spec.forward[1](ip, self, args);
      },
    ],
  };
}

function materialise(
  ip: Interpreter,
  self: InstanceValue,
  spec: LayerSpec,
  argument: string,
  features: MaybeDim,
  given: Readonly<Record<string, Value>>,
): void {
  const value: Value =
    features === null ? unknown('how many features come in is not known') : { kind: 'int', value: features };
  set(ip, self, argument, value);
  for (const name of ['weight', 'bias']) ip.deleteVariable(stateOf(self).parameters as Map<string, Value>, name);
  spec.build?.(ip, self, { ...given, [argument]: value });
}

const lastAxis = (shape: readonly MaybeDim[]): MaybeDim => shape[shape.length - 1] ?? null;
const channelsOf =
  (rank: number) =>
  (shape: readonly MaybeDim[]): MaybeDim =>
    shape[shape.length - 1 - rank] ?? null;

export const LAZY_LAYERS: Readonly<Record<string, LayerSpec>> = {
  LazyLinear: lazy('Linear', 'in_features', lastAxis),
  ...Object.fromEntries(
    [1, 2, 3].flatMap((rank): [string, LayerSpec][] => [
      [`LazyConv${rank}d`, lazy(`Conv${rank}d`, 'in_channels', channelsOf(rank))],
      [`LazyConvTranspose${rank}d`, lazy(`ConvTranspose${rank}d`, 'in_channels', channelsOf(rank))],
      [`LazyBatchNorm${rank}d`, lazy(`BatchNorm${rank}d`, 'num_features', (shape) => shape[1] ?? null)],
      [`LazyInstanceNorm${rank}d`, lazy(`InstanceNorm${rank}d`, 'num_features', channelsOf(rank))],
    ]),
  ),
};
