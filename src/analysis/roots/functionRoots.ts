// Functions with tensor parameters that nobody calls: one whose shapes are written down, or pinned, is run with them.
//   def attend(q: Float[Tensor, "b h n d"], k: Float[Tensor, "b h m d"], scale: float):
//       return (q @ k.transpose(-1, -2) * scale).softmax(-1)      # (b, h, n, m)

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { symbolicFloat } from '../interp/symbolicFloat.ts';
import type { Parameter } from '../syntax/program.ts';
import { MODULE, stateOf } from '../torch/module.ts';
import { classValue, instance, int, unknown } from '../values/make.ts';
import type { TensorValue } from '../values/tensor.ts';
import type { FunctionValue, InstanceValue, ModuleValue, Value } from '../values/value.ts';
import type { Symbolic } from './analyseRoots.ts';
import { attempt, type TopLevelDefinition } from './find.ts';
import { givenOf } from './given/feed.ts';
import type { Caller } from './run.ts';

export interface FunctionRoot {
  function: FunctionValue;
  /** Parameters that are fed tensors. */
  names: readonly string[];
  build: string;
  /** What takes the place of a model: nothing of it has a layer. */
  model: InstanceValue;
  caller: Caller;
  /** Whole numbers that it asks for beside them are symbols. */
  symbolic: Symbolic;
}

/** A function as a root; null where nothing says what it is fed. `pinned`: as many of its first parameters have a pin. */
export function functionRoot(
  ip: Interpreter,
  module: ModuleValue,
  definition: TopLevelDefinition,
  pinned = 0,
): FunctionRoot | null {
  const f = attempt(ip, () => ip.read(module.variables, definition.name));
  if (f?.kind !== 'function') return null;
  const params = f.code.params.filter((p) => p.kind !== 'rest' && p.kind !== 'restKeywords');
  const given = givenOf(ip, f).parameters;
  const names =
    pinned > 0
      ? params.slice(0, pinned).map((p) => p.name)
      : params.map((p) => p.name).filter((name) => given.has(name));
  if (names.length === 0) return null;
  const others = params.filter((p) => p.default === null && !names.includes(p.name));
  const sizes = others.filter((p) => isNamed(p, 'int')).map((p) => p.name);
  const model = stand(f.name, module.name);
  let known: ReadonlyMap<string, Dim> = new Map();
  const open = (p: Parameter): Value => {
    if (isNamed(p, 'int')) return int(known.get(p.name) ?? dims.symbol(p.name, { open: true }));
    return isNamed(p, 'float') ? symbolicFloat(null) : unknown(`nobody gives ${p.name}`);
  };
  return {
    function: f,
    names,
    build: `${f.name}(${names.join(', ')})`,
    model,
    caller: (_, inputs) => {
      const tensors = names.map((name, i): [string, Value] => [name, inputs[i] as TensorValue]);
      return ip.call(f, [], new Map([...tensors, ...others.map((p): [string, Value] => [p.name, open(p)])]));
    },
    symbolic: {
      names: new Set(sizes),
      rebuild: (values) => {
        known = values;
        return { model, initialisation: [] };
      },
    },
  };
}

const isNamed = ({ annotation }: Parameter, type: string): boolean =>
  annotation?.kind === 'Name' && annotation.name === type;

function stand(name: string, module: string): InstanceValue {
  const made = instance(classValue(name, [MODULE], [], { module }), []);
  stateOf(made);
  return made;
}
