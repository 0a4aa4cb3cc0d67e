// layerlens check: errors and warnings of files and folders, for people, editors and CI.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isNotebookPath } from '../analysis/notebook/ipynb.ts';
import {
  type DiagnosticJson,
  diagnosticJson,
  githubReport,
  noteSyntax,
  placeText,
  sarifReport,
  textReport,
} from './diagnostics.ts';
import { diskHost } from './diskHost.ts';
import {
  createAnalyser,
  environmentPackages,
  refuseCallWithoutBuild,
  sourceFiles,
  UsageError,
  workingFolder,
} from './files.ts';

import { openNotebooks } from './notebooks.ts';

export interface CheckOptions {
  build?: string;
  input?: number[][];
  dtype?: string;
  call?: string;
  path?: string[];
  stdinFile?: string;
  format: string;
}

const FORMATS = ['text', 'json', 'sarif', 'github'];

export async function check(paths: readonly string[], options: CheckOptions): Promise<number> {
  if (!FORMATS.includes(options.format))
    throw new UsageError(`--format is one of ${FORMATS.join(', ')}; "${options.format}" is not`);
  refuseCallWithoutBuild(options);
  const virtual = options.stdinFile === undefined ? null : resolve(options.stdinFile).replaceAll('\\', '/');
  const all = sourceFiles(paths, virtual);
  const texts = new Map(virtual === null ? [] : [[virtual, readFileSync(0, 'utf8')]]);
  const asked = new Set(paths.map((path) => resolve(path).replaceAll('\\', '/')));
  const notebooks = openNotebooks(all, texts, (file, reason) => {
    const message = `${file} cannot be read as a notebook: ${reason}`;
    // One among many in a folder does not end the whole run.
    if (asked.has(file)) throw new UsageError(message);
    process.stderr.write(`layerlens: ${message}\n`);
  });
  const files = all.filter((file) => !isNotebookPath(file) || notebooks.has(file));
  const host = diskHost(texts);
  const analyser = await createAnalyser();
  const found = new Map<string, DiagnosticJson>();
  for (const file of files) {
    const detail = await analyser.analyseInDetail(file, host, {
      ...(options.build === undefined ? {} : { build: options.build }),
      ...(options.input ? { inputs: options.input } : {}),
      ...(options.dtype ? { dtype: options.dtype } : {}),
      ...(options.call ? { call: options.call } : {}),
      extraPaths: [...(options.path ?? []), ...environmentPackages()],
    });
    noteSyntax(detail?.snapshot.problems ?? [], workingFolder(), notebooks);
    for (const p of detail?.snapshot.problems ?? []) {
      // With --build files are named as the summary names them; else as they lie below the working folder.
      const root = options.build === undefined ? workingFolder() : detail!.importRoot;
      const d = diagnosticJson(p, root, notebooks);
      found.set(`${placeText(d)}:${d.column}:${d.code}:${d.message}`, d);
    }
  }
  const findings = [...found.values()].filter((d) => d.code !== 'syntax');
  process.stdout.write(render(findings, options.format));
  return findings.some((d) => d.severity === 'error') ? 1 : 0;
}

function render(all: readonly DiagnosticJson[], format: string): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify({ diagnostics: all })}\n`;
    case 'sarif':
      return `${JSON.stringify(sarifReport(all), null, 2)}\n`;
    case 'github':
      return githubReport(all);
    default:
      return textReport(all);
  }
}
