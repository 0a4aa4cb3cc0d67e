// What the layers of torch.nn inherit from, so that isinstance(m, nn.modules.batchnorm._BatchNorm) answers as in PyTorch, and
// the private base classes themselves, which model files subclass now and then.

import { native } from '../interp/native.ts';
import { classValue, NONE } from '../values/make.ts';
import type { ClassValue, Value } from '../values/value.ts';
import { layerClass } from './layer.ts';
import { LAYERS } from './layerTable.ts';
import { MODULE, stateOf } from './module.ts';

/** Name of a layer (or base) → its base. Sources: the class statements of torch/nn/modules. */
const BASES: readonly (readonly [RegExp, string])[] = [
  [/^Conv\dd$/, '_ConvNd'],
  [/^ConvTranspose\dd$/, '_ConvTransposeNd'],
  [/^_ConvTransposeNd$/, '_ConvNd'],
  [/^(BatchNorm\dd|SyncBatchNorm)$/, '_BatchNorm'],
  [/^InstanceNorm\dd$/, '_InstanceNorm'],
  [/^(_BatchNorm|_InstanceNorm)$/, '_NormBase'],
  [/^MaxPool\dd$/, '_MaxPoolNd'],
  [/^AvgPool\dd$/, '_AvgPoolNd'],
  [/^AdaptiveAvgPool\dd$/, '_AdaptiveAvgPoolNd'],
  [/^AdaptiveMaxPool\dd$/, '_AdaptiveMaxPoolNd'],
  [/^(Dropout(\dd)?|AlphaDropout|FeatureAlphaDropout)$/, '_DropoutNd'],
  [/^(RNN|LSTM|GRU)$/, 'RNNBase'],
  [/^(RNN|LSTM|GRU)Cell$/, 'RNNCellBase'],
  [/^NonDynamicallyQuantizableLinear$/, 'Linear'],
  [/^ReLU6$/, 'Hardtanh'],
  [/^Upsampling(Nearest|Bilinear)2d$/, 'Upsample'],
  [/^(CrossEntropy|NLL|BCE|MultiMargin|MultiLabelSoftMargin)Loss$/, '_WeightedLoss'],
  [/^(_WeightedLoss|[A-Z]\w*Loss)$/, '_Loss'],
  [/^ZeroPad(\d)d$/, 'ConstantPad$1d'],
];

/** Bases that make parameters which have no rule: what a subclass of theirs counts is not known. */
const OWN_PARAMETERS = new Set(['_ConvNd', '_ConvTransposeNd', '_InstanceNorm', 'RNNBase', 'RNNCellBase']);

const unknownParameters = (name: string): Value =>
  native('__init__', 'self, *args, **kwargs', (ip, { self }) => {
    const reason = `no rule for the constructor of ${name}`;
    if (self!.kind === 'instance') stateOf(self).unknownChildren ??= reason;
    ip.gap(reason);
    return NONE;
  });

const made = new Map<string, ClassValue>();

/** The class of a layer, with its bases; made when first named. */
export function layerClassNamed(name: string): ClassValue {
  let cls = made.get(name);
  if (!cls) {
    const spec = LAYERS[name];
    const rule = BASES.find(([pattern]) => pattern.test(name));
    const base = spec?.base ?? (rule && name.replace(rule[0], rule[1]));
    const parent = base ? layerClassNamed(base) : MODULE;
    cls = spec
      ? layerClass(name, spec, 'torch.nn.modules', parent)
      : classValue(name, [parent], OWN_PARAMETERS.has(name) ? [['__init__', unknownParameters(name)]] : [], {
          module: 'torch.nn.modules',
        });
    made.set(name, cls);
  }
  return cls;
}

/** Names under torch.nn.modules that are no layers: `from torch.nn.modules.batchnorm import _BatchNorm`. */
export const BASE_NAMES: readonly string[] = [
  ...['_ConvNd', '_ConvTransposeNd', '_InstanceNorm', '_MaxPoolNd', '_AvgPoolNd', '_AdaptiveAvgPoolNd'],
  ...['_AdaptiveMaxPoolNd', '_DropoutNd', 'RNNBase', 'RNNCellBase', '_Loss', '_WeightedLoss'],
];
