// Arguments that nobody gives: a class that is never instantiated is built with symbols named after its parameters.
//   class Block(nn.Module):
//       def __init__(self, dim, heads, drop=0.0): …      # Block(dim, heads): x is (B, N, dim), 12·dim² + 13·dim params

import type { Dim } from '../dims/dim.ts';
import * as dims from '../dims/dim.ts';
import { lookInClass } from '../interp/attributes.ts';
import type { Interpreter } from '../interp/interpreter.ts';
import { OBJECT } from '../python/types.ts';
import type { Expression, Parameter } from '../syntax/program.ts';
import { builtin, classValue, instance, int, tuple, unknown } from '../values/make.ts';
import type { ClassValue, FunctionValue, ModuleValue, Value } from '../values/value.ts';
import type { Symbolic } from './analyseRoots.ts';
import { attempt, buildBy, type Made } from './find.ts';

/** How a class is built whose constructor wants arguments. */
export interface OpenBuild {
  made: Made;
  /** `Block(dim, heads)`, `GPT(config=GPTConfig())` */
  build: string;
  /** Null where no argument is a symbol after all. */
  symbolic: Symbolic | null;
}

/** What is put in for one parameter. */
type Filling =
  | { kind: 'symbol' }
  | { kind: 'symbols'; names: readonly string[] }
  /** A sequence of which only the first items are read: how many it has is not known. */
  | { kind: 'first'; names: readonly string[] }
  /** An object of which only attributes are read: each is a symbol called like it. */
  | { kind: 'attributes'; names: readonly string[] }
  | { kind: 'instance'; cls: ClassValue }
  | { kind: 'unknown' };

/** Conditions on what nobody gives go both ways, which grows with each: the hints of the file's other models wait for it. */
const OF_CONSTRUCTOR = { steps: 400_000, milliseconds: 300 };

/** Builds a class with symbols for what its constructor asks for; null where that fails. */
export function buildWithSymbols(
  ip: Interpreter,
  cls: ClassValue,
  module: ModuleValue,
  source: string,
): OpenBuild | null {
  const init = attempt(ip, () => lookInClass(ip, cls, '__init__'))?.value;
  if (init?.kind !== 'function') return null;
  const asked = init.code.params
    .slice(1)
    .filter((p) => p.default === null && p.kind !== 'rest' && p.kind !== 'restKeywords');
  const fillings = asked.map((p) => ({ p, filling: fillingOf(ip, p, init, module, source) }));
  const names = new Set(fillings.flatMap(({ p, filling }) => symbolNames(p.name, filling)));
  const make = (values: ReadonlyMap<string, Dim>): Made | null => {
    const keywords = new Map(fillings.map(({ p, filling }) => [p.name, filled(ip, p.name, filling, values)]));
    return buildBy(ip, () => ip.withAllowance(OF_CONSTRUCTOR, () => ip.call(cls, [], keywords)));
  };
  const made = make(new Map());
  if (!made) return null;
  const given = fillings.map(({ p, filling }) =>
    filling.kind === 'instance' ? `${p.name}=${filling.cls.name}()` : p.name,
  );
  return {
    made,
    build: `${cls.name}(${given.join(', ')})`,
    symbolic: names.size > 0 ? { names, rebuild: make } : null,
  };
}

function symbolNames(name: string, filling: Filling): readonly string[] {
  switch (filling.kind) {
    case 'symbol':
      return [name];
    case 'symbols':
    case 'first':
    case 'attributes':
      return filling.names;
    case 'instance':
    case 'unknown':
      return [];
  }
}

function filled(ip: Interpreter, name: string, filling: Filling, values: ReadonlyMap<string, Dim>): Value {
  const size = (symbol: string): Value => int(values.get(symbol) ?? dims.symbol(symbol, { open: true }));
  switch (filling.kind) {
    case 'symbol':
      return size(name);
    case 'symbols':
      return tuple(filling.names.map(size));
    case 'first':
      return openSequence(name, filling.names.map(size));
    case 'attributes': {
      const cls = classValue(name, [OBJECT], [], { unknownBase: 'something that nobody gives' });
      return instance(
        cls,
        filling.names.map((attribute) => [attribute, size(attribute)]),
      );
    }
    case 'instance':
      return attempt(ip, () => ip.call(filling.cls, [])) ?? unknown(`${filling.cls.name}() could not be built`);
    case 'unknown':
      return unknown(`nobody gives ${name}`);
  }
}

