// The torch library: which names stand in torch, torch.nn, torch.nn.functional and their kin. Tables of operators are
// listed here once; everything that is not listed is a gap that the hover explains.

import type { Interpreter } from '../interp/interpreter.ts';
import { type NativeTable, native } from '../interp/native.ts';
import { OBJECT } from '../python/types.ts';
import { TORCH_SITES } from '../tools/callSites.ts';
import {
  asItems,
  bool,
  builtin,
  classValue,
  instance,
  isNone,
  moduleValue,
  NONE,
  str,
  tuple,
  unknown,
} from '../values/make.ts';
import { tensor } from '../values/tensor.ts';
import type { ClassValue, Lazy, ModuleValue, Value } from '../values/value.ts';
import { flag } from './arguments.ts';
import { ASSERT } from './assertion.ts';
import { ATTENTION } from './attention.ts';
import { torchNatives } from './bind.ts';
import { CHECKPOINTS } from './checkpoint.ts';
import { COMPILED_OPS } from './compiledOps.ts';
import { MODULE_DICT, MODULE_LIST, PARAMETER_DICT, PARAMETER_LIST, SEQUENTIAL } from './containers.ts';
import { CONVOLUTIONS } from './conv.ts';
import { CREATION } from './creation.ts';
import { DATA } from './data/loader.ts';
import { DISTANCE_LOSSES, DISTANCES } from './distances.ts';
import { DTYPES } from './dtypes.ts';
import { EINSUM } from './einsum.ts';
import { ACTIVATIONS, BINARY_FUNCTIONS, UNARY_FUNCTIONS } from './elementwise.ts';
import { asTensor } from './emit.ts';
import { GRIDS, PICKING } from './gather.ts';
import { INIT_FUNCTIONS } from './initialise.ts';
import { JOINING, SPLITTING } from './join.ts';
import { BASE_NAMES, layerClassNamed } from './layerBases.ts';
import { LAYERS } from './layerTable.ts';
import { LINALG, MATRICES, MATRIX_FUNCTIONS } from './linalg.ts';
import { LINEAR_FUNCTIONAL, PRODUCTS } from './linear.ts';
import { LOSS_FUNCTIONS } from './losses.ts';
import { MODULE } from './module.ts';
import { NORMALISATIONS } from './norm.ts';
import { FINFO, IINFO } from './numericLimits.ts';
import { DATA_PARALLEL } from './parallel.ts';
import { PATCHES, SMALL_RULES } from './patches.ts';
import { POINTWISE, SPECIAL } from './pointwise.ts';
import { POOLING } from './pool.ts';
import { RARE_FUNCTIONS } from './rareLayers.ts';
import { RARE_POOLING } from './rarePool.ts';
import { REARRANGING, REARRANGING_FUNCTIONS } from './rearrange.ts';
import { PACKED_SEQUENCE, PACKING } from './recurrent.ts';
import { REDUCTIONS } from './reduce.ts';
import { RESHAPING, RESHAPING_METHODS } from './reshape.ts';
import { SOURCE_CLASSES } from './sources.ts';
import { SPARSE, SPARSE_PRODUCTS } from './sparse.ts';
import { SPATIAL } from './spatial.ts';
import { COMPLEX, COMPLEX_FUNCTIONS, FFT } from './spectral.ts';
import { STATISTIC_FUNCTIONS, STATISTICS } from './statistics.ts';
import { PARAMETER, SIZE, TENSOR } from './tensorAttributes.ts';
import { PARAMETRIZATIONS, PARAMETRIZE, WEIGHT_UTILITIES } from './weightNorm.ts';

const same = (name: string): [string, Value] => [
  name,
  builtin<Interpreter>(name, (_, { positional: [f] }) => f ?? NONE, false),
];
const ignored = (...names: string[]): [string, Value][] =>
  names.map((name) => [name, builtin(name, () => NONE, false)]);
const answers = (value: boolean, ...names: string[]): [string, Value][] =>
  names.map((name) => [name, builtin(name, () => bool(value), false)]);
const tables = (...all: NativeTable[]): [string, Value][] => all.flatMap((t) => torchNatives(t));

/** torch.no_grad and its kin: a context, or a decorator that leaves its function as it is. */
const CONTEXT: ClassValue = classValue('no_grad', [OBJECT], [], { module: 'torch' });
CONTEXT.dict.set(
  '__new__',
  builtin<Interpreter>(
    'no_grad',
    (_, { positional: [cls, first] }) =>
      first && (first.kind === 'function' || first.kind === 'builtin') ? first : instance(cls as ClassValue),
    false,
  ),
);
CONTEXT.dict.set(
  '__enter__',
  native('__enter__', 'self', (_, { self }) => self!),
);
CONTEXT.dict.set(
  '__exit__',
  native('__exit__', 'self, *args', () => NONE),
);
CONTEXT.dict.set(
  '__call__',
  native('__call__', 'self, function', (_, { function: f }) => f!),
);

