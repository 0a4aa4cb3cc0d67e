// Repair: a text while it is typed, made whole enough to parse, without moving anything that stands in it.
//   self.fc = nn.Linear(          → self.fc = nn.Linear(__unfinished__)
//   def forward(self, x):
//       x = self.                 → x = self.__unfinished__

/** A name whose value nobody knows; the interpreter has it as one. */
export const UNFINISHED = '__unfinished__';

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const TOKEN = /"""|'''|["'#\n([{)\]}]/g;

interface Open {
  bracket: string;
  indent: number;
}

/** The text with brackets closed and lines ended where somebody is still writing; null where nothing is to be mended. */
export function repaired(source: string): string | null {
  const insertions: { at: number; text: string }[] = [];
  const open: Open[] = [];
  let lineStart = 0;
  /** Where code ended last: before a comment, and before blank lines. */
  let codeEnd = 0;
  const line = (): string => source.slice(lineStart, endOfLine(source, lineStart));
  const closeLeftOpen = (): void => {
    const text = line();
    const indent = text.length - text.trimStart().length;
    const first = open[0];
    // What is inside of brackets is indented, or begins by closing them.
    if (!first || text.trim() === '' || indent > first.indent || /^\s*[)\]}#'"]/.test(text)) return;
    const before = source.slice(lineStartOf(source, codeEnd), codeEnd);
    const closers = [...open]
      .reverse()
      .map(({ bracket }) => CLOSING[bracket]!)
      .join('');
    insertions.push({ at: codeEnd, text: `${/[([{,=*+\-/.]\s*$/.test(before) ? filler(before) : ''}${closers}` });
    open.length = 0;
  };
  TOKEN.lastIndex = 0;
  closeLeftOpen();
  for (let match = TOKEN.exec(source); match; match = TOKEN.exec(source)) {
    const at = match.index;
    const token = match[0];
    if (token === '\n' || token === '#') {
      const code = source.slice(lineStart, at).trimEnd();
      if (code !== '') codeEnd = lineStart + code.length;
      if (open.length === 0 && UNENDED.test(code)) insertions.push({ at: codeEnd, text: filler(code) });
      if (token === '#') TOKEN.lastIndex = endOfLine(source, at);
      if (token === '#') continue;
      lineStart = at + 1;
      if (open.length > 0) closeLeftOpen();
    } else if (token in CLOSING) {
      const text = line();
      open.push({ bracket: token, indent: text.length - text.trimStart().length });
    } else if (')]}'.includes(token)) open.pop();
    else TOKEN.lastIndex = endOfString(source, at + token.length, token);
  }
  if (insertions.length === 0) return null;
  let text = '';
  let from = 0;
  for (const { at, text: inserted } of insertions.sort((a, b) => a.at - b.at)) {
    text += source.slice(from, at) + inserted;
    from = at;
  }
  return text + source.slice(from);
}

/** A line that ends in the middle of an expression. */
const UNENDED = /[\w)\]]\s*\.$|(^|[^=!<>])=$|\w\s*[-+*/%@]$|,\s*\w+\s*=$/;

/** What stands for the rest of an expression: behind a comma nothing is missing. */
const filler = (before: string): string => (/,\s*$/.test(before) ? '' : UNFINISHED);

const endOfLine = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
};

const lineStartOf = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

/** Behind the closing quotes; a string that is not closed ends with its line. */
export function endOfString(text: string, from: number, quotes: string): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (quotes.length === 1 && text[i] === '\n') return i;
    else if (text.startsWith(quotes, i)) return i + quotes.length;
  }
  return text.length;
}
