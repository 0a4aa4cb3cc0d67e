"""Nested functions, closures with nonlocal, generators, while loops, walrus and chained comparisons."""
import itertools
import math
from collections import defaultdict, namedtuple

import torch
import torch.nn as nn

Spec = namedtuple("Spec", ["channels", "repeats", "stride"])


def make_divisible(v, divisor=8, min_value=None):
    min_value = min_value or divisor
    new_v = max(min_value, int(v + divisor / 2) // divisor * divisor)
    if new_v < 0.9 * v:
        new_v += divisor
    return new_v


def channel_counter(start):
    current = start

    def advance(to=None):
        nonlocal current
        previous, current = current, to if to is not None else current * 2
        return previous, current

    return advance


def specs(width, depth):
    stage = 0
    while (channels := make_divisible(16 * width * 2 ** stage)) <= 128:
        yield Spec(channels, math.ceil((stage + 1) * depth), 1 if stage == 0 else 2)
        stage += 1


class Net(nn.Module):
    def __init__(self, width=1.0, depth=0.6, in_channels=3, classes=4):
        super().__init__()
        advance = channel_counter(in_channels)

        def conv(to, stride=1, k=3):
            cin, cout = advance(to)
            return nn.Sequential(nn.Conv2d(cin, cout, k, stride, k // 2), nn.ReLU())

        self.counts = defaultdict(int)
        layers = []
        for index, spec in enumerate(specs(width, depth)):
            for repeat in range(spec.repeats):
                layers.append(conv(spec.channels, stride=spec.stride if repeat == 0 else 1))
                self.counts[index] += 1
        self.layers = nn.ModuleList(layers)
        _, last = advance(None)
        self.expand = nn.Conv2d(last // 2, last, 1)
        widths = [last, *itertools.accumulate([last // 2, -last // 4])]
        self.head = nn.Sequential(*itertools.chain.from_iterable(
            (nn.Linear(a, b), nn.Tanh()) for a, b in zip(widths, widths[1:])))
        self.out = nn.Linear(widths[-1], classes)

    def forward(self, x):
        i = 0
        taps = []
        while i < len(self.layers):
            x = self.layers[i](x)
            if 4 <= x.shape[-1] < 20 and i % 2 == 0:
                taps.append(x)
            i += 1
        x = self.expand(x)
        pooled = x.amax(dim=(-2, -1))
        logits = self.out(self.head(pooled))
        sizes = {f"tap{n}": t for n, t in enumerate(taps)}
        return logits, sizes
