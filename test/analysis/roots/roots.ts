// What tests of roots share: a small file, and the roots that it must give.
//   checkRoots('Net()(torch.randn(1, 3, 8, 8))', ['Net (1, 3, 8, 8) call'])

import assert from 'node:assert/strict';
import { analyse, describe as describeProblem, type Files, imports } from '../support.ts';

/** A model that most samples use: one convolution of 3 channels. It needs an argument where `needs` says so. */
export const net = `
class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3)
    def forward(self, x):
        return self.conv(x)
`;

/** As Net, but it cannot be built without an argument. */
export const needy = net.replace('width=8', 'width');

/** A classifier of pictures with one channel, 28 pixels square. */
export const digits = `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)
    def forward(self, x):
        return self.fc(x.flatten(1))
`;

export interface Sample {
  what: string;
  /** After the imports of torch; with several files, the first is analysed. */
  text: string;
  others?: Files;
  /** `build inputs source`. */
  roots: readonly string[];
  /** Codes of the errors that are reported. */
  errors?: readonly string[];
}

export async function checkSample({ text, others, roots, errors }: Sample): Promise<void> {
  const { snapshot } = await analyse({ 'net.py': imports + text, ...others });
  const found = snapshot.roots.map((r) => `${r.build} ${r.inputs.map((i) => i.text).join()} ${r.inputSource}`);
  assert.deepEqual(found, roots);
  const problems = snapshot.problems.filter((p) => p.severity === 'error');
  assert.deepEqual(
    problems.map((p) => p.code),
    errors ?? [],
    problems.map(describeProblem).join('\n'),
  );
}