PARAMETER.dict.set(
  '__new__',
  native(
    'Parameter',
    'cls, data=None, requires_grad=True',
    (_, { data, requires_grad }) => {
      const from = asTensor(data);
      if (!from) return isNone(data) ? tensor([0]) : unknown('the tensor that this parameter is made of is not known');
      const made = tensor(from.shape, from.dtype);
      made.elements = from.elements;
      made.parameter = { requiresGrad: flag(requires_grad) ?? true, isParameter: true };
      return made;
    },
    false,
  ),
);
SIZE.dict.set(
  '__new__',
  native(
    'Size',
    'cls, values=()',
    (_, { values }) => ({ kind: 'tuple', items: asItems(values) ?? [], cls: SIZE, fields: null }),
    false,
  ),
);
TENSOR.dict.set(
  '__new__',
  native(
    'Tensor',
    'cls, *data',
    (ip, { data }) => {
      const items = asItems(data) ?? [];
      const [first] = items;
      const array = items.length === 1 ? asTensor(first) : null;
      // FloatTensor(array), LongTensor(array): the names share this class, so of integers the type is not known.
      if (array?.shape && array.shape.length > 0)
        return tensor(array.shape, array.dtype?.startsWith('float') ? 'float32' : null);
      return first && asItems(first)
        ? CREATION['tensor']![1](ip, { data: first, dtype: DTYPES.find(([n]) => n === 'float32')![1] })
        : CREATION['empty']![1](ip, { size: data! });
    },
    false,
  ),
);

/** Layer classes are made when first named. */
const lazyLayers = (): [string, Lazy][] =>
  [...Object.keys(LAYERS), ...BASE_NAMES].map((name) => [name, { kind: 'lazy', force: () => layerClassNamed(name) }]);

const constant = (type: 'device' | 'memory_format' | 'layout' | 'other', name: string): Value => ({
  kind: 'opaque',
  type,
  name,
});

const TYPE_NAMES = ['FloatTensor', 'LongTensor', 'IntTensor', 'BoolTensor', 'HalfTensor', 'DoubleTensor', 'ByteTensor'];

/** _pair(3) → (3, 3); what is a sequence already stays as it is. */
function nTuple(n: number): Value {
  return builtin<Interpreter>(
    '_ntuple',
    (_, { positional: [v] }) => (v && asItems(v) ? tuple(asItems(v)!) : tuple(Array<Value>(n).fill(v ?? NONE))),
    false,
  );
}

function classFromSource(ip: Interpreter, from: string, name: string): Value {
  const module = ip.loader.load(ip, from);
  return (module && ip.read(module.variables, name)) ?? unknown(`${name} is not known`);
}

type Entries = readonly (readonly [string, Value | Lazy])[];

