"""A backbone that gives a dict of its stages, and a wrapper that cuts a Sequential at named layers."""
from collections import OrderedDict

import torch
from torch import nn


class IntermediateLayers(nn.ModuleDict):
    def __init__(self, model, return_layers):
        if not set(return_layers).issubset([name for name, _ in model.named_children()]):
            raise ValueError("return_layers are not present in model")
        orig = return_layers
        return_layers = {str(k): str(v) for k, v in return_layers.items()}
        layers = OrderedDict()
        for name, module in model.named_children():
            layers[name] = module
            if name in return_layers:
                del return_layers[name]
            if not return_layers:
                break
        super().__init__(layers)
        self.return_layers = orig

    def forward(self, x):
        out = OrderedDict()
        for name, module in self.items():
            x = module(x)
            if name in self.return_layers:
                out[self.return_layers[name]] = x
        return out


def stage(cin, cout):
    return nn.Sequential(OrderedDict([
        ("down", nn.Conv2d(cin, cout, 3, stride=2, padding=1)),
        ("norm", nn.GroupNorm(8, cout)),
        ("act", nn.SiLU()),
    ]))


class Backbone(nn.Module):
    def __init__(self, widths=(16, 32, 64, 128)):
        super().__init__()
        previous = 3
        for i, w in enumerate(widths):
            self.add_module(f"stage{i + 1}", stage(previous, w))
            previous = w
        self.head = nn.Linear(previous, 5)


class Extractor(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = IntermediateLayers(Backbone(), {"stage2": "low", "stage4": "high"})
        self.mix = nn.Conv2d(128 + 32, 48, 1)

    def forward(self, x):
        feats = self.body(x)
        low, high = feats["low"], feats["high"]
        high = nn.functional.interpolate(high, size=low.shape[-2:], mode="bilinear", align_corners=False)
        mixed = self.mix(torch.cat([low, high], dim=1))
        return {"mixed": mixed, **feats, "pooled": mixed.mean(dim=(2, 3))}
