// Layer: how a class of torch.nn is described: the signature of its constructor, its parameters, and what its forward calls.

import type { MaybeDim } from '../dims/display.ts';
import type { Fill } from '../graph/modelGraph.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { bindNative, type NativeTable, native, natives, signatureOf } from '../interp/native.ts';
import { bool, builtin, classValue, NONE } from '../values/make.ts';
import { type DType, type TensorValue, tensor } from '../values/tensor.ts';
import type { ClassValue, InstanceValue, Value } from '../values/value.ts';
import { constant, recordFill } from './initialise.ts';
import { MODULE, stateOf } from './module.ts';

export type Values = Readonly<Record<string, Value>>;

export interface LayerSpec {
  /** Of the constructor, without self. */
  signature: string;
  /** Makes parameters and further attributes. The arguments are attributes already. */
  build?: (ip: Interpreter, self: InstanceValue, args: Values) => void;
  forward: readonly [signature: string, run: (ip: Interpreter, self: InstanceValue, args: Values) => Value];
  /** The layer that it inherits from, where layerBases.ts does not tell. */
  base?: string;
  /** Further methods, with self, and class methods, with cls. */
  methods?: NativeTable;
  classMethods?: NativeTable;
}

/** What layers have beside forward that does nothing to shapes. */
const INERT = [
  'reset_parameters',
  '_reset_parameters',
  'reset_running_stats',
  'flatten_parameters',
  '_check_input_dim',
];

/** Not kept as attributes: they are parameters, or say where and in what dtype to make them. */
const NOT_ATTRIBUTES = new Set(['bias', 'device', 'dtype', '_weight', 'generator']);

export function layerClass(
  name: string,
  spec: LayerSpec,
  module = 'torch.nn.modules',
  base: ClassValue = MODULE,
): ClassValue {
  const cls = classValue(name, [base], [], { module });
  const params = signatureOf(`self, ${spec.signature}`);
  cls.dict.set(
    '__init__',
    builtin<Interpreter>(`${name}.__init__`, (ip, args) => {
      const bound = bindNative(ip, name, params, args);
      const self = bound['self'] as InstanceValue;
      stateOf(self);
      set(ip, self, 'training', bool(true));
      for (const p of params)
        if (p.name !== 'self' && !NOT_ATTRIBUTES.has(p.name)) set(ip, self, p.name, bound[p.name]!);
      spec.build?.(ip, self, bound);
      return NONE;
    }),
  );
  const [signature, run] = spec.forward;
  cls.dict.set(
    'forward',
    native(`${name}.forward`, `self, ${signature}`, (ip, args) => run(ip, args['self'] as InstanceValue, args)),
  );
  for (const method of INERT)
    cls.dict.set(
      method,
      native(method, 'self, *args, **kwargs', () => NONE),
    );
  for (const [method, value] of natives(spec.methods ?? {})) cls.dict.set(method, value);
  for (const [method, value] of natives(spec.classMethods ?? {}))
    cls.dict.set(method, { kind: 'classmethod', function: value });
  return cls;
}

export const set = (ip: Interpreter, self: InstanceValue, name: string, value: Value): void =>
  ip.setVariable(self.attributes as Map<string, Value>, name, value);

/** Adds a parameter that is initialised as PyTorch does. */
export function addParameter(
  ip: Interpreter,
  self: InstanceValue,
  name: string,
  shape: readonly MaybeDim[],
  fill: (t: TensorValue) => Fill,
): TensorValue {
  const t = tensor(shape);
  t.parameter = { requiresGrad: true, isParameter: true };
  ip.setVariable(stateOf(self).parameters as Map<string, Value>, name, t);
  recordFill(ip, t, fill(t));
  return t;
}

export const noParameter = (ip: Interpreter, self: InstanceValue, name: string): void =>
  ip.setVariable(stateOf(self).parameters as Map<string, Value>, name, NONE);

export function addBuffer(
  ip: Interpreter,
  self: InstanceValue,
  name: string,
  shape: readonly MaybeDim[],
  value: number,
  dtype: DType = 'float32',
): void {
  const t = tensor(shape, dtype);
  t.parameter = { requiresGrad: false, isParameter: false };
  ip.setVariable(stateOf(self).buffers as Map<string, Value>, name, t);
  recordFill(ip, t, constant(value));
}

/** A parameter, buffer or attribute as it is now (it may have been replaced since). */
export const part = (self: InstanceValue, name: string): Value =>
  self.module?.parameters.get(name) ?? self.module?.buffers.get(name) ?? self.attributes.get(name) ?? NONE;

export const parts = (self: InstanceValue, ...names: string[]): Record<string, Value> =>
  Object.fromEntries(names.map((n) => [n, part(self, n)]));

/** A layer without parameters: it calls a function with its own attributes. */
export function functional(signature: string, table: NativeTable, name: string, extra: Values = {}): LayerSpec {
  const names = signatureOf(signature).map((p) => p.name);
  const [own] = table[name]!;
  const accepted = signatureOf(own);
  return {
    signature,
    forward: [
      'input',
      (ip, self, { input }) => {
        const args: Record<string, Value> = {};
        for (const p of accepted) if (p.default) args[p.name] = p.default;
        for (const n of names) args[n] = part(self, n);
        return table[name]![1](ip, { ...args, ...extra, input: input! });
      },
    ],
  };
}
