// torch.nn.utils: weights that are made of other parameters. The names are PyTorch's: weight_g and weight_v, weight_orig with
// buffers weight_u and weight_v, parametrizations.weight.original.
//   weight_norm(nn.Conv1d(4, 16, 5))    # weight_g (16, 1, 1), weight_v (16, 4, 5)

import * as dims from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import type { NativeTable } from '../interp/native.ts';
import { asString, isNone, unknown } from '../values/make.ts';
import { type TensorValue, tensor } from '../values/tensor.ts';
import type { InstanceValue, Value } from '../values/value.ts';
import { exactInt } from './arguments.ts';
import { MODULE_DICT, MODULE_LIST } from './containers.ts';
import { asTensor } from './emit.ts';
import { addBuffer, addParameter } from './layer.ts';
import { isModule, stateOf } from './module.ts';
import { productOf, sumOf } from './rule.ts';

const parametersOf = (m: InstanceValue): Map<string, Value> => stateOf(m).parameters as Map<string, Value>;
const attributesOf = (m: InstanceValue): Map<string, Value> => m.attributes as Map<string, Value>;

/** Takes a parameter out of a module; null where there is none known. */
function taken(ip: Interpreter, m: InstanceValue, name: string): TensorValue | null {
  const weight = asTensor(parametersOf(m).get(name));
  if (!weight?.shape) return null;
  ip.deleteVariable(parametersOf(m), name);
  return weight;
}

const unknownFill = () => ({ kind: 'unknown' }) as const;

/** The plain tensor that stands where the parameter was. */
const leave = (ip: Interpreter, m: InstanceValue, name: string, like: TensorValue): void =>
  ip.setVariable(attributesOf(m), name, tensor(like.shape, like.dtype));

/** Puts a parameter back under its own name. */
function restored(ip: Interpreter, m: InstanceValue, name: string, from: string, others: readonly string[]): void {
  const weight = asTensor(parametersOf(m).get(from));
  if (!weight?.shape) return;
  for (const each of [from, ...others]) {
    if (parametersOf(m).has(each)) ip.deleteVariable(parametersOf(m), each);
    if (stateOf(m).buffers.has(each)) ip.deleteVariable(stateOf(m).buffers as Map<string, Value>, each);
  }
  if (attributesOf(m).has(name)) ip.deleteVariable(attributesOf(m), name);
  ip.setVariable(parametersOf(m), name, weight);
}

/** One number per index of an axis; of all axes where there is none. */
const alongAxis = (shape: readonly MaybeDim[], dim: number | null): MaybeDim[] =>
  dim === null || dim === -1 ? [] : shape.map((d, i) => (i === (dim < 0 ? dim + shape.length : dim) ? d : 1));

const onModule =
  (
    rule: (ip: Interpreter, m: InstanceValue, name: string, a: Readonly<Record<string, Value>>) => Value,
  ): NativeTable[string][1] =>
  (ip, a) => {
    const name = asString(a['name'] ?? a['tensor_name']);
    return isModule(a['module']) && name !== null
      ? rule(ip, a['module'], name, a)
      : (a['module'] ?? unknown('no module'));
  };

/** The axis that keeps its rows: 1 in transposed convolutions, else 0. */
function rowsAxis(m: InstanceValue, dim: Value | undefined): number {
  const asked = exactInt(dim);
  return asked ?? (m.cls.mro.some((c) => c.name.startsWith('ConvTranspose')) ? 1 : 0);
}

function matrixSides(shape: readonly MaybeDim[], axis: number): [MaybeDim, MaybeDim] {
  return [shape[axis] ?? null, productOf(shape.filter((_, i) => i !== axis))];
}

/** module.parametrizations[name]: a list of modules that each take the tensor on, holding the original. */
function parametrisationsOf(ip: Interpreter, m: InstanceValue, name: string): InstanceValue | null {
  let all: Value | undefined = stateOf(m).children.get('parametrizations');
  if (!all) {
    all = ip.call(MODULE_DICT, []);
    ip.setVariable(stateOf(m).children as Map<string, Value>, 'parametrizations', all);
  }
  if (!isModule(all)) return null;
  let list: Value | undefined = stateOf(all).children.get(name);
  if (!list) {
    list = ip.call(MODULE_LIST, []);
    ip.setVariable(stateOf(all).children as Map<string, Value>, name, list);
  }
  return isModule(list) ? list : null;
}

/** Moves a parameter under parametrizations and adds a module to what makes the weight of it. */
function parametrised(ip: Interpreter, m: InstanceValue, name: string, by: Value | null): InstanceValue | null {
  const list = parametrisationsOf(ip, m, name);
  const weight = taken(ip, m, name);
  if (!list) return null;
  if (weight) {
    ip.setVariable(parametersOf(list), 'original', weight);
    leave(ip, m, name, weight);
  }
  if (by) ip.setVariable(stateOf(list).children as Map<string, Value>, String(stateOf(list).children.size), by);
  return list;
}

const emptyModule = (ip: Interpreter): InstanceValue | null => {
  const made = ip.call(MODULE_LIST, []);
  return isModule(made) ? made : null;
};

