// torch.utils.checkpoint: runs a part of a model and forgets what lies between; shapes are as without it.
//   x = checkpoint(self.block, x, use_reentrant=False)

import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import { native } from '../interp/native.ts';
import { builtin, unknown } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { isModule, stateOf } from './module.ts';

const CHECKPOINT: [string, Value] = [
  'checkpoint',
  builtin<Interpreter>(
    'checkpoint',
    (ip, { positional: [f, ...rest], keywords }) => {
      const own = new Set(['use_reentrant', 'preserve_rng_state', 'context_fn', 'determinism_check', 'debug']);
      const passed = keywords && new Map([...keywords].filter(([k]) => !own.has(k)));
      return ip.call(f!, rest, passed);
    },
    false,
  ),
];

/** Runs a Sequential, or a list of functions, one after the other. */
const CHECKPOINT_SEQUENTIAL: [string, Value] = [
  'checkpoint_sequential',
  native(
    'checkpoint_sequential',
    'functions, segments, input, use_reentrant=True, **kwargs',
    (ip, { functions, input }) => {
      const all = isModule(functions) ? [...stateOf(functions).children.values()] : elementsOf(ip, functions!);
      return all?.reduce<Value>((x, f) => ip.call(f, [x]), input!) ?? unknown('which functions run is not known');
    },
    false,
  ),
];

export const CHECKPOINTS: readonly [string, Value][] = [CHECKPOINT, CHECKPOINT_SEQUENTIAL];
