"""A plain convolutional network that is described by a string: 'C32-C32-M-C64-D-F128'."""
import re

import torch
import torch.nn as nn


def parse(spec, in_channels, image_size):
    layers, classifier, c, size = [], [], in_channels, image_size
    flat = None
    for token in spec.split("-"):
        match = re.match(r"([A-Z]+)(\d*)", token)
        kind, number = match.group(1), match.group(2)
        if kind == "C":
            out = int(number)
            layers += [nn.Conv2d(c, out, 3, padding=1, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True)]
            c = out
        elif kind == "M":
            layers.append(nn.MaxPool2d(2))
            size //= 2
        elif kind == "A":
            layers.append(nn.AvgPool2d(int(number or 2)))
            size //= int(number or 2)
        elif kind == "D":
            (layers if flat is None else classifier).append(nn.Dropout(0.1))
        elif kind == "F":
            flat = flat or c * size * size
            classifier += [nn.Linear(flat, int(number)), nn.ReLU()]
            flat = int(number)
        else:
            raise ValueError(f"unknown token {token!r}")
    return nn.Sequential(*layers), nn.Sequential(*classifier), flat


class StringNet(nn.Module):
    presets = {
        "tiny": "C16-M-C32-M-C64-M-F64",
        "small": "C32-C32-M-C64-D-C64-M-C128-A4-F256-D-F64",
    }

    def __init__(self, spec="small", num_classes=10, in_channels=3, image_size=32):
        super().__init__()
        self.spec = self.presets.get(spec, spec)
        self.features, self.classifier, width = parse(self.spec, in_channels, image_size)
        self.head = nn.Linear(width, num_classes)

    def forward(self, x):
        x = self.features(x)
        x = torch.flatten(x, 1)
        x = self.classifier(x)
        logits = self.head(x)
        return logits