export const WEIGHT_UTILITIES: NativeTable = {
  weight_norm: [
    'module, name="weight", dim=0',
    onModule((ip, m, name, { dim }) => {
      const weight = taken(ip, m, name);
      if (!weight) return m;
      addParameter(ip, m, `${name}_g`, alongAxis(weight.shape!, isNone(dim) ? null : exactInt(dim)), unknownFill);
      addParameter(ip, m, `${name}_v`, weight.shape!, unknownFill);
      leave(ip, m, name, weight);
      return m;
    }),
  ],
  remove_weight_norm: [
    'module, name="weight"',
    onModule((ip, m, name) => {
      restored(ip, m, name, `${name}_v`, [`${name}_g`]);
      return m;
    }),
  ],
  spectral_norm: [
    'module, name="weight", n_power_iterations=1, eps=1e-12, dim=None',
    onModule((ip, m, name, { dim }) => {
      const weight = taken(ip, m, name);
      if (!weight) return m;
      ip.setVariable(parametersOf(m), `${name}_orig`, weight);
      const [rows, columns] = matrixSides(weight.shape!, rowsAxis(m, dim));
      leave(ip, m, name, weight);
      addBuffer(ip, m, `${name}_u`, [rows], 0);
      addBuffer(ip, m, `${name}_v`, [columns], 0);
      return m;
    }),
  ],
  remove_spectral_norm: [
    'module, name="weight"',
    onModule((ip, m, name) => {
      restored(ip, m, name, `${name}_orig`, [`${name}_u`, `${name}_v`]);
      return m;
    }),
  ],
  skip_init: [
    'module_cls, *args, **kwargs',
    (ip, a) =>
      ip.call(
        a['module_cls']!,
        a['args']!.kind === 'tuple' ? a['args']!.items : [],
        new Map(
          a['kwargs']!.kind === 'dict'
            ? [...a['kwargs']!.entries.values()].map((e) => [asString(e.key) ?? '', e.value])
            : [],
        ),
      ),
  ],
  parameters_to_vector: [
    'parameters',
    (ip, a) => {
      const all = elementsOf(ip, a['parameters']!)?.map((v) => asTensor(v)?.shape ?? null);
      return tensor([all ? sumOf(all.map((shape) => shape && productOf(shape))) : null]);
    },
  ],
  clip_grad_norm_: ['parameters, max_norm, *args, **kwargs', () => tensor([])],
  clip_grad_norm: ['parameters, max_norm, *args, **kwargs', () => tensor([])],
};

/** torch.nn.utils.parametrizations. */
export const PARAMETRIZATIONS: NativeTable = {
  weight_norm: [
    'module, name="weight", dim=0',
    onModule((ip, m, name, { dim }) => {
      const weight = taken(ip, m, name);
      const list = parametrised(ip, m, name, emptyModule(ip));
      if (!weight || !list) return m;
      addParameter(ip, list, 'original0', alongAxis(weight.shape!, isNone(dim) ? null : exactInt(dim)), unknownFill);
      addParameter(ip, list, 'original1', weight.shape!, unknownFill);
      leave(ip, m, name, weight);
      return m;
    }),
  ],
  spectral_norm: [
    'module, name="weight", n_power_iterations=1, eps=1e-12, dim=None',
    onModule((ip, m, name, { dim }) => {
      const weight = asTensor(parametersOf(m).get(name));
      const by = emptyModule(ip);
      parametrised(ip, m, name, by);
      if (!weight?.shape || !by || weight.shape.length < 2) return m;
      const [rows, columns] = matrixSides(weight.shape, rowsAxis(m, dim));
      addBuffer(ip, by, '_u', [rows], 0);
      addBuffer(ip, by, '_v', [columns], 0);
      return m;
    }),
  ],
  orthogonal: [
    'module, name="weight", orthogonal_map=None, *, use_trivialization=True',
    onModule((ip, m, name) => {
      const weight = asTensor(parametersOf(m).get(name));
      const by = emptyModule(ip);
      parametrised(ip, m, name, by);
      const [rows, columns] = weight?.shape?.slice(-2) ?? [];
      if (by && rows != null && columns != null)
        addBuffer(ip, by, 'base', [dims.minimum(rows, columns), rows].reverse(), 0);
      return m;
    }),
  ],
};

/** torch.nn.utils.parametrize. */
export const PARAMETRIZE: NativeTable = {
  register_parametrization: [
    'module, tensor_name, parametrization, *, unsafe=False',
    onModule((ip, m, name, { parametrization }) => {
      const before = asTensor(attributesOf(m).get(name)) ?? asTensor(parametersOf(m).get(name));
      parametrised(ip, m, name, isModule(parametrization) ? parametrization : null);
      if (!before || !isModule(parametrization)) return m;
      const after = ip.call(parametrization, [tensor(before.shape, before.dtype)]);
      ip.setVariable(attributesOf(m), name, after);
      return m;
    }),
  ],
  remove_parametrizations: [
    'module, tensor_name, leave_parametrized=True',
    onModule((ip, m, name) => {
      const all = stateOf(m).children.get('parametrizations');
      const list = isModule(all) ? stateOf(all).children.get(name) : undefined;
      const weight = isModule(list) ? asTensor(parametersOf(list).get('original')) : null;
      if (!weight || !isModule(all)) return m;
      ip.deleteVariable(stateOf(all).children as Map<string, Value>, name);
      if (stateOf(all).children.size === 0)
        ip.deleteVariable(stateOf(m).children as Map<string, Value>, 'parametrizations');
      ip.deleteVariable(attributesOf(m), name);
      ip.setVariable(parametersOf(m), name, weight);
      return m;
    }),
  ],
  is_parametrized: [
    'module, tensor_name=None',
    (_ip, a) => {
      const all = isModule(a['module']) ? stateOf(a['module']).children.get('parametrizations') : undefined;
      const name = asString(a['tensor_name']);
      return { kind: 'bool', value: isModule(all) && (name === null || stateOf(all).children.has(name)) };
    },
  ],
};
