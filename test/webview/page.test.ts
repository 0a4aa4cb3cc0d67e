// The panel's page in a real browser, with WebGPU on the processor: numbers against PyTorch's, and what people do.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ToPanel } from '../../src/protocol/panel.ts';
import { assertClose, readJson, type SmallModel, tensorsOf } from '../engine/fixtures.ts';
import { type Harness, type Panel, startHarness } from './harness.ts';

const { graph, expected } = readJson<SmallModel>('small.json');
const tensor = tensorsOf('small.bin');
const model: Extract<ToPanel, { type: 'model' }> = {
  type: 'model',
  graph,
  title: 'Small · Small()',
  seed: 0,
  file: 'small.py',
  version: 1,
};

/** PyTorch's activations of a layer, by path. */
function activations(path: string): Float32Array {
  return tensor(expected[graph.scopes.find((scope) => scope.path === path)!.outputs[0]!]!);
}

describe('the panel', function () {
  this.timeout(120_000);
  let harness: Harness;
  let panel: Panel;
  before(async () => {
    mkdirSync(join(__dirname, 'shots'), { recursive: true });
    harness = await startHarness();
    panel = await harness.open();
    await panel.images('picture.png', 'chelsea.jpg');
    await panel.send(model);
  });
  after(() => harness?.close());

  const row = (path: string) => panel.page.locator(`.row[data-path="${path}"]`);
  const tooltip = () => panel.page.locator('.tooltip strong').textContent();

  it('says that it listens', async () => {
    await panel.status(({ state }) => state === 'loading');
    assert.ok(panel.received.some(({ type }) => type === 'ready'));
  });

  it('shows the first layer by itself, on the adapter that there is', async () => {
    const status = await panel.shown('conv1');
    assert.equal(status.software, true);
    assert.match(status.adapter, /SwiftShader/i);
    assert.equal(status.image, 'picture');
    assert.equal(status.version, 1);
    assert.equal(await panel.page.locator('.adapter').textContent(), 'software adapter: slow');
  });

  for (const path of ['conv1', 'bn1', 'pool', 'conv2', 'act', 'conv3', 'avg', 'fc', '']) {
    it(`${path || 'the whole model'}: the numbers are PyTorch's`, async () => {
      const from = panel.received.length;
      if (path !== 'conv1') await row(path).click();
      const { shape, stats } = await panel.shown(path, path === 'conv1' ? 0 : from);
      const values = activations(path);
      assert.deepEqual(shape, graph.scopes.find((scope) => scope.path === path)!.output);
      assertClose(Float32Array.from(stats!.first), values.subarray(0, 8), 1e-4, 'first values');
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      assertClose(
        Float32Array.of(stats!.min, stats!.max, stats!.mean),
        Float32Array.of(Math.min(...values), Math.max(...values), mean),
        1e-4,
        'min, max, mean',
      );
      assert.equal(stats!.notFinite, 0);
    });
  }

  it('choosing a layer reveals its line', async () => {
    const from = panel.received.length;
    await row('conv2').click();
    await panel.shown('conv2', from);
    const reveal = panel.received.slice(from).find((message) => message.type === 'reveal');
    assert.deepEqual(reveal, {
      type: 'reveal',
      path: 'conv2',
      source: graph.scopes.find(({ path }) => path === 'conv2')!.source,
    });
  });

  it('says the value under the pointer', async () => {
    const from = panel.received.length;
    await panel.send({ type: 'select', path: 'conv1' });
    await panel.shown('conv1', from);
    const box = (await panel.page.locator('.viewport').boundingBox())!;
    // Tiles of 96 with gaps of 4: the second tile, its 10th column and 20th row of 32.
    await panel.page.mouse.move(box.x + 100 + 9.5 * 3, box.y + 19.5 * 3);
    await panel.page.waitForFunction(() =>
      document.querySelector('.tooltip')?.textContent?.includes('channel 1, y 19, x 9'),
    );
    const shown = Number((await tooltip())!.replace('−', '-'));
    const value = activations('conv1')[(1 * 32 + 19) * 32 + 9]!;
    assert.ok(Math.abs(shown - value) <= 1e-3 * Math.abs(value), `${shown} is not ${value}`);
    await panel.shot('hover');
  });

  it('a click enlarges a channel, Escape brings all of them back', async () => {
    const box = (await panel.page.locator('.viewport').boundingBox())!;
    await panel.page.mouse.click(box.x + 150, box.y + 50);
    await panel.page.locator('vscode-button', { hasText: 'All 8 channels' }).waitFor();
    await panel.shot('enlarged');
    await panel.page.keyboard.press('Escape');
    await panel.page.locator('vscode-button', { hasText: 'All 8 channels' }).waitFor({ state: 'hidden' });
  });

  it('draws: the canvas is not empty', async () => {
    const image = await panel.page.locator('.viewport').screenshot();
    const { PNG } = await import('pngjs');
    const { data } = PNG.sync.read(image);
    const colours = new Set<number>();
    for (let i = 0; i < data.length; i += 4) colours.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
    assert.ok(colours.size > 100, `${colours.size} colours`);
  });

  it('follows the cursor of the editor', async () => {
    const from = panel.received.length;
    await panel.send({ type: 'select', path: 'conv3' });
    await panel.shown('conv3', from);
    assert.equal(await row('conv3').getAttribute('aria-selected'), 'true');
    assert.ok(!panel.received.slice(from).some(({ type }) => type === 'reveal'));
  });

  it('a branch without a kernel says so, and the others go on', async () => {
    let from = panel.received.length;
    await row('rolled').click();
    const status = await panel.status(({ state }) => state === 'blocked', from);
    assert.equal(status.message, 'no kernel for torch.roll');
    assert.match((await panel.page.locator('.notice').textContent())!, /No kernel for torch\.roll/);
    assert.equal(await row('rolled').locator('.mark').getAttribute('title'), 'no kernel for torch.roll');
    from = panel.received.length;
    await row('fc').click();
    await panel.shown('fc', from);
  });

  it('an update keeps the selection, and one that only moves lines computes nothing', async () => {
    let from = panel.received.length;
    await row('conv2').click();
    await panel.shown('conv2', from);
    from = panel.received.length;
    const scopes = graph.scopes.map((scope) => ({ ...scope, source: scope.source && { ...scope.source, line: 99 } }));
    await panel.send({ ...model, version: 2, graph: { ...graph, scopes } });
    await panel.status(({ version }) => version === 2, from);
    await panel.page.waitForTimeout(200);
    assert.ok(
      !panel.received.slice(from).some((message) => message.type === 'status' && message.status.state === 'running'),
    );
    await row('conv2').click();
    assert.ok(panel.received.some((message) => message.type === 'reveal' && message.source.line === 99));

    from = panel.received.length;
    await panel.send({ ...model, version: 3, seed: 7 });
    const other = await panel.shown('conv2', from);
    assert.notDeepEqual(other.stats!.first, [...activations('conv2').subarray(0, 8)]);

    // The layer vanishes while it is being renamed, and comes back.
    from = panel.received.length;
    await panel.send({
      ...model,
      version: 4,
      graph: { ...graph, scopes: graph.scopes.filter(({ path }) => path !== 'conv2') },
    });
    await panel.shown('conv1', from);
    from = panel.received.length;
    await panel.send({ ...model, version: 5 });
    await panel.shown('conv2', from);
  });

  it('text that cannot be analysed keeps the last model', async () => {
    await panel.send({ type: 'analysisFailed', reason: 'small.py:12: unexpected indent' });
    await panel.page.locator('header .problem').waitFor();
    assert.match(
      (await panel.page.locator('header .problem').textContent())!,
      /last version that could be analysed.*indent/,
    );
    assert.equal(await row('conv1').count(), 1);
    await panel.send({ ...model, version: 6 });
    await panel.page.locator('header .problem').waitFor({ state: 'hidden' });
  });

  it('a file that is no image says so, and the last picture stays', async () => {
    const from = panel.received.length;
    await panel.page
      .locator('input[type=file]')
      .setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('not a picture') });
    const status = await panel.status(({ message }) => message.includes('notes.txt'), from);
    assert.match(status.message, /notes\.txt is not a picture that can be read\. Still showing picture\./);
    assert.equal(status.image, 'picture');
    assert.equal(await panel.page.locator('.thumbnail[data-name=picture]').getAttribute('aria-checked'), 'true');
    await panel.shot('badImage');
  });

  it('another picture gives other maps', async () => {
    const from = panel.received.length;
    await panel.page.locator('.thumbnail[data-name=chelsea]').click();
    const status = await panel.status(({ state, image }) => state === 'shown' && image === 'chelsea', from);
    assert.notDeepEqual(status.stats!.first, [...activations(status.path).subarray(0, 8)]);
    assert.equal(await panel.page.locator('.pictures .problem').isVisible(), false);
  });

  it('a dropped picture is taken', async () => {
    const from = panel.received.length;
    await panel.page.evaluate(async (uri) => {
      const blob = await (await fetch(uri)).blob();
      const transfer = new DataTransfer();
      transfer.items.add(new File([blob], 'mine.jpg', { type: 'image/jpeg' }));
      document.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true, bubbles: true }));
    }, `${panel.origin}/images/coffee.jpg`);
    await panel.status(({ state, image }) => state === 'shown' && image === 'mine.jpg', from);
    assert.equal(await panel.page.locator('.thumbnail.own').getAttribute('aria-checked'), 'true');
  });

  it('the tree: search, folding and keys', async () => {
    await panel.page.locator('.search input').fill('Conv');
    assert.deepEqual(
      await panel.page
        .locator('.row:not([hidden])')
        .evaluateAll((rows) => rows.map((each) => (each as HTMLElement).dataset['path'])),
      ['', 'conv1', 'conv2', 'conv3'],
    );
    await panel.page.locator('.search input').fill('nothing like it');
    assert.ok(await panel.page.getByText('No layer matches.').isVisible());
    await panel.page.locator('.search input').fill('');

    await row('').locator('.twistie').click();
    assert.equal(await row('conv1').isVisible(), false);
    await row('').focus();
    await panel.page.keyboard.press('ArrowRight');
    assert.equal(await row('conv1').isVisible(), true);
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('ArrowDown');
    const from = panel.received.length;
    await panel.page.keyboard.press('Enter');
    await panel.shown('bn1', from);
  });

  it('says where weights and pixels come from', async () => {
    const text = (await panel.page.locator('.origin').textContent())!;
    assert.match(text, /Weights: PyTorch's default initialisation, seed 0 \(no checkpoint loaded\)/);
    assert.match(text, /ImageNet mean and std/);
  });

  it('a file without a model says so', async () => {
    await panel.send({ type: 'noModel', reason: 'utils.py defines no model.' });
    await panel.status(({ state }) => state === 'noModel');
    assert.match((await panel.page.locator('header').textContent())!, /utils\.py defines no model\./);
  });

  it('nothing went wrong on the way', () => assert.deepEqual(panel.problems, []));

  it('without WebGPU: explains, and the layers are there all the same', async () => {
    // In the worker the property is that of another navigator: the page's fetch of the worker's text is changed.
    const without = await harness.open({
      before: () => {
        const plain = window.fetch;
        window.fetch = async (input, init) => {
          const response = await plain(input, init);
          if (!String(input).endsWith('engineWorker.js')) return response;
          const off = "Object.defineProperty(navigator, 'gpu', { value: undefined });\n";
          return new Response(off + (await response.text()));
        };
      },
    });
    await without.images('chelsea.jpg');
    await without.send(model);
    const status = await without.status(({ state }) => state === 'noAdapter');
    assert.match(status.message, /WebGPU is not available/);
    const notice = (await without.page.locator('.notice').textContent())!;
    assert.match(notice, /Feature maps need WebGPU/);
    assert.match(notice, /disable-hardware-acceleration/);
    await without.page.locator('.row[data-path="conv2"]').click();
    assert.match((await without.page.locator('.inspector').textContent())!, /Conv2d\(8, 8, kernel_size=\(3, 3\)/);
    assert.match((await without.page.locator('.notice vscode-button').textContent())!, /Try again/);
    await without.shot('noAdapter');
    assert.deepEqual(without.problems, []);
    await without.page.close();
  });

  it('is worth looking at, dark, light and narrow', async () => {
    for (const [name, options] of [
      ['dark', { theme: 'dark' }],
      ['light', { theme: 'light' }],
      ['narrow', { theme: 'dark', width: 560, height: 900 }],
    ] as const) {
      const before = () => Object.assign(window, { __state: {} });
      const other = await harness.open({ ...options, before });
      await other.images('chelsea.jpg', 'astronaut.jpg', 'coffee.jpg', 'rocket.jpg', 'camera.jpg');
      await other.send(model);
      await other.shown('conv1');
      await other.shot(name);
      assert.deepEqual(other.problems, []);
      await other.page.close();
    }
  });
});
