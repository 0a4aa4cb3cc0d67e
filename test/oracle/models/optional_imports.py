"""Optional packages behind try/except, versions compared, and a fall-back written in place."""
import os
import sys
import warnings

import torch
import torch.nn as nn
import torch.nn.functional as F

try:
    import flash_attn_that_nobody_has as flash
    HAS_FLASH = True
except ImportError:
    flash = None
    HAS_FLASH = False

try:
    from apex_that_nobody_has.normalization import FusedLayerNorm as LayerNorm
except ImportError:
    from torch.nn import LayerNorm
except Exception:
    warnings.warn("apex is broken")
    LayerNorm = nn.LayerNorm

if sys.version_info >= (3, 7):
    from typing import NamedTuple
DEBUG = os.environ.get("MODEL_DEBUG", "0") == "1"


class Output(NamedTuple):
    hidden: torch.Tensor
    weights: torch.Tensor


class Attention(nn.Module):
    def __init__(self, dim, heads=4, use_flash=True):
        super().__init__()
        if use_flash and not HAS_FLASH:
            use_flash = False
        self.use_flash = use_flash
        self.heads = heads
        self.norm = LayerNorm(dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)
        self.register_buffer("slopes", torch.tensor([2 ** (-8 * (i + 1) / heads) for i in range(heads)]))

    def alibi(self, n, device):
        position = torch.arange(n, device=device)
        distance = position[None, :] - position[:, None]
        return self.slopes.to(device).view(-1, 1, 1) * distance.abs().neg()[None]

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(self.norm(x)).view(b, n, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        if self.use_flash:
            y = flash.attention(q, k, v)
            weights = None
        else:
            scores = torch.einsum("bhid,bhjd->bhij", q, k) / q.shape[-1] ** 0.5
            scores = scores + self.alibi(n, x.device)
            causal = torch.ones(n, n, dtype=torch.bool, device=x.device).triu(1)
            scores = scores.masked_fill(causal, torch.finfo(scores.dtype).min)
            weights = scores.softmax(-1)
            y = torch.einsum("bhij,bhjd->bhid", weights, v)
        y = y.transpose(1, 2).reshape(b, n, d)
        return Output(hidden=x + self.out(y), weights=weights)


class Model(nn.Module):
    def __init__(self, vocab=80, dim=32, depth=2):
        super().__init__()
        self.emb = nn.EmbeddingBag(vocab, dim, mode="mean") if DEBUG else nn.Embedding(vocab, dim)
        self.layers = nn.ModuleList(Attention(dim) for _ in range(depth))
        self.head = nn.Linear(dim, vocab)

    def forward(self, ids):
        x = self.emb(ids)
        maps = []
        for layer in self.layers:
            out = layer(x)
            x, w = out.hidden, out.weights
            maps.append(w)
        attention = torch.stack(maps, dim=1)
        return self.head(x), attention
