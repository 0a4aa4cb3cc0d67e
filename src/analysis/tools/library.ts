// Tools around a model that are seldom installed as source: summaries, counters, progress bars, writers of logs.
//   from torchinfo import summary      # known without a file of torchinfo's

import { natives } from '../interp/native.ts';
import { OBJECT } from '../python/types.ts';
import { MODULE } from '../torch/module.ts';
import { classValue, moduleValue } from '../values/make.ts';
import type { ModuleValue, Value } from '../values/value.ts';
import { ADD_GRAPH, callSiteModule } from './callSites.ts';
import { pytest, unittest } from './pytest.ts';
import { tqdm } from './tqdm.ts';

/** A class of which only some methods matter: all others are there, and what they give is not known. */
const open = (name: string, methods: [string, Value][]): Value =>
  classValue(name, [OBJECT], methods, { module: 'tools', unknownBase: `a class of ${name}'s library` });

const writer = (): [string, Value][] => [
  [
    'SummaryWriter',
    open(
      'SummaryWriter',
      natives({ add_graph: ADD_GRAPH, __init__: ['self, *args, **kwargs', (_, { self }) => self!] }),
    ),
  ],
];

/** A LightningModule is a module with a training loop around it, which is not followed. */
const lightning = (): [string, Value][] => [
  [
    'LightningModule',
    classValue('LightningModule', [MODULE], [], { module: 'torch.lightning', unknownBase: 'LightningModule' }),
  ],
];

const MODULES: Readonly<Record<string, () => [string, Value][]>> = {
  'torch.utils.tensorboard': writer,
  'torch.utils.tensorboard.writer': writer,
  tensorboardX: writer,
  tqdm,
  'tqdm.auto': tqdm,
  'tqdm.notebook': tqdm,
  'tqdm.std': tqdm,
  pytorch_lightning: lightning,
  lightning,
  'lightning.pytorch': lightning,
  pytest,
  unittest,
  'unittest.case': unittest,
};

export function toolModule(name: string): ModuleValue | null {
  const entries = MODULES[name]?.() ?? callSiteModule(name);
  if (!entries) return null;
  const module = moduleValue(name, entries, true);
  if (name === 'lightning') module.variables.set('pytorch', moduleValue('lightning.pytorch', lightning()));
  if (name === 'tqdm')
    for (const part of ['auto', 'notebook', 'std']) module.variables.set(part, moduleValue(`tqdm.${part}`, tqdm()));
  return module;
}
