// Shape comments, in the styles that people use. Whatever is not plainly a shape is none.
//   # (B, C, H, W)    # x: [batch, seq, dim]    # B x C x H x W    # torch.Size([1, 64, 32, 32])    # (B, N, C) -> (B, C, N)

import type { DType } from '../../values/tensor.ts';
import { dtypeNamed } from './annotation.ts';
import type { GivenAxis, GivenStyle } from './givenShape.ts';
import { bracketed, closing, type Group, isShape, listed, multiplied, spaced, type Trust } from './groupText.ts';

/** Whose shape it is, where words say so that are no variable's name: `# input: (B, 3)`, `# output shape: (B, 10)`. */
export const INPUT = '<input>';
export const OUTPUT = '<output>';

export interface CommentShape {
  /** `x` of `# x: (B, C)`, INPUT or OUTPUT; null where nothing says whose it is. */
  name: string | null;
  /** The word itself where that is INPUT or OUTPUT: `outputs` may be a variable all the same. */
  word: string | null;
  /** What stood before an arrow. */
  before: readonly GivenAxis[] | null;
  /** Only an arrow stood before it: `# -> (B, 10)`. */
  arrow: boolean;
  axes: readonly GivenAxis[];
  dtype: DType | null;
  /** Of the sizes alone, in the text that was read. */
  start: number;
  end: number;
  style: GivenStyle;
  /** As written, with its brackets. */
  text: string;
}

const NOT_SHAPES =
  /^\s*#*[!:%]*\s*(type:|noqa|pylint|pyright|mypy|fmt:|todo|fixme|xxx|hack|note\b|see\b|eq\b|fig\b|layerlens:|pragma|region|e\.g)/i;

