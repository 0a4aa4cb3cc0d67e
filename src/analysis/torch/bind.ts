// Binding arguments as PyTorch's own functions do: beside Python's rules they take NumPy's names (axis for dim, keepdims for
// keepdim, x for input), and what may be written one by one may also be given by name: torch.zeros(size=(2, 3)).
// Source: torch/csrc/utils/python_arg_parser.cpp, numpy_compatibility_arg_names.

import type { Interpreter } from '../interp/interpreter.ts';
import {
  bindNative,
  type NativeBody,
  type NativeTable,
  type SignatureParameter,
  signatureOf,
} from '../interp/native.ts';
import { builtin } from '../values/make.ts';
import type { Arguments, BuiltinValue, Value } from '../values/value.ts';

/** What a keyword may also be called, by the name that the signature has. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  axis: ['dim'],
  keepdims: ['keepdim'],
  x: ['input'],
  a: ['input'],
  x1: ['input'],
  self: ['input'],
  tensor: ['input'],
  x2: ['other'],
};

function renamed(params: readonly SignatureParameter[], args: Arguments): Arguments {
  const { keywords } = args;
  if (!keywords || keywords.size === 0) return args;
  const names = new Set(params.map((p) => p.name));
  const positional = [...args.positional];
  const made = new Map<string, Value>();
  const rest = params.findIndex((p) => p.kind === 'rest');
  for (const [key, value] of keywords) {
    const other = names.has(key) ? undefined : SYNONYMS[key]?.find((n) => names.has(n) && !keywords.has(n));
    const name = other ?? key;
    if (rest >= 0 && params[rest]!.name === name && positional.length === rest) positional.push(value);
    else made.set(name, value);
  }
  return { ...args, positional, keywords: made };
}

/** As interp/native's `native`, for a function or method of PyTorch. */
export function torchNative(name: string, signature: string, body: NativeBody, bindsSelf = true): BuiltinValue {
  const params = signatureOf(signature);
  return builtin<Interpreter>(
    name,
    (ip, args) => body(ip, bindNative(ip, name, params, renamed(params, args))),
    bindsSelf,
  );
}

export const torchNatives = (table: NativeTable): [string, BuiltinValue][] =>
  Object.entries(table).map(([name, [signature, body]]) => [name, torchNative(name, signature, body, false)]);
