"""A sparse mixture of experts with top-k gates, a balance loss, and a soft variant with batched experts."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Expert(nn.Module):
    def __init__(self, d, hidden):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, hidden), nn.ReLU(), nn.Linear(hidden, d))

    def forward(self, x):
        return self.net(x)


class TopKRouter(nn.Module):
    def __init__(self, d, n, k, noisy=False):
        super().__init__()
        self.k = k
        self.linear = nn.Linear(d, n)
        self.noise = nn.Linear(d, n) if noisy else None

    def forward(self, x):
        logits = self.linear(x)
        if self.noise is not None:
            logits = logits + torch.randn_like(logits) * F.softplus(self.noise(x))
        top, indices = logits.topk(self.k, dim=-1)
        zeros = torch.full_like(logits, float("-inf"))
        sparse = zeros.scatter(-1, indices, top)
        return F.softmax(sparse, dim=-1), indices


class SparseMoE(nn.Module):
    def __init__(self, d=32, experts=4, k=2, hidden=48):
        super().__init__()
        self.router = TopKRouter(d, experts, k, noisy=True)
        self.experts = nn.ModuleList([Expert(d, hidden) for _ in range(experts)])
        self.k = k

    def forward(self, x):
        gating, indices = self.router(x)
        final = torch.zeros_like(x)
        flat_x = x.view(-1, x.size(-1))
        flat_gating = gating.view(-1, gating.size(-1))
        for i, expert in enumerate(self.experts):
            expert_mask = (indices == i).any(dim=-1)
            weight = flat_gating[:, i, None]
            out = expert(flat_x) * weight
            final = final + out.view_as(x) * expert_mask.unsqueeze(-1)
        one_hot = F.one_hot(indices, num_classes=len(self.experts)).float()
        load = one_hot.sum(dim=2).mean(dim=(0, 1))
        importance = gating.mean(dim=(0, 1))
        balance = len(self.experts) * (load * importance).sum()
        return final, balance


class BatchedMoE(nn.Module):
    def __init__(self, d=32, experts=4, hidden=24):
        super().__init__()
        self.w1 = nn.Parameter(torch.randn(experts, d, hidden))
        self.w2 = nn.Parameter(torch.randn(experts, hidden, d))
        self.gate = nn.Linear(d, experts, bias=False)

    def forward(self, x):
        gates = self.gate(x).softmax(-1)
        h = torch.einsum("bnd,edh->benh", x, self.w1)
        h = F.gelu(h)
        y = torch.einsum("benh,ehd->bend", h, self.w2)
        out = torch.einsum("bend,bne->bnd", y, gates)
        return out, gates


class Model(nn.Module):
    def __init__(self, vocab=50, d=32):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        self.sparse = SparseMoE(d)
        self.soft = BatchedMoE(d)
        self.head = nn.Linear(d, vocab)

    def forward(self, tokens):
        x = self.emb(tokens)
        y, balance = self.sparse(x)
        x = x + y
        z, gates = self.soft(x)
        return self.head(x + z), balance, gates
