// Tensor values: a shape and a dtype; for parameters an identity, for small constants the numbers themselves.

import type { Dim } from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import type { Fill, ValueId } from '../graph/modelGraph.ts';
import type { SourceSpot } from './value.ts';

export type DType =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool'
  | 'complex64'
  | 'complex128';

export const BYTES_OF: Readonly<Record<DType, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
  complex64: 8,
  complex128: 16,
};

/** Null: the number of axes is unknown. */
export type Shape = readonly MaybeDim[] | null;

/** What one element sees of the model's input, per spatial axis, in input elements; `start`: where the first is centred. */
export interface ReceptiveField {
  size: readonly number[];
  stride: readonly number[];
  start: readonly number[];
}

export interface TensorValue {
  kind: 'tensor';
  shape: Shape;
  dtype: DType | null;
  /** Its value in the graph that is being recorded; -1 where it has none (yet). */
  id: ValueId;
  /** The graph recording that `id` belongs to. */
  recording: number;
  /** Set where it is an nn.Parameter or a registered buffer. */
  parameter: ParameterState | null;
  /** Known elements, row-major, of a small constant. */
  elements: readonly number[] | null;
  field: ReceptiveField | null;
  /** The model's input that has no shape yet: the first layer that reads it tells (see interp/inputProbe). */
  input: InputProbe | null;
  /** Set where it is (made of) a batch that a DataLoader gave. */
  sample?: LoaderSample;
}

/** What a Parameter or buffer is, beside its shape. */
export interface ParameterState {
  requiresGrad: boolean;
  /** True for what nn.Parameter makes; a buffer or plain tensor becomes none by being assigned to a module. */
  isParameter: boolean;
}

/** What a batch of a DataLoader is a batch of. */
export interface LoaderSample {
  /** `MNIST`, or the name of the user's own class. */
  dataset: string;
  /** A sentence on the batch axis, where its size is not one number. */
  note: string | null;
  /** Where the loader is made. */
  loader: SourceSpot | null;
}

/** Collects what a model's layers want of an input whose shape nobody gave. */
export interface InputProbe {
  name: string;
  /** What its axes but the batch are called after, to tell them from another input's: '', '2'. */
  suffix: string;
  /** Names that are something else's. */
  taken: ReadonlySet<string>;
  /** Symbols that stand for what it is made of, while its number of axes is not known. */
  symbols: Set<string>;
  /** What an earlier run said of these symbols. */
  known: ReadonlyMap<string, Dim>;
  /** Set by the first layer that reads it. */
  found: Found | null;
}

export interface Found {
  shape: readonly MaybeDim[];
  dtype: DType;
  because: string;
  /** What told it takes tensors with more axes before the last one just as well. */
  anyRank: boolean;
}

export interface InitRecord {
  tensor: TensorValue;
  count: number;
  fill: Fill;
}

export function tensor(shape: Shape, dtype: DType | null = 'float32'): TensorValue {
  return {
    kind: 'tensor',
    shape,
    dtype,
    id: -1,
    recording: 0,
    parameter: null,
    elements: null,
    field: null,
    input: null,
  };
}

/** How PyTorch orders dtypes when two tensors meet: the higher category wins, then the wider. */
const PROMOTION: readonly DType[] = [
  'bool',
  'uint8',
  'int8',
  'int16',
  'int32',
  'int64',
  'float16',
  'bfloat16',
  'float32',
  'float64',
  'complex64',
  'complex128',
];

/** torch.promote_types. */
export function promote(a: DType | null, b: DType | null): DType | null {
  if (a === null || b === null) return null;
  if (a === b) return a;
  if ((a === 'float16' && b === 'bfloat16') || (a === 'bfloat16' && b === 'float16')) return 'float32';
  if ((a === 'uint8' && b === 'int8') || (a === 'int8' && b === 'uint8')) return 'int16';
  return PROMOTION[Math.max(PROMOTION.indexOf(a), PROMOTION.indexOf(b))]!;
}

/** bool, whole, floating, complex: within one of these, a tensor without axes does not widen one that has some. */
export const category = (d: DType | null): number =>
  d === null ? -1 : d === 'bool' ? 0 : isComplex(d) ? 3 : isFloating(d) ? 2 : 1;

export const isFloating = (d: DType | null): boolean => d !== null && (d.startsWith('float') || d === 'bfloat16');
export const isComplex = (d: DType | null): boolean => d === 'complex64' || d === 'complex128';
