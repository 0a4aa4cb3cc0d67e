// einops: patterns, checked by hand against its documentation (the package is not among Debian's, so there is no truth to record).

import assert from 'node:assert/strict';
import { analyse, check, imports } from './support.ts';

const head =
  'from einops import rearrange, reduce, repeat, einsum, pack, unpack\nfrom einops.layers.torch import Rearrange, Reduce\n';

describe('einops', () => {
  it('rearrange, reduce and repeat', () =>
    check(`${head}
x = torch.zeros(2, 3, 32, 48)
a = rearrange(x, 'b c h w -> b h w c')                                   #^ (2, 32, 48, 3)
b = rearrange(x, 'b c (h p1) (w p2) -> b (h w) (p1 p2 c)', p1=8, p2=16)  #^ (2, 12, 384)
c = rearrange(x, 'b ... -> b (...)')                                     #^ (2, 4608)
d = rearrange([x, x], 'n b c h w -> b (n c) h w')                        #^ (2, 6, 32, 48)
e = reduce(x, 'b c h w -> b c', 'mean')                                  #^ (2, 3)
f = reduce(x, 'b c (h 2) (w 2) -> b c h w', 'max')                       #^ (2, 3, 16, 24)
g = reduce(x, 'b c h w -> b c 1 1', 'mean')                              #^ (2, 3, 1, 1)
h = repeat(torch.zeros(1, 1, 8), '1 1 d -> b 1 d', b=5)                  #^ (5, 1, 8)
i = repeat(torch.zeros(4, 8), 'n d -> b n d', b=x.shape[0])              #^ (2, 4, 8)
`));

  it('einsum, pack and unpack', () =>
    check(`${head}
q = torch.zeros(2, 4, 10, 16)
k = torch.zeros(2, 4, 12, 16)
s = einsum(q, k, 'b h i d, b h j d -> b h i j')      #^ (2, 4, 10, 12)
p, ps = pack([torch.zeros(2, 1, 8), torch.zeros(2, 3, 4, 8)], 'b * d')
t = p                                                 #^ (2, 13, 8)
u, v = unpack(p, ps, 'b * d')
w = v                                                 #^ (2, 3, 4, 8)
`));

  it('as layers of a model without an input', async () => {
    const { snapshot } = await analyse(`${imports}${head}
# layerlens: input=(1, 3, 32, 32)
class Patches(nn.Module):
    def __init__(self, dim=64, p=8):
        super().__init__()
        self.embed = nn.Sequential(Rearrange('b c (h p1) (w p2) -> b (h w) (p1 p2 c)', p1=p, p2=p), nn.Linear(p * p * 3, dim))
        self.pool = Reduce('b n d -> b d', 'mean')
    def forward(self, x):
        return self.pool(self.embed(x))
`);
    assert.deepEqual(snapshot.problems, []);
    assert.deepEqual(snapshot.roots[0]?.graph?.scopes.find((s) => s.path === '')?.output, [1, 64]);
  });

  it('a pattern that does not fit is an error', async () => {
    await check(`${head}
x = torch.zeros(2, 3, 30, 30)
y = rearrange(x, 'b c (h p) (w q) -> b (h w) (p q c)', p=8, q=8)  #! reshape-size: 30
z = rearrange(x, 'b c h -> b (c h)')                              #! reshape-size: 3 axes
`);
  });
});
