// The command line as people run it: dist/cli.js as a process, its output and its exit codes.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const repository = resolve(__dirname, '../..');
const cli = join(repository, 'dist/cli.js');

const net = `import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.conv = nn.Conv2d(3, 5, 3)
        self.fc = nn.Linear(5, classes)

    def forward(self, x):
        x = self.conv(x)
        return self.fc(x.mean(dim=(2, 3)))
`;

describe('the command line', function () {
  this.timeout(30_000);
  let folder: string;

  before(() => {
    if (!existsSync(cli)) spawnSync(process.execPath, ['esbuild.js'], { cwd: repository, stdio: 'inherit' });
    folder = mkdtempSync(join(tmpdir(), 'layerlens-cli-'));
    const files = {
      'net.py': net,
      'unfinished.py': `${net}\ndef unfinished(\n`,
      'wrong.py': net.replace('nn.Linear(5,', 'nn.Linear(6,'),
      'plain.py': 'x = 1\n',
      'empty.py': '',
      'binary.py': '\u0000\ufffd\u0001',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  function layerlens(args: readonly string[], input = ''): { code: number | null; out: string; err: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
      cwd: folder,
      input,
      encoding: 'utf8',
    });
    return { code: status, out: stdout, err: stderr };
  }

  describe('summary', () => {
    it('prints a table', () => {
      const { code, out, err } = layerlens(['summary', 'net.py', '--build', 'Net(7)', '--input', '2,3,32,32']);
      assert.equal(code, 0);
      assert.equal(err, '');
      const row = (start: string) => out.split('\n').find((line) => line.startsWith(start));
      assert.match(row('├─Conv2d: conv') ?? '', /\[2, 3, 32, 32\] +\[2, 5, 30, 30\] +140 +243,000$/);
      assert.match(row('└─Linear: fc') ?? '', /\[2, 5\] +\[2, 7\] +42 +70$/);
      assert.match(out, /^Total params: 182$/m);
    });

    it('prints JSON as the contract has it', () => {
      const { code, out } = layerlens([
        'summary',
        'net.py',
        '--build',
        'Net()',
        '--input',
        '1,3,8,8',
        '--json',
        '--lines',
      ]);
      assert.equal(code, 0);
      const { diagnostics, inputs: _, ...told } = JSON.parse(out);
      assert.deepEqual(diagnostics, []);
      assert.deepEqual(told, {
        model: 'Net',
        build: 'Net()',
        params: 200,
        trainable: 200,
        buffers: 0,
        macs: 4910,
        // 180 + 5 + 10 values of float32; training keeps each, and a gradient for it.
        activationBytes: { forward: 780, training: 1560 },
        output: [1, 10],
        modules: {
          '': { class: 'Net', params: 200, in: [[1, 3, 8, 8]], out: [1, 10], macs: 4910 },
          conv: { class: 'Conv2d', params: 140, in: [[1, 3, 8, 8]], out: [1, 5, 6, 6], macs: 4860 },
          fc: { class: 'Linear', params: 60, in: [[1, 5]], out: [1, 10], macs: 50 },
        },
        lines: { 'net.py': { 12: { x: { '': [[1, 5, 6, 6]] } } } },
      });
    });

    it('says how each root was found', () => {
      mkdirSync(join(folder, 'project/tests'), { recursive: true });
      const files = {
        'project/pyproject.toml': '',
        'project/needy.py': net.replace('classes=10', 'classes'),
        'project/tests/test_needy.py':
          'import torch\nfrom needy import Net\n\ndef test_needy():\n    Net(3)(torch.zeros(1, 3, 8, 8))\n',
        'calls.py': `${net}\n\nNet()(torch.zeros(1, 3, 9, 9))\n`,
        'loads.py': `${net}
from torchvision.datasets import CIFAR10
from torchvision.transforms import ToTensor
loader = torch.utils.data.DataLoader(CIFAR10('.', transform=ToTensor()), batch_size=4)
for x, y in loader:
    Net()(x)
`,
      };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
      const from = (file: string): string | undefined => layerlens(['summary', file]).out.split('\n')[2];
      assert.equal(from('project/needy.py'), 'from project/tests/test_needy.py:5');
      assert.equal(from('calls.py'), 'from a call in line 16');
      assert.equal(from('loads.py'), 'from a DataLoader over CIFAR10 (line 17)');
      assert.equal(from('net.py'), 'fed what its layers want');
      const json = JSON.parse(layerlens(['summary', 'calls.py', '--json']).out);
      assert.equal(json.from, 'from a call in line 16');
      for (const name of Object.keys(files)) rmSync(join(folder, name));
    });

    it('of a file with a syntax error: as far as it parses, and a word on it', () => {
      const { code, out, err } = layerlens(['summary', 'unfinished.py']);
      assert.equal(code, 0);
      assert.match(out, /^Total params: 200$/m);
      assert.equal(err, 'layerlens: unfinished.py:15: this does not parse; the rest of the file was read without it\n');
    });

    it('of a file without a model: says how to name one', () => {
      for (const file of ['plain.py', 'empty.py', 'binary.py']) {
        const { code, out } = layerlens(['summary', file]);
        assert.equal(code, 0, file);
        assert.match(out, /No model was found/, file);
      }
    });

    it('of a model that PyTorch refuses: the table, and the error', () => {
      const { code, out, err } = layerlens(['summary', 'wrong.py']);
      assert.equal(code, 0);
      assert.match(out, /Linear: fc/);
      assert.match(err, /^wrong\.py:13:16: error: fc \(Linear\) expects 6 features, gets 5/);
    });
  });

  describe('what cannot be done: one clear line, and exit code 2', () => {
    const refused: readonly (readonly [args: string[], line: RegExp])[] = [
      [['summary', 'missing.py'], /there is no file missing\.py/],
      [['summary', '.'], /\. is a folder/],
      [['summary', 'net.py', '--build', 'Nope(3)'], /Nope\(3\): NameError: name 'Nope' is not defined/],
      [['summary', 'net.py', '--build', 'Net('], /--build is not a Python expression: Net\(/],
      [['summary', 'net.py', '--build', 'Net(1, 2, 3)'], /takes .* positional arguments but 4 were given/],
      [['summary', 'net.py', '--build', '3'], /3 gives no nn\.Module/],
      [['summary', 'net.py', '--input', '1,3,x'], /wants sizes with commas between, such as 1,3,224,224/],
      [['summary', 'net.py', '--input', '1,3,0'], /wants sizes/],
      [['summary', 'net.py', '--input', ''], /wants sizes/],
      [['summary', 'net.py', '--dtype', 'float33'], /wants one of float64, float32/],
      [['summary', 'net.py', '--build', 'Net()', '--call', 'model('], /--call is not a Python expression/],
      [['summary', 'net.py', '--call', 'model(*inputs)'], /there is no --build/],
      [['summary', 'net.py', '--nonsense'], /unknown option '--nonsense'/],
      [['summary'], /missing required argument 'file'/],
      [['nonsense'], /unknown command 'nonsense'/],
      [['check', 'missing'], /there is no file or folder missing/],
      [['check', 'net.py', '--format', 'xml'], /--format is one of text, json, sarif, github/],
      [['check', 'net.py', '--build', 'Nope()'], /name 'Nope' is not defined/],
    ];
    for (const [args, line] of refused) {
      it(args.join(' '), () => {
        const { code, out, err } = layerlens(args);
        assert.equal(code, 2);
        assert.equal(out, '');
        assert.match(err, /^layerlens: [^\n]+\n$/);
        assert.match(err, line);
      });
    }
  });

  describe('notebooks', () => {
    const code = (source: string) => ({ cell_type: 'code', metadata: {}, outputs: [], execution_count: null, source });
    const notebook = (...cells: readonly object[]): string =>
      JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
    const markdown = { cell_type: 'markdown', metadata: {}, source: ['# Title\n', 'text'] };
    const [head = '', body = ''] = net.split('\n\n\n');

    before(() => {
      mkdirSync(join(folder, 'books/.ipynb_checkpoints'), { recursive: true });
      const good = notebook(markdown, code(`%matplotlib inline\n${head}`), code(body));
      const wrong = notebook(
        markdown,
        code(`!pip install torch\n${head}`),
        markdown,
        code(body.replace('nn.Linear(5,', 'nn.Linear(6,')),
      );
      writeFileSync(join(folder, 'books/good.ipynb'), good);
      writeFileSync(join(folder, 'books/wrong.ipynb'), wrong);
      writeFileSync(join(folder, 'books/torn.ipynb'), '{"cells": [');
      writeFileSync(join(folder, 'books/.ipynb_checkpoints/old.ipynb'), wrong);
    });
    after(() => rmSync(join(folder, 'books'), { recursive: true }));

    it('summary', () => {
      const { code, out, err } = layerlens([
        'summary',
        'books/good.ipynb',
        '--build',
        'Net(7)',
        '--input',
        '2,3,32,32',
      ]);
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, /^Total params: 182$/m);
      const all = layerlens(['summary', 'books/good.ipynb']);
      assert.match(all.out, /^Net · Net\(\) · x: \(B, 3, H, W\)/m);
    });

    it('summary: lines by cell', () => {
      const args = ['--build', 'Net()', '--input', '1,3,8,8', '--json', '--lines'];
      const { out } = layerlens(['summary', 'books/good.ipynb', ...args]);
      assert.deepEqual(JSON.parse(out).lines, { 'good.ipynb:cell 3': { 8: { x: { '': [[1, 5, 6, 6]] } } } });
    });

    it('check: the cell, and the line in it', () => {
      const { code, out } = layerlens(['check', 'books/wrong.ipynb', '--format', 'json']);
      assert.equal(code, 1);
      const [{ file, cell, line, endLine, related, fix }] = JSON.parse(out).diagnostics;
      assert.deepEqual({ file, cell, line, endLine }, { file: 'books/wrong.ipynb', cell: 4, line: 9, endLine: 9 });
      assert.deepEqual(related, [{ file: 'books/wrong.ipynb', cell: 4, line: 5, message: 'Net → fc (Linear)' }]);
      const place = { file: 'books/wrong.ipynb', cell: 4, line: 5, column: 29, endLine: 5, endColumn: 30 };
      assert.deepEqual(fix.edits, [{ ...place, newText: '5' }]);
    });

    it('check: as text, for GitHub and as SARIF', () => {
      assert.match(layerlens(['check', 'books/wrong.ipynb']).out, /^books\/wrong\.ipynb:cell 4:9:16: error: /);
      const github = layerlens(['check', 'books/wrong.ipynb', '--format', 'github']).out;
      assert.match(github, /file=books\/wrong\.ipynb,line=9,.*title=linear-features in cell 4::/);
      const sarif = JSON.parse(layerlens(['check', 'books/wrong.ipynb', '--format', 'sarif']).out);
      assert.deepEqual(sarif.runs[0].results[0].locations[0].logicalLocations, [{ name: 'cell 4' }]);
    });

    it('check: from standard input', () => {
      const text = notebook(code(net.replace('nn.Linear(5,', 'nn.Linear(6,')));
      const { code: status, out } = layerlens(['check', 'new.ipynb', '--stdin-file', 'new.ipynb'], text);
      assert.equal(status, 1);
      assert.match(out, /^new\.ipynb:cell 1:13:16: error: /);
    });

    it('one that cannot be read ends the run only where it was asked for', () => {
      const folderRun = layerlens(['check', 'books']);
      assert.equal(folderRun.code, 1);
      assert.match(folderRun.err, /torn\.ipynb cannot be read as a notebook: it is no JSON\n$/);
      assert.equal(folderRun.out.match(/: error: /g)?.length, 1);
      const { code, err } = layerlens(['check', 'books/torn.ipynb']);
      assert.equal(code, 2);
      assert.match(err, /^layerlens: .*torn\.ipynb cannot be read as a notebook: it is no JSON\n$/);
      assert.equal(layerlens(['summary', 'books/torn.ipynb']).code, 2);
    });
  });

  describe('check', () => {
    it('ends with 0 where nothing is wrong', () => {
      assert.deepEqual(layerlens(['check', 'net.py', 'plain.py']), { code: 0, out: 'No findings.\n', err: '' });
    });

    it('ends with 1 where PyTorch would refuse', () => {
      const { code, out } = layerlens(['check', '.', '--format', 'json']);
      assert.equal(code, 1);
      const { diagnostics } = JSON.parse(out);
      assert.equal(diagnostics.length, 1);
      const [{ file, line, column, endLine, endColumn, severity, code: name, related, fix }] = diagnostics;
      assert.deepEqual(
        { file, line, column, endLine, endColumn, severity, name },
        {
          file: 'wrong.py',
          line: 13,
          column: 16,
          endLine: 13,
          endColumn: 43,
          severity: 'error',
          name: 'linear-features',
        },
      );
      assert.deepEqual(related, [{ file: 'wrong.py', line: 9, message: 'Net → fc (Linear)' }]);
      assert.deepEqual(fix.edits, [{ file: 'wrong.py', line: 9, column: 29, endLine: 9, endColumn: 30, newText: '5' }]);
    });

    it('for GitHub and as SARIF', () => {
      assert.match(layerlens(['check', 'wrong.py', '--format', 'github']).out, /^::error file=wrong\.py,line=13,/);
      const sarif = JSON.parse(layerlens(['check', 'wrong.py', '--format', 'sarif']).out);
      assert.equal(sarif.version, '2.1.0');
      assert.equal(sarif.runs[0].results[0].ruleId, 'linear-features');
    });

    it('reads an unsaved file from standard input', () => {
      const unsaved = net.replace('nn.Linear(5,', 'nn.Linear(4,');
      const { code, out } = layerlens(['check', 'net.py', '--stdin-file', 'net.py'], unsaved);
      assert.equal(code, 1);
      assert.match(out, /expects 4 features, gets 5/);
    });
  });
});
