"""Tabular and recommender models: factorisation machines, embedding bags, deep and cross networks, TabNet's splits."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class FeaturesEmbedding(nn.Module):
    def __init__(self, field_dims, embed_dim):
        super().__init__()
        self.embedding = nn.Embedding(sum(field_dims), embed_dim)
        offsets, total = [], 0
        for d in field_dims:
            offsets.append(total)
            total += d
        self.offsets = torch.tensor(offsets, dtype=torch.long)
        nn.init.xavier_uniform_(self.embedding.weight.data)

    def forward(self, x):
        x = x + self.offsets.to(x.device).unsqueeze(0)
        return self.embedding(x)


class FactorizationMachine(nn.Module):
    def __init__(self, reduce_sum=True):
        super().__init__()
        self.reduce_sum = reduce_sum

    def forward(self, x):
        square_of_sum = torch.sum(x, dim=1) ** 2
        sum_of_square = torch.sum(x ** 2, dim=1)
        ix = square_of_sum - sum_of_square
        if self.reduce_sum:
            ix = torch.sum(ix, dim=1, keepdim=True)
        return 0.5 * ix


class CrossNetwork(nn.Module):
    def __init__(self, input_dim, num_layers):
        super().__init__()
        self.num_layers = num_layers
        self.w = nn.ModuleList([nn.Linear(input_dim, 1, bias=False) for _ in range(num_layers)])
        self.b = nn.ParameterList([nn.Parameter(torch.zeros((input_dim,))) for _ in range(num_layers)])

    def forward(self, x):
        x0 = x
        for i in range(self.num_layers):
            xw = self.w[i](x)
            x = x0 * xw + self.b[i] + x
        return x


class InnerProduct(nn.Module):
    def forward(self, x):
        num_fields = x.shape[1]
        row, col = list(), list()
        for i in range(num_fields - 1):
            for j in range(i + 1, num_fields):
                row.append(i), col.append(j)
        return torch.sum(x[:, row] * x[:, col], dim=2)


class DeepFM(nn.Module):
    def __init__(self, field_dims=(10, 7, 5, 12), embed_dim=8, mlp_dims=(32, 16), tags=40):
        super().__init__()
        self.linear = FeaturesEmbedding(field_dims, 1)
        self.bias = nn.Parameter(torch.zeros((1,)))
        self.fm = FactorizationMachine(reduce_sum=True)
        self.embedding = FeaturesEmbedding(field_dims, embed_dim)
        self.embed_output_dim = len(field_dims) * embed_dim
        self.tags = nn.EmbeddingBag(tags, embed_dim, mode="sum")
        layers, width = [], self.embed_output_dim + embed_dim
        for d in mlp_dims:
            layers += [nn.Linear(width, d), nn.BatchNorm1d(d), nn.ReLU(), nn.Dropout(p=0.2)]
            width = d
        layers.append(nn.Linear(width, 1))
        self.mlp = nn.Sequential(*layers)
        self.cross = CrossNetwork(self.embed_output_dim, 2)
        self.inner = InnerProduct()

    def forward(self, x):
        embed_x = self.embedding(x)
        first = torch.sum(self.linear(x), dim=1) + self.bias
        bag = self.tags(x)
        deep = torch.cat([embed_x.view(-1, self.embed_output_dim), bag], dim=1)
        logit = first + self.fm(embed_x) + self.mlp(deep)
        cross = self.cross(embed_x.flatten(1))
        products = self.inner(embed_x)
        return torch.sigmoid(logit.squeeze(1)), cross, products
