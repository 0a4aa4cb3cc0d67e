"""Multiple inheritance, properties, class attributes, __getattr__ that forwards, abstract methods."""
from abc import ABC, abstractmethod
from enum import Enum

import torch
import torch.nn as nn


class Pooling(str, Enum):
    MEAN = "mean"
    MAX = "max"
    ATTENTION = "attention"


class PoolingMixin:
    pooling: Pooling = Pooling.MEAN

    def build_pooling(self, dim):
        self.query = nn.Linear(dim, 1) if self.pooling is Pooling.ATTENTION else None

    def pool(self, x):
        if self.pooling == Pooling.MEAN:
            return x.mean(1)
        if self.pooling == "max":
            return x.max(1).values
        weights = self.query(x).softmax(dim=1)
        return (weights * x).sum(dim=1)


class BaseEncoder(nn.Module, ABC):
    default_width = 16

    def __init__(self, width=None, **kwargs):
        super().__init__()
        self._width = width or self.default_width
        self.build(**kwargs)

    @property
    def width(self):
        return self._width

    @property
    def output_dim(self):
        return self.width * self.multiplier

    multiplier = 1

    @abstractmethod
    def build(self, **kwargs):
        ...

    @classmethod
    def from_config(cls, config):
        return cls(**{k.lower(): v for k, v in config.items()})


class GRUEncoder(PoolingMixin, BaseEncoder):
    multiplier = 2
    pooling = Pooling.ATTENTION

    def build(self, input_size=8, layers=1):
        self.norm = nn.LayerNorm(input_size)
        self.rnn = nn.GRU(input_size, self.width, layers, batch_first=True, bidirectional=True)
        self.build_pooling(self.output_dim)

    def forward(self, x):
        y, h = self.rnn(self.norm(x))
        return self.pool(y), h


class ConvEncoder(PoolingMixin, BaseEncoder):
    default_width = 20
    pooling = Pooling.MAX

    def build(self, input_size=8, kernel=3):
        self.conv = nn.Conv1d(input_size, self.output_dim, kernel, padding=kernel // 2, padding_mode="circular")
        self.build_pooling(self.output_dim)

    def forward(self, x):
        y = self.conv(x.transpose(1, 2)).transpose(1, 2)
        return self.pool(y), None


class Wrapper(nn.Module):
    def __init__(self, module):
        super().__init__()
        self.module = module

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(self.module, name)

    def forward(self, *args, **kwargs):
        return self.module(*args, **kwargs)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = Wrapper(GRUEncoder.from_config({"WIDTH": 12, "INPUT_SIZE": 8}))
        self.b = Wrapper(ConvEncoder())
        self.head = nn.Linear(self.a.output_dim + self.b.output_dim, 3)

    def __len__(self):
        return 2

    def forward(self, x):
        (fa, state), (fb, _) = self.a(x), self.b(x)
        joined = torch.cat([fa, fb], dim=-1)
        return self.head(joined), state
