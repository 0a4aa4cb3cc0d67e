// The installed extension through VS Code's own API: what each language feature answers.

import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import type { LayerLensApi } from '../../../src/client/extension.ts';
import type { PanelStatus } from '../../../src/protocol/panel.ts';
import {
  codeLenses,
  codeOf,
  eventually,
  hintsOn,
  hoverText,
  inlayHints,
  open,
  openNew,
  openNotebook,
  place,
  problems,
  replace,
} from './editor.ts';

describe('LayerLens in VS Code', () => {
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('is installed, and wakes up on a Python file', async () => {
    const extension = vscode.extensions.getExtension('layerlens.layerlens');
    assert.ok(extension, 'the extension is installed');
    await open('samples/lenet.py');
    await eventually(() => extension.isActive, Boolean, 'the extension is active');
  });

  it('tells a layer, its shapes and its arithmetic in a hover', async () => {
    const document = await open('samples/lenet.py');
    const text = await eventually(
      () => hoverText(document, 'F.relu(self.«conv1»(x))'),
      (answer) => answer.includes('→'),
      'a hover on self.conv1',
    );
    assert.match(text, /Conv2d/);
    assert.match(text, /\(1, 1, 32, 32\) → \(1, 6, 28, 28\)/);
    assert.match(text, /156 params/);
    assert.match(text, /= 28/, 'the arithmetic ends in the size');
  });

  it('shows shapes behind values and parameters behind layers', async () => {
    const document = await open('samples/lenet.py');
    const hints = await eventually(
      () => inlayHints(document),
      (answer) => answer.length > 5,
      'inlay hints',
    );
    assert.deepEqual(hintsOn(hints, document, 'x = F.max_pool2d(F.relu(self.conv1(x)), 2)'), [': (1, 6, 14, 14)']);
    assert.deepEqual(hintsOn(hints, document, 'x = torch.flatten(x, 1)'), [': (1, 400)']);
    assert.deepEqual(hintsOn(hints, document, 'return self.fc3(x)'), ['→ (1, 10)']);
    assert.deepEqual(hintsOn(hints, document, 'self.conv1 = nn.Conv2d(1, 6, kernel_size=5)'), ['156 params']);
  });

  it('follows an edit', async () => {
    const document = await open('samples/lenet.py');
    await replace(document, 'nn.Conv2d(1, 6, kernel_size=5)', 'nn.Conv2d(1, 6, kernel_size=3)');
    const conv1 = 'x = F.max_pool2d(F.relu(self.conv1(x)), 2)';
    await eventually(
      async () => hintsOn(await inlayHints(document), document, conv1),
      (labels) => labels[0] === ': (1, 6, 15, 15)',
      'the new shape',
    );
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await eventually(
      async () => hintsOn(await inlayHints(document), document, conv1),
      (labels) => labels[0] === ': (1, 6, 14, 14)',
      'the old shape again',
    );
  });

  it('states what a model costs above its class', async () => {
    const document = await open('samples/lenet.py');
    const lenses = await eventually(
      () => codeLenses(document),
      (answer) => answer.some((lens) => lens.command),
      'a CodeLens',
    );
    const lens = lenses.find(({ command }) => command?.command === 'layerlens.openLayers');
    assert.equal(lens?.command?.title, 'LeNet · 61.7 K params · 416.5 KMACs · Open layers');
    assert.equal(lens?.range.start.line, place(document, 'class LeNet').start.line);
  });

  it('finds nothing wrong with a model that runs', async () => {
    for (const sample of ['lenet', 'resnet', 'vgg', 'alexnet', 'mobilenet_v2', 'unet']) {
      const document = await open(`samples/${sample}.py`);
      await eventually(
        () => codeLenses(document),
        (answer) => answer.some((lens) => lens.command),
        `${sample} is analysed`,
      );
      assert.deepEqual(
        problems(document).map(({ message }) => message),
        [],
        sample,
      );
    }
  });

  it('says what PyTorch would refuse, where it is', async () => {
    const document = await open('samples/wrong_features.py');
    const found = await eventually(
      () => problems(document),
      (answer) => answer.length >= 4,
      'four problems',
    );
    const text = document.getText();
    const classOf = ({ range }: vscode.Diagnostic) =>
      [...text.slice(0, document.offsetAt(range.start)).matchAll(/^class (\w+)/gm)].at(-1)?.[1];
    assert.deepEqual(Object.fromEntries(found.map((problem) => [classOf(problem), codeOf(problem)])), {
      WrongFeatures: 'linear-features',
      WrongGroups: 'groups-divide',
      WrongBroadcast: 'broadcast',
      WrongChannels: 'conv-channels',
    });
    for (const problem of found) assert.equal(problem.severity, vscode.DiagnosticSeverity.Error, problem.message);
    const features = found.find((problem) => codeOf(problem) === 'linear-features');
    assert.match(features?.message ?? '', /576/);
    assert.match(features?.message ?? '', /400/);
    assert.ok(features?.relatedInformation?.length, 'the path to it is told');
  });

  it('mends wrong in_features with a quick fix', async () => {
    const document = await open('samples/wrong_features.py');
    const wrong = () => problems(document).filter((problem) => codeOf(problem) === 'linear-features');
    const [problem] = await eventually(wrong, (answer) => answer.length === 1, 'the wrong in_features');
    assert.ok(problem);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      problem.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find((action) => /400/.test(action.title) && action.edit);
    assert.ok(fix?.edit, `a fix that writes 400 among: ${actions.map((action) => action.title).join(', ')}`);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.match(document.getText(), /self\.fc = nn\.Linear\(400, 10\)/);
    await eventually(wrong, (answer) => answer.length === 0, 'the problem is gone');
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('warns where a stride drops rows and columns', async () => {
    const document = await open('samples/bad_stride.py');
    const found = await eventually(
      () => problems(document),
      (answer) => answer.length > 0,
      'a warning',
    );
    const patch = found.find((problem) => codeOf(problem) === 'stride-drops' && /\b4\b/.test(problem.message));
    assert.ok(patch, `4 dropped rows among: ${found.map(({ message }) => message).join('; ')}`);
    assert.equal(patch.severity, vscode.DiagnosticSeverity.Warning);
  });

  it('analyses a file with a syntax error as far as it parses', async () => {
    const model = [
      'import torch',
      'from torch import nn',
      '',
      '# layerlens: input=(2, 3, 8, 8)',
      'class Net(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      '        self.conv = nn.Conv2d(3, 5, 3)',
      '',
      '    def forward(self, x):',
      '        y = self.conv(x)',
      '        return y',
      '',
      'def unfinished(',
      '',
    ].join('\n');
    const document = await openNew('unfinished.py', model);
    await eventually(
      async () => hintsOn(await inlayHints(document), document, 'y = self.conv(x)'),
      (labels) => labels[0] === ': (2, 5, 6, 6)',
      'the shape before the error',
    );
  });

  it('shows another use of a class where the lens is told to', async () => {
    const document = await open('samples/resnet.py');
    const lens = async () =>
      (await codeLenses(document)).find(
        ({ command }) => command?.arguments?.[1] === 'BasicBlock' && /^as /.test(command.title),
      );
    const before = await eventually(lens, Boolean, 'the lens of BasicBlock');
    assert.match(before?.command?.title ?? '', /^as \S+ › layer1\.0 · 8 uses$/);
    const line = 'x = self.bn2(self.conv2(x))';
    const labels = async () => hintsOn(await inlayHints(document), document, line);
    const [first] = await eventually(labels, (answer) => answer.length > 0, 'the first use');
    assert.match(first ?? '', /64, 56, 56\)/);
    // The list itself wants a person: the journey picks from it.
    await vscode.commands.executeCommand('layerlens.nextUse', document.uri.toString(), 'BasicBlock');
    await vscode.commands.executeCommand('layerlens.nextUse', document.uri.toString(), 'BasicBlock');
    await eventually(labels, ([label]) => /128, 28, 28\)/.test(label ?? ''), 'the third use');
    const after = await lens();
    assert.match(after?.command?.title ?? '', /^as \S+ › layer2\.0 · 8 uses$/);
  });

  it('warns of a pin that cannot be read, and removes it', async () => {
    const text =
      'import torch\nfrom torch import nn\n\n# layerlens: input=(1, -3)\nclass Net(nn.Sequential):\n    pass\n';
    const document = await openNew('pinned.py', text);
    const [problem] = await eventually(
      () => problems(document),
      (answer) => answer.length > 0,
      'the warning',
    );
    assert.equal(problem && codeOf(problem), 'pin');
    assert.equal(problem?.severity, vscode.DiagnosticSeverity.Warning);
    await vscode.commands.executeCommand('layerlens.removeInput', document.uri.toString(), 'Net');
    assert.equal(document.getText(), text.replace(/# layerlens.*\n/, ''));
    await eventually(
      () => problems(document),
      (answer) => answer.length === 0,
      'no warning',
    );
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('works in the cells of a notebook', async () => {
    const cells = [
      'import torch\nfrom torch import nn',
      'class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.conv = nn.Conv2d(3, 8, 3)\n\n    def forward(self, x):\n        y = self.conv(x)\n        return y',
      '%%time\nz = Net()(torch.randn(2, 3, 8, 8))',
    ];
    const notebook = await openNotebook('net.ipynb', cells);
    const [, model, use] = notebook.getCells().map(({ document }) => document);
    assert.ok(model && use);
    const hint = async () => hintsOn(await inlayHints(model), model, 'y = self.conv(x)')[0];
    await eventually(hint, (label) => label === ': (2, 8, 6, 6)', 'the shape in the second cell');
    assert.match(await hoverText(model, 'y = self.«conv»(x)'), /\(2, 3, 8, 8\) → \(2, 8, 6, 6\)/);
    assert.ok((await codeLenses(model)).some(({ command }) => command?.title.startsWith('Net · 224 params')));

    await replace(use, 'torch.randn(2, 3', 'torch.randn(5, 4');
    const [problem] = await eventually(
      () => problems(model),
      (answer) => answer.length > 0,
      'a problem in the second cell, by an edit of the third',
    );
    assert.equal(problem && codeOf(problem), 'conv-channels');
    await replace(use, 'torch.randn(5, 4', 'torch.randn(5, 3');
    await eventually(hint, (label) => label === ': (5, 8, 6, 6)', 'the shape follows the third cell');
    await eventually(
      () => problems(model),
      (answer) => answer.length === 0,
      'no problem any more',
    );
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('opens the layers in a tab', async () => {
    await open('samples/lenet.py');
    await vscode.commands.executeCommand('layerlens.openLayers');
    const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const isPanel = (tab: vscode.Tab) =>
      tab.input instanceof vscode.TabInputWebview && /layerlens/i.test(tab.input.viewType);
    await eventually(tabs, (answer) => answer.some((tab) => isPanel(tab) && /LeNet/.test(tab.label)), 'a tab of LeNet');
    // A desktop without a GPU explains itself; anything else draws.
    const extension = vscode.extensions.getExtension<LayerLensApi>('layerlens.layerlens');
    assert.ok(extension, 'the extension is installed');
    const ended = (status: PanelStatus | null) => status?.state === 'shown' || status?.state === 'noAdapter';
    await eventually(() => extension.exports.panelStatus(), ended, 'feature maps, or why there are none');
  });
});
