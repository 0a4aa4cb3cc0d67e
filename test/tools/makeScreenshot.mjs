// Takes media/screenshot.png, the README's picture: samples/resnet.py in a real VS Code, and its layers beside it.
//   node test/tools/makeScreenshot.mjs

import { cpSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { installExtension, installHost, startServer } from '../vscode/host.mjs';
import { findFrame, launchBrowser } from './browser.mjs';
import { packageExtension } from './package.mjs';
import { cache, root, runTool, shown } from './system.mjs';

const width = 1600;
const height = 880;
const scale = 1.25;
/** In the middle of the editor: the lens, all of ResNet and its forward are in view. */
const line = 42;
const layer = 'layer1.0.conv1';

const settings = {
  'workbench.startupEditor': 'none',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.activityBar.location': 'hidden',
  'workbench.quickOpen.closeOnFocusLost': false,
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'breadcrumbs.enabled': false,
  'editor.stickyScroll.enabled': false,
  'editor.minimap.enabled': false,
  'editor.fontSize': 13,
  'editor.lineHeight': 20,
  'editor.occurrencesHighlight': 'off',
  'editor.renderLineHighlight': 'none',
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'extensions.ignoreRecommendations': true,
};

await runTool(async () => {
  const work = join(cache, 'screenshot');
  rmSync(work, { recursive: true, force: true });
  const workspace = join(work, 'samples');
  const extensions = join(work, 'extensions');
  const userData = join(work, 'user');
  mkdirSync(join(userData, 'User'), { recursive: true });
  writeFileSync(join(userData, 'User/settings.json'), JSON.stringify(settings));
  cpSync(join(root, 'samples'), workspace, { recursive: true });

  const host = await installHost();
  const vsix = await packageExtension({ output: join(work, 'layerlens.vsix'), list: false });
  installExtension(host, vsix, { extensions, userData });
  const server = await startServer(host, { extensions, userData });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale });
    await page.route(/^https:\/\//, (route) => route.abort());
    const payload = [['openFile', server.uri(join(workspace, 'resnet.py'))]];
    await page.goto(server.url({ folder: workspace, payload }));
    await page.locator('.codelens-decoration a', { hasText: /^ResNet/ }).waitFor();
    await page.keyboard.press('Control+B');
    await goToLine(page);
    await page.locator('.codelens-decoration a', { hasText: /^ResNet/ }).click();
    const panel = await findFrame(page, (frame) => frame.evaluate(() => document.querySelector('.hasModel') !== null));
    await page.waitForTimeout(1000); // the panel follows the cursor; then as if it stood in the layer's line
    await panel.evaluate((path) => window.postMessage({ type: 'select', path }, '*'), layer);
    await panel.locator('h2', { hasText: layer }).waitFor();
    await page.mouse.move(width - 4, height - 4);
    await page.waitForTimeout(6000);
    const picture = PNG.sync.read(await page.screenshot());
    const file = join(root, 'media/screenshot.png');
    writeFileSync(file, indexed(picture));
    console.log(`${shown(file)}: ${picture.width} × ${picture.height}, ${(statSync(file).size / 1024).toFixed(0)} kB`);
  } finally {
    await browser.close();
    await server.stop();
  }
});

async function goToLine(page) {
  await page.locator('.tab.active').click();
  await page.keyboard.press('Control+G');
  await page.locator('.quick-input-widget input').fill(`:${line}`);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: `line ${line}` }).waitFor();
  await page.locator('.quick-input-widget input').press('Enter');
}

/** A PNG with a palette of 256 colours: a third of the size, and no difference to be seen. */
function indexed({ width: columns, height: rows, data }) {
  const counts = new Map(); // colours in steps of 4, as one number
  const keyAt = (at) => ((data[at] >> 2) << 12) | ((data[at + 1] >> 2) << 6) | (data[at + 2] >> 2);
  for (let at = 0; at < data.length; at += 4) counts.set(keyAt(at), (counts.get(keyAt(at)) ?? 0) + 1);
  const palette = medianCut(
    [...counts].map(([key, count]) => ({ key, count, rgb: [key >> 12, (key >> 6) & 63, key & 63] })),
    256,
  );
  const indexOf = new Map(palette.flatMap(({ members }, index) => members.map(({ key }) => [key, index])));
  const lines = Buffer.alloc(rows * (columns + 1)); // every line begins with its filter: none
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) lines[y * (columns + 1) + 1 + x] = indexOf.get(keyAt((y * columns + x) * 4));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(columns, 0);
  header.writeUInt32BE(rows, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap(({ rgb }) => rgb.map((part) => Math.round((part * 255) / 63))));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Splits the box whose colours differ most until there are enough; a box becomes the mean of its colours. */
function medianCut(colours, most) {
  const boxes = [boxOf(colours)];
  while (boxes.length < most) {
    boxes.sort((a, b) => b.spread - a.spread);
    const [widest] = boxes;
    if (widest.spread === 0) break;
    boxes.shift();
    const { axis } = widest;
    const sorted = widest.members.toSorted((a, b) => a.rgb[axis] - b.rgb[axis]);
    const mean = widest.rgb[axis];
    const at = Math.min(
      Math.max(
        1,
        sorted.findIndex(({ rgb }) => rgb[axis] > mean),
      ),
      sorted.length - 1,
    );
    boxes.push(boxOf(sorted.slice(0, at)), boxOf(sorted.slice(at)));
  }
  return boxes;
}

function boxOf(members) {
  const total = members.reduce((sum, { count }) => sum + count, 0);
  const mean = (axis) => members.reduce((sum, { rgb, count }) => sum + rgb[axis] * count, 0) / total;
  const rgb = [0, 1, 2].map(mean);
  const variance = rgb.map((middle, axis) =>
    members.reduce((sum, each) => sum + each.count * (each.rgb[axis] - middle) ** 2, 0),
  );
  const axis = variance.indexOf(Math.max(...variance));
  return { members, rgb, axis, spread: members.length > 1 ? variance[axis] : 0 };
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, sum]);
}

function crc(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return (rest ^ 0xffffffff) >>> 0;
}
