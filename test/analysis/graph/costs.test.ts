// Costs by the stated convention (docs/costs.md), held against published figures; and receptive fields.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../../../src/analysis/host.ts';
import { analyse, analyser, imports, repository } from '../support.ts';

const root = join(repository, 'test/fixtures/torchvision');
const disk: Host = {
  read(path) {
    try {
      return { kind: 'file', text: readFileSync(path, 'utf8'), version: 0 };
    } catch {
      return { kind: 'absent' };
    }
  },
  isDirectory: () => false,
};

/** torchvision's own figures (GFLOPS in its model cards, which count multiply-accumulates), and the papers'. */
const published: readonly [file: string, build: string, params: number, gigaMacs: number][] = [
  ['vgg', 'vgg16()', 138_357_544, 15.47],
  ['resnet', 'resnet50()', 25_557_032, 4.09],
  ['mobilenetv2', 'mobilenet_v2()', 3_504_872, 0.3],
  ['alexnet', 'alexnet()', 61_100_840, 0.71],
  ['densenet', 'densenet121()', 7_978_856, 2.83],
  ['vision_transformer', 'vit_b_16()', 86_567_656, 17.56],
];

describe('costs', () => {
  for (const [file, build, params, gigaMacs] of published) {
    it(`${build}: ${params} params, ${gigaMacs} GMACs`, async () => {
      const path = `${root}/torchvision/models/${file}.py`;
      const snapshot = await (await analyser()).analyse(path, disk, { build, inputs: [[1, 3, 224, 224]] });
      const [fact] = snapshot!.roots;
      assert.equal(fact?.params, params);
      assert.equal((fact!.macs! / 1e9).toFixed(2), gigaMacs.toFixed(2));
    });
  }
});

describe('receptive fields', () => {
  /** What the call in the last line of forward sees of the input. */
  async function seen(layers: string, forward: string): Promise<object | null> {
    const source = `${imports}# layerlens: input=(1, 3, 224, 224)\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n${layers
      .split('\n')
      .map((l) => `        ${l}\n`)
      .join('')}    def forward(self, x):\n${forward
      .split('\n')
      .map((l) => `        ${l}\n`)
      .join('')}`;
    const { snapshot } = await analyse(source);
    const calls = snapshot.calls.filter((c) => c.uses.some((u) => u.receptiveField));
    return calls[calls.length - 1]?.uses[0]?.receptiveField ?? null;
  }

  it('grows through windows', async () => {
    const layers =
      'self.a = nn.Conv2d(3, 8, 7, 2, 3)\nself.p = nn.MaxPool2d(3, 2, 1)\nself.b = nn.Conv2d(8, 8, 3, 1, 1)';
    const field = await seen(layers, 'x = self.a(x)\nx = self.p(x)\nreturn self.b(x)');
    assert.deepEqual(field, { size: [19, 19], stride: [4, 4], start: [0, 0] });
  });

  it('counts dilation', async () => {
    const field = await seen('self.a = nn.Conv2d(3, 8, 3, padding=4, dilation=4)', 'return self.a(x)');
    assert.deepEqual(field, { size: [9, 9], stride: [1, 1], start: [0, 0] });
  });

  it('takes the larger of two branches', async () => {
    const layers =
      'self.a = nn.Conv2d(3, 8, 3, padding=1)\nself.b = nn.Conv2d(3, 8, 5, padding=2)\nself.c = nn.Conv2d(16, 8, 3)';
    const field = await seen(layers, 'x = torch.cat([self.a(x), self.b(x)], 1)\nreturn self.c(x)');
    assert.deepEqual(field, { size: [7, 7], stride: [1, 1], start: [1, 1] });
  });

  it('is not claimed where it is not known', async () => {
    const layers = 'self.a = nn.Conv2d(3, 8, 3)\nself.b = nn.Conv2d(8, 8, 1)';
    const { snapshot } = await analyse(
      `${imports}# layerlens: input=(1, 3, 32, 32)\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        ${layers.replace('\n', '\n        ')}\n    def forward(self, x):\n        x = self.a(x).mean((2, 3), keepdim=True)\n        return self.b(x)\n`,
    );
    assert.equal(snapshot.calls[snapshot.calls.length - 1]?.uses[0]?.receptiveField, null);
  });
});