/** Module name → its entries. A module that is not here, but starts with `torch`, is opaque. */
const MODULES: Readonly<Record<string, (ip: Interpreter) => Entries>> = {
  torch: () => [
    ...tables(
      CONVOLUTIONS,
      pick(ACTIVATIONS, 'relu', 'sigmoid', 'tanh', 'softmax', 'log_softmax', 'dropout', 'prelu', 'selu', 'celu'),
      UNARY_FUNCTIONS,
      BINARY_FUNCTIONS,
      REDUCTIONS,
      RESHAPING,
      JOINING,
      SPLITTING,
      PRODUCTS,
      SPARSE_PRODUCTS,
      CREATION,
      PICKING,
      GRIDS,
      EINSUM,
      SMALL_RULES,
      POINTWISE,
      STATISTICS,
      STATISTIC_FUNCTIONS,
      MATRICES,
      MATRIX_FUNCTIONS,
      REARRANGING,
      REARRANGING_FUNCTIONS,
      COMPLEX,
      COMPLEX_FUNCTIONS,
      DISTANCES,
      RARE_POOLING,
    ),
    ...tables(
      pick(NORMALISATIONS, 'batch_norm', 'layer_norm', 'group_norm', 'instance_norm'),
      pick(SPATIAL, 'pixel_shuffle', 'pixel_unshuffle'),
      pick(RESHAPING_METHODS, 'clone', 'detach'),
      pick(LINEAR_FUNCTIONAL, 'embedding'),
      pick(RARE_FUNCTIONS, 'bilinear', 'embedding_bag', 'rms_norm'),
      POOLING,
    ),
    ...DTYPES,
    ['Tensor', TENSOR],
    ['Size', SIZE],
    ...TYPE_NAMES.map((name): [string, Value] => [name, TENSOR]),
    ['device', builtin('device', () => constant('device', 'cpu'), false)],
    [
      'dtype',
      classValue(
        'dtype',
        [OBJECT],
        [
          [
            '__instancecheck__',
            native('__instancecheck__', 'value', (_, { value }) =>
              bool(value!.kind === 'opaque' && value!.type === 'dtype'),
            ),
          ],
        ],
      ),
    ],
    ['finfo', FINFO],
    ['iinfo', IINFO],
    ['no_grad', CONTEXT],
    ['enable_grad', CONTEXT],
    ['inference_mode', CONTEXT],
    ['set_grad_enabled', CONTEXT],
    ['autocast', CONTEXT],
    ['strided', constant('layout', 'strided')],
    ...['contiguous_format', 'channels_last', 'preserve_format', 'channels_last_3d'].map((n): [string, Value] => [
      n,
      constant('memory_format', n),
    ]),
    ['pi', { kind: 'float', value: Math.PI }],
    ['inf', { kind: 'float', value: Number.POSITIVE_INFINITY }],
    ['nan', { kind: 'float', value: Number.NaN }],
    ['__version__', str('2.4.0')],
    [
      'is_tensor',
      native(
        'is_tensor',
        'value',
        (_, { value }) =>
          value!.kind === 'unknown' ? unknown('what this is is not known') : bool(value!.kind === 'tensor'),
        false,
      ),
    ],
    [
      'numel',
      native('numel', 'input', (ip, { input }) => ip.call(ip.library.attribute(ip, input!, 'numel')!, []), false),
    ],
    ...answers(false, 'is_grad_enabled', 'is_autocast_enabled'),
    ...ignored(
      'seed',
      'initial_seed',
      'manual_seed',
      'save',
      'set_default_dtype',
      'set_num_threads',
      'set_printoptions',
      'set_float32_matmul_precision',
      'use_deterministic_algorithms',
    ),
    ASSERT,
    ['compile', builtin<Interpreter>('compile', (_, { positional: [f] }) => f ?? same('compile')[1], false)],
    ['load', builtin('torch.load', () => unknown('what a checkpoint holds'), false)],
  ],
  'torch._C': () => ignored('_log_api_usage_once', '_get_tracing_state'),
  'torch.nn': (ip) => [
    ...lazyLayers(),
    ...Object.entries(SOURCE_CLASSES).map(([name, module]): [string, Lazy] => [
      name,
      { kind: 'lazy', force: () => classFromSource(ip, module, name) },
    ]),
    ['Module', MODULE],
    ['Sequential', SEQUENTIAL],
    ['ModuleList', MODULE_LIST],
    ['ModuleDict', MODULE_DICT],
    ['ParameterList', PARAMETER_LIST],
    ['ParameterDict', PARAMETER_DICT],
    ['Parameter', PARAMETER],
    ['DataParallel', DATA_PARALLEL],
  ],
  'torch.nn.parallel': () => [
    ['DataParallel', DATA_PARALLEL],
    ['DistributedDataParallel', DATA_PARALLEL],
  ],
  'torch.nn.functional': () =>
    tables(
      CONVOLUTIONS,
      ACTIVATIONS,
      POOLING,
      NORMALISATIONS,
      LINEAR_FUNCTIONAL,
      SPATIAL,
      ATTENTION,
      LOSS_FUNCTIONS,
      PATCHES,
      RARE_FUNCTIONS,
      RARE_POOLING,
      DISTANCES,
      DISTANCE_LOSSES,
      pick(REARRANGING_FUNCTIONS, 'channel_shuffle'),
      pick(MATRIX_FUNCTIONS, 'pdist'),
      pick(PICKING, 'one_hot', 'hardshrink', 'softshrink', 'threshold', 'rrelu', 'softmin'),
    ),
  'torch.nn.init': () => [
    ...tables(INIT_FUNCTIONS),
    ['calculate_gain', native('calculate_gain', 'nonlinearity, param=None', () => unknown('a gain'))],
  ],
  'torch.nn.utils': () => tables(WEIGHT_UTILITIES),
  'torch.nn.utils.weight_norm': () => tables(pick(WEIGHT_UTILITIES, 'weight_norm', 'remove_weight_norm')),
  'torch.nn.utils.spectral_norm': () => tables(pick(WEIGHT_UTILITIES, 'spectral_norm', 'remove_spectral_norm')),
  'torch.nn.utils.parametrizations': () => tables(PARAMETRIZATIONS),
  'torch.nn.utils.parametrize': () => [...tables(PARAMETRIZE), ['cached', CONTEXT]],
  'torch.nn.utils.rnn': () => [...tables(PACKING), ['PackedSequence', PACKED_SEQUENCE]],
  'torch.ops.torchvision': () => tables(COMPILED_OPS),
  'torch.nn.parameter': () => [['Parameter', PARAMETER]],
  'torch.nn.modules.module': () => [['Module', MODULE]],
  'torch.nn.modules.utils': () => [
    ['_single', nTuple(1)],
    ['_pair', nTuple(2)],
    ['_triple', nTuple(3)],
    ['_quadruple', nTuple(4)],
  ],
  'torch.utils.data': () => DATA,
  'torch.utils.checkpoint': () => CHECKPOINTS,
  'torch.jit': () => [
    ...answers(false, 'is_scripting', 'is_tracing'),
    ...[
      'script',
      'ignore',
      'unused',
      'export',
      '_overload_method',
      'script_method',
      'script_if_tracing',
      '_script_if_tracing',
      'interface',
    ].map(same),
    ...TORCH_SITES.jit,
    ['Final', constant('other', 'Final')],
    ['ScriptModule', MODULE],
    ['annotate', builtin<Interpreter>('annotate', (_, { positional: [, v] }) => v ?? NONE, false)],
  ],
  'torch.jit.annotations': () => [],
  'torch.onnx': () => TORCH_SITES.onnx,
  'torch.export': () => TORCH_SITES.export,
  'torch.fx': () => [
    ...TORCH_SITES.fx,
    ['wrap', builtin<Interpreter>('wrap', (_, { positional: [f] }) => f ?? NONE, false)],
  ],
  'torch.cuda': () => [
    ...answers(false, 'is_available', 'is_bf16_supported'),
    ...ignored('empty_cache', 'manual_seed', 'manual_seed_all', 'synchronize'),
    ['device_count', builtin('device_count', () => ({ kind: 'int', value: 0 }), false)],
  ],
  'torch.cuda.amp': () => [['autocast', CONTEXT]],
  'torch.amp': () => [['autocast', CONTEXT]],
  'torch.autograd': () => [
    ['Variable', builtin<Interpreter>('Variable', (_, { positional: [t] }) => t ?? NONE, false)],
  ],
  'torch.linalg': () => tables(LINALG),
  'torch.sparse': () => tables(SPARSE),
  'torch.fft': () => tables(FFT),
  'torch.special': () => tables(SPECIAL),
};

