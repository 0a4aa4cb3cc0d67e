// layerlens summary: the model as a table (or JSON), from its source alone.

import type { AnalysisDetail } from '../analysis/analyser.ts';
import { activationBytes } from '../analysis/graph/memory.ts';
import type { ModelGraph, ShapeJson } from '../analysis/graph/modelGraph.ts';
import { placeInNotebook } from '../analysis/notebook/ipynb.ts';
import type { RootFact } from '../analysis/snapshot.ts';
import { diagnosticJson, noteSyntax, placeText } from './diagnostics.ts';
import { diskHost } from './diskHost.ts';
import {
  createAnalyser,
  environmentPackages,
  refuseCallWithoutBuild,
  sourceFile,
  UsageError,
  workingFolder,
} from './files.ts';
import { inCells, type Notebooks, openNotebooks } from './notebooks.ts';
import { origin } from './origin.ts';
import { summaryTable } from './table.ts';

export interface SummaryOptions {
  build?: string;
  input?: number[][];
  dtype?: string;
  call?: string;
  path?: string[];
  json?: boolean;
  lines?: boolean;
}

export async function summary(path: string, options: SummaryOptions): Promise<number> {
  refuseCallWithoutBuild(options);
  const file = sourceFile(path);
  const analyser = await createAnalyser();
  const texts = new Map<string, string>();
  const notebooks = openNotebooks([file], texts);
  const detail = await analyser.analyseInDetail(file, diskHost(texts), {
    ...(options.build === undefined ? {} : { build: options.build }),
    ...(options.input ? { inputs: options.input } : {}),
    ...(options.dtype ? { dtype: options.dtype } : {}),
    ...(options.call ? { call: options.call } : {}),
    extraPaths: [...(options.path ?? []), ...environmentPackages()],
    lines: options.lines ?? false,
  });
  if (!detail) throw new UsageError('the analysis was cancelled');
  if (options.build !== undefined && detail.snapshot.roots.length === 0) {
    const why = detail.snapshot.gaps[detail.snapshot.gaps.length - 1]?.reason ?? 'it was not reached';
    throw new UsageError(`${options.build} could not be built: ${why}`);
  }
  if (options.json) {
    const all = detail.snapshot.roots.map((_, i) => rootJson(detail, i, options.lines ?? false, notebooks));
    process.stdout.write(`${JSON.stringify(options.build !== undefined || all.length === 1 ? all[0] : all)}\n`);
    return 0;
  }
  if (detail.snapshot.roots.length === 0) {
    process.stdout.write(
      `No model was found in ${path} that can be built.\nSay how to build one: --build "Net(10)" --input 1,3,224,224\n`,
    );
  }
  for (const [i, root] of detail.snapshot.roots.entries())
    process.stdout.write(
      `${inCells(summaryTable(root, detail.roots[i]!.failure, origin(root, detail.snapshot.file, workingFolder())), notebooks)}\n`,
    );
  noteSyntax(detail.snapshot.problems, workingFolder(), notebooks);
  for (const p of detail.snapshot.problems) {
    if (p.severity === 'hint') continue;
    const d = diagnosticJson(p, workingFolder(), notebooks);
    process.stderr.write(`${placeText(d)}:${d.column}: ${d.severity}: ${d.message} [${d.code}]\n`);
  }
  return 0;
}

interface ModuleJson {
  class: string;
  params: number | null;
  in: readonly ShapeJson[] | null;
  out: ShapeJson;
  macs: number | null;
}

function modulesOf(graph: ModelGraph | null): Record<string, ModuleJson> {
  return Object.fromEntries(
    (graph?.scopes ?? []).map((s) => [
      s.path,
      { class: s.className, params: s.params, in: s.input, out: s.output, macs: s.macs },
    ]),
  );
}

/** The contract of the design: what scorers and tools read. */
function rootJson(detail: AnalysisDetail, index: number, withLines: boolean, notebooks: Notebooks): object {
  const root: RootFact = detail.snapshot.roots[index]!;
  const from = origin(root, detail.snapshot.file, detail.importRoot);
  return {
    model: root.className,
    build: root.build,
    ...(from ? { from } : {}),
    inputs: root.inputs.map((i) => ({
      name: i.name,
      shape: i.shape,
      ...(i.notes.length > 0 ? { notes: i.notes } : {}),
    })),
    ...(root.inputSource === 'option' ? {} : { inputSource: root.inputSource }),
    params: root.params,
    ...(root.params === null && root.paramsText !== null ? { paramsText: root.paramsText } : {}),
    trainable: root.trainable,
    buffers: root.buffers,
    macs: root.macs,
    ...(root.macs === null && root.macsText !== null ? { macsText: root.macsText } : {}),
    ...(root.macsAt ? { macsAt: root.macsAt } : {}),
    activationBytes: root.graph && activationBytes(root.graph),
    output: detail.roots[index]!.output,
    modules: modulesOf(root.graph),
    ...(withLines ? { lines: linesJson(detail, notebooks) } : {}),
    diagnostics: detail.snapshot.problems
      .filter((p) => p.code !== 'syntax')
      .map((p) => diagnosticJson(p, detail.importRoot, notebooks)),
  };
}

/** Of a notebook each cell is a file of its own: `net.ipynb:cell 3`. */
function linesJson(detail: AnalysisDetail, notebooks: Notebooks): object {
  const out: Record<string, Record<string, Record<string, Record<string, ShapeJson[]>>>> = {};
  for (const [file, byLine] of detail.lines) {
    const relative = file.startsWith(`${detail.importRoot}/`) ? file.slice(detail.importRoot.length + 1) : file;
    const notebook = notebooks.get(file);
    for (const [line, names] of byLine) {
      const place = notebook && placeInNotebook(notebook, line - 1);
      const key = place ? `${relative}:cell ${place.cell}` : relative;
      (out[key] ??= {})[place ? place.line + 1 : line] = Object.fromEntries(
        [...names].map(([name, paths]) => [name, Object.fromEntries(paths)]),
      );
    }
  }
  return out;
}
