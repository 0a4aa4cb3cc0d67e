// Diagnostics as the CLI prints them: text, JSON, SARIF, GitHub annotations. Lines and columns from 1.

import type { Problem, Severity } from '../analysis/rules/problem.ts';

export interface DiagnosticJson {
  file: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  severity: Severity;
  code: string;
  message: string;
  related: { file: string; line: number; message: string }[];
  fix?: {
    title: string;
    edits: { file: string; line: number; column: number; endLine: number; endColumn: number; newText: string }[];
  };
}

/** `root`: files are given relative to it, where they lie below. */
export function diagnosticJson(p: Problem, root: string | null): DiagnosticJson {
  const name = (file: string): string => (root && file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file);
  const [fix] = p.fixes;
  return {
    file: name(p.range.file),
    line: p.range.line + 1,
    column: p.range.column + 1,
    endLine: p.range.endLine + 1,
    endColumn: p.range.endColumn + 1,
    severity: p.severity,
    code: p.code,
    message: p.message,
    related: p.related.map((r) => ({ file: name(r.range.file), line: r.range.line + 1, message: r.message })),
    ...(fix
      ? {
          fix: {
            title: fix.title,
            edits: fix.edits.map((e) => ({
              file: name(e.range.file),
              line: e.range.line + 1,
              column: e.range.column + 1,
              endLine: e.range.endLine + 1,
              endColumn: e.range.endColumn + 1,
              newText: e.newText,
            })),
          },
        }
      : {}),
  };
}

/** `net.py:12: this does not parse …` on the error stream, for each file once: its own language's tools say more. */
export function noteSyntax(problems: readonly Problem[], root: string): void {
  const noted = new Set<string>();
  for (const p of problems) {
    if (p.code !== 'syntax' || noted.has(p.range.file)) continue;
    noted.add(p.range.file);
    const { file, line } = diagnosticJson(p, root);
    process.stderr.write(`layerlens: ${file}:${line}: this does not parse; the rest of the file was read without it\n`);
  }
}

export function textReport(all: readonly DiagnosticJson[]): string {
  const lines = all.flatMap((d) => [
    `${d.file}:${d.line}:${d.column}: ${d.severity}: ${d.message} [${d.code}]`,
    ...d.related.map((r) => `    ${r.file}:${r.line}: ${r.message}`),
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
        `::${level[d.severity]} file=${d.file},line=${d.line},endLine=${d.endLine},col=${d.column},endColumn=${d.endColumn},title=${d.code}::${escaped(d.message)}\n`,
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
            },
          ],
        })),
      },
    ],
  };
}
