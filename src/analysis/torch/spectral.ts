// Frequencies and complex numbers: torch.fft, stft and istft, windows, and the views between complex and real.
//   torch.fft.rfft2(x)                                        # (B, C, 64, 64) → (B, C, 64, 33), complex
//   torch.stft(x, 512, hop_length=128, return_complex=True)   # (B, 16000) → (B, 257, 126), complex

import * as dims from '../dims/dim.ts';
import type { MaybeDim } from '../dims/display.ts';
import type { NativeTable } from '../interp/native.ts';
import { asDim, isNone, unknown } from '../values/make.ts';
import { type DType, isComplex, tensor } from '../values/tensor.ts';
import type { Value } from '../values/value.ts';
import { axisOf, dimList, flag } from './arguments.ts';
import { CREATION } from './creation.ts';
import { dtypeFrom } from './dtypes.ts';
import { asTensor } from './emit.ts';
import { broadcasting, complexOf, on, opaque, realOf, withAxis } from './rule.ts';

/** 'c': complex to complex; 'r': real to half a spectrum; 'i': half a spectrum to real. */
type Kind = 'c' | 'r' | 'i';

const half = (n: MaybeDim): MaybeDim => (n === null ? null : dims.add(dims.floorDiv(n, 2) ?? 0, 1));
const whole = (n: MaybeDim): MaybeDim => (n === null ? null : dims.mul(2, dims.sub(n, 1)));

const dtypeAfter = (kind: Kind, d: DType | null): DType | null => (kind === 'i' ? realOf(complexOf(d)) : complexOf(d));

const oneAxis = (name: string, kind: Kind): NativeTable[string] => [
  'input, n=None, dim=-1, norm=None, *, out=None',
  on((ip, t, { n, dim }) => {
    const axis = t.shape ? axisOf(dim, t.shape.length) : null;
    if (axis === null) return tensor(null, dtypeAfter(kind, t.dtype));
    const own = t.shape![axis]!;
    const asked = isNone(n) ? null : asDim(n);
    const size = isNone(n) ? (kind === 'i' ? whole(own) : own) : asked;
    return opaque(
      ip,
      `torch.fft.${name}`,
      [t],
      withAxis(t.shape!, axis, kind === 'r' ? half(size) : size),
      dtypeAfter(kind, t.dtype),
    );
  }),
];

const manyAxes = (name: string, kind: Kind, two: boolean): NativeTable[string] => [
  `input, s=None, dim=${two ? '(-2, -1)' : 'None'}, norm=None, *, out=None`,
  on((ip, t, { s, dim }) => {
    const dtype = dtypeAfter(kind, t.dtype);
    if (!t.shape) return tensor(null, dtype);
    const rank = t.shape.length;
    const asked = isNone(s) ? null : dimList(s);
    const listed = isNone(dim)
      ? Array.from({ length: asked?.length ?? rank }, (_, i) => rank - (asked?.length ?? rank) + i)
      : dimList(dim)?.map((d) => (typeof d === 'number' ? (d < 0 ? d + rank : d) : -1));
    if (!listed || listed.some((d) => d < 0 || d >= rank)) return tensor(null, dtype);
    let shape: MaybeDim[] = [...t.shape];
    for (const [i, axis] of listed.entries()) {
      const last = i === listed.length - 1;
      const given = asked?.[i];
      const own = t.shape[axis]!;
      const size = given !== undefined && given !== -1 ? given : last && kind === 'i' ? whole(own) : own;
      shape = withAxis(shape, axis, last && kind === 'r' ? half(size) : size);
    }
    return opaque(ip, `torch.fft.${name}`, [t], shape, dtype);
  }),
];

const KINDS: readonly [string, Kind][] = [
  ['fft', 'c'],
  ['ifft', 'c'],
  ['rfft', 'r'],
  ['irfft', 'i'],
  ['hfft', 'i'],
  ['ihfft', 'r'],
];

const frequencies = (part: (n: MaybeDim) => MaybeDim): NativeTable[string] => [
  'n, d=1.0, *, out=None, dtype=None, layout=None, device=None, requires_grad=False',
  (_ip, a) => tensor([part(asDim(a['n']))], dtypeFrom(a['dtype']) ?? 'float32'),
];

const shifted = (name: string): NativeTable[string] => [
  'input, dim=None',
  on((ip, t) => opaque(ip, name, [t], t.shape)),
];

export const FFT: NativeTable = {
  ...Object.fromEntries(
    KINDS.flatMap(([name, kind]): [string, NativeTable[string]][] => [
      [name, oneAxis(name, kind)],
      [`${name}2`, manyAxes(`${name}2`, kind, true)],
      [`${name}n`, manyAxes(`${name}n`, kind, false)],
    ]),
  ),
  fftfreq: frequencies((n) => n),
  rfftfreq: frequencies(half),
  fftshift: shifted('fftshift'),
  ifftshift: shifted('ifftshift'),
};

