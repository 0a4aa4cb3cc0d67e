"""Models by name: a registry filled by decorators, factory chains with partial and keyword arguments."""
from functools import partial
from typing import Callable, Dict

import torch
import torch.nn as nn

MODELS: Dict[str, Callable[..., nn.Module]] = {}
NORMS = {"bn": nn.BatchNorm2d, "gn": partial(nn.GroupNorm, 4), "none": lambda c: nn.Identity()}


def register(name=None):
    def decorator(fn):
        key = name or fn.__name__
        if key in MODELS:
            raise KeyError(key)
        MODELS[key] = fn
        return fn
    return decorator


def conv_norm_act(in_ch, out_ch, kernel=3, stride=1, groups=1, norm="bn", act=nn.ReLU):
    layers = [nn.Conv2d(in_ch, out_ch, kernel, stride, kernel // 2, groups=groups, bias=norm == "none"), NORMS[norm](out_ch)]
    if act is not None:
        layers.append(act())
    return nn.Sequential(*layers)


class Residual(nn.Module):
    def __init__(self, fn, shortcut=None):
        super().__init__()
        self.fn = fn
        self.shortcut = shortcut if shortcut is not None else nn.Identity()

    def forward(self, x):
        return self.fn(x) + self.shortcut(x)


def basic_block(cin, cout, stride, unit):
    body = nn.Sequential(unit(cin, cout, stride=stride), unit(cout, cout, act=None))
    short = None if cin == cout and stride == 1 else unit(cin, cout, kernel=1, stride=stride, act=None)
    return Residual(body, short)


def depthwise_block(cin, cout, stride, unit):
    return nn.Sequential(unit(cin, cin, stride=stride, groups=cin), unit(cin, cout, kernel=1))


class Net(nn.Module):
    def __init__(self, block, stages, norm="bn", act=nn.ReLU, num_classes=10, width_mult=1.0, **unused):
        super().__init__()
        unit = partial(conv_norm_act, norm=norm, act=act)
        widths = [int(w * width_mult) for w, _, _ in stages]
        self.stem = unit(3, widths[0])
        blocks, cin = [], widths[0]
        for (w, n, s), cout in zip(stages, widths):
            for i in range(n):
                blocks.append(block(cin, cout, s if i == 0 else 1, unit))
                cin = cout
        self.body = nn.Sequential(*blocks)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(cin, num_classes)
        self.num_features = cin

    def forward(self, x):
        x = self.body(self.stem(x))
        features = self.pool(x).flatten(1)
        return self.fc(features)


def _create(variant, block, default_cfg=None, **kwargs):
    cfg = dict(default_cfg or {}, **kwargs)
    model = Net(block, **cfg)
    model.variant = variant
    return model


@register()
def basic_small(**kwargs):
    return _create("basic_small", basic_block, dict(stages=[(16, 2, 1), (32, 2, 2), (64, 2, 2)]), **kwargs)


@register("mobile")
def mobile_tiny(pretrained=False, **kwargs):
    cfg = dict(stages=[(24, 1, 1), (48, 2, 2), (96, 1, 2)], act=nn.ReLU6)
    cfg.update(kwargs)
    return _create("mobile", depthwise_block, **cfg)


def create_model(name, **kwargs):
    kwargs = {k: v for k, v in kwargs.items() if v is not None}
    return MODELS[name](**kwargs)
