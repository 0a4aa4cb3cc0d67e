// Notebooks as text: IPython's own lines, cells that do not parse, and how a file of nbformat 4 is read.

import assert from 'node:assert/strict';
import { cellAt, joinCells } from '../../src/analysis/notebook/cells.ts';
import { placeInNotebook, readNotebook } from '../../src/analysis/notebook/ipynb.ts';
import { analyse, between, random } from './support.ts';

describe('a cell as Python', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['x = 1', 'x = 1'],
    ['%matplotlib inline', '#matplotlib inline'],
    ['!pip install torch', '#pip install torch'],
    ['  !ls', '  #ls'],
    ['if x:\n    !pip install torch', 'if x:\n    pass#install torch'],
    ['?net', '#net'],
    ['net.forward??', '#et.forward??'],
    ['files = !ls *.py', '#iles = !ls *.py'],
    ['t = %timeit -o f()', '# = %timeit -o f()'],
    ['!pip install \\\n  torch\nx = 1', '#pip install \\\n  #orch\nx = 1'],
    ['%%bash\nif x; then\n  echo hello\nfi', '#%bash\n#f x; then\n  #cho hello\n#i'],
    ['%%time\ny = net(x)', '#%time\ny = net(x)'],
    ['\n%%capture out\ny = net(x)', '\n#%capture out\ny = net(x)'],
    ['%%bash\nls -la\n\necho "x', '#%bash\n#s -la\n\n#cho "x'],
    ['%%html\n<b>x</b>', '#%html\n#b>x</b>'],
    ['%%writefile net.py\nclass Net: pass', '#%writefile net.py\n#lass Net: pass'],
    ['%%!\nls', '#%!\n#s'],
    ['x = (7\n  % 4)', 'x = (7\n  % 4)'],
    ['x = 7 \\\n  % 4', 'x = 7 \\\n  % 4'],
    ['x = """\n%time\n!ls\n"""', 'x = """\n%time\n!ls\n"""'],
    ["x = 'it is # no comment ('\n%time", "x = 'it is # no comment ('\n#time"],
    ['x = 1  # (\n!ls', 'x = 1  # (\n#ls'],
    ['x = foo(1,\ny = 2', '# = foo(1,\ny = 2'],
    ['y = 2\nx = """open\nz = 3', 'y = 2\n# = """open\n# = 3'],
    ['a != b', 'a != b'],
    ['x = "a" % b', 'x = "a" % b'],
    ['x = 1\r\n!ls', 'x = 1\n#ls'],
  ];
  for (const [cell, expected] of cases)
    it(JSON.stringify(cell), () => {
      const { text, cells } = joinCells([cell]);
      const own = text
        .split('\n')
        .slice(0, (cells[0]?.last ?? 0) + 1)
        .join('\n');
      assert.equal(own, expected);
      const lengths = (some: string): number[] => some.split(/\r?\n/).map((line) => line.length);
      assert.deepEqual(lengths(own), lengths(cell), 'columns stay');
    });
});

it('whatever is in a cell, no line moves and no column', () => {
  const next = random(7);
  const pieces = [
    '(',
    ')',
    '[',
    '"',
    "'",
    '"""',
    '\\',
    '\n',
    '\n',
    '    ',
    '%',
    '%%',
    '!',
    '?',
    '#',
    'x = ',
    'if x:',
    'time',
    'bash',
    ',',
  ];
  for (let round = 0; round < 3000; round++) {
    const cell = Array.from({ length: between(next, 0, 20) }, () => pieces[between(next, 0, pieces.length - 1)]).join(
      '',
    );
    const { text, cells } = joinCells([cell, 'end = 1']);
    const lines = text.split('\n');
    const lengths = (some: readonly string[]): number[] => some.map((line) => line.length);
    assert.deepEqual(lengths(lines.slice(0, (cells[0]?.last ?? 0) + 1)), lengths(cell.split('\n')), cell);
    assert.equal(lines[cells[1]?.first ?? 0], 'end = 1', cell);
  }
});

