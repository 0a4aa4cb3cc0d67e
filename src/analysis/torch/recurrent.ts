// Recurrent layers: RNN, LSTM and GRU over a sequence, and their single steps.
//   nn.LSTM(128, 256, num_layers=2, batch_first=True)   # x: (B, T, 128) → (B, T, 256), ((2, B, 256), (2, B, 256))

import * as dims from '../dims/dim.ts';
import { type MaybeDim, showDim, showShape } from '../dims/display.ts';
import { settleInput } from '../interp/inputProbe.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import type { NativeTable } from '../interp/native.ts';
import { OBJECT } from '../python/types.ts';
import { agree, argumentFix, currentLayer, fail } from '../rules/report.ts';
import { asDim, classValue, instance, tuple, unknown } from '../values/make.ts';
import { type TensorValue, tensor } from '../values/tensor.ts';
import type { InstanceValue, Value } from '../values/value.ts';
import { exactInt, flag } from './arguments.ts';
import { layerName, parameterCount } from './conv.ts';
import { asTensor, emit, record, unknownResult } from './emit.ts';
import { uniform } from './initialise.ts';
import { addParameter, type LayerSpec, part } from './layer.ts';
import { productOf } from './rule.ts';

/** Sequences of different lengths, packed: what RNN layers take instead of a padded tensor. */
export const PACKED_SEQUENCE = classValue('PackedSequence', [OBJECT], [], { module: 'torch.nn.utils.rnn' });

const times = (...factors: readonly MaybeDim[]): MaybeDim => productOf(factors);

/** Gates: 4 in an LSTM, 3 in a GRU, 1 in a plain RNN. */
function recurrent(gates: number): LayerSpec {
  const plain = gates === 1;
  return {
    signature: `input_size, hidden_size, num_layers=1, ${plain ? 'nonlinearity="tanh", ' : ''}bias=True, batch_first=False, dropout=0.0, bidirectional=False, ${gates === 4 ? 'proj_size=0, ' : ''}device=None, dtype=None`,
    build(ip, self, a) {
      const [input, hidden] = [asDim(a['input_size']), asDim(a['hidden_size'])];
      const layers = exactInt(a['num_layers']) ?? 1;
      const directions = flag(a['bidirectional']) ? 2 : 1;
      const projection = gates === 4 ? (asDim(a['proj_size']) ?? 0) : 0;
      const out = projection === 0 ? hidden : projection;
      const bound = typeof hidden === 'number' && hidden > 0 ? 1 / Math.sqrt(hidden) : null;
      const add = (name: string, shape: readonly MaybeDim[]) =>
        void addParameter(ip, self, name, shape, () => uniform(bound));
      ip.setVariable(self.attributes as Map<string, Value>, 'bias', a['bias']!);
      for (let layer = 0; layer < layers; layer++) {
        for (let d = 0; d < directions; d++) {
          const suffix = `_l${layer}${d === 1 ? '_reverse' : ''}`;
          const width = layer === 0 ? input : times(out, directions);
          add(`weight_ih${suffix}`, [times(gates, hidden), width]);
          add(`weight_hh${suffix}`, [times(gates, hidden), out]);
          if (flag(a['bias']) !== false) {
            add(`bias_ih${suffix}`, [times(gates, hidden)]);
            add(`bias_hh${suffix}`, [times(gates, hidden)]);
          }
          if (projection !== 0) add(`weight_hr${suffix}`, [projection, hidden]);
        }
      }
    },
    forward: ['input, hx=None', (ip, self, { input, hx }) => runSequence(ip, self, input!, hx!, gates)],
  };
}

