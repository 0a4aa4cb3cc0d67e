// Wrappers that run a model on several devices: shapes are those of the model itself.
//   net = nn.DataParallel(Net()); net(x); net.module.state_dict()

import { native } from '../interp/native.ts';
import type { Value } from '../values/value.ts';
import { isModule } from './module.ts';

/** The model itself, which has itself as `module`. */
export const DATA_PARALLEL = native(
  'DataParallel',
  'module, *args, **kwargs',
  (ip, { module }) => {
    if (isModule(module)) ip.setVariable(module.attributes as Map<string, Value>, 'module', module);
    return module!;
  },
  false,
);
