// Pictures become inputs as torchvision and Pillow make them, to the last bit before normalising.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { preprocess, resizeAndCrop } from '../../webview/engine/preprocess.ts';
import { assertClose, fixturePath, readJson, type SmallModel, tensorsOf } from './fixtures.ts';

interface PreprocessJson {
  width: number;
  height: number;
  /** base64 of (height, width, 3). */
  rgb: string;
  /** base64 of (height, width, channels). */
  cases: { height: number; width: number; channels: 1 | 3; pixels: string }[];
}

describe('preprocess', () => {
  const { width, height, rgb, cases } = readJson<PreprocessJson>('preprocess.json');
  const colours = Buffer.from(rgb, 'base64');
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) data[i * 4 + c] = colours[i * 3 + c]!;
  const picture = { width, height, data };

  for (const { height: h, width: w, channels, pixels } of cases) {
    it(`Resize(${h}), CenterCrop(${h}), ${channels} channels: Pillow's pixels`, () => {
      const expected = Buffer.from(pixels, 'base64');
      const { data: planes } = resizeAndCrop(picture, channels, h, w);
      for (let c = 0; c < channels; c++) {
        const plane = planes.subarray(c * h * w, (c + 1) * h * w);
        const wanted = plane.map((_, i) => expected[i * channels + c]!);
        assert.deepEqual(plane, wanted, `channel ${c}`);
      }
    });
  }

  it('normalises three channels as for ImageNet', () => {
    const png = PNG.sync.read(readFileSync(fixturePath('picture.png')));
    const { expected } = readJson<SmallModel>('small.json');
    const { values, steps } = preprocess(png, [1, 3, 32, 32]);
    assertClose(values, tensorsOf('small.bin')(expected['0']!), 1e-6, 'the input');
    assert.match(steps, /ImageNet/);
  });

  it('other numbers of channels stay in 0 to 1', () => {
    for (const channels of [1, 5]) {
      const { values } = preprocess(picture, [1, channels, 20, 30]);
      assert.equal(values.length, channels * 600);
      assert.ok(values.every((value) => value >= 0 && value <= 1));
    }
  });

  it('covers a crop of any proportions', () => {
    for (const [h, w] of [
      [10, 50],
      [50, 10],
      [200, 300],
      [43, 61],
    ] as const) {
      assert.equal(resizeAndCrop(picture, 3, h, w).data.length, 3 * h * w);
    }
  });
});
