// Pins: a comment that says what a model is fed.
//   # layerlens: input=(1, 3, 224, 224)
//   # layerlens: input=[(B, 3, H, W), (B, L)], dtype=(float32, int64), build=Net(num_classes=10)
// A pin stands above the class or function that it is for, or inside it; on its own above nothing, it is for the whole file.

import { type Dim, symbol } from '../dims/dim.ts';
import { dtypeNamed } from '../torch/dtypes.ts';
import type { DType } from '../values/tensor.ts';

/** What a pin says. */
export interface PinText {
  inputs: readonly (readonly Dim[])[];
  /** One for all inputs, or one for each; empty: float32. */
  dtypes: readonly DType[];
  build: string | null;
}

export interface Pin extends PinText {
  /** Of the comment, from 0. */
  line: number;
}

/** A comment that means to be a pin, and is none. */
export interface MalformedPin {
  line: number;
  column: number;
  endColumn: number;
  reason: string;
}

export const pinExample = '# layerlens: input=(1, 3, 224, 224)';

const PIN = /^(\s*)#\s*layerlens:\s*(.*?)\s*$/;

/** What a line says as a pin, without what marks it as one; null where it is none. */
export const pinBody = (line: string): string | null => PIN.exec(line)?.[2] ?? null;

export function readPins(source: string): { pins: Pin[]; malformed: MalformedPin[] } {
  const pins: Pin[] = [];
  const malformed: MalformedPin[] = [];
  if (!source.includes('layerlens:')) return { pins, malformed };
  source.split('\n').forEach((text, line) => {
    const found = PIN.exec(text);
    if (!found) return;
    const pin = parsePin(found[2] ?? '');
    if ('reason' in pin)
      malformed.push({ line, column: found[1]?.length ?? 0, endColumn: text.trimEnd().length, reason: pin.reason });
    else pins.push({ line, ...pin });
  });
  return { pins, malformed };
}

/** `input=(1, 3, 32, 32), dtype=float32, build=Net(10)`, in any order; the shape alone will do. */
export function parsePin(text: string): PinText | { reason: string } {
  const inputs: (readonly Dim[])[] = [];
  const dtypes: DType[] = [];
  let build: string | null = null;
  /** What the item before was of: `input=(1, 3), (1, 10)` goes on. */
  let key = 'input';
  const items = splitList(text);
  if (items === null) return { reason: `a bracket or a quote does not end in "${text}"` };
  if (items.length === 0) return { reason: 'it says nothing' };
  for (const item of items) {
    const named = /^([A-Za-z_]\w*)\s*=\s*([\s\S]*)$/.exec(item);
    if (named) key = named[1] ?? '';
    const value = named ? (named[2] ?? '').trim() : item;
    switch (key) {
      case 'input':
      case 'inputs': {
        const shapes = parseShapes(value);
        if ('reason' in shapes) return shapes;
        inputs.push(...shapes.shapes);
        break;
      }
      case 'dtype': {
        const names = listed(value) ?? [value];
        for (const name of names) {
          const dtype = dtypeNamed(name.replace(/^torch\./, ''));
          if (dtype === null) return { reason: `"${name}" is no dtype; float32, int64 and bool are` };
          dtypes.push(dtype);
        }
        break;
      }
      case 'build':
        if (!named) return { reason: `"${item}" is not understood behind build=` };
        if (value === '') return { reason: 'build= wants an expression, such as build=Net(10)' };
        build = value;
        break;
      default:
        return { reason: `"${key}" is nothing that a pin says; input, dtype and build are` };
    }
  }
  if (dtypes.length > 1 && inputs.length > 0 && dtypes.length !== inputs.length)
    return { reason: `there are ${dtypes.length} dtypes for ${inputs.length} inputs` };
  if (inputs.length === 0 && build === null) return { reason: 'it says no input' };
  return { inputs, dtypes, build };
}

/** One shape, `(1, 3, H, W)`, or a list of them. */
function parseShapes(text: string): { shapes: (readonly Dim[])[] } | { reason: string } {
  const parts = listed(text);
  if (parts === null) return { reason: `"${text}" is no shape: it stands in brackets, such as (1, 3, 224, 224)` };
  if (parts.length === 0) return { shapes: [[]] };
  if (parts.every((part) => listed(part) !== null)) {
    const shapes = parts.map((part) => parseShape(listed(part) ?? []));
    const wrong = shapes.find((shape) => 'reason' in shape);
    if (wrong && 'reason' in wrong) return wrong;
    return { shapes: shapes.flatMap((shape) => ('shape' in shape ? [shape.shape] : [])) };
  }
  const shape = parseShape(parts);
  return 'reason' in shape ? shape : { shapes: [shape.shape] };
}

function parseShape(sizes: readonly string[]): { shape: readonly Dim[] } | { reason: string } {
  const shape: Dim[] = [];
  for (const size of sizes) {
    if (/^[A-Za-z_]\w*$/.test(size)) shape.push(symbol(size));
    else if (/^\d+$/.test(size) && Number(size) > 0 && Number(size) <= Number.MAX_SAFE_INTEGER)
      shape.push(Number(size));
    else return { reason: `"${size}" is no size; numbers from 1 and names, such as B, are` };
  }
  return { shape };
}

/** What stands in a pair of brackets that holds the whole text; null where none does. */
function listed(text: string): string[] | null {
  if (!/^(\(.*\)|\[.*\])$/s.test(text)) return null;
  return splitList(text.slice(1, -1));
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Parts between commas that stand in no brackets and no quotes; null where those do not match. An empty last one is none. */
function splitList(text: string): string[] | null {
  const parts: string[] = [];
  const open: string[] = [];
  let quote: string | null = null;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text[at] ?? '';
    const closing = CLOSING[c];
    if (quote !== null) {
      if (c === '\\') at++;
      else if (c === quote) quote = null;
    } else if (c === '"' || c === "'") quote = c;
    else if (closing !== undefined) open.push(closing);
    else if (c === ')' || c === ']' || c === '}') {
      if (open.pop() !== c) return null;
    } else if (c === ',' && open.length === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  if (quote !== null || open.length > 0) return null;
  const last = text.slice(start).trim();
  return last === '' ? parts : [...parts, last];
}

/**
 * What the settings say of a class: `{"Net": "(1, 3, 224, 224)", "src/model.py:Net": "input=(1, 128), dtype=int64"}`.
 * A key with a path comes before one without, the longer path before the shorter.
 */
export function settingFor(settings: Readonly<Record<string, string>>, file: string, name: string): string | null {
  const keys = Object.keys(settings).filter((key) => {
    const colon = key.lastIndexOf(':');
    return key.slice(colon + 1).trim() === name && (colon < 0 || matches(key.slice(0, colon), file));
  });
  const best = keys.sort((a, b) => b.length - a.length)[0];
  return best === undefined ? null : (settings[best] ?? null);
}

/** `src/*.py`, `**` across folders: matched from the end, since a path may be given from any folder. */
function matches(glob: string, file: string): boolean {
  const pattern = glob
    .replace(/^\.?\//, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/?|\*|\?/g, (star) => (star.startsWith('**') ? '.*' : star === '*' ? '[^/]*' : '[^/]'));
  return new RegExp(`(^|/)${pattern}$`).test(file);
}