const window: NativeTable[string] = [
  'window_length, *args, periodic=True, dtype=None, layout=None, device=None, requires_grad=False, alpha=None, beta=None',
  (_ip, a) => tensor([asDim(a['window_length'])], dtypeFrom(a['dtype']) ?? 'float32'),
];

/** Source: torch.stft: ⌊(length − n_fft) / hop⌋ + 1 frames, of the padded signal where it is centred. */
const stft: NativeTable[string] = [
  'input, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode="reflect", normalized=False, onesided=None, return_complex=None',
  on((ip, t, a) => {
    const size = asDim(a['n_fft']);
    const hop = isNone(a['hop_length']) ? (size === null ? null : dims.floorDiv(size, 4)) : asDim(a['hop_length']);
    const length = t.shape?.[t.shape.length - 1] ?? null;
    if (!t.shape) return tensor(null, complexOf(t.dtype));
    const padded =
      length === null || size === null
        ? null
        : flag(a['center']) === false
          ? length
          : dims.add(length, dims.mul(2, dims.floorDiv(size, 2) ?? 0));
    const steps = padded === null || hop === null || size === null ? null : dims.floorDiv(dims.sub(padded, size), hop);
    const frames = steps === null ? null : dims.add(steps, 1);
    const onesided = isNone(a['onesided']) ? !isComplex(t.dtype) : flag(a['onesided']) !== false;
    const bins = onesided ? half(size) : size;
    const complex = flag(a['return_complex']) === true || isComplex(t.dtype);
    const shape = [...t.shape.slice(0, -1), bins, frames];
    return complex
      ? opaque(ip, 'torch.stft', [t], shape, complexOf(t.dtype))
      : opaque(ip, 'torch.stft', [t], [...shape, 2], t.dtype);
  }),
];

/** Source: torch.istft. */
const istft: NativeTable[string] = [
  'input, n_fft, hop_length=None, win_length=None, window=None, center=True, normalized=False, onesided=None, length=None, return_complex=False',
  on((ip, t, a) => {
    const real = realOf(complexOf(t.dtype));
    const shape = t.shape && (isComplex(t.dtype) ? t.shape : t.shape.slice(0, -1));
    if (!shape || shape.length < 2) return tensor(null, real);
    const size = asDim(a['n_fft']);
    const hop = isNone(a['hop_length']) ? (size === null ? null : dims.floorDiv(size, 4)) : asDim(a['hop_length']);
    const frames = shape[shape.length - 1]!;
    let length: MaybeDim = null;
    if (!isNone(a['length'])) length = asDim(a['length']);
    else if (size !== null && hop !== null && frames !== null) {
      const full = dims.add(size, dims.mul(hop, dims.sub(frames, 1)));
      length = flag(a['center']) === false ? full : dims.sub(full, dims.mul(2, dims.floorDiv(size, 2) ?? 0));
    }
    return opaque(ip, 'torch.istft', [t], [...shape.slice(0, -2), length], real);
  }),
];

/** Functions of torch that are methods of a tensor too. */
export const COMPLEX: NativeTable = {
  stft,
  istft,
};

export const COMPLEX_FUNCTIONS: NativeTable = {
  view_as_real: ['input', on((ip, t) => opaque(ip, 'view_as_real', [t], t.shape && [...t.shape, 2], realOf(t.dtype)))],
  view_as_complex: [
    'input',
    on((ip, t) => opaque(ip, 'view_as_complex', [t], t.shape && t.shape.slice(0, -1), complexOf(t.dtype))),
  ],
  complex: ['real, imag, *, out=None', (ip, a) => broadcasting(ip, 'complex', [a['real'], a['imag']], complexOf)],
  polar: ['abs, angle, *, out=None', (ip, a) => broadcasting(ip, 'polar', [a['abs'], a['angle']], complexOf)],
  hann_window: window,
  hamming_window: window,
  blackman_window: window,
  bartlett_window: window,
  kaiser_window: window,
  scalar_tensor: [
    's, *, dtype=None, device=None, requires_grad=False',
    (ip, a) => CREATION['tensor']![1](ip, { data: a['s']!, dtype: a['dtype']! }),
  ],
  logspace: [
    'start, end, steps, base=10.0, *, out=None, dtype=None, layout=None, device=None, requires_grad=False',
    (_ip, a) => tensor([asDim(a['steps'])], dtypeFrom(a['dtype']) ?? 'float32'),
  ],
  is_complex: ['input', (_ip, a): Value => answer(asTensor(a['input'])?.dtype ?? null, isComplex)],
  is_floating_point: [
    'input',
    (_ip, a): Value => answer(asTensor(a['input'])?.dtype ?? null, (d) => d.startsWith('float') || d === 'bfloat16'),
  ],
};

const answer = (d: DType | null, test: (d: DType) => boolean): Value =>
  d === null ? unknown('its dtype is not known') : { kind: 'bool', value: test(d) };
