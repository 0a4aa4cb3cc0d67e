// Annotations that say a shape: jaxtyping, Annotated, torchtyping, and aliases of them.
//   Float[Tensor, "b c h w"]   Annotated[Tensor, ("B", 3, "H", "W")]   TensorType["batch", 3, float]   Optional[Image]

import { symbol } from '../../dims/dim.ts';
import type { DType } from '../../values/tensor.ts';
import type { GivenAxis, GivenStyle, ShapeText } from './givenShape.ts';
import { parseAxis, parseSize } from './sizeText.ts';
import { parseType, type TypeText } from './typeText.ts';
import { isAxisName } from './vocabulary.ts';

/** Names that the module gives to annotations: `Image = Float[Tensor, "b 3 h w"]`. */
export type Aliases = ReadonlyMap<string, string>;

/** Names of jaxtyping's dtypes; null where one leaves it open. */
const JAXTYPING: Readonly<Record<string, DType | null>> = {
  ...{ Float: 'float32', Float16: 'float16', Float32: 'float32', Float64: 'float64', BFloat16: 'bfloat16' },
  ...{ Int: 'int64', Int8: 'int8', Int16: 'int16', Int32: 'int32', Int64: 'int64', Integer: 'int64' },
  ...{ UInt: 'uint8', UInt8: 'uint8', UInt16: null, UInt32: null, UInt64: null, Bool: 'bool' },
  ...{ Complex: 'complex64', Complex64: 'complex64', Complex128: 'complex128' },
  ...{ Shaped: null, Num: null, Real: null, Inexact: null, Key: null },
};

/** Names of dtypes inside brackets: `TensorType["b", float]`. */
const DTYPES: Readonly<Record<string, DType>> = {
  ...{
    float: 'float32',
    float32: 'float32',
    float64: 'float64',
    double: 'float64',
    float16: 'float16',
    half: 'float16',
  },
  ...{
    bfloat16: 'bfloat16',
    int: 'int64',
    long: 'int64',
    int64: 'int64',
    int32: 'int32',
    int16: 'int16',
    short: 'int16',
  },
  ...{
    int8: 'int8',
    uint8: 'uint8',
    bool: 'bool',
    complex: 'complex64',
    complex64: 'complex64',
    complex128: 'complex128',
  },
};

/** `float32` of `torch.float32`; null where that is no dtype. */
export const dtypeNamed = (name: string): DType | null => DTYPES[lastPart(name)] ?? null;

const lastPart = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** Before any work: most annotations have no brackets, and no alias. */
const mayBeShape = (text: string): boolean => /\[/.test(text) && /["'\d.]|Tensor\w*\[/.test(text);

/** What an annotation says of a tensor's shape; null where it says nothing. */
export function readAnnotation(text: string, aliases: Aliases = new Map()): ShapeText | null {
  if (!mayBeShape(text) && aliases.size === 0) return null;
  const type = parseType(text);
  return type && new Reader(aliases).read(type, 0, 0);
}

class Reader {
  readonly #aliases: Aliases;

  constructor(aliases: Aliases) {
    this.#aliases = aliases;
  }

  /** `offset`: where the text that the tree was made from starts in the annotation. */
  read(type: TypeText, offset: number, depth: number): ShapeText | null {
    if (depth > 8) return null;
    switch (type.kind) {
      case 'string': {
        const inner = parseType(type.value);
        const quote = type.end - type.start - type.value.length;
        return inner && inner.kind !== 'string' ? this.read(inner, offset + type.start + quote / 2, depth + 1) : null;
      }
      case 'union':
        return this.#oneOf(type.options, offset, depth);
      case 'name': {
        const meant = this.#aliases.get(type.name);
        const inner = meant === undefined ? null : parseType(meant);
        const found = inner && this.read(inner, 0, depth + 1);
        // What the alias says does not stand here.
        return found && { ...found, start: -1, end: -1 };
      }
      case 'index':
        return this.#subscript(type, offset, depth);
      default:
        return null;
    }
  }

  /** Of several types, the only one with a shape, where the others are None. */
  #oneOf(options: readonly TypeText[], offset: number, depth: number): ShapeText | null {
    const rest = options.filter((o) => !(o.kind === 'name' && o.name === 'None'));
    return rest.length === 1 ? this.read(rest[0]!, offset, depth + 1) : null;
  }

  #subscript({ base, items }: TypeText & { kind: 'index' }, offset: number, depth: number): ShapeText | null {
    const name = base.kind === 'name' ? lastPart(base.name) : '';
    const [first, second] = items;
    if (first === undefined) return null;
    if (name === 'Optional' || name === 'Final') return items.length === 1 ? this.read(first, offset, depth + 1) : null;
    if (name === 'Union') return this.#oneOf(items, offset, depth);
    if (name === 'Annotated') return this.#annotated(first, items.slice(1), offset, depth);
    if (Object.hasOwn(JAXTYPING, name) && second?.kind === 'string' && items.length === 2)
      return this.#jaxtyping(name, first, second, offset, depth);
    if (/^(\w*Tensor|TensorType)$/.test(name)) return subscriptOfTensor(items, offset);
    return null;
  }

  /** `Float[Tensor, "b c"]`; `Float[Image, "b"]` puts axes before those of an alias. */
  #jaxtyping(
    name: string,
    array: TypeText,
    { value, start, end }: TypeText & { kind: 'string' },
    offset: number,
    depth: number,
  ): ShapeText | null {
    const axes = jaxtypingAxes(value);
    if (axes === null) return null;
    const quote = (end - start - value.length) / 2;
    const inner = array.kind === 'name' && /Tensor$/.test(array.name) ? null : this.read(array, offset, depth + 1);
    return {
      axes: inner ? [...axes, ...inner.axes] : axes,
      dtype: JAXTYPING[name] ?? null,
      ...(inner ? { start: -1, end: -1 } : { start: offset + start + quote, end: offset + end - quote }),
      style: 'spaces',
    };
  }

  /** `Annotated[Tensor, "B C H W"]`, `Annotated[Tensor, ("B", 3, "H", "W")]`; anything else in it is not ours. */
  #annotated(type: TypeText, notes: readonly TypeText[], offset: number, depth: number): ShapeText | null {
    if (type.kind !== 'name' || !/Tensor$/.test(type.name)) return this.read(type, offset, depth + 1);
    for (const note of notes) {
      if (note.kind === 'tuple') {
        const list = listOf(note.items);
        if (list)
          return {
            axes: list.axes,
            dtype: null,
            start: offset + note.start + 1,
            end: offset + note.end - 1,
            style: list.style,
          };
      }
      if (note.kind !== 'string') continue;
      const bare = /^\s*[([]?(.*?)[)\]]?\s*$/s.exec(note.value)![1]!;
      const commas = bare.includes(',');
      const axes = commas ? commaAxes(bare) : jaxtypingAxes(bare);
      if (axes === null || axes.length === 0 || !axes.every(isUsual)) continue;
      const start = offset + note.start + (note.end - note.start - note.value.length) / 2 + note.value.indexOf(bare);
      return { axes, dtype: null, start, end: start + bare.length, style: commas ? 'commas' : 'spaces' };
    }
    return null;
  }
}

