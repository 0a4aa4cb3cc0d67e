"""Recursion over nested tuples, memory slots read by content, pointer and copy mechanisms."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class TreeLSTM(nn.Module):
    def __init__(self, dim=12, hidden=16):
        super().__init__()
        self.leaf = nn.Linear(dim, 2 * hidden)
        self.compose = nn.Linear(2 * hidden, 5 * hidden)

    def visit(self, tree, words):
        if isinstance(tree, int):
            h, c = self.leaf(words[:, tree]).chunk(2, -1)
            return torch.tanh(h), c
        left, right = (self.visit(child, words) for child in tree)
        gates = self.compose(torch.cat([left[0], right[0]], dim=-1))
        i, fl, fr, o, g = gates.chunk(5, dim=-1)
        c = i.sigmoid() * g.tanh() + fl.sigmoid() * left[1] + fr.sigmoid() * right[1]
        return o.sigmoid() * c.tanh(), c

    def forward(self, words, tree=((0, 1), (2, (3, 4)))):
        h, _ = self.visit(tree, words)
        return h


class MemoryNetwork(nn.Module):
    def __init__(self, slots=10, width=16, hops=3):
        super().__init__()
        self.memory = nn.Parameter(torch.randn(slots, width))
        self.hops = nn.ModuleList([nn.Linear(width, width) for _ in range(hops)])
        self.write = nn.GRUCell(width, width)

    def address(self, key, memory):
        similarity = F.cosine_similarity(key.unsqueeze(1), memory, dim=-1)
        return F.softmax(10 * similarity, dim=-1)

    def forward(self, query):
        memory = self.memory.unsqueeze(0).expand(query.size(0), -1, -1)
        weights = None
        for hop in self.hops:
            weights = self.address(query, memory)
            read = torch.bmm(weights.unsqueeze(1), memory).squeeze(1)
            query = torch.relu(hop(query) + read)
            erase = torch.sigmoid(query).unsqueeze(1) * weights.unsqueeze(-1)
            memory = memory * (1 - erase) + weights.unsqueeze(-1) * query.unsqueeze(1)
        written = self.write(query, memory.mean(dim=1))
        return written, weights


class PointerGenerator(nn.Module):
    def __init__(self, vocab=50, dim=16, extra=6):
        super().__init__()
        self.out = nn.Linear(dim, vocab)
        self.p_gen = nn.Linear(2 * dim, 1)
        self.extra = extra

    def forward(self, state, encoded, source_ids):
        scores = torch.einsum("bd,btd->bt", state, encoded)
        attn = scores.softmax(-1)
        context = (attn.unsqueeze(-1) * encoded).sum(1)
        p_gen = self.p_gen(torch.cat([context, state], 1)).sigmoid()
        vocab_dist = p_gen * self.out(context).softmax(-1)
        extended = torch.cat([vocab_dist, vocab_dist.new_zeros(vocab_dist.size(0), self.extra)], 1)
        final = extended.scatter_add(1, source_ids, (1 - p_gen) * attn)
        return final


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(50, 12)
        self.tree, self.memory, self.pointer = TreeLSTM(), MemoryNetwork(), PointerGenerator()
        self.encode = nn.RNN(12, 16, batch_first=True, nonlinearity="relu")

    def forward(self, ids):
        words = self.words(ids)
        h = self.tree(words)
        m, w = self.memory(h)
        encoded, _ = self.encode(words)
        return self.pointer(m, encoded, ids), w