it('cells lie behind each other, each with its own lines', () => {
  const joined = joinCells(['import torch\nx = 1', '', 'y = 2']);
  assert.deepEqual(joined.cells, [
    { first: 0, last: 1 },
    { first: 4, last: 4 },
    { first: 7, last: 7 },
  ]);
  assert.equal(joined.text.split('\n')[7], 'y = 2');
  assert.deepEqual(cellAt(joined, 1), { cell: 0, line: 1 });
  assert.deepEqual(cellAt(joined, 3), { cell: 0, line: 1 });
  assert.deepEqual(cellAt(joined, 7), { cell: 2, line: 0 });
  assert.deepEqual(joinCells([]), { text: '', cells: [] });
  assert.equal(cellAt(joinCells([]), 0), null);
});

describe('a cell that does not parse costs only itself', () => {
  const before = 'import torch\nfrom torch import nn\nconv = nn.Conv2d(3, 8, 3)';
  const after = 'y = conv(torch.zeros(1, 3, 6, 6))';
  const broken = [
    'x = conv(',
    'x = conv(torch.zeros(',
    'class Net(nn.Module',
    'class Net(nn.Module):',
    'def f(x):\n    y = [1,\n    return y',
    'for i in range(3):',
    'if True:  # todo',
    'def f(:',
    'x = """open',
    'x = "open',
    'x = {1: (2}',
    ')',
    ']]]]',
    '    y = 1',
    'else:\n    pass',
    '@decorated',
    'try:\n    x = 1',
    'x = y = = 3',
    'lambda',
    'with open("x") as f:\n    def g():',
    'x = 1 \\',
    'from torch import (nn,',
    'print "x"',
    '%%bash\nif [ x; then (',
    '!ls (',
    '\u0000',
  ];
  for (const cell of broken)
    it(JSON.stringify(cell), async () => {
      const { snapshot } = await analyse({ 'net.ipynb': joinCells([before, cell, after]).text });
      const y = snapshot.values.findLast(({ kind, name }) => kind === 'assign' && name === 'y');
      assert.equal(y?.uses[0]?.text, '(1, 8, 4, 4)');
    });
});

describe('a notebook file', () => {
  const code = (source: unknown) => ({ cell_type: 'code', source, outputs: [] });
  const markdown = { cell_type: 'markdown', source: ['# Title'] };
  const file = (cells: readonly unknown[], more: object = {}): string =>
    JSON.stringify({ nbformat: 4, cells, ...more });

  it('cells as lists of lines and as one text; places count all cells', () => {
    const notebook = readNotebook(file([markdown, code(['import torch\n', 'x = 1']), markdown, code('y = 2\nz = 3')]));
    assert.ok('joined' in notebook);
    assert.deepEqual(notebook.numbers, [2, 4]);
    const line = notebook.joined.text.split('\n').indexOf('z = 3');
    assert.deepEqual(placeInNotebook(notebook, line), { cell: 4, line: 1 });
    assert.deepEqual(placeInNotebook(notebook, 0), { cell: 2, line: 0 });
  });

  it('another language has no cells', () => {
    for (const metadata of [{ language_info: { name: 'R' } }, { kernelspec: { language: 'julia' } }]) {
      const notebook = readNotebook(file([code('x <- 1')], { metadata }));
      assert.ok('joined' in notebook && notebook.numbers.length === 0);
    }
    const python = readNotebook(file([code('x = 1')], { metadata: { language_info: { name: 'python' } } }));
    assert.ok('joined' in python && python.numbers.length === 1);
  });

  for (const [what, text] of [
    ['no JSON', 'import torch'],
    ['another JSON', '[1, 2]'],
    ['an older format', '{"nbformat": 3, "worksheets": []}'],
    ['no cells', '{"nbformat": 4, "cells": 3}'],
    ['null', 'null'],
  ] as const)
    it(`not ${what}`, () => assert.ok('reason' in readNotebook(text)));

  it('odd cells are empty ones', () => {
    const notebook = readNotebook(file([code(null), code([1, 'x = 1']), 7, null, { cell_type: 'code' }]));
    assert.ok('joined' in notebook);
    assert.deepEqual(notebook.numbers, [1, 2, 5]);
  });
});
