// Which use of a class or function is shown: real analyses, and what hints, lenses, hovers and the panel make of a choice.

import assert from 'node:assert/strict';
import type { Snapshot } from '../../src/analysis/snapshot.ts';
import type { UseChoice } from '../../src/protocol/server.ts';
import { choiceFromSetting, withChoices } from '../../src/server/choices.ts';
import { codeLenses } from '../../src/server/codeLens.ts';
import { graphFor } from '../../src/server/graph.ts';
import { hover } from '../../src/server/hover.ts';
import { inlayHints } from '../../src/server/inlayHints.ts';
import { usesOf } from '../../src/server/instances.ts';
import { layerAt } from '../../src/server/layerAt.ts';
import { analyse } from '../analysis/support.ts';
import { shown } from './shown.ts';
import { uri } from './snapshots.ts';

const net = `import torch
import torch.nn as nn


def window(x, n):
    b, c, h, w = x.shape
    y = x.view(b, c, h // n, n, w // n, n)
    return y


class Block(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.conv = nn.Conv2d(a, b, 3, padding=1)
        self.down = nn.Conv2d(a, b, 1) if a != b else None

    def forward(self, x):
        y = self.conv(x)
        if self.down is not None:
            x = self.down(x)
        half = window(y, 2)
        quarter = window(y, 4)
        return x + y


class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.a = Block(4, width)
        self.b = Block(width, width)
        self.c = Block(width, 2 * width)

    def forward(self, x):
        z = self.c(self.b(self.a(x)))
        return z


# layerlens: input=(1, 4, 16, 16), build=small()
def small():
    return Net()


# layerlens: input=(1, 4, 8, 8), build=wide()
def wide():
    return Net(32)
`;

const whole = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
const choose = (name: string, path: string, build = 'small()', nth = 0): UseChoice => {
  const inputs = build === 'small()' ? '(1, 4, 16, 16)' : '(1, 4, 8, 8)';
  return { name, build, inputs, path, nth };
};

function hints(snapshot: Snapshot, text = net): Record<string, unknown> {
  const lines = text.split('\n');
  const all = inlayHints(snapshot, whole, { shapes: true, params: true }, { line: (n) => lines[n] ?? '' });
  return shown(text, all);
}

/** The hints at these places, with these choices made one after the other. */
async function check(
  choices: readonly UseChoice[],
  expected: Readonly<Record<string, string | undefined>>,
  text = net,
) {
  const { snapshot } = await analyse(text);
  const found = hints(withChoices(snapshot, choices), text);
  for (const [before, label] of Object.entries(expected)) assert.equal(found[before], label, before);
}

const y = '        y';
const down = '            x';
const ret = '        return x + y';

describe('the use that is shown', () => {
  it('without a choice, the first of the main root', () =>
    check([], { [y]: ': (1, 8, 16, 16) +3', [down]: ': (1, 8, 16, 16) +3', '        z': ': (1, 16, 16, 16) +1' }));

  it('a choice turns all lines of the class to it, and no others', () =>
    check([choose('Block', 'c')], {
      [y]: ': (1, 16, 16, 16) +3',
      [ret]: '→ (1, 16, 16, 16) +3',
      '        self.conv = nn.Conv2d(a, b, 3, padding=1)': '1.2 K params +4',
      '        z': ': (1, 16, 16, 16) +1',
    }));

  it('a line that the chosen use does not run has no hint', () =>
    check([choose('Block', 'b')], { [y]: ': (1, 8, 16, 16) +3', [down]: undefined }));

  it('another root', () => check([choose('Block', 'c', 'wide()')], { [y]: ': (1, 64, 8, 8) +3' }));

  it('a build of the whole model: its parts follow', () =>
    check([choose('Net', '', 'wide()')], { '        z': ': (1, 64, 8, 8) +1', [y]: ': (1, 32, 8, 8) +3' }));

  it("a part's own choice stands before the build's", () =>
    check([choose('Block', 'c'), choose('Net', '', 'wide()')], {
      '        z': ': (1, 64, 8, 8) +1',
      [y]: ': (1, 16, 16, 16) +3',
    }));

  it('a function, by the module that calls it and by which call', async () => {
    const line = '    y';
    await check([], { [line]: ': (1, 8, 8, 2, 8, 2) +7' });
    await check([choose('window', 'c')], { [line]: ': (1, 16, 8, 2, 8, 2) +7' });
    await check([choose('window', 'c', 'small()', 1)], { [line]: ': (1, 16, 4, 4, 4, 4) +7' });
    await check([choose('Block', 'c')], { [line]: ': (1, 16, 8, 2, 8, 2) +7' });
  });

  it('survives edits, falls back while its path is gone, and comes back', async () => {
    const chosen = [choose('Block', 'c')];
    await check(chosen, { [y]: ': (1, 16, 16, 16) +3' }, `# another line\n\n${net}`);
    await check(chosen, { [y]: ': (1, 32, 16, 16) +3' }, net.replace('2 * width', '4 * width'));
    const gone = net.replaceAll('self.c', 'self.last');
    await check(chosen, { [y]: ': (1, 8, 16, 16) +3', [down]: ': (1, 8, 16, 16) +3' }, gone);
    await check(chosen, { [y]: ': (1, 16, 32, 32) +3' }, net.replace('4, 16, 16', '4, 32, 32'));
  });

  const settings: readonly (readonly [string, string])[] = [
    ['c', ': (1, 16, 16, 16) +3'],
    ['wide() › c', ': (1, 64, 8, 8) +3'],
    ['wide() > b', ': (1, 32, 8, 8) +3'],
    ['nowhere', ': (1, 8, 16, 16) +3'],
  ];
  for (const [text, label] of settings)
    it(`as a setting: ${text}`, () => check([choiceFromSetting('Block', text)], { [y]: label }));
  it('a build as a setting', () => check([choiceFromSetting('Net', 'wide()')], { '        z': ': (1, 64, 8, 8) +1' }));
});