/** Before any work: a list, or something times something. */
const MAY_BE_SHAPE = /[,[(]|[x×]|^\s*#*\s*[BNb] /;

/** Words before a shape that are no variable's name. */
const NEUTRAL =
  /^(the |new |final |resulting |current |expected |now |its )*(in|inp|inputs?|outputs?|out|result|results|returns?|tensor|shape|shapes|size|sizes|dims?|dimensions?|now|becomes|\w+ (shape|size|dims?))( (tensor|shape|size|dims?|dimensions?))*$/i;

/** `x:`, `x.shape =`, `output shape:`, `after pooling:`, `shape is`. */
const LABEL =
  /([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:\(\))?(?: [A-Za-z_]\w*){0,3})\s*(?::|==?(?!=)|\bis\b|\bhas shape\b|\bof shape\b)\s*(?=[^\s=>])/y;
const TENSOR =
  /(?:(?:shape|size)\s*:?\s+(?=[([\w]))|(?:a )?(?:\w*Tensor|tensor)(?: (?:of|with))?(?: (?:shape|size|dims))?:?\s*(?=[([])/y;
const SIZE_CALL = /(?:torch\.)?Size\(\s*(?=\[)/y;
const ARROW = /\s*(?:-+>|=+>|→|⇒)\s*/y;
const DTYPE =
  /[,;]?\s*(?:dtype\s*[=:]\s*)?((?:torch\.)?(?:float|int|uint|bfloat|complex)\d+|long|bool|float|half|double)\b/y;
const NEXT = /\s*(?:[,;|&]|and\b|\s{2,})\s*(?=[A-Za-z_([])/y;

/** All shapes that a comment tells; `text` begins with its `#`. */
export function readShapeComment(text: string): CommentShape[] {
  if (text.length > 200 || !MAY_BE_SHAPE.test(text) || NOT_SHAPES.test(text)) return [];
  const start = /^\s*#*\s*/.exec(text)![0].length;
  return new CommentReader(text, start).entries();
}

const roleOf = (words: string): string | null =>
  /\b(in|inp|inputs?)\b/i.test(words) ? INPUT : /\b(out|outputs?|returns?)\b/i.test(words) ? OUTPUT : null;

class CommentReader {
  #word: string | null = null;
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  entries(): CommentShape[] {
    const found: CommentShape[] = [];
    for (;;) {
      const entry = this.#entry();
      if (entry === null) return found.length > 0 && found.every((f) => f.name !== null) ? found : [];
      found.push(entry);
      const behind = this.#at;
      if (/^\s*$/.test(this.#text.slice(behind))) return found;
      const more = this.#match(NEXT);
      const next = more && new CommentReader(this.#text, this.#at).#entry();
      if (!next) return this.#mayFollow(this.#text.slice(behind), entry) ? found : [];
    }
  }

  #entry(): CommentShape | null {
    const arrow = this.#match(ARROW) !== null;
    const { name, trust } = this.#label();
    const first = this.#group(trust, arrow);
    const operates = /^\s*([@*+×]|x\s)/.test(this.#text.slice(this.#at));
    if (first === null || operates) return this.#afterArrow(name, trust);
    let before: Group | null = null;
    let last = first;
    while (this.#match(ARROW)) {
      // `(B, N) -> conv -> (B, M)`: what is between matters to nobody.
      const next = this.#group(trust === 'bare' ? 'bare' : 'named', true);
      if (next === null) return null;
      before ??= first;
      last = next;
    }
    return this.#found(name, before?.axes ?? null, arrow, last);
  }

  /** `[B, C] @ [C, D] -> [B, D]`, `conv1 -> (B, 64, H, W)`: only what the arrow leads to is a shape. */
  #afterArrow(name: string | null, trust: Trust): CommentShape | null {
    const rest = this.#text.slice(this.#at);
    const arrow = Math.max(rest.lastIndexOf('->'), rest.lastIndexOf('→'), rest.lastIndexOf('=>'));
    // What prose says may hold only sometimes: `convert if need be: (B, C) -> (B, 1, C)`.
    const words =
      rest
        .slice(0, Math.max(0, arrow))
        .replace(/[([].*[)\]]/, '')
        .match(/[A-Za-z]{2,}/g) ?? [];
    if (arrow < 0 || arrow > 60 || words.length > 2) return null;
    this.#at += arrow;
    this.#match(ARROW);
    const last = this.#group(trust, true);
    return last && this.#found(name, null, true, last);
  }

  #found(name: string | null, before: readonly GivenAxis[] | null, arrow: boolean, group: Group): CommentShape {
    const open = group.bracket === '' ? group.start : group.start - 1;
    const text = this.#text.slice(open, group.bracket === '' ? group.end : group.end + 1);
    const dtype = dtypeNamed(this.#match(DTYPE)?.[1] ?? '');
    return {
      name,
      word: name === INPUT || name === OUTPUT ? this.#word : null,
      before,
      arrow,
      axes: group.axes,
      dtype,
      start: group.start,
      end: group.end,
      style: group.style,
      text,
    };
  }

  /** What stands before the sizes: a name, words that say `shape`, or nothing. */
  #label(): { name: string | null; trust: Trust } {
    let name: string | null = null;
    let trust: Trust = 'bare';
    const label = this.#match(LABEL)?.[1];
    this.#word = label !== undefined && /^\w+$/.test(label) ? label : null;
    if (label !== undefined) {
      const bare = label.replace(/\.(shape|size)(\(\))?$| (shape|size|dims?|has shape|of shape)$/g, '');
      const saysShape = bare !== label || /\b(shape|size)s?$/i.test(label);
      const neutral = NEUTRAL.test(bare) || /^after\b/i.test(bare);
      // `token embeddings of shape (B, T, D)`: prose, and so about what the line makes.
      const prose = !neutral && bare.includes(' ') && /\b(of|has) shape\b/.test(this.#text);
      name = neutral ? roleOf(bare) : prose ? null : bare;
      trust = saysShape || (neutral && /shape|size/i.test(label)) ? 'shape' : 'named';
    } else {
      // `x (B, C)`: with nothing between, the sizes themselves must say that they are some.
      const word = this.#match(/([A-Za-z_]\w*)\s+(?=[([][A-Z\d])/y)?.[1];
      if (word !== undefined) name = NEUTRAL.test(word) ? roleOf(word) : word;
    }
    const tensor = this.#match(TENSOR)?.[0];
    if (tensor !== undefined) trust = 'shape';
    return { name, trust };
  }

  #group(trust: Trust, afterArrow: boolean): Group | null {
    const at = this.#at;
    if (this.#match(SIZE_CALL)) {
      const group = bracketed(this.#text, this.#at);
      const end = group && closing(this.#text, this.#text.lastIndexOf('(', this.#at));
      if (group === null || end === null || end < 0) return null;
      this.#at = end + 1;
      return { ...group, after: end + 1 };
    }
    const arrowAhead = /^(.*?)\s*(?:-+>|=+>|→)/.exec(this.#text.slice(at))?.[1];
    const readers: (() => Group | null)[] = [
      () => bracketed(this.#text, at),
      () => multiplied(this.#text, at),
      () => spaced(arrowAhead === undefined ? this.#text : this.#text.slice(0, at + arrowAhead.length), at),
      () => listed(this.#text, at),
    ];
    for (const read of readers) {
      const group = read();
      if (group === null || !isShape(group, this.#trusted(trust, group, afterArrow))) continue;
      this.#at = group.after;
      return group;
    }
    return null;
  }

  /** A list of words without brackets is a shape only where nothing else would be written so. */
  #trusted(trust: Trust, group: Group, afterArrow: boolean): Trust {
    if (group.bracket !== '') return trust;
    if (group.style === 'times') return trust === 'shape' ? 'named' : 'bare';
    return trust === 'shape' && !afterArrow && group.axes.length > 1 ? 'named' : 'bare';
  }

  /** What may stand behind a shape without changing what it is. */
  #mayFollow(rest: string, entry: CommentShape): boolean {
    if (/^\s*([;.|#]|--|—|–|$)/.test(rest)) return true;
    if (/^\s*(after|where|with|for|since|from|because|if|now|again|here|in)\b/.test(rest)) return true;
    // `N x 1000 (num_classes)`, `(B, N, C), N = H·W`
    if (/^\s*\([^(),]*\)\s*$/.test(rest) || /^,?\s+\(?(channels|batch)[ _-](first|last)/.test(rest)) return true;
    return /^\s*,\s/.test(rest) && entry.axes.length > 2;
  }
}