/** `input_shape[0]` and `torch.zeros(1, *input_shape)`: one size is known of it, and not how many others there are. */
function openSequence(name: string, first: readonly Value[]): Value {
  const getItem = builtin('__getitem__', (_, { positional: [, index] }) => {
    const item = index?.kind === 'int' && dims.isExact(index.value) ? first[index.value] : undefined;
    return item ?? unknown(`nobody gives ${name}`);
  });
  return instance(
    classValue(name, [OBJECT], [['__getitem__', getItem]], { unknownBase: 'something that nobody gives' }),
  );
}

/** Annotations that say that an argument is no size. */
const NO_SIZE =
  /^(str|bool|float|bytes|dict|list|set|callable|Any|Callable|Type|Dict|List|Set|Sequence|Iterable|Optional|Union|Literal)$/;

function fillingOf(ip: Interpreter, p: Parameter, init: FunctionValue, module: ModuleValue, source: string): Filling {
  const annotated = p.annotation && fillingOfAnnotation(ip, p.name, p.annotation, module);
  if (annotated) return annotated;
  const text = textOf(init);
  const has = (pattern: string): boolean => new RegExp(pattern.replaceAll('NAME', p.name)).test(text);
  const attributes = attributesOf(source, p.name);
  if (has('\\bNAME\\s*\\.\\s*[A-Za-z_]')) {
    const cls = soleClassWith(ip, module, attributesOf(text, p.name));
    return cls ? { kind: 'instance', cls } : { kind: 'attributes', names: attributes };
  }
  // kernel_size[0], kernel_size[1]: two sizes.
  const indices = [...text.matchAll(new RegExp(`\\b${p.name}\\s*\\[([^\\]]*)\\]`, 'g'))].map((m) => m[1]!.trim());
  if (indices.length > 0 && indices.every((index) => /^\d$/.test(index))) {
    const count = Math.max(...indices.map(Number)) + 1;
    const isWhole = has('[(,[]\\s*\\*NAME\\b') || (count === 1 && isReadWhole(init, p.name));
    return { kind: isWhole ? 'first' : 'symbols', names: numbered(p.name, count) };
  }
  const unpacked = new RegExp(`^\\s*(\\w+(?:\\s*,\\s*\\w+)+)\\s*=\\s*${p.name}\\s*$`, 'm').exec(text)?.[1];
  if (unpacked && indices.length === 0)
    return { kind: 'symbols', names: namesFor(p.name, unpacked.split(/\s*,\s*/), init) };
  // Called, indexed, looped over, compared with a text, spread: whatever it is, it is no size.
  const other = [
    '\\bNAME\\s*[([]',
    '\\bin\\s+NAME\\b',
    '\\bNAME\\s*(==|!=|in|not in)\\s*[\'"([]',
    '[\'"]\\s*(==|!=)\\s*NAME\\b',
    '[(,[]\\s*\\*{1,2}NAME\\b',
    '\\b(len|zip|enumerate|list|tuple|reversed|sum)\\(\\s*NAME\\b',
    '\\bNAME\\s+is\\s+(not\\s+)?None\\b',
  ];
  return other.some(has) || isUsedAsObject(init, text, p.name) ? { kind: 'unknown' } : { kind: 'symbol' };
}

