// Attention: scaled_dot_product_attention and nn.MultiheadAttention.
//   nn.MultiheadAttention(768, 12, batch_first=True)(x, x, x)    # x: (B, 197, 768) → (B, 197, 768), (B, 197, 197)

import * as dims from '../dims/dim.ts';
import { type MaybeDim, showDim, showShape } from '../dims/display.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import type { NativeTable } from '../interp/native.ts';
import { fail } from '../rules/report.ts';
import { asDim, isNone, NONE, tuple } from '../values/make.ts';
import { type TensorValue, tensor } from '../values/tensor.ts';
import type { InstanceValue, Value } from '../values/value.ts';
import { flag } from './arguments.ts';
import { broadcast } from './broadcast.ts';
import { layerName, parameterCount } from './conv.ts';
import { asTensor, emit, record, unknownResult } from './emit.ts';
import { constant, fans, recordFill, uniform } from './initialise.ts';
import { addParameter, type LayerSpec, noParameter, part } from './layer.ts';
import { productOf, sumOf } from './rule.ts';

export const ATTENTION: NativeTable = {
  /** Source: torch.nn.functional.scaled_dot_product_attention. (…, L, E), (…, S, E), (…, S, Ev) → (…, L, Ev). */
  scaled_dot_product_attention: [
    'query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False',
    (ip, a) => {
      const [q, k, v] = [asTensor(a['query']), asTensor(a['key']), asTensor(a['value'])];
      if (!q || !k || !v) return unknownResult([a['query'], a['key'], a['value']]);
      if (!q.shape || !k.shape || !v.shape || q.shape.length < 2) return tensor(null, q.dtype);
      const [l, e] = q.shape.slice(-2);
      const s = k.shape[k.shape.length - 2] ?? null;
      const ev = v.shape[v.shape.length - 1] ?? null;
      const width = k.shape[k.shape.length - 1] ?? null;
      if (e !== null && width !== null && dims.equal(e!, width) === false) {
        const message = `scaled_dot_product_attention: query and key have ${showDim(e!)} and ${showDim(width)} features: ${showShape(q.shape)} and ${showShape(k.shape)}.`;
        return fail(ip, { code: 'matmul-mismatch', message }, tensor([...q.shape.slice(0, -1), ev], q.dtype));
      }
      const batch = flag(a['enable_gqa'])
        ? q.shape.slice(0, -2)
        : broadcast(q.shape.slice(0, -2), k.shape.slice(0, -2)).shape;
      if (!batch) return tensor(null, q.dtype);
      const macs = productOf([...batch, l!, s, sumOf([e!, ev])]);
      return emit(ip, {
        op: { op: 'opaque', name: 'scaled_dot_product_attention' },
        inputs: [q, k, v],
        shape: [...batch, l!, ev],
        macs,
        arithmetic: [
          `MACs: ${showDim(l!)}·${showDim(s)} scores of ${showDim(e!)} features, and as many of ${showDim(ev)}`,
        ],
      });
    },
  ],
};

const xavierUniform = (t: TensorValue) => {
  const f = fans(t);
  return uniform(f && Math.sqrt(3) * Math.sqrt(2 / (f.in + f.out)));
};

export const MULTIHEAD_ATTENTION: LayerSpec = {
  signature:
    'embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, kdim=None, vdim=None, batch_first=False, device=None, dtype=None',
  build(ip, self, a) {
    const e = asDim(a['embed_dim']);
    const heads = asDim(a['num_heads']);
    const kdim = isNone(a['kdim']) ? e : asDim(a['kdim']);
    const vdim = isNone(a['vdim']) ? e : asDim(a['vdim']);
    if (e !== null && heads !== null && dims.isExact(e) && dims.isExact(heads) && e % heads !== 0) {
      ip.raise('AssertionError', 'embed_dim must be divisible by num_heads');
    }
    const bias = flag(a['bias']) !== false;
    const same = e !== null && kdim !== null && vdim !== null && dims.same(e, kdim) && dims.same(e, vdim);
    const triple = e === null ? null : dims.mul(3, e);
    // Made first, drawn after the output projection, as PyTorch's _reset_parameters does.
    const later: TensorValue[] = [];
    const weight = (name: string, shape: readonly MaybeDim[]): void => {
      const before = ip.initialisation.length;
      later.push(addParameter(ip, self, name, shape, xavierUniform));
      ip.initialisation.length = before;
    };
    if (same) {
      weight('in_proj_weight', [triple, e]);
      for (const name of ['q_proj_weight', 'k_proj_weight', 'v_proj_weight']) noParameter(ip, self, name);
    } else {
      weight('q_proj_weight', [e, e]);
      weight('k_proj_weight', [e, kdim]);
      weight('v_proj_weight', [e, vdim]);
      noParameter(ip, self, 'in_proj_weight');
    }
    if (bias) addParameter(ip, self, 'in_proj_bias', [triple], () => constant(0));
    else noParameter(ip, self, 'in_proj_bias');
    const nn = ip.loader.load(ip, 'torch.nn');
    const linear = nn && ip.read(nn.variables, 'NonDynamicallyQuantizableLinear');
    if (linear) {
      const projection = ip.call(linear, [a['embed_dim']!, a['embed_dim']!], new Map([['bias', a['bias']!]]));
      ip.setVariable(self.module!.children as Map<string, Value>, 'out_proj', projection);
      const outBias = projection.kind === 'instance' ? part(projection, 'bias') : NONE;
      for (const t of later) recordFill(ip, t, xavierUniform(t));
      if (outBias.kind === 'tensor') recordFill(ip, outBias, constant(0));
    }
    if (flag(a['add_bias_kv'])) {
      addParameter(ip, self, 'bias_k', [1, 1, e], () => ({ kind: 'unknown' }));
      addParameter(ip, self, 'bias_v', [1, 1, e], () => ({ kind: 'unknown' }));
    }
  },
  forward: [
    'query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None, average_attn_weights=True, is_causal=False',
    multihead,
  ],
};

