"""A network that is a list of tuples: ('conv', {…}), read by a small builder."""
import torch.nn as nn

LAYERS = [
    ("conv", dict(out_channels=24, kernel_size=5, stride=2, padding=2)),
    ("bn", {}),
    ("act", {"name": "LeakyReLU", "negative_slope": 0.1}),
    ("pool", {"kernel_size": 3, "stride": 2, "padding": 1}),
    [("conv", dict(out_channels=48, kernel_size=1)), ("conv", dict(out_channels=96, kernel_size=3, padding=1)), 3],
    ("sepconv", dict(out_channels=64, kernel_size=(3, 5))),
    ("act", {"name": "ReLU"}),
    ("gap", {}),
    ("linear", {"out_features": 32}),
    ("dropout", {"p": 0.2}),
    ("linear", {"out_features": 7}),
]


class Builder:
    def __init__(self, in_channels):
        self.channels = in_channels
        self.modules = []

    def build(self, layers):
        for layer in layers:
            if isinstance(layer, list):
                *inner, times = layer
                for _ in range(times):
                    self.build(inner)
                continue
            kind, options = layer
            made = getattr(self, f"make_{kind}")(**options)
            if isinstance(made, (list, tuple)):
                self.modules.extend(made)
            else:
                self.modules.append(made)
        return self

    def make_conv(self, out_channels, **kw):
        conv = nn.Conv2d(self.channels, out_channels, **kw)
        self.channels = out_channels
        return conv

    def make_sepconv(self, out_channels, kernel_size):
        kh, kw = kernel_size
        first = nn.Conv2d(self.channels, self.channels, kernel_size, padding=(kh // 2, kw // 2), groups=self.channels)
        return [first, self.make_conv(out_channels, kernel_size=1)]

    def make_bn(self):
        return nn.BatchNorm2d(self.channels)

    def make_act(self, name, **kw):
        return getattr(nn, name)(**kw)

    def make_pool(self, **kw):
        return nn.MaxPool2d(**kw)

    def make_gap(self):
        return nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten()

    def make_linear(self, out_features):
        layer = nn.Linear(self.channels, out_features)
        self.channels = out_features
        return layer

    def make_dropout(self, p):
        return nn.Dropout(p)


class TupleNet(nn.Sequential):
    def __init__(self, layers=LAYERS, in_channels=3):
        super().__init__(*Builder(in_channels).build(layers).modules)
