"""Reductions, sorting and statistics, one a line."""
import torch
import torch.nn as nn
from ops_pointwise import kind


class Reduce(nn.Module):
    def forward(self, x):
        i = (x * 5).long()
        b = x > 0.5
        a01, a02, a03, a04 = x.sum(), x.sum(1), x.sum((0, 2), keepdim=True), x.sum(dim=-1, keepdim=True)
        a05, a06, a07, a08 = x.mean(axis=1), torch.mean(x, [1, 2]), torch.mean(x, dim=1, keepdims=True), x.prod(0)
        a09, a10, a11, a12 = x.std(), x.var(1, keepdim=True), x.std(dim=(1, 2), unbiased=False), torch.var(x, 1, True, True)
        a13, a14, a15, a16 = x.max(), x.max(1)[0], x.max(dim=1, keepdim=True).values, x.amax((1, 2))
        a17, a18, a19, a20 = x.argmax(), x.argmax(-1), x.argmin(dim=1, keepdim=True), torch.argmax(x, 0)
        a21, a22, a23, a24 = x.norm(), x.norm(dim=1), x.norm(2, 1, True), torch.norm(x, p=1, dim=(1, 2))
        a25, a26, a27, a28 = b.all(), b.any(1), b.any(dim=-1, keepdim=True), torch.all(b, dim=0)
        a29, a30, a31, a32 = x.logsumexp(1), torch.logsumexp(x, (0, 1), keepdim=True), x.median(), x.median(1).indices
        a33, a34, a35, a36 = x.mode(1)[0], x.nansum(1), x.nanmean(0), torch.count_nonzero(x, dim=1)
        vm, sm = torch.var_mean(x, dim=1), torch.std_mean(x, (0, 1), keepdim=True)
        lo, hi = torch.aminmax(x, dim=1)
        q1, q2, q3 = torch.quantile(x, 0.5, dim=1), torch.quantile(x, torch.tensor([0.1, 0.9]), dim=-1, keepdim=True), x.quantile(0.5)
        k1, k2, k3, k4 = kind(i.sum()), kind(b.sum(1)), kind(x.argmax()), kind(i.cumsum(0))
        k5, k6, k7, k8 = kind(i.max(1)[0]), kind(i.max(1)[1]), kind(i.sum(dtype=torch.float32)), kind(i.float().mean(dtype=torch.float64))
        k9, k10, k11, k12 = kind(i.prod(0)), kind(b.all()), kind(x.sort()[1]), kind(b.cumsum(-1))
        return a01, a02


class Order(nn.Module):
    def forward(self, x):
        values, indices = x.sort(dim=1, descending=True)
        tv, ti = torch.topk(x, 2, dim=1)
        tk = x.topk(3).indices
        kv, ki = torch.kthvalue(x, 2, dim=1)
        kk = x.kthvalue(1, dim=-1, keepdim=True).values
        cm, ci = torch.cummax(x, 1)
        s01, s02, s03, s04 = x.argsort(1), torch.sort(x, 0)[0], x.cumsum(1), x.cumprod(dim=-1)
        s05, s06, s07, s08 = x.logcumsumexp(1), torch.diff(x), torch.diff(x, n=2, dim=1), x.msort()
        s09, s10, s11, s12 = torch.trapezoid(x), torch.trapezoid(x, dim=1), torch.cumulative_trapezoid(x, dim=1), torch.histc(x, 7)
        s13, s14, s15 = torch.searchsorted(torch.rand(9).sort()[0], x), torch.bucketize(x, torch.rand(4).sort()[0]), torch.bincount((x * 1000).long().flatten())
        s16, s17, s18 = torch.multinomial(x[0], 3, replacement=True), x.flip(1), x.flip((0, -1))
        s19, s20, s21 = x.roll(1), torch.roll(x, (1, 2), (0, 1)), torch.rot90(x, 1, (1, 2))
        s22, s23, s24 = torch.cov(x[0]), torch.corrcoef(x[0]), torch.dist(x, x + 1)
        return values, tv