/** Prose in an Annotated is not a list of axes: "the input image". */
const isUsual = (axis: GivenAxis): boolean =>
  axis.kind !== 'size' ||
  typeof axis.size === 'number' ||
  axis.size.terms.every((t) => t.atoms.every((a) => a.kind !== 'symbol' || isAxisName(a.name)));

function commaAxes(text: string): GivenAxis[] | null {
  const axes = text
    .split(',')
    .filter((t, i, all) => t.trim() !== '' || i < all.length - 1)
    .map(parseAxis);
  return axes.every((a) => a !== null) ? axes : null;
}

/** jaxtyping's own grammar. Null where it would refuse the text. */
export function jaxtypingAxes(text: string): GivenAxis[] | null {
  const axes: GivenAxis[] = [];
  for (const word of text.split(/\s+/).filter((w) => w !== '')) {
    if (word.includes(',') && !word.includes('(')) return null;
    axes.push(jaxtypingAxis(word));
  }
  return axes;
}

function jaxtypingAxis(word: string): GivenAxis {
  if (word === '...') return { kind: 'many', name: null };
  const [, marks = '', rest = ''] = /^([#*?_]*)(.*)$/.exec(word)!;
  // `channels=3`: a name for the reader, a number for the checker.
  const said = rest.replace(/^[A-Za-z_]\w*=/, '');
  const isName = /^[A-Za-z]\w*$/.test(said);
  if (marks.includes('*')) return { kind: 'many', name: isName && !/[_?#]/.test(marks) ? said : null };
  // `?name` may differ from leaf to leaf, `{expression}` is of the running program.
  if (/[_?]/.test(marks) || said === '' || said.includes('{')) return { kind: 'any' };
  const size = isName ? { size: symbol(said), rounded: false } : parseSize(said);
  if (size === null) return { kind: 'any' };
  return { kind: 'size', ...size, broadcasts: marks.includes('#') };
}

/** `TensorType["batch", 3, "h", float]`, `Tensor["B", 3]`, `Tensor["b c h w"]`. */
function subscriptOfTensor(items: readonly TypeText[], offset: number): ShapeText | null {
  const [only] = items;
  if (items.length === 1 && only?.kind === 'string' && /\s/.test(only.value.trim())) {
    const axes = jaxtypingAxes(only.value);
    return axes && { axes, dtype: null, start: offset + only.start + 1, end: offset + only.end - 1, style: 'spaces' };
  }
  const isDtype = (item: TypeText): boolean => item.kind === 'name' && dtypeNamed(item.name) !== null;
  const isMarker = (item: TypeText): boolean => item.kind === 'name' && /(^|\.)is_\w+$/.test(item.name);
  const sizes = items.filter((item) => !isDtype(item) && !isMarker(item));
  const list = listOf(sizes);
  const [first] = sizes;
  const last = sizes.at(-1);
  if (list === null || first === undefined || last === undefined) return null;
  const dtype = items.find(isDtype);
  return {
    axes: list.axes,
    dtype: dtype?.kind === 'name' ? dtypeNamed(dtype.name) : null,
    start: offset + first.start,
    end: offset + last.end,
    style: list.style,
  };
}

/** The axes of `"B", 3, "H"` or `B, 3, 224`. */
function listOf(items: readonly TypeText[]): { axes: GivenAxis[]; style: GivenStyle } | null {
  const axes: GivenAxis[] = [];
  for (const item of items) {
    const axis = axisOf(item);
    if (axis === null) return null;
    axes.push(axis);
  }
  return { axes, style: items.some((item) => item.kind === 'string' || item.kind === 'pair') ? 'quoted' : 'commas' };
}

function axisOf(item: TypeText): GivenAxis | null {
  switch (item.kind) {
    case 'name':
      return parseAxis(item.name);
    case 'other':
      return parseAxis(item.text);
    case 'string':
      return parseAxis(item.value);
    case 'pair':
      return axisOf(item.right)?.kind === 'any' ? axisOf(item.left) : axisOf(item.right);
    default:
      return null;
  }
}