describe('what else follows a choice', () => {
  const at = (words: string) => {
    const before = net.slice(0, net.indexOf(words)).split('\n');
    return { line: before.length - 1, character: (before.at(-1)?.length ?? 0) + 1 };
  };

  it('CodeLens: which use, and its costs', async () => {
    const { snapshot } = await analyse(net);
    const titles = (choices: readonly UseChoice[]) =>
      codeLenses(withChoices(snapshot, choices), uri).map(({ command }) => command?.title);
    assert.deepEqual(titles([]), [
      'Block · 336 params · 81.9 KMACs · Open layers',
      'as small › a · 6 uses',
      'Net · 2.2 K params · 557.1 KMACs · Open layers',
      'as small() · 2 builds · input (1, 4, 16, 16) from its pin',
      'as small › a, line 21 · 12 uses',
    ]);
    const [block, use, cost, build] = titles([choose('Net', '', 'wide()'), choose('Block', 'c')]);
    assert.match(block ?? '', /^Block · 1\.3 K params · /);
    assert.equal(use, 'as small › c · 6 uses');
    assert.match(cost ?? '', /^Net · 31\.2 K params/);
    assert.equal(build, 'as wide() · 2 builds · input (1, 4, 8, 8) from its pin');
  });

  it('hover: the shown use first, and a line that it does not run', async () => {
    const { snapshot } = await analyse(net);
    const text = (choices: readonly UseChoice[], words: string) => {
      const position = at(words);
      const found = hover(withChoices(snapshot, choices), position, net.split('\n')[position.line] ?? '');
      return JSON.stringify(found?.contents ?? null);
    };
    assert.match(text([choose('Block', 'c')], 'y = self.conv'), /y: \(1, 16, 16, 16\).*- `c` \(shown\): `\(1, 16/);
    assert.match(text([choose('Block', 'b')], 'x = self.down'), /- `a`: .*does not run this/);
    assert.doesNotMatch(text([choose('Block', 'b')], 'x = self.down'), /shown/);
    assert.match(text([], 'x.view'), /`a` \(shown\) and 3 more/);
  });

  it('the list to choose from keeps its order', async () => {
    const { snapshot } = await analyse(net);
    const result = usesOf(snapshot, { uri, name: 'Block' }, [choose('Block', 'c')]);
    assert.deepEqual(
      result?.uses.map(({ label, flow }) => `${label}: ${flow}`),
      [
        'small › a: (1, 4, 16, 16) → (1, 8, 16, 16)',
        'small › b: (1, 8, 16, 16) → (1, 8, 16, 16)',
        'small › c: (1, 8, 16, 16) → (1, 16, 16, 16)',
        'wide › a: (1, 4, 8, 8) → (1, 32, 8, 8)',
        'wide › b: (1, 32, 8, 8) → (1, 32, 8, 8)',
        'wide › c: (1, 32, 8, 8) → (1, 64, 8, 8)',
      ],
    );
    assert.equal(result?.shown, 2);
    assert.deepEqual(result?.uses[2]?.choice, choose('Block', 'c'));
    assert.equal(usesOf(snapshot, { uri, name: 'Block' }, [choose('Net', '', 'wide()')])?.shown, 3);
    assert.equal(usesOf(snapshot, { uri, position: at('b, c, h, w') }, [])?.name, 'window');
    assert.equal(usesOf(snapshot, { uri, name: 'nothing' }, []), null);
  });

  it('the panel and the layer under the cursor', async () => {
    const { snapshot } = await analyse(net);
    const chosen = withChoices(snapshot, [choose('Net', '', 'wide()'), choose('Block', 'c', 'wide()')]);
    const graph = graphFor(chosen, 1, { uri, className: 'Block' });
    assert.ok('graph' in graph);
    assert.deepEqual([graph.root, graph.select], [1, 'c']);
    const whole = graphFor(chosen, 1, { uri, className: 'Net' });
    assert.ok('graph' in whole);
    assert.equal(whole.root, 1);
    assert.deepEqual(layerAt(chosen, at('self.conv(x)'), { root: 1, near: 'a.conv' }), { path: 'c.conv' });
    assert.deepEqual(layerAt(snapshot, at('self.conv(x)'), { root: 1, near: 'b.conv' }), { path: 'b.conv' });
  });

  it("the CLI's lines know nothing of it: a function is still '-'", async () => {
    const { lines } = await analyse(net, { lines: true });
    assert.deepEqual([...(lines.get('/work/net.py')?.get(7)?.get('y')?.keys() ?? [])], ['-']);
  });
});

it('a class that is used more often than 64 times is counted rightly', async () => {
  const layers = 90;
  const text = `import torch\nfrom torch import nn
class Part(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n + 1)
    def forward(self, x):
        y = self.fc(x)
        return y
class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.Sequential(*[Part(n + 1) for n in range(${layers})])
    def forward(self, x):
        return self.parts(x)
Deep()(torch.randn(2, 1))
`;
  const { snapshot } = await analyse(text);
  assert.ok(codeLenses(snapshot, uri).some(({ command }) => command?.title === `as Deep › parts.0 · ${layers} uses`));
  const last: UseChoice = { name: 'Part', build: 'Deep', inputs: '(2, 1)', path: `parts.${layers - 1}`, nth: 0 };
  assert.equal(hints(withChoices(snapshot, [last]), text)['        y'], `: (2, ${layers + 1}) +${layers - 1}`);
});
