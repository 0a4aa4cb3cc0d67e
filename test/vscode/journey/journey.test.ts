// A person's way through LayerLens: read the hints, see a mistake, open the layers, compare them with real PyTorch's.

import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { PanelStatus } from '../../../src/protocol/panel.ts';
import { type Panel, Workbench } from './workbench.ts';

const tinynet = resolve(import.meta.dirname, '../../fixtures/tinynet');
const samples = resolve(import.meta.dirname, '../../../samples');
const source = readFileSync(join(tinynet, 'tinynet.py'), 'utf8').split('\n');
const image = join(tinynet, 'image.png');
const torchvision = readFileSync(
  resolve(import.meta.dirname, '../../fixtures/torchvision/torchvision/models/resnet.py'),
  'utf8',
).split('\n');

/** What make_fixture.py wrote. */
interface Activations {
  layers: Record<string, { shape: number[]; min: number; max: number; mean: number; first: number[] }>;
}
const expected: Activations = JSON.parse(readFileSync(join(tinynet, 'activations.json'), 'utf8'));

const tolerance = 1e-4;

describe('a journey through VS Code', () => {
  let workbench: Workbench;
  let panel: Panel;

  before(async () => {
    workbench = await Workbench.start('samples/lenet.py');
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.shot('failed');
  });

  after(() => workbench?.close());

  it('shows hints in the lines and costs above the class', async () => {
    const { page } = workbench;
    await page.locator('.view-line', { hasText: ': (1, 6, 14, 14)' }).first().waitFor();
    await page.locator('.view-line', { hasText: '156 params' }).first().waitFor();
    await page.locator('.codelens-decoration', { hasText: 'LeNet · 61.7 K params' }).waitFor();
    await workbench.shot('1-hints');
  });

  it('explains a layer under the pointer', async () => {
    const { page } = workbench;
    const line = page.locator('.view-line', { hasText: 'F.relu(self.conv1(x))' });
    await line
      .locator('span', { hasText: /^\.?conv1$|^self\.conv1/ })
      .last()
      .hover();
    const hover = page.locator('.monaco-hover-content', { hasText: '(1, 6, 28, 28)' });
    await hover.waitFor();
    await workbench.shot('2-hover');
    await page.keyboard.press('Escape');
  });

  it('underlines what PyTorch would refuse', async () => {
    const { page } = workbench;
    await workbench.openFile('samples/wrong_features.py');
    await page.locator('.squiggly-error').first().waitFor();
    await workbench.shot('3-squiggles');
  });

  it('opens the layers from the CodeLens and draws feature maps', async () => {
    await workbench.openFile('tinynet/tinynet.py');
    await workbench.goToLine(lineOf('class TinyNet'));
    await workbench.page.locator('.codelens-decoration a', { hasText: /^TinyNet/ }).click();
    panel = await workbench.panel();
    const status = await panel.untilStatus(({ state }) => state === 'shown', 'the first feature maps');
    assert.equal(status.message, '');
    await workbench.shot('4-panel');
  });

  it("shows the user's own picture", async () => {
    await panel.frame.locator('input[type=file]').setInputFiles(image);
    await panel.untilStatus((status) => status.state === 'shown' && /image/.test(status.image), 'the chosen picture');
  });

  it('computes what PyTorch computes, in every layer', async () => {
    for (const [path, layer] of Object.entries(expected.layers)) {
      await panel.receive({ type: 'select', path });
      const status = await panel.untilStatus(
        (candidate) => candidate.path === path && ['shown', 'blocked', 'failed'].includes(candidate.state),
        `layer ${path}`,
      );
      compare(path || 'the whole model', status, layer);
    }
    await panel.receive({ type: 'select', path: 'mix' });
    await panel.untilStatus(({ path, state }) => path === 'mix' && state === 'shown', 'layer mix');
    await workbench.shot('5-own-picture');
  });

  it('selects in the panel the layer under the cursor', async () => {
    await workbench.goToLine(lineOf('x = self.pool(x)'), 14);
    await panel.untilStatus(({ path, state }) => path === 'pool' && state === 'shown', 'pool follows the cursor');
    await workbench.shot('6-follows-the-cursor');
  });

  it('reveals in the editor the line of a layer that is clicked', async () => {
    await panel.frame.locator('[data-path="residual.shortcut"]').first().click();
    await panel.untilStatus(({ path }) => path === 'residual.shortcut', 'the clicked layer');
    const line = lineOf('self.shortcut = nn.Conv2d');
    await eventually(() => workbench.cursorLine(), line, 'the cursor is in the line of the layer');
    await workbench.shot('7-reveals-the-line');
  });

  it('keeps the selection while the model is edited', async () => {
    const before = await panel.status();
    await workbench.goToLine(lineOf('self.conv1 = nn.Conv2d'), source[lineOf('self.conv1 =') - 1]!.indexOf('8,') + 1);
    await panel.untilStatus(({ path, state }) => path === 'conv1' && state === 'shown', 'conv1 under the cursor');
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.type('  # looked at');
    const status = await panel.untilStatus(
      ({ version, state }) => version > (before?.version ?? 0) && state === 'shown',
      'the newer version of the model',
    );
    assert.equal(status.path, 'conv1');
    await workbench.page.keyboard.press('Control+Z');
  });

  it('says so when a picture is no picture, and keeps the last one', async () => {
    const noPicture = join(tmpdir(), 'layerlens-no-picture.png');
    writeFileSync(noPicture, 'this is no picture');
    const before = await panel.status();
    await panel.frame.locator('input[type=file]').setInputFiles(noPicture);
    await panel.frame.getByText('layerlens-no-picture.png is not a picture').waitFor();
    const status = await panel.status();
    assert.equal(status?.state, 'shown');
    assert.equal(status?.image, before?.image);
    await workbench.shot('8-no-picture');
  });

  it('underlines a stride that drops rows, with the arithmetic in its hover', async () => {
    const { page } = workbench;
    await workbench.openFile('samples/bad_stride.py');
    await page.locator('.squiggly-warning').first().waitFor();
    const line = page.locator('.view-line', { hasText: 'F.relu(self.patch(x))' });
    await line.locator('span', { hasText: 'patch' }).last().hover();
    await page.locator('.monaco-hover-content', { hasText: '⌊(224' }).waitFor();
    await workbench.shot('9-bad-stride');
    await page.keyboard.press('Escape');
  });

  it('reads torchvision as it is: shapes on every line of forward', async () => {
    const { page } = workbench;
    await workbench.openFile('torchvision/models/resnet.py');
    await workbench.goToLine(lineOf('def _forward_impl', torchvision) + 18);
    for (const hint of [
      '(B, 64, ⌈H/2⌉, ⌈W/2⌉)',
      '(B, 64, ⌈H/4⌉, ⌈W/4⌉)',
      '(B, 128, ⌈H/8⌉, ⌈W/8⌉)',
      '(B, 256, ⌈H/16⌉, ⌈W/16⌉)',
      '(B, 512, ⌈H/32⌉, ⌈W/32⌉)',
      '(B, 512, 1, 1)',
      '(B, 512)',
      '(B, 1000)',
    ])
      await page.locator('.view-line', { hasText: hint }).first().waitFor();
    await workbench.shot('10-torchvision-forward');
    await workbench.goToLine(lineOf('class ResNet(', torchvision));
    await page.locator('.codelens-decoration', { hasText: 'ResNet · 11.69 M params · 1.81 GMACs' }).waitFor();
    await workbench.shot('11-torchvision-class');
  });

  it("shows the cat as torchvision's ResNet sees it in layer1.0.conv1", async () => {
    await workbench.page.locator('.codelens-decoration a', { hasText: /^ResNet/ }).click();
    await panel.frame.locator('[data-path="layer4.1.bn2"]').waitFor({ state: 'attached' });
    await panel.frame.locator('.thumbnail').first().click();
    await panel.frame.locator('.search input').fill('layer1.0.conv1');
    await panel.frame.locator('[data-path="layer1.0.conv1"]').click();
    await panel.frame.locator('.search input').fill('');
    const status = await panel.untilStatus(
      ({ path, state, image }) => path === 'layer1.0.conv1' && state === 'shown' && image === 'chelsea',
      'the feature maps of layer1.0.conv1',
    );
    assert.deepEqual(status.shape, [1, 64, 56, 56]);
    await workbench.shot('12-torchvision-cat');
  });

  it('turns the panel to another model: the sample ResNet', async () => {
    await workbench.openFile('samples/resnet.py');
    await workbench.goToLine(lineOf('class ResNet', readFileSync(join(samples, 'resnet.py'), 'utf8').split('\n')));
    await workbench.page.locator('.codelens-decoration a', { hasText: 'ResNet · 11.69 M params · 1.81 GMACs' }).click();
    await panel.frame.locator('.file', { hasText: 'samples/resnet.py' }).waitFor();
    const status = await panel.untilStatus(
      ({ path, state }) => path === 'layer1.0.conv1' && state === 'shown',
      'the same layer of the other model',
    );
    assert.deepEqual(status.shape, [1, 64, 56, 56]);
    await workbench.shot('13-resnet');
  });

  it('shows the use of a block that is picked from the list above it, in the panel too', async () => {
    const { page } = workbench;
    const resnet = readFileSync(join(samples, 'resnet.py'), 'utf8').split('\n');
    await workbench.goToLine(lineOf('class BasicBlock', resnet));
    const line = page.locator('.view-line', { hasText: 'self.bn2(self.conv2(x))' });
    await line.filter({ hasText: '64, 56, 56)' }).waitFor();
    await page.locator('.codelens-decoration a', { hasText: /^as ResNet › layer1\.0 · / }).click();
    await page.locator('.quick-input-widget input').fill('layer4.1');
    const entry = page.locator('.quick-input-list .monaco-list-row', { hasText: 'layer4.1' }).first();
    await entry.locator('.label-description', { hasText: '512, 7, 7) → ' }).waitFor();
    await workbench.shot('14-uses');
    await page.locator('.quick-input-widget input').press('Enter');
    await line.filter({ hasText: '512, 7, 7)' }).waitFor();
    await page.locator('.codelens-decoration a', { hasText: /^as ResNet › layer4\.1 · / }).waitFor();
    await panel.untilStatus(({ path, state }) => path === 'layer4.1' && state === 'shown', 'layer4.1 in the panel');
    await workbench.shot('15-other-use');
  });

  it('feeds the model what a box is told, by a comment above it', async () => {
    const { page } = workbench;
    await workbench.openFile('samples/lenet.py');
    const lenet = readFileSync(join(samples, 'lenet.py'), 'utf8').split('\n');
    await workbench.goToLine(lineOf('class LeNet', lenet));
    await page.locator('.codelens-decoration a', { hasText: /^input \(1, 1, 32, 32\)/ }).click();
    const input = page.locator('.quick-input-widget input');
    await input.fill('(1, 1, -3)');
    await page.locator('.quick-input-message', { hasText: '"-3" is no size' }).waitFor();
    await workbench.shot('16-no-size');
    await input.fill('4, 1, 32, 32');
    await page.locator('.quick-input-message', { hasText: '"-3" is no size' }).waitFor({ state: 'detached' });
    await input.press('Enter');
    await page.locator('.view-line', { hasText: '# layerlens: input=(4, 1, 32, 32)' }).waitFor();
    await page.locator('.view-line', { hasText: '(4, 6, 14, 14)' }).first().waitFor();
    await page.locator('.codelens-decoration a', { hasText: 'input (4, 1, 32, 32) from its pin' }).waitFor();
    await workbench.shot('17-pinned');
  });

  it('remembers the chosen use when the window is loaded again', async () => {
    const { page } = workbench;
    await page.reload();
    await page.locator('.editor-instance .view-line span span').first().waitFor();
    await workbench.openFile('samples/resnet.py');
    await page.locator('.codelens-decoration a', { hasText: /^as ResNet › layer4\.1 · / }).waitFor();
    await workbench.shot('18-remembered');
  });
});

