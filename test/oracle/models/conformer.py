"""A conformer-like encoder for speech: subsampling, relative shift, depthwise convolution, macaron feed-forward."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class Swish(nn.Module):
    def forward(self, x):
        return x * x.sigmoid()


class ConvSubsampling(nn.Module):
    def __init__(self, idim, odim):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, odim, 3, 2), nn.ReLU(), nn.Conv2d(odim, odim, 3, 2), nn.ReLU())
        self.out = nn.Linear(odim * (((idim - 1) // 2 - 1) // 2), odim)

    def forward(self, x):
        x = self.conv(x.unsqueeze(1))
        b, c, t, f = x.size()
        x = self.out(x.transpose(1, 2).contiguous().view(b, t, c * f))
        return x


class FeedForwardModule(nn.Sequential):
    def __init__(self, d, expansion=4, dropout=0.1):
        super().__init__(nn.LayerNorm(d), nn.Linear(d, d * expansion), Swish(), nn.Dropout(dropout),
                         nn.Linear(d * expansion, d), nn.Dropout(dropout))


class ConvModule(nn.Module):
    def __init__(self, channels, kernel_size=15):
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.pointwise_conv1 = nn.Conv1d(channels, 2 * channels, 1)
        self.depthwise_conv = nn.Conv1d(channels, channels, kernel_size, padding=(kernel_size - 1) // 2, groups=channels)
        self.bn = nn.BatchNorm1d(channels)
        self.pointwise_conv2 = nn.Conv1d(channels, channels, 1)

    def forward(self, x):
        x = self.norm(x).transpose(1, 2)
        x = self.pointwise_conv1(x)
        x = F.glu(x, dim=1)
        x = F.silu(self.bn(self.depthwise_conv(x)))
        return self.pointwise_conv2(x).transpose(1, 2)


class RelAttention(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.d_k, self.h = d // heads, heads
        self.q, self.k, self.v, self.o = (nn.Linear(d, d) for _ in range(4))
        self.pos = nn.Linear(d, d, bias=False)
        self.pos_bias_u = nn.Parameter(torch.Tensor(heads, self.d_k))
        self.pos_bias_v = nn.Parameter(torch.Tensor(heads, self.d_k))
        nn.init.xavier_uniform_(self.pos_bias_u)
        nn.init.xavier_uniform_(self.pos_bias_v)

    def rel_shift(self, x):
        zero_pad = torch.zeros((*x.size()[:3], 1), device=x.device, dtype=x.dtype)
        x_padded = torch.cat([zero_pad, x], dim=-1)
        x_padded = x_padded.view(*x.size()[:2], x.size(3) + 1, x.size(2))
        return x_padded[:, :, 1:].view_as(x)[:, :, :, : x.size(-1) // 2 + 1]

    def forward(self, x, pos_emb):
        b, t, _ = x.shape
        q, k, v = (f(x).view(b, t, self.h, self.d_k) for f in (self.q, self.k, self.v))
        k, v = k.transpose(1, 2), v.transpose(1, 2)
        p = self.pos(pos_emb).view(pos_emb.size(0), -1, self.h, self.d_k).transpose(1, 2)
        ac = torch.matmul((q + self.pos_bias_u).transpose(1, 2), k.transpose(-2, -1))
        bd = self.rel_shift(torch.matmul((q + self.pos_bias_v).transpose(1, 2), p.transpose(-2, -1)))
        attn = torch.softmax((ac + bd) / math.sqrt(self.d_k), dim=-1)
        return self.o(torch.matmul(attn, v).transpose(1, 2).contiguous().view(b, -1, self.h * self.d_k))


class Conformer(nn.Module):
    def __init__(self, idim=80, d=48, heads=4, layers=2, vocab=30, max_len=100):
        super().__init__()
        self.sub = ConvSubsampling(idim, d)
        self.blocks = nn.ModuleList()
        for _ in range(layers):
            self.blocks.append(nn.ModuleDict({
                "ff1": FeedForwardModule(d), "att_norm": nn.LayerNorm(d), "att": RelAttention(d, heads),
                "conv": ConvModule(d), "ff2": FeedForwardModule(d), "norm": nn.LayerNorm(d)}))
        self.ctc = nn.Linear(d, vocab)
        pe = torch.zeros(2 * max_len - 1, d)
        position = torch.arange(max_len - 1, -max_len, -1.0).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d, 2, dtype=torch.float32) * -(math.log(10000.0) / d))
        pe[:, 0::2] = torch.sin(position * div_term)
        pe[:, 1::2] = torch.cos(position * div_term)
        self.register_buffer("pe", pe.unsqueeze(0))

    def forward(self, x):
        x = self.sub(x)
        mid, t = self.pe.size(1) // 2, x.size(1)
        pos = self.pe[:, mid - t + 1: mid + t]
        for blk in self.blocks:
            x = x + 0.5 * blk["ff1"](x)
            x = x + blk["att"](blk["att_norm"](x), pos)
            x = x + blk["conv"](x)
            x = x + 0.5 * blk["ff2"](x)
            x = blk["norm"](x)
        return self.ctc(x).log_softmax(-1)
