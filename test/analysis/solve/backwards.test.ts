// Solving backwards, against trying: random stacks of convolutions and poolings into a Linear, and every size up to 600.

import assert from 'node:assert/strict';
import { analyse, between, imports, random } from '../support.ts';

interface Layer {
  text: string;
  out(size: number): number;
}

/** ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1; not positive: it does not fit. */
const windowed = (k: number, s: number, p: number) => (n: number) => Math.floor((n + 2 * p - k) / s) + 1;

function randomLayers(next: () => number): { layers: Layer[]; channels: number } {
  let channels = 1;
  const layers: Layer[] = [];
  for (let i = between(next, 1, 4); i > 0; i--) {
    const k = between(next, 1, 5);
    const s = between(next, 1, 3);
    const p = between(next, 0, Math.floor(k / 2));
    if (next() < 0.4) layers.push({ text: `nn.MaxPool2d(${k}, ${s}, ${p})`, out: windowed(k, s, p) });
    else {
      const out = between(next, 1, 6);
      layers.push({ text: `nn.Conv2d(${channels}, ${out}, ${k}, ${s}, ${p})`, out: windowed(k, s, p) });
      channels = out;
    }
  }
  return { layers: [{ text: `nn.Conv2d(1, 1, 1)`, out: windowed(1, 1, 0) }, ...layers], channels };
}

/** The side of the last feature map; 0 where a kernel does not fit on the way. */
const through = (layers: readonly Layer[], size: number): number =>
  layers.reduce((n, layer) => (n < 1 ? 0 : Math.max(0, layer.out(n))), size);

const network = (stack: string, features: number): string => `${imports}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(${stack})
        self.fc = nn.Linear(${features}, 10)
    def forward(self, x):
        return self.fc(self.body(x).flatten(1))
`;

describe('solving backwards', () => {
  it('finds the squares that trying finds (120 random networks)', async () => {
    const next = random(3);
    for (let round = 0; round < 120; round++) {
      const { layers, channels } = randomLayers(next);
      const side = through(layers, between(next, 12, 120));
      if (side < 1) continue;
      const features = channels * side * side;
      const squares = Array.from({ length: 600 }, (_, i) => i + 1).filter((n) => through(layers, n) === side);
      const stack = layers.map((l) => l.text).join(', ');
      const { snapshot } = await analyse(network(stack, features));
      const said = snapshot.roots[0]!.inputs[0]!.notes.join('; ');
      const [low, high] = [squares[0]!, squares.at(-1)!];
      const wanted = low === high ? `H = W = ${low}` : low === 1 ? `H = W ≤ ${high}` : `H = W in ${low}…${high}`;
      assert(said.includes(wanted), `${stack} into ${features} wants ${wanted}: ${said}`);
      assert.deepEqual(
        snapshot.problems.filter((p) => p.severity === 'error'),
        [],
        stack,
      );
    }
  });

  it('says that nothing fits only where nothing does (120 random networks)', async () => {
    const next = random(4);
    let impossible = 0;
    for (let round = 0; round < 120; round++) {
      const { layers, channels } = randomLayers(next);
      const features = between(next, 1, 400);
      const sides = Array.from({ length: 700 }, (_, i) => through(layers, i + 1)).filter((n) => n > 0);
      // Any rectangle of two sides that are there.
      const fits = sides.some((h) => features % (channels * h) === 0 && sides.includes(features / channels / h));
      const stack = layers.map((l) => l.text).join(', ');
      const { snapshot } = await analyse(network(stack, features));
      const errors = snapshot.problems.filter((p) => p.severity === 'error');
      assert(!fits || errors.length === 0, `${stack} into ${features}: ${errors[0]?.message}`);
      if (!fits) impossible += errors.length;
    }
    assert(impossible > 30, `only ${impossible} of them were told`);
  });
});