function pick(table: NativeTable, ...names: string[]): NativeTable {
  return Object.fromEntries(names.flatMap((n) => (table[n] ? [[n, table[n]!]] : [])));
}

/** The files of torch/nn/modules: nn.modules.batchnorm._BatchNorm. */
const LAYER_FILES = [
  ...[
    'activation',
    'batchnorm',
    'container',
    'conv',
    'distance',
    'dropout',
    'flatten',
    'fold',
    'instancenorm',
    'linear',
  ],
  ...['loss', 'normalization', 'padding', 'pixelshuffle', 'pooling', 'rnn', 'sparse', 'transformer', 'upsampling'],
];

/** Where deeper names of PyTorch's own files lead: `from torch.nn.modules.conv import Conv2d`. */
const ALIASES: readonly [RegExp, string][] = [
  [/^torch\.nn\.modules(\..*)?$/, 'torch.nn'],
  [/^torch\.types$|^torch\.tensor$/, 'torch'],
];

export function torchModule(ip: Interpreter, name: string): ModuleValue | null {
  if (name !== 'torch' && !name.startsWith('torch.')) return null;
  const parent = Object.keys(MODULES).some((m) => m.startsWith(`${name}.`));
  const entries = MODULES[name] ?? (parent ? () => [] : undefined);
  if (!entries) {
    const alias = ALIASES.find(([pattern]) => pattern.test(name))?.[1];
    return alias ? ip.loader.load(ip, alias) : moduleValue(name, [], true);
  }
  const module = moduleValue(name, [], true);
  for (const [key, value] of entries(ip)) module.variables.set(key, value);
  if (name === 'torch.nn.modules') {
    for (const key of LAYER_FILES)
      module.variables.set(key, { kind: 'lazy', force: () => ip.loader.load(ip, `${name}.${key}`) ?? NONE });
    for (const [key, value] of MODULES['torch.nn']!(ip)) module.variables.set(key, value);
  }
  // `torch.nn.functional` is an attribute of `torch.nn`; made when first read.
  for (const child of Object.keys(MODULES)) {
    if (!child.startsWith(`${name}.`)) continue;
    const key = child.slice(name.length + 1).split('.')[0]!;
    if (module.variables.has(key)) continue;
    module.variables.set(key, { kind: 'lazy', force: () => ip.loader.load(ip, `${name}.${key}`) ?? NONE });
  }
  return module;
}

/** Names of PyTorch's modules that have rules, for docs/operators.md. */
export const torchModuleNames = (): string[] => Object.keys(MODULES);
