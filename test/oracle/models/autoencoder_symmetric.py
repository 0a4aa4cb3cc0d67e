"""A stacked autoencoder from a list of widths; pooling indices are used again on the way up (as SegNet does)."""
import torch.nn as nn


def mlp(dims, act=nn.ReLU, last=None):
    layers = []
    for a, b in zip(dims[:-1], dims[1:]):
        layers.extend([nn.Linear(a, b), act()])
    layers.pop()
    if last is not None:
        layers.append(last)
    return nn.Sequential(*layers)


class Stacked(nn.Module):
    def __init__(self, dims=(784, 256, 64, 12)):
        super().__init__()
        self.encoder = mlp(dims)
        self.decoder = mlp(tuple(reversed(dims)), last=nn.Sigmoid())

    def forward(self, x):
        shape = x.shape
        code = self.encoder(x.flatten(1))
        return self.decoder(code).reshape(shape), code


class SegLike(nn.Module):
    def __init__(self, cin=3, classes=5, widths=(8, 16, 32)):
        super().__init__()
        chans = [cin, *widths]
        self.enc = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in zip(chans, chans[1:]))
        self.dec = nn.ModuleList(nn.Conv2d(b, a, 3, padding=1) for a, b in list(zip([classes, *widths], widths))[::-1])
        self.pool = nn.MaxPool2d(2, stride=2, return_indices=True)
        self.unpool = nn.MaxUnpool2d(2, 2)

    def forward(self, x):
        stack = []
        for conv in self.enc:
            x = conv(x).relu()
            size = x.size()
            x, idx = self.pool(x)
            stack.append((idx, size))
        while stack:
            idx, size = stack.pop()
            x = self.unpool(x, idx, output_size=size)
            x = self.dec[len(self.dec) - len(stack) - 1](x)
        return x
