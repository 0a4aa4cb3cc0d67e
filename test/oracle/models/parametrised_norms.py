"""Weights under weight_norm, spectral_norm and parametrizations, both of the old and the new kind."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils import remove_weight_norm, spectral_norm, weight_norm
from torch.nn.utils import parametrize
from torch.nn.utils import parametrizations


class Symmetric(nn.Module):
    def forward(self, X):
        return X.triu() + X.triu(1).transpose(-1, -2)


class SNConv(nn.Conv2d):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        spectral_norm(self)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.wn = weight_norm(nn.Conv1d(4, 16, 5, padding=2), name="weight", dim=0)
        self.wn_all = weight_norm(nn.Linear(16, 12), dim=None)
        self.sn = spectral_norm(nn.Linear(12, 10, bias=False))
        self.sn_conv = SNConv(1, 6, 3, padding=1)
        self.new_sn = parametrizations.spectral_norm(nn.Linear(10, 8))
        self.orthogonal = parametrizations.orthogonal(nn.Linear(8, 8))
        self.symmetric = nn.Linear(8, 8)
        parametrize.register_parametrization(self.symmetric, "weight", Symmetric())
        self.removed = weight_norm(nn.Linear(8, 4))
        remove_weight_norm(self.removed)

    def forward(self, x):
        y = self.wn(x).transpose(1, 2)
        y = self.wn_all(y)
        y = self.sn(F.elu(y))
        z = self.sn_conv(y.unsqueeze(1))
        y = self.new_sn(y + z.mean(1))
        y = self.orthogonal(y)
        y = self.symmetric(y)
        return self.removed(y)
