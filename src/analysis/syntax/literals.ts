// Literals of Python: 0x1F, 1_000, 2.5e-3, r"\d", "\n".

import type { Literal } from './program.ts';

/** A number as Python reads it; null for a complex one. */
export function numberLiteral(text: string): Literal | null {
  const clean = text.replaceAll('_', '').toLowerCase();
  if (clean.endsWith('j')) return null;
  if (/^0[xob]/.test(clean)) return { type: 'int', value: Number(clean) };
  if (/^[0-9]+l?$/.test(clean)) return { type: 'int', value: Number.parseInt(clean, 10) };
  return { type: 'float', value: Number.parseFloat(clean) };
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

/** Replaces the escapes of a string literal that is not raw. */
export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g,
    (whole, x, u, wide, octal, one) => {
      if (x ?? u ?? wide) {
        const code = Number.parseInt(x ?? u ?? wide, 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      }
      if (octal) return String.fromCharCode(Number.parseInt(octal, 8));
      return SIMPLE_ESCAPES[one] ?? whole;
    },
  );
}

/** The prefix of a string's opening, in lower case, and whether it is raw or of bytes: `rb"` → {raw, bytes}. */
export function stringPrefix(opening: string): { raw: boolean; bytes: boolean; format: boolean } {
  const prefix = opening.replace(/["'].*/s, '').toLowerCase();
  return { raw: prefix.includes('r'), bytes: prefix.includes('b'), format: prefix.includes('f') };
}
