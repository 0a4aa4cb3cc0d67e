// Native functions: written in TypeScript, with a signature written as Python writes it, so that positional, keyword
// and default arguments bind as Python binds them.
//   native('max_pool2d', 'input, kernel_size, stride=None, padding=0', (ip, { input, kernel_size }) => …)

import { builtin, dict, FALSE, float, int, isUnknownItems, NONE, str, TRUE, tuple, unknown } from '../values/make.ts';
import type { Arguments, BuiltinValue, Value } from '../values/value.ts';
import type { Interpreter } from './interpreter.ts';

export interface SignatureParameter {
  name: string;
  kind: 'positionalOnly' | 'normal' | 'rest' | 'keywordOnly' | 'restKeywords';
  default: Value | null;
}

/** `a, b=1, *, c=None, **kwargs` */
export function parseSignature(text: string): SignatureParameter[] {
  const params: SignatureParameter[] = [];
  let kind: SignatureParameter['kind'] = 'normal';
  for (const piece of splitTopLevel(text)) {
    if (piece === '*') kind = 'keywordOnly';
    else if (piece === '/') for (const p of params) p.kind = 'positionalOnly';
    else if (piece.startsWith('**')) params.push({ name: piece.slice(2), kind: 'restKeywords', default: null });
    else if (piece.startsWith('*')) {
      params.push({ name: piece.slice(1), kind: 'rest', default: null });
      kind = 'keywordOnly';
    } else {
      const at = piece.indexOf('=');
      if (at < 0) params.push({ name: piece, kind, default: null });
      else params.push({ name: piece.slice(0, at).trim(), kind, default: parseDefault(piece.slice(at + 1).trim()) });
    }
  }
  return params;
}

function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = text[i];
    if (c === '(' || c === '[') depth++;
    else if (c === ')' || c === ']') depth--;
    else if ((c === ',' && depth === 0) || c === undefined) {
      const part = text.slice(start, i).trim();
      if (part) parts.push(part);
      start = i + 1;
    }
  }
  return parts;
}

function parseDefault(text: string): Value {
  if (text === 'None') return NONE;
  if (text === 'True') return TRUE;
  if (text === 'False') return FALSE;
  if (/^["']/.test(text)) return str(text.slice(1, -1));
  if (text.startsWith('(')) return tuple(splitTopLevel(text.slice(1, -1)).map(parseDefault));
  if (/^-?\d+$/.test(text)) return int(Number(text));
  return float(Number(text));
}

export type Bound = Readonly<Record<string, Value>>;
export type NativeBody = (ip: Interpreter, args: Bound) => Value;

const signatures = new Map<string, SignatureParameter[]>();

export function signatureOf(text: string): SignatureParameter[] {
  let parsed = signatures.get(text);
  if (!parsed) signatures.set(text, (parsed = parseSignature(text)));
  return parsed;
}

/** Binds arguments by a signature; raises TypeError as Python does. */
export function bindNative(
  ip: Interpreter,
  name: string,
  params: readonly SignatureParameter[],
  args: Arguments,
): Record<string, Value> {
  const bound: Record<string, Value> = {};
  let next = 0;
  let used = 0;
  for (const p of params) {
    if (p.kind === 'rest') {
      bound[p.name] = tuple(args.positional.slice(next));
      next = args.positional.length;
    } else if (p.kind === 'restKeywords') {
      const rest = [...(args.keywords ?? [])].filter(
        ([k]) => k !== '**' && !params.some((q) => q.name === k && q.kind !== 'positionalOnly'),
      );
      used += rest.length;
      bound[p.name] = dict(rest.map(([k, v]) => [str(k), v] as const));
    } else if (p.kind !== 'keywordOnly' && next < args.positional.length) {
      if (args.keywords?.has(p.name)) ip.raise('TypeError', `${name}() got multiple values for argument '${p.name}'`);
      bound[p.name] = args.positional[next++]!;
    } else {
      const named = args.keywords?.get(p.name);
      if (named !== undefined) {
        used++;
        bound[p.name] = named;
      } else if (p.default !== null) bound[p.name] = p.default;
      else if (args.keywords?.has('**')) bound[p.name] = args.keywords.get('**')!;
      else if (args.positional.some(isUnknownItems)) bound[p.name] = unknown('it may be among what is unpacked');
      else ip.raise('TypeError', `${name}() missing a required argument: '${p.name}'`);
    }
  }
  if (next < args.positional.length)
    ip.raise(
      'TypeError',
      `${name}() takes ${params.length} positional argument${params.length === 1 ? '' : 's'} but ${args.positional.length} were given`,
    );
  if (args.keywords && used < args.keywords.size && !args.keywords.has('**')) {
    const surplus = [...args.keywords.keys()].find((k) => !params.some((p) => p.name === k));
    if (surplus) ip.raise('TypeError', `${name}() got an unexpected keyword argument '${surplus}'`);
  }
  return bound;
}

/** A function of the library, by name, signature and body. */
export function native(name: string, signature: string, body: NativeBody, bindsSelf = true): BuiltinValue {
  return builtin<Interpreter>(
    name,
    (ip, args) => body(ip, bindNative(ip, name, signatureOf(signature), args)),
    bindsSelf,
  );
}

/** A table of natives: name → [signature, body]. */
export type NativeTable = Readonly<Record<string, readonly [signature: string, body: NativeBody]>>;

export const natives = (table: NativeTable, bindsSelf = true): [string, BuiltinValue][] =>
  Object.entries(table).map(([name, [signature, body]]) => [name, native(name, signature, body, bindsSelf)]);
