"""Views, joins, splits and indexing, one a line."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from ops_pointwise import kind


class Views(nn.Module):
    def forward(self, x):
        n = x.size(0)
        a01, a02, a03, a04 = x.view(n, -1), x.view((n, 20)), x.reshape(-1), torch.reshape(x, (5, -1))
        a05, a06, a07, a08 = x.flatten(), x.flatten(1), torch.flatten(x, 0, 1), x.flatten(start_dim=-2)
        a09, a10, a11, a12 = x.unflatten(2, (5, 1)), x.unsqueeze(0), x.unsqueeze(-1).squeeze(), x[:1].squeeze(0)
        a13, a14, a15, a16 = x.permute(2, 0, 1), torch.permute(x, (0, 2, 1)), x.permute(dims=(1, 0, 2)), x.transpose(-1, 0)
        a17, a18, a19, a20 = x.movedim(0, 2), torch.moveaxis(x, (0, 1), (2, 0)), x.swapaxes(0, 1), x[0].t()
        a21, a22, a23, a24 = x[:, :1].expand(-1, 6, -1), x[0].expand(7, *x[0].shape), x[:, :1].expand_as(x), torch.broadcast_to(x[0], (2, 3, 4, 5))
        a25, a26, a27, a28 = x.repeat(1, 2, 3), x.repeat(2, 1, 1, 1), x.tile((2,)), torch.tile(x, (2, 1, 1, 1))
        a29, a30, a31, a32 = x.repeat_interleave(2, dim=1), torch.repeat_interleave(x, 3), x.unfold(1, 2, 1), x.unfold(-1, 3, 2)
        a33, a34, a35, a36 = x.narrow(1, 1, 2), x.select(1, 0), x.diagonal(dim1=1, dim2=2), torch.diagonal(x, 1, 0, 2)
        a37, a38, a39, a40 = torch.diag(x[0, 0]), torch.diag(x[0], 1), torch.diag_embed(x), torch.diagflat(x[0])
        a41, a42, a43, a44 = x.tril(), x.triu(1), torch.tril_indices(4, 5), torch.triu_indices(4, 3, 1)
        a45, a46, a47, a48 = x.reshape(shape=(3, 20)), x.ravel(), x.view_as(x + 0), torch.atleast_3d(x[0, 0])
        a49, a50, a51, a52 = x.squeeze(1), x[:, :1].squeeze(dim=1), x.T, x.mT
        a53, a54, a55, a56 = torch.squeeze(x[:1]), x.unsqueeze(dim=2), x.view(torch.int32), x.new_tensor([1, 2, 3])
        a57, a58, a59, a60 = x.new_zeros(2, 3), x.new_full((2,), 1.5), torch.empty(size=(2, 3)), torch.zeros((4,), dtype=torch.long)
        a61, a62, a63, a64 = torch.arange(2, 11, 3), torch.linspace(0, 1, 5), torch.full((2, 2), 7), torch.eye(3, 4)
        return a01, a02


class Joins(nn.Module):
    def forward(self, x):
        y = x + 1
        b01, b02, b03, b04 = torch.cat([x, y]), torch.cat((x, y), -1), torch.cat([x, y], axis=1), torch.stack([x, y])
        b05, b06, b07, b08 = torch.stack((x, y), dim=-1), torch.hstack([x, y]), torch.vstack((x, y)), torch.dstack([x, y])
        b09, b10, b11, b12 = torch.column_stack([x[0, 0], x[0, 1]]), torch.hstack((x[0, 0], x[0, 1])), torch.vstack((x[0, 0], x[0, 1])), torch.dstack((x[0, 0], x[0, 1]))
        c1, c2 = x.chunk(2, dim=1)
        c3 = x.chunk(3, dim=2)
        s1, s2, s3 = x.split([1, 2, 2], dim=-1)
        s4 = torch.split(x, 3, dim=1)
        s5 = x.split(split_size=2, dim=2)
        t1, t2, t3 = torch.tensor_split(x, 3, dim=2)
        t4 = x.tensor_split((1, 3), dim=2)
        u1, u2, u3 = x.unbind()
        h1, h2 = torch.hsplit(x, 2)
        v1, v2, v3 = torch.vsplit(x, 3)
        g1, g2 = torch.meshgrid(x[0, 0], x[0, :, 0], indexing="xy")
        p1, p2 = torch.cartesian_prod(x[0, 0], x[0, 1]), torch.combinations(x[0, 0], 2)
        w1, w2 = torch.broadcast_tensors(x[:, :1], x[:1])
        return b01, b02


class Picks(nn.Module):
    def forward(self, x):
        i = torch.tensor([0, 2])
        j = torch.zeros(3, 4, 2, dtype=torch.long)
        m = x > 0.5
        d01, d02, d03, d04 = x[0], x[:, -1], x[..., 0], x[None]
        d05, d06, d07, d08 = x[:, None, 1:], x[..., None], x[i], x[:, i]
        d09, d10, d11, d12 = x[i, i], x[i, :, i], x[:, [0, 1, 1]], x[i[:, None], i]
        d13, d14, d15, d16 = x[::2], x[:, 1::2, :-1], x[..., -3:], x[0, 1, 2]
        d17, d18, d19, d20 = x[:, 5:], x[:, :100], x[-1:], x[True]
        d21, d22, d23, d24 = x.gather(2, j), x.index_select(1, i), torch.take(x, i), torch.take_along_dim(x, j, dim=2)
        d25, d26, d27, d28 = x.scatter(2, j, 1.0), x.scatter_add(2, j, x), x.index_fill(1, i, 0), x.index_add(1, i, x[:, :2])
        d29, d30, d31, d32 = F.one_hot(i, 4), F.one_hot(i, num_classes=3), torch.where(m, x, -x), x.masked_fill(m, 0)
        d33, d34, d35, d36 = x[0][i], x[i][i], x[0, i], x[1:, ..., i]
        d37, d38, d39, d40 = torch.masked_select(x, m), x.index_put((i,), x[0]), x.put(i, x[0, 0, :2]), x[[0, 1], [1, 2]]
        k1, k2, k3 = kind(F.one_hot(i, 4)), kind(x[i]), kind(torch.tensor([1, 2.5]))
        k4, k5, k6 = kind(torch.arange(3)), kind(torch.arange(3.0)), kind(torch.full((2,), True))
        return d01, d07