/** The line that holds `text`, counted from 1; of tinynet.py where no other lines are given. */
function lineOf(text: string, lines = source): number {
  const index = lines.findIndex((line) => line.includes(text));
  assert.ok(index >= 0, `no line with "${text}"`);
  return index + 1;
}

function compare(layer: string, status: PanelStatus, pytorch: Activations['layers'][string]): void {
  assert.equal(status.state, 'shown', `${layer}: ${status.message}`);
  assert.deepEqual(status.shape, pytorch.shape, layer);
  assert.ok(status.stats, `${layer} has numbers`);
  const { min, max, mean, first } = status.stats;
  const count = Math.min(first.length, pytorch.first.length);
  assert.ok(count > 0, `${layer} has first values`);
  const pairs = [
    ['min', min, pytorch.min],
    ['max', max, pytorch.max],
    ['mean', mean, pytorch.mean],
    ...pytorch.first
      .slice(0, count)
      .map((value, index) => [`value ${index}`, first[index] ?? Number.NaN, value] as const),
  ] as const;
  for (const [what, ours, theirs] of pairs) {
    assert.ok(Math.abs(ours - theirs) <= tolerance, `${layer}: ${what} is ${ours}, PyTorch has ${theirs}`);
  }
}

async function eventually(ask: () => Promise<number>, wanted: number, what: string): Promise<void> {
  const deadline = Date.now() + 15_000;
  let answer = await ask();
  while (answer !== wanted && Date.now() < deadline) {
    await new Promise((done) => setTimeout(done, 100));
    answer = await ask();
  }
  assert.equal(answer, wanted, what);
}