function runSequence(ip: Interpreter, self: InstanceValue, input: Value, hx: Value, gates: number): Value {
  const packed = input.kind === 'instance' && input.cls === PACKED_SEQUENCE ? input : null;
  const x = asTensor(packed ? packed.attributes.get('data') : input);
  if (!x) return tuple([unknownResult([input]), unknownResult([input])]);
  const [inputSize, hidden] = [asDim(part(self, 'input_size')), asDim(part(self, 'hidden_size'))];
  const layers = exactInt(part(self, 'num_layers')) ?? 1;
  const directions = flag(part(self, 'bidirectional')) ? 2 : 1;
  const projection = gates === 4 ? (asDim(part(self, 'proj_size')) ?? 0) : 0;
  const out = projection === 0 ? hidden : projection;
  const first = flag(part(self, 'batch_first')) === true;
  const [b, t] = [dims.symbol('B'), dims.symbol('T')];
  settleInput(x, {
    shape: [...(first ? [b, t] : [t, b]), inputSize],
    because: `${layerName(ip, 'recurrent layer')} wants ${showDim(inputSize)} features`,
  });
  if (x.shape && !packed && x.shape.length !== 2 && x.shape.length !== 3) {
    const message = `${layerName(ip, self.cls.name)} expects 2 or 3 axes (${first ? 'batch, length' : 'length, batch'}, features), gets ${x.shape.length}: its input is ${showShape(x.shape)}.`;
    return fail(ip, { code: 'recurrent-rank', message }, tuple([tensor(null, x.dtype), unknown(message)]));
  }
  agreeFeatures(ip, self, x, inputSize);
  const batched = packed !== null || x.shape?.length === 3;
  const batch: MaybeDim = packed
    ? asDim(packed.attributes.get('_batch'))
    : !x.shape
      ? null
      : batched
        ? (x.shape[first ? 0 : 1] ?? null)
        : 1;
  const steps: MaybeDim = !x.shape || packed ? null : (x.shape[first && batched ? 1 : 0] ?? null);
  const shape = x.shape && [...x.shape.slice(0, -1), times(out, directions)];
  const state = (size: MaybeDim): TensorValue =>
    tensor([layers * directions, ...(batched ? [batch] : []), size], x.dtype);
  agreeState(ip, hx, gates, [layers * directions, ...(batched ? [batch] : []), gates === 4 ? out : hidden]);
  const output = tensor(shape, x.dtype);
  const states = gates === 4 ? [state(out), state(hidden)] : [state(hidden)];
  let perStep: MaybeDim = 0;
  for (let layer = 0; layer < layers; layer++) {
    const from = layer === 0 ? inputSize : times(out, directions);
    const one = from === null || out === null ? null : times(directions, gates, hidden, dims.add(from, out));
    perStep = perStep === null || one === null ? null : dims.add(perStep, one);
    if (projection !== 0)
      perStep =
        perStep === null || hidden === null
          ? null
          : dims.add(perStep, dims.mul(dims.mul(directions, hidden), projection));
  }
  const macs = times(perStep, steps, batch);
  const params = Object.fromEntries(
    [...(self.module?.parameters ?? [])].flatMap(([n, p]) => (p.kind === 'none' ? [] : [[n, p]])),
  );
  const name = gates === 4 ? 'lstm' : gates === 3 ? 'gru' : 'rnn';
  record(
    ip,
    {
      op: { op: 'opaque', name },
      inputs: [x],
      params,
      macs,
      parameterCount: parameterCount(...Object.values(params)),
      arithmetic: [`MACs: ${showDim(perStep)} a step`],
    },
    [output, ...states],
  );
  const result: Value = packed ? repacked(packed, output) : output;
  return tuple([result, gates === 4 ? tuple(states) : states[0]!]);
}

function agreeFeatures(ip: Interpreter, self: InstanceValue, x: TensorValue, inputSize: MaybeDim): void {
  const width = x.shape?.[x.shape.length - 1] ?? null;
  agree(
    ip,
    width,
    inputSize,
    () => `${layerName(ip, self.cls.name)} wants ${showDim(inputSize)} features`,
    () => ({
      code: 'linear-features',
      message: `${layerName(ip, self.cls.name)} expects ${showDim(inputSize)} features, gets ${showDim(width)}: its input is ${showShape(x.shape)}.`,
      fixes: width !== null && dims.isExact(width) ? argumentFix(currentLayer(ip), 'input_size', 0, width) : [],
    }),
  );
}

/** The state that a step starts from: where it is an input that nobody gave, it has the shape that the layer wants. */
function agreeState(ip: Interpreter, hx: Value | undefined, gates: number, wanted: readonly MaybeDim[]): void {
  // An LSTM's is a pair, which one parameter does not show.
  const state = asTensor(gates === 4 && hx?.kind === 'tuple' ? hx.items[0] : gates === 4 ? undefined : hx);
  if (!state) return;
  const name = layerName(ip, 'recurrent layer');
  settleInput(state, { shape: wanted, because: `${name} takes it as its state` });
  if (state.shape?.length !== wanted.length) return;
  for (const [axis, size] of state.shape.entries()) {
    const meant = wanted[axis]!;
    const message = `${name} expects a state of ${showShape(wanted)}, gets ${showShape(state.shape)}.`;
    agree(
      ip,
      size,
      meant,
      () => `${name} wants a state of ${showShape(wanted)}`,
      () => ({ code: 'recurrent-rank', message }),
      false,
    );
  }
}

function repacked(packed: InstanceValue, data: TensorValue): Value {
  const made = instance(PACKED_SEQUENCE, packed.attributes);
  made.attributes.set('data', data);
  return made;
}

