"""MLP-Mixer, FNet's Fourier mixing, and a Perceiver's latents that read a long array by cross attention."""
import torch
from torch import einsum, nn


class Transposed(nn.Module):
    def __init__(self, fn, a=1, b=2):
        super().__init__()
        self.fn, self.a, self.b = fn, a, b

    def forward(self, x, **kwargs):
        return self.fn(x.transpose(self.a, self.b), **kwargs).transpose(self.a, self.b)


class PreNorm(nn.Module):
    def __init__(self, dim, fn, context_dim=None):
        super().__init__()
        self.fn = fn
        self.norm = nn.LayerNorm(dim)
        self.norm_context = nn.LayerNorm(context_dim) if context_dim is not None else None

    def forward(self, x, **kwargs):
        x = self.norm(x)
        if self.norm_context is not None:
            context = kwargs["context"]
            kwargs.update(context=self.norm_context(context))
        return self.fn(x, **kwargs)


class GEGLU(nn.Module):
    def forward(self, x):
        x, gates = x.chunk(2, dim=-1)
        return x * nn.functional.gelu(gates)


def feed_forward(dim, mult=4):
    return nn.Sequential(nn.Linear(dim, dim * mult * 2), GEGLU(), nn.Linear(dim * mult, dim))


def dense(dim, factor):
    return nn.Sequential(nn.Linear(dim, dim * factor), nn.GELU(), nn.Linear(dim * factor, dim))


class Fourier(nn.Module):
    def forward(self, x):
        return torch.fft.fft(torch.fft.fft(x, dim=-1), dim=-2).real


class Mixer(nn.Module):
    def __init__(self, tokens=16, dim=32, depth=2, mixing="mlp", classes=5):
        super().__init__()
        self.embed = nn.Conv2d(3, dim, 8, 8)
        mix = (lambda: Transposed(dense(tokens, 2))) if mixing == "mlp" else Fourier
        self.blocks = nn.ModuleList([nn.ModuleList([PreNorm(dim, mix()), PreNorm(dim, dense(dim, 2))]) for _ in range(depth)])
        self.head = nn.Linear(dim, classes)

    def forward(self, x):
        x = self.embed(x).flatten(2).mT
        for mix, channel in self.blocks:
            x = mix(x) + x
            x = channel(x) + x
        return self.head(x.mean(1))


def exists(val):
    return val is not None


def default(val, d):
    return val if exists(val) else d


class Attention(nn.Module):
    def __init__(self, query_dim, context_dim=None, heads=8, dim_head=64):
        super().__init__()
        inner_dim = dim_head * heads
        context_dim = default(context_dim, query_dim)
        self.scale = dim_head ** -0.5
        self.heads = heads
        self.to_q = nn.Linear(query_dim, inner_dim, bias=False)
        self.to_kv = nn.Linear(context_dim, inner_dim * 2, bias=False)
        self.to_out = nn.Linear(inner_dim, query_dim)

    def forward(self, x, context=None, mask=None):
        h = self.heads
        q = self.to_q(x)
        context = default(context, x)
        k, v = self.to_kv(context).chunk(2, dim=-1)
        split = lambda t: t.reshape(t.shape[0], t.shape[1], h, -1).transpose(1, 2).flatten(0, 1)
        q, k, v = map(split, (q, k, v))
        sim = einsum("b i d, b j d -> b i j", q, k) * self.scale
        if exists(mask):
            sim.masked_fill_(~mask[:, None, :].repeat_interleave(h, 0), -torch.finfo(sim.dtype).max)
        attn = sim.softmax(dim=-1)
        out = einsum("b i j, b j d -> b i d", attn, v)
        out = out.unflatten(0, (-1, h)).transpose(1, 2).flatten(2)
        return self.to_out(out)


class Perceiver(nn.Module):
    def __init__(self, depth=2, dim=20, num_latents=12, latent_dim=32, logits_dim=None):
        super().__init__()
        self.latents = nn.Parameter(torch.randn(num_latents, latent_dim))
        self.cross = PreNorm(latent_dim, Attention(latent_dim, dim, heads=1, dim_head=16), context_dim=dim)
        self.cross_ff = PreNorm(latent_dim, feed_forward(latent_dim))
        get_attn = lambda: PreNorm(latent_dim, Attention(latent_dim, heads=4, dim_head=8))
        get_ff = lambda: PreNorm(latent_dim, feed_forward(latent_dim))
        self.layers = nn.ModuleList([])
        for _ in range(depth):
            self.layers.append(nn.ModuleList([get_attn(), get_ff()]))
        self.to_logits = nn.Linear(latent_dim, logits_dim) if exists(logits_dim) else nn.Identity()

    def forward(self, data, mask=None):
        b, *axis, _ = *data.shape, None
        data = data.reshape(b, -1, data.shape[-1])
        x = self.latents.unsqueeze(0).repeat(b, 1, 1)
        x = self.cross(x, context=data, mask=mask) + x
        x = self.cross_ff(x) + x
        for self_attn, self_ff in self.layers:
            x = self_attn(x) + x
            x = self_ff(x) + x
        return self.to_logits(x)
