// layerlens check: errors and warnings of files and folders, for people, editors and CI.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type DiagnosticJson,
  diagnosticJson,
  githubReport,
  noteSyntax,
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
  const files = sourceFiles(paths, virtual);
  const host = diskHost(virtual === null ? new Map() : new Map([[virtual, readFileSync(0, 'utf8')]]));
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
    noteSyntax(detail?.snapshot.problems ?? [], workingFolder());
    for (const p of detail?.snapshot.problems ?? []) {
      // With --build files are named as the summary names them; else as they lie below the working folder.
      const d = diagnosticJson(p, options.build === undefined ? workingFolder() : detail!.importRoot);
      found.set(`${d.file}:${d.line}:${d.column}:${d.code}:${d.message}`, d);
    }
  }
  const all = [...found.values()].filter((d) => d.code !== 'syntax');
  process.stdout.write(render(all, options.format));
  return all.some((d) => d.severity === 'error') ? 1 : 0;
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