/** One step: (N, input), state (N, hidden) → (N, hidden). */
function cell(gates: number): LayerSpec {
  return {
    signature: `input_size, hidden_size, bias=True${gates === 1 ? ', nonlinearity="tanh"' : ''}, device=None, dtype=None`,
    build(ip, self, a) {
      const [input, hidden] = [asDim(a['input_size']), asDim(a['hidden_size'])];
      const bound = typeof hidden === 'number' && hidden > 0 ? 1 / Math.sqrt(hidden) : null;
      const add = (name: string, shape: readonly MaybeDim[]) =>
        void addParameter(ip, self, name, shape, () => uniform(bound));
      add('weight_ih', [times(gates, hidden), input]);
      add('weight_hh', [times(gates, hidden), hidden]);
      if (flag(a['bias']) === false) return;
      add('bias_ih', [times(gates, hidden)]);
      add('bias_hh', [times(gates, hidden)]);
    },
    forward: [
      'input, hx=None',
      (ip, self, { input, hx }) => {
        const x = asTensor(input);
        if (!x) return unknownResult([input]);
        const [inputSize, hidden] = [asDim(part(self, 'input_size')), asDim(part(self, 'hidden_size'))];
        settleInput(x, {
          shape: [dims.symbol('B'), inputSize],
          because: `${layerName(ip, 'recurrent cell')} wants ${showDim(inputSize)} features`,
        });
        agreeFeatures(ip, self, x, inputSize);
        if (x.shape) agreeState(ip, hx, gates, [...x.shape.slice(0, -1), hidden]);
        const lead = x.shape?.slice(0, -1) ?? null;
        const both = inputSize === null || hidden === null ? null : dims.add(inputSize, hidden);
        const macs = lead && times(...lead, gates, hidden, both);
        const outputs = Array.from({ length: gates === 4 ? 2 : 1 }, () => tensor(lead && [...lead, hidden], x.dtype));
        record(ip, { op: { op: 'opaque', name: `${self.cls.name}` }, inputs: [x], macs }, outputs);
        return gates === 4 ? tuple(outputs) : outputs[0]!;
      },
    ],
  };
}

export const RECURRENT_LAYERS: Readonly<Record<string, LayerSpec>> = {
  RNN: recurrent(1),
  LSTM: recurrent(4),
  GRU: recurrent(3),
  RNNCell: cell(1),
  LSTMCell: cell(4),
  GRUCell: cell(3),
};

/** torch.nn.utils.rnn. How long a packed sequence is depends on data. */
export const PACKING: NativeTable = {
  pack_padded_sequence: [
    'input, lengths, batch_first=False, enforce_sorted=True',
    (_ip, a) => {
      const x = asTensor(a['input']);
      const first = flag(a['batch_first']) === true;
      const batch = x?.shape?.[first ? 0 : 1] ?? null;
      return instance(PACKED_SEQUENCE, [
        ['data', tensor(x?.shape ? [null, ...x.shape.slice(2)] : null, x?.dtype ?? null)],
        ['_batch', batch === null ? { kind: 'none' } : { kind: 'int', value: batch }],
      ]);
    },
  ],
  pad_packed_sequence: [
    'sequence, batch_first=False, padding_value=0.0, total_length=None',
    (_ip, a) => {
      const packed = a['sequence']?.kind === 'instance' ? a['sequence'] : null;
      const data = asTensor(packed?.attributes.get('data'));
      const batch = asDim(packed?.attributes.get('_batch'));
      const length = asDim(a['total_length']);
      const lead = flag(a['batch_first']) === true ? [batch, length] : [length, batch];
      return tuple([
        tensor(data?.shape ? [...lead, ...data.shape.slice(1)] : null, data?.dtype ?? null),
        tensor([batch], 'int64'),
      ]);
    },
  ],
  /** Tensors of other lengths, made as long as the longest. */
  pad_sequence: [
    'sequences, batch_first=False, padding_value=0.0, padding_side="right"',
    (ip, a) => {
      const parts = elementsOf(ip, a['sequences']!)?.map((v) => asTensor(v));
      const first = parts?.[0];
      if (!parts || !first?.shape || parts.includes(null)) return tensor(null, first?.dtype ?? null);
      const lengths = parts.map((t) => t!.shape?.[0] ?? null);
      const [one] = lengths;
      const same = lengths.every((d) => d !== null && one !== null && one !== undefined && dims.same(d, one));
      const exact = lengths.every((d): d is number => typeof d === 'number');
      const longest: MaybeDim = same ? one! : exact ? Math.max(...(lengths as number[])) : null;
      const lead = flag(a['batch_first']) === true ? [parts.length, longest] : [longest, parts.length];
      return emit(ip, {
        op: { op: 'opaque', name: 'pad_sequence' },
        inputs: parts as TensorValue[],
        shape: [...lead, ...first.shape.slice(1)],
      });
    },
  ],
};
