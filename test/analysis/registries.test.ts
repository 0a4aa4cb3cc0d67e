// Registries: models that are looked up by name, registered by decorators in modules that are imported for that alone.

import assert from 'node:assert/strict';
import { analyse, type Files, imports } from './support.ts';

const registry = `${imports}
class Registry:
    def __init__(self):
        self.known = {}

    def register(self, cls):
        if cls.__name__ in self.known:
            raise KeyError(f'{cls.__name__} is taken')
        self.known[cls.__name__] = cls
        return cls

    def build(self, cfg):
        cfg = dict(cfg)
        return self.known[cfg.pop('type')](**cfg)

BLOCKS = Registry()
ACTIVATIONS = {}

def activation(name):
    def decorate(f):
        ACTIVATIONS[name] = f
        return f
    return decorate
`;
const blocks = `${imports}
from .registry import BLOCKS, activation

@BLOCKS.register
class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.conv = nn.Conv2d(3, dim, 3)

    def forward(self, x):
        return self.conv(x)

@activation('relu')
def relu():
    return nn.ReLU()
`;
const net = (line: string): string => `${imports}
from .registry import ACTIVATIONS, BLOCKS
${line}

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = BLOCKS.build({'type': 'Block', 'dim': 8})
        self.act = ACTIVATIONS['relu']()

    def forward(self, x):
        return self.act(self.block(x))
`;

async function builds(files: Files): Promise<void> {
  const { snapshot, roots } = await analyse(files, { build: 'Net()', inputs: [[1, 3, 8, 8]] });
  assert.equal(snapshot.roots[0]?.params, 3 * 8 * 9 + 8);
  assert.deepEqual(roots[0]?.output, [1, 8, 6, 6]);
}

describe('registries', () => {
  for (const line of [
    'from .blocks import Block, relu',
    'from . import blocks',
    'import pkg.blocks',
    'from .blocks import *',
    'from pkg import blocks as _blocks',
  ]) {
    it(`filled by a module that is imported: ${line}`, () =>
      builds({
        'pkg/net.py': net(line),
        'pkg/__init__.py': '',
        'pkg/registry.py': registry,
        'pkg/blocks.py': blocks,
      }));
  }

  it('filled by what the package imports', () =>
    builds({
      'pkg/net.py': net(''),
      'pkg/__init__.py': 'from .blocks import *\nfrom .net import Net\n',
      'pkg/registry.py': registry,
      'pkg/blocks.py': blocks,
    }));

  it('filled further down in the same file', async () => {
    const { snapshot } = await analyse(
      `${imports}
MODELS = {}
def register(cls):
    MODELS[cls.__name__.lower()] = cls
    return cls
def create(name, **kwargs):
    if name not in MODELS:
        raise ValueError(name)
    return MODELS[name](**kwargs)
@register
class Tiny(nn.Module):
    def __init__(self, n=2):
        super().__init__()
        self.fc = nn.Linear(n, n)
`,
      { build: 'create("tiny", n=3)', inputs: [[1, 3]] },
    );
    assert.equal(snapshot.roots[0]?.params, 12);
  });
});
