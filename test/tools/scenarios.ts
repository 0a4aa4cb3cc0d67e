// docs/scenarios.md: short files, each with the hints, roots and problems that it must give; the table on top is made from them.
//   npm run docs:scenarios          # writes the table
// test/analysis/scenarios.test.ts holds each of them, and fails where the table is out of date.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const scenariosFile = join(__dirname, '..', '..', 'docs', 'scenarios.md');

export interface Scenario {
  section: string;
  title: string;
  /** Text by name; the first one is looked at. */
  files: Readonly<Record<string, string>>;
  /** `#= Net() · x: (B, 3, H, W) · layers`: the file's roots, best first. */
  roots: readonly string[];
  /** `#= note: …`: words of a note on one of the roots. */
  notes: readonly string[];
}

const IMPORTS = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

export function readScenarios(): Scenario[] {
  const scenarios: Scenario[] = [];
  let section = '';
  let title = '';
  const lines = readFileSync(scenariosFile, 'utf8').split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (line.startsWith('## ')) section = line.slice(3);
    if (line.startsWith('### ')) title = line.slice(4);
    if (line !== '```python' || title === '') continue;
    const end = lines.indexOf('```', i);
    scenarios.push(scenario(section, title, lines.slice(i + 1, end)));
    i = end;
  }
  return scenarios;
}

function scenario(section: string, title: string, lines: readonly string[]): Scenario {
  const files: Record<string, string> = {};
  let name = 'net.py';
  let text: string[] = [];
  const close = (): void => {
    const body = `${text.join('\n')}\n`;
    if (body.trim() !== '') files[name] = /^(import|from) /m.test(body) ? body : IMPORTS + body;
    text = [];
  };
  for (const line of lines) {
    const file = /^# file: (\S+)$/.exec(line)?.[1];
    if (file !== undefined) {
      close();
      name = file;
    } else if (!line.startsWith('#= ')) text.push(line);
  }
  close();
  const told = lines.filter((line) => line.startsWith('#= ')).map((line) => line.slice(3));
  return {
    section,
    title,
    files,
    roots: told.filter((t) => !t.startsWith('note: ')),
    notes: told.filter((t) => t.startsWith('note: ')).map((t) => t.slice(6)),
  };
}

const BEGIN = '<!-- table -->';
const END = '<!-- /table -->';

/** The document with its table made anew. */
export function scenariosText(): string {
  const text = readFileSync(scenariosFile, 'utf8');
  const from = text.indexOf(BEGIN) + BEGIN.length;
  const rows = readScenarios().map(
    ({ section, title, roots, notes }, i) =>
      `| ${i + 1} | ${section} | ${title} | ${[...roots.slice(0, 1).map((r) => `\`${r}\``), ...notes.slice(0, 1)].join(' <br> ').replaceAll('|', '\\|')} |`,
  );
  const table = ['', '| | from | scenario | says |', '|---|---|---|---|', ...rows, ''].join('\n');
  return text.slice(0, from) + table + text.slice(text.indexOf(END));
}
