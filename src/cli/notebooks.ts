// Notebooks for the CLI: read from disk, their code cells put in front of the file system as one Python text.
//   layerlens check net.ipynb      # net.ipynb:cell 3:12:5: error: …

import { readFileSync } from 'node:fs';
import { isNotebookPath, type Notebook, placeInNotebook, readNotebook } from '../analysis/notebook/ipynb.ts';
import { UsageError } from './files.ts';

/** By path. */
export type Notebooks = ReadonlyMap<string, Notebook>;

/**
 * Reads the notebooks among the files; `texts` holds what is read from elsewhere, and gets their Python. One that cannot
 * be read is told to `refused`.
 */
export function openNotebooks(
  files: readonly string[],
  texts: Map<string, string>,
  refused: (file: string, reason: string) => void = refuse,
): Notebooks {
  const notebooks = new Map<string, Notebook>();
  for (const file of files.filter(isNotebookPath)) {
    const notebook = readNotebook(texts.get(file) ?? readFileSync(file, 'utf8'));
    if ('reason' in notebook) refused(file, notebook.reason);
    else {
      notebooks.set(file, notebook);
      texts.set(file, notebook.joined.text);
    }
  }
  return notebooks;
}

function refuse(file: string, reason: string): never {
  throw new UsageError(`${file} cannot be read as a notebook: ${reason}`);
}

/** `(net.ipynb:41)` in a text is a line of the joined cells; it becomes `(net.ipynb:cell 3:12)`. */
export function inCells(text: string, notebooks: Notebooks): string {
  let out = text;
  for (const [file, notebook] of notebooks) {
    const name = file.slice(file.lastIndexOf('/') + 1);
    out = out.replaceAll(
      new RegExp(`(\\(${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}):(\\d+)\\)`, 'g'),
      (_, start, line) => {
        const place = placeInNotebook(notebook, Number(line) - 1);
        return `${start}:cell ${place.cell}:${place.line + 1})`;
      },
    );
  }
  return out;
}