const numbered = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name}${i}`);

/** `c, h, w = obs_shape` names the sizes, unless a name stands for something else too. */
function namesFor(name: string, unpacked: readonly string[], init: FunctionValue): readonly string[] {
  const text = textOf(init);
  // Bound once, and by this line.
  const isTaken = (own: string): boolean =>
    /^_+$/.test(own) ||
    init.code.params.some((p) => p.name === own) ||
    [...text.matchAll(new RegExp(`^\\s*(?:\\w+\\s*,\\s*)*${own}\\b[\\w\\s,]*=(?!=)`, 'gm'))].length > 1;
  const areClear = new Set(unpacked).size === unpacked.length && !unpacked.some(isTaken);
  return areClear ? unpacked : numbered(name, unpacked.length);
}

/** Whether it is also kept or handed on, and not only one item of it read. */
function isReadWhole(init: FunctionValue, name: string): boolean {
  const [first] = init.code.body();
  const body = textOf(init)
    .split('\n')
    .slice((first?.line ?? 0) - init.code.namePlace.line)
    .join('\n');
  return new RegExp(`(?<!\\.)\\b${name}\\b(?!\\s*\\[)`).test(body);
}

/** `self.model = model`, and elsewhere `self.model(x)` or `self.model.infer(x)`. */
function isUsedAsObject(init: FunctionValue, text: string, name: string): boolean {
  const kept = [...text.matchAll(new RegExp(`\\bself\\.(\\w+)\\s*=\\s*${name}\\s*(?:#.*)?$`, 'gm'))].map((m) => m[1]!);
  return kept.some((attribute) => new RegExp(`\\bself\\.${attribute}\\s*[.([]`).test(init.code.chunk.text));
}

function fillingOfAnnotation(
  ip: Interpreter,
  name: string,
  annotation: Expression,
  module: ModuleValue,
): Filling | null {
  if (annotation.kind === 'Literal' && annotation.literal.type === 'str') {
    const text = annotation.literal.value;
    return text === 'int' ? { kind: 'symbol' } : NO_SIZE.test(text.replace(/\[.*/s, '')) ? { kind: 'unknown' } : null;
  }
  if (annotation.kind === 'Index') return fillingOfGeneric(name, annotation);
  if (annotation.kind !== 'Name') return { kind: 'unknown' };
  if (annotation.name === 'int') return { kind: 'symbol' };
  if (NO_SIZE.test(annotation.name)) return { kind: 'unknown' };
  const cls = attempt(ip, () => ip.read(module.variables, annotation.name));
  if (cls?.kind !== 'class') return null;
  return attempt(ip, () => ip.call(cls, [])) ? { kind: 'instance', cls } : null;
}

/** `Tuple[int, int]` is two sizes; what else has brackets is none. */
function fillingOfGeneric(name: string, annotation: Expression & { kind: 'Index' }): Filling {
  const { object, index } = annotation;
  const isTuple = object.kind === 'Name' && /^[Tt]uple$/.test(object.name);
  const isInt = (e: Expression): boolean => e.kind === 'Name' && e.name === 'int';
  if (isTuple && index.kind === 'Tuple' && index.items.every(isInt))
    return { kind: 'symbols', names: numbered(name, index.items.length) };
  return { kind: 'unknown' };
}

/** The constructor's own text. */
function textOf(init: FunctionValue): string {
  const { chunk, namePlace } = init.code;
  const body = init.code.body();
  const end = body.length > 0 ? body[body.length - 1]!.endLine + 1 : namePlace.line + 1;
  return chunk.text.split('\n').slice(namePlace.line, end).join('\n');
}

/** Attributes that are read of a name, without those that are called or read further. */
const attributesOf = (text: string, name: string): string[] => [
  ...new Set([...text.matchAll(new RegExp(`\\b${name}\\.([A-Za-z_]\\w*)(?!\\w|\\s*[(.[])`, 'g'))].map((m) => m[1]!)),
];

/** The only class of the file with all of these attributes, where it can be built without arguments: a configuration. */
function soleClassWith(ip: Interpreter, module: ModuleValue, attributes: readonly string[]): ClassValue | null {
  if (attributes.length === 0) return null;
  const fitting: ClassValue[] = [];
  for (const name of [...module.variables.keys()]) {
    const cls = attempt(ip, () => ip.read(module.variables, name));
    if (cls?.kind !== 'class' || cls.module !== module.name || fitting.includes(cls)) continue;
    if (attributes.every((attribute) => cls.mro.some((base) => declares(base, attribute)))) fitting.push(cls);
  }
  const [only] = fitting;
  return fitting.length === 1 && only && attempt(ip, () => ip.call(only, [])) ? only : null;
}

function declares(cls: ClassValue, attribute: string): boolean {
  if (cls.dict.has(attribute)) return true;
  const annotations = cls.dict.get('__annotations__');
  return (
    annotations?.kind === 'dict' &&
    [...annotations.entries.values()].some((e) => e.key.kind === 'str' && e.key.value === attribute)
  );
}
