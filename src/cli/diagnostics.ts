// Diagnostics as the CLI prints them: text, JSON, SARIF, GitHub annotations. Lines and columns from 1.

import type { SourceRange } from '../analysis/graph/modelGraph.ts';
import { placeInNotebook } from '../analysis/notebook/ipynb.ts';
import type { Problem, Severity } from '../analysis/rules/problem.ts';
import type { Notebooks } from './notebooks.ts';

/** Of a notebook `line` is the line in its cell, and `cell` counts all of its cells from 1. */
interface PlaceJson {
  file: string;
  cell?: number;
  line: number;
}

interface RangeJson extends PlaceJson {
  column: number;
  endLine: number;
  endColumn: number;
}

export interface DiagnosticJson extends RangeJson {
  severity: Severity;
  code: string;
  message: string;
  related: (PlaceJson & { message: string })[];
  fix?: {
    title: string;
    edits: (RangeJson & { newText: string })[];
  };
}

/** `root`: files are given relative to it, where they lie below. */
export function diagnosticJson(p: Problem, root: string | null, notebooks: Notebooks = new Map()): DiagnosticJson {
  const place = ({ file, line, endLine }: SourceRange): PlaceJson & { endLine: number } => {
    const name = root && file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
    const notebook = notebooks.get(file);
    if (!notebook) return { file: name, line: line + 1, endLine: endLine + 1 };
    const at = placeInNotebook(notebook, line);
    return { file: name, cell: at.cell, line: at.line + 1, endLine: at.line + 1 + endLine - line };
  };
  const range = (r: SourceRange) => {
    const { endLine, ...start } = place(r);
    return { ...start, column: r.column + 1, endLine, endColumn: r.endColumn + 1 };
  };
  const [fix] = p.fixes;
  return {
    ...range(p.range),
    severity: p.severity,
    code: p.code,
    message: p.message,
    related: p.related.map((r) => {
      const { endLine: _, ...start } = place(r.range);
      return { ...start, message: r.message };
    }),
    ...(fix
      ? { fix: { title: fix.title, edits: fix.edits.map((e) => ({ ...range(e.range), newText: e.newText })) } }
      : {}),
  };
}

/** `net.py:12`, `net.ipynb:cell 3:12` */
export const placeText = ({ file, cell, line }: PlaceJson): string =>
  `${file}${cell === undefined ? '' : `:cell ${cell}`}:${line}`;

/** `net.py:12: this does not parse …` on the error stream, for each file once: its own language's tools say more. */
export function noteSyntax(problems: readonly Problem[], root: string, notebooks: Notebooks = new Map()): void {
  const noted = new Set<string>();
  for (const p of problems) {
    if (p.code !== 'syntax' || noted.has(p.range.file)) continue;
    noted.add(p.range.file);
    const at = placeText(diagnosticJson(p, root, notebooks));
    process.stderr.write(`layerlens: ${at}: this does not parse; the rest of the file was read without it\n`);
  }
}

export function textReport(all: readonly DiagnosticJson[]): string {
  const lines = all.flatMap((d) => [
    `${placeText(d)}:${d.column}: ${d.severity}: ${d.message} [${d.code}]`,
    ...d.related.map((r) => `    ${placeText(r)}: ${r.message}`),
    ...(d.fix ? [`    fix: ${d.fix.title}`] : []),
  ]);
  const count = (s: Severity) => all.filter((d) => d.severity === s).length;
  const summary =
    all.length === 0
      ? 'No findings.'
      : `${count('error')} errors, ${count('warning')} warnings, ${count('hint')} hints`;
  return [...lines, summary, ''].join('\n');
}

/** Workflow commands of GitHub Actions. */
export function githubReport(all: readonly DiagnosticJson[]): string {
  const level: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', hint: 'notice' };
  const escaped = (s: string): string => s.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  return all
    .map(
      (d) =>
        `::${level[d.severity]} file=${d.file},line=${d.line},endLine=${d.endLine},col=${d.column},endColumn=${d.endColumn},title=${d.code}${d.cell === undefined ? '' : ` in cell ${d.cell}`}::${escaped(d.message)}\n`,
    )
    .join('');
}

/** SARIF 2.1.0, as code scanning reads it. */
export function sarifReport(all: readonly DiagnosticJson[]): object {
  const level: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', hint: 'note' };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'LayerLens', rules: [...new Set(all.map((d) => d.code))].map((id) => ({ id })) } },
        results: all.map((d) => ({
          ruleId: d.code,
          level: level[d.severity],
          message: { text: d.message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: d.file },
                region: { startLine: d.line, startColumn: d.column, endLine: d.endLine, endColumn: d.endColumn },
              },
              ...(d.cell === undefined ? {} : { logicalLocations: [{ name: `cell ${d.cell}` }] }),
            },
          ],
        })),
      },
    ],
  };
}