function multihead(ip: Interpreter, self: InstanceValue, a: Readonly<Record<string, Value>>): Value {
  const [q, k, v] = [asTensor(a['query']), asTensor(a['key']), asTensor(a['value'])];
  if (!q || !k || !v) return tuple([unknownResult([a['query'], a['key'], a['value']]), NONE]);
  const e = asDim(part(self, 'embed_dim'));
  const given = q.shape?.[q.shape.length - 1] ?? null;
  if (e !== null && given !== null && dims.equal(e, given) === false) {
    const message = `${layerName(ip, 'MultiheadAttention')} expects ${showDim(e)} features, gets ${showDim(given)}: its query is ${showShape(q.shape)}.`;
    fail(ip, { code: 'linear-features', message }, q);
  }
  if (q.shape && q.shape.length !== 2 && q.shape.length !== 3) {
    const message = `${layerName(ip, 'MultiheadAttention')} expects 2 or 3 axes (${flag(part(self, 'batch_first')) ? 'batch, length' : 'length, batch'}, features), gets ${q.shape.length}: its query is ${showShape(q.shape)}.`;
    return fail(ip, { code: 'attention-rank', message }, tuple([tensor(null, q.dtype), tensor(null, q.dtype)]));
  }
  const first = flag(part(self, 'batch_first')) === true;
  const axes = (t: TensorValue): { length: MaybeDim; batch: MaybeDim } => {
    if (!t.shape) return { length: null, batch: null };
    if (t.shape.length === 2) return { length: t.shape[0]!, batch: 1 };
    return first ? { length: t.shape[1]!, batch: t.shape[0]! } : { length: t.shape[0]!, batch: t.shape[1]! };
  };
  const { length: l, batch } = axes(q);
  const added = (part(self, 'bias_k').kind === 'none' ? 0 : 1) + (flag(part(self, 'add_zero_attn')) ? 1 : 0);
  const s = sumOf([axes(k).length, added]);
  const weight = (name: string): TensorValue | null => asTensor(part(self, name));
  const projection = self.module?.children.get('out_proj');
  const out = projection?.kind === 'instance' ? asTensor(part(projection, 'weight')) : null;
  const outBias = projection?.kind === 'instance' ? asTensor(part(projection, 'bias')) : null;
  const params: Record<string, TensorValue> = {};
  for (const name of ['in_proj_weight', 'in_proj_bias', 'q_proj_weight', 'k_proj_weight', 'v_proj_weight']) {
    const t = weight(name);
    if (t) params[name] = t;
  }
  if (out) params['out_proj.weight'] = out;
  if (outBias) params['out_proj.bias'] = outBias;
  const width = (t: TensorValue): MaybeDim => t.shape?.[t.shape.length - 1] ?? null;
  const macs = productOf([
    batch,
    sumOf([
      productOf([l, e, e]),
      productOf([s, width(k), e]),
      productOf([s, width(v), e]),
      productOf([2, l, s, e]),
      productOf([l, e, e]),
    ]),
  ]);
  const heads = asDim(part(self, 'num_heads'));
  const wanted = flag(a['need_weights']);
  const output = tensor(q.shape && [...q.shape.slice(0, -1), e], q.dtype);
  const perHead = flag(a['average_attn_weights']) === false ? [heads] : [];
  const scores = tensor(q.shape && [...(q.shape.length === 3 ? [batch] : []), ...perHead, l, s], q.dtype);
  record(
    ip,
    {
      op: { op: 'opaque', name: 'multi_head_attention' },
      inputs: [q, k, v],
      params,
      macs,
      parameterCount: parameterCount(...Object.values(params)),
      arithmetic: [
        `${showDim(heads)} heads of ${showDim(e !== null && heads !== null ? dims.floorDiv(e, heads) : null)} features`,
        `MACs: projections and ${showDim(l)}·${showDim(s)} scores = ${showDim(macs)}`,
      ],
    },
    wanted === false ? [output] : [output, scores],
  );
  return tuple([output, wanted === false ? NONE : scores]);
}
