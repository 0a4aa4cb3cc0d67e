// Call sites: functions of other libraries, and of torch, that are handed a model and run it.
//   summary(net, (3, 32, 32))                          # torchsummary: net(x) with x: (B, 3, 32, 32)
//   torch.onnx.export(net, torch.randn(1, 3, 32, 32), 'net.onnx')
// The call stands for the model's own: what it is fed is what the model's forward sees.

import { symbol } from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { type Bound, type NativeTable, natives } from '../interp/native.ts';
import { dimList, exactInt } from '../torch/arguments.ts';
import { dtypeFrom } from '../torch/dtypes.ts';
import { isModule } from '../torch/module.ts';
import { asDim, asItems, isNone, NONE, tuple, unknown } from '../values/make.ts';
import { type DType, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';

/** Runs the model where it is one and what it is fed is known; what else it is fed stays as it is. */
export function runModel(ip: Interpreter, model: Value, inputs: readonly Value[] | null, keywords?: Value): Value {
  if (!isModule(model) || inputs === null) return NONE;
  const named =
    keywords?.kind === 'dict'
      ? new Map(
          [...keywords.entries.values()].flatMap(({ key, value }) => (key.kind === 'str' ? [[key.value, value]] : [])),
        )
      : null;
  const fed = [...inputs, ...(named?.values() ?? [])];
  if (!fed.some((v) => v.kind === 'tensor' && v.shape !== null)) return NONE;
  return ip.call(model, inputs, named);
}

/** `x`, `(x, y)` or `[x, y]`: what stands for the arguments of a call. */
const argumentsIn = (value: Value): readonly Value[] | null =>
  value.kind === 'tensor' ? [value] : isNone(value) ? [] : asItems(value);

/** One input of a size; null where the size is not known. `batch` is put in front, or at an axis. */
function sized(size: Value, dtype: DType, batch?: { size: MaybeDim; axis: number }): Value | null {
  const dims = dimList(size);
  if (dims === null || dims.includes(null)) return null;
  const shape: MaybeDim[] = [...dims];
  if (batch) shape.splice(batch.axis, 0, batch.size);
  return tensor(shape, dtype);
}

/** `(3, 32, 32)`, `[(3, 32, 32), (10,)]`, or tensors themselves. */
function inputsOfSizes(
  sizes: Value,
  batch?: { size: MaybeDim; axis: number },
  dtypes?: Value,
): readonly Value[] | null {
  const items = asItems(sizes);
  if (sizes.kind === 'tensor') return [sizes];
  if (!items || items.length === 0) return null;
  const kinds = asItems(dtypes) ?? [];
  const dtype = (i: number): DType => (kinds[i] && dtypeFrom(kinds[i])) || 'float32';
  const made = items.every((v) => asDim(v) !== null)
    ? [sized(sizes, dtype(0), batch)]
    : items.map((v, i) => (v.kind === 'tensor' ? v : sized(v, dtype(i), batch)));
  return made.includes(null) ? null : (made as Value[]);
}

const BATCH = { size: symbol('B'), axis: 0 };
const ONE = { size: 1, axis: 0 };

type Inputs = (args: Bound) => readonly Value[] | null;

/** A function that runs its first argument with what the others give, and returns something of its own. */
const site = (
  signature: string,
  inputs: Inputs,
  result: (model: Value) => Value = () => unknown('what a tool reports on a model'),
): NativeTable[string] => [
  signature,
  (ip, args) => {
    const model = args[signature.slice(0, signature.indexOf(','))]!;
    runModel(ip, model, inputs(args), args['kwargs']);
    return result(model);
  },
];

const itself = (model: Value): Value => model;

const TORCHINFO = site(
  'model, input_size=None, input_data=None, batch_dim=None, cache_forward_pass=None, col_names=None, col_width=25, depth=3, device=None, dtypes=None, mode=None, row_settings=None, verbose=None, **kwargs',
  ({ input_size, input_data, batch_dim, dtypes }) => {
    if (!isNone(input_data)) return argumentsIn(input_data!);
    const axis = exactInt(batch_dim);
    return inputsOfSizes(input_size!, axis === null || isNone(batch_dim) ? undefined : { size: 1, axis }, dtypes);
  },
);

const pair = (): Value => tuple([unknown('what a tool counts in a model'), unknown('what a tool counts in a model')]);

/** By module: what stands in it. */
const SITES: Readonly<Record<string, NativeTable>> = {
  torchsummary: {
    summary: site('model, input_size=None, batch_size=-1, device=None, *args, **ignored', ({ input_size }) =>
      inputsOfSizes(input_size!, BATCH),
    ),
  },
  torchinfo: { summary: TORCHINFO },
  pytorch_model_summary: { summary: site('model, *inputs, **ignored', ({ inputs }) => asItems(inputs)) },
  torchscan: {
    summary: site('model, input_shape, *args, **ignored', ({ input_shape }) => inputsOfSizes(input_shape!, ONE)),
    crawl_module: site('model, input_shape, *args, **ignored', ({ input_shape }) => inputsOfSizes(input_shape!, ONE)),
  },
  thop: { profile: site('model, inputs, *args, **ignored', ({ inputs }) => argumentsIn(inputs!), pair) },
  'fvcore.nn': {
    FlopCountAnalysis: site('model, inputs, *args', ({ inputs }) => argumentsIn(inputs!)),
    ActivationCountAnalysis: site('model, inputs, *args', ({ inputs }) => argumentsIn(inputs!)),
    flop_count: site('model, inputs, *args, **ignored', ({ inputs }) => argumentsIn(inputs!), pair),
  },
  ptflops: {
    get_model_complexity_info: site(
      'model, input_res, *args, **ignored',
      ({ input_res, ignored }) =>
        ignored?.kind === 'dict' && ignored.entries.has("'input_constructor") ? null : inputsOfSizes(input_res!, ONE),
      pair,
    ),
  },
  calflops: {
    calculate_flops: site(
      'model, input_shape=None, *args, **ignored',
      ({ input_shape }) => (isNone(input_shape) ? null : inputsOfSizes(input_shape!)),
      () => tuple([1, 2, 3].map(() => unknown('what a tool counts in a model'))),
    ),
  },
  torchview: {
    draw_graph: site(
      'model, input_data=None, input_size=None, graph_name="model", depth=3, device=None, dtypes=None, *args, **ignored',
      ({ input_data, input_size, dtypes }) =>
        isNone(input_data) ? inputsOfSizes(input_size!, undefined, dtypes) : argumentsIn(input_data!),
    ),
  },
  hiddenlayer: { build_graph: site('model, args, *rest, **ignored', ({ args }) => argumentsIn(args!)) },
};

export const siteModules = (): string[] => Object.keys(SITES);

export function callSiteModule(name: string): [string, Value][] | null {
  const table = SITES[name];
  return table ? natives(table, false) : null;
}

/** `(x, y)`, or `(x, {'mask': m})`: a last dict holds keyword arguments. */
const exporter = (name: string, rest: string): NativeTable[string] => [
  `${name}, args=(), ${rest}`,
  (ip, bound) => {
    const given = argumentsIn(bound['args']!);
    const last = given?.[given.length - 1];
    if (last?.kind === 'dict') runModel(ip, bound[name]!, given!.slice(0, -1), last);
    else runModel(ip, bound[name]!, given, bound['kwargs']);
    return unknown('an exported program');
  },
];

const ONNX = exporter('model', 'f=None, *rest, kwargs=None, **ignored');
const EXPORT = exporter('mod', 'kwargs=None, *rest, **ignored');

/** torch's own: by module. */
export const TORCH_SITES: Readonly<Record<'onnx' | 'jit' | 'export' | 'fx', readonly [string, Value][]>> = {
  onnx: natives(
    {
      export: ONNX,
      dynamo_export: site('model, /, *args, export_options=None, **kwargs', ({ args }) => asItems(args)),
    },
    false,
  ),
  jit: natives(
    {
      trace: site(
        'func, example_inputs=None, *args, **ignored',
        ({ example_inputs }) => argumentsIn(example_inputs!),
        itself,
      ),
      freeze: ['model, *args, **ignored', (_, { model }) => model!],
      optimize_for_inference: ['model, *args, **ignored', (_, { model }) => model!],
    },
    false,
  ),
  export: natives({ export: EXPORT, export_for_training: EXPORT }, false),
  fx: natives({ symbolic_trace: ['root, concrete_args=None', (_, { root }) => root!] }, false),
};

/** SummaryWriter().add_graph(net, x). */
export const ADD_GRAPH: NativeTable[string] = [
  'self, model, input_to_model=None, *args, **ignored',
  (ip, { model, input_to_model }) => {
    runModel(ip, model!, argumentsIn(input_to_model!));
    return NONE;
  },
];
