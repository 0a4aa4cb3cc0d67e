// ipynb: a notebook's file, as Jupyter saves it (nbformat 4), for those who read it from disk and not from an editor.
//   {"nbformat": 4, "cells": [{"cell_type": "code", "source": ["import torch\n", …]}, …]}

import { cellAt, type JoinedCells, joinCells } from './cells.ts';

export interface Notebook {
  joined: JoinedCells;
  /** Of each cell that is joined, which of the file's cells it is, from 1: Markdown's count too, as one sees them. */
  numbers: readonly number[];
}

export const isNotebookPath = (path: string): boolean => path.endsWith('.ipynb');

/** Of a notebook in another language no cell is joined. */
export function readNotebook(text: string): Notebook | { reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { reason: 'it is no JSON' };
  }
  const cells = field(json, 'cells');
  if (field(json, 'nbformat') !== 4 || !Array.isArray(cells)) return { reason: 'it is no notebook of nbformat 4' };
  const metadata = field(json, 'metadata');
  const language = field(field(metadata, 'language_info'), 'name') ?? field(field(metadata, 'kernelspec'), 'language');
  const isPython = typeof language !== 'string' || /^i?python\d*$/i.test(language);
  const code = cells.flatMap((cell: unknown, index) =>
    isPython && field(cell, 'cell_type') === 'code' ? [{ number: index + 1, source: sourceOf(cell) }] : [],
  );
  return { joined: joinCells(code.map(({ source }) => source)), numbers: code.map(({ number }) => number) };
}

/** Which of the file's cells a line of the joined text is in, from 1, and its line there, from 0. */
export function placeInNotebook({ joined, numbers }: Notebook, line: number): { cell: number; line: number } {
  const place = cellAt(joined, line);
  return place ? { cell: numbers[place.cell] ?? 1, line: place.line } : { cell: 1, line };
}

/** Lines in a list, or one text. */
function sourceOf(cell: unknown): string {
  const source = field(cell, 'source');
  if (typeof source === 'string') return source;
  return Array.isArray(source) ? source.filter((line) => typeof line === 'string').join('') : '';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
