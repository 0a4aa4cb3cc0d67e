"""Lazy layers and the rarer ones of torch.nn, one after the other."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Rare2d(nn.Module):
    def __init__(self):
        super().__init__()
        self.lazy = nn.LazyConv2d(12, 3, padding=1)
        self.lazy_norm = nn.LazyBatchNorm2d()
        self.const = nn.ConstantPad2d((1, 2, 0, 1), 0.5)
        self.lp = nn.LPPool2d(2, 3, stride=2)
        self.softmax2d = nn.Softmax2d()
        self.threshold = nn.Threshold(0.1, 0.0)
        self.shrink = nn.Sequential(nn.Hardshrink(), nn.Softshrink(), nn.Softmin(dim=1), nn.RReLU(), nn.GLU(dim=1))
        self.fold = nn.Fold((8, 8), kernel_size=2, stride=2)
        self.unfold = nn.Unfold(2, stride=2)
        self.cross_norm = nn.CrossMapLRN2d(3)
        self.frac = nn.FractionalMaxPool2d(3, output_size=(5, 4))
        self.up = nn.UpsamplingBilinear2d(scale_factor=2)
        self.near = nn.UpsamplingNearest2d(size=(9, 7))
        self.pool, self.unpool = nn.MaxPool2d(2, return_indices=True), nn.MaxUnpool2d(2)
        self.flat = nn.Sequential(nn.Flatten(), nn.Unflatten(1, (6, -1)), nn.Identity("anything", n=3))
        self.transposed = nn.LazyConvTranspose2d(4, 3, stride=2)

    def forward(self, x):
        x = self.lazy_norm(self.lazy(x))
        padded = self.const(x)
        lp = self.lp(padded)
        soft = self.softmax2d(self.threshold(x))
        half = self.shrink(soft)
        cols = self.unfold(half)
        folded = self.fold(cols)
        frac = self.frac(folded)
        up = self.up(frac)
        near = self.near(up)
        pooled, where = self.pool(folded)
        unpooled = self.unpool(pooled, where)
        flat = self.flat(unpooled)
        grown = self.transposed(near)
        return lp, flat, grown


class Rare1d(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding.from_pretrained(torch.rand(30, 12), freeze=True)
        self.pads = nn.Sequential(nn.ConstantPad1d(2, 0.0), nn.ReplicationPad1d((1, 0)), nn.ReflectionPad1d(1))
        self.conv = nn.Conv1d(12, 8, 3, padding="same", padding_mode="reflect")
        self.norm = nn.LazyInstanceNorm1d(affine=True)
        self.linear = nn.LazyLinear(10)
        self.alpha = nn.Sequential(nn.AlphaDropout(0.1), nn.FeatureAlphaDropout(), nn.Dropout1d())
        self.proj = nn.LSTM(10, 16, proj_size=6, batch_first=True)
        self.adaptive = nn.AdaptiveLogSoftmaxWithLoss(6, 40, cutoffs=[10, 20])
        self.mha = nn.MultiheadAttention(6, 2, kdim=10, vdim=8, batch_first=True)
        self.acts = nn.ModuleList([nn.Hardtanh(), nn.Softplus(), nn.Softsign(), nn.Tanhshrink(), nn.LogSigmoid(),
                                   nn.CELU(), nn.SELU(), nn.Mish(), nn.Hardswish(), nn.Hardsigmoid(), nn.PReLU(6)])

    def forward(self, ids):
        x = self.embed(ids).transpose(1, 2)
        padded = self.pads(x)
        x = self.norm(self.conv(padded))
        x = x.transpose(1, 2)
        y = self.linear(self.alpha(x))
        y, (h, c) = self.proj(y)
        z = y.transpose(1, 2)
        for act in self.acts:
            z = act(z)
        q = z.transpose(1, 2)
        attended, weights = self.mha(q, torch.cat([q, y[..., :4]], -1), x)
        logp = self.adaptive.log_prob(attended.flatten(0, 1))
        return logp, weights, h, c


def dry_run(cls, *inputs):
    model = cls().eval()
    model(*inputs)
    return model


def rare2d():
    return dry_run(Rare2d, torch.zeros(1, 5, 8, 8))


def rare1d():
    return dry_run(Rare1d, torch.zeros(1, 9, dtype=torch.long))
