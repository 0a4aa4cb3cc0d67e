"""Atrous spatial pyramid pooling with an image-level branch, and a light decoder."""
import torch
from torch import nn
from torch.nn import functional as F


class ASPPConv(nn.Sequential):
    def __init__(self, in_channels, out_channels, dilation):
        super(ASPPConv, self).__init__(
            nn.Conv2d(in_channels, out_channels, 3, padding=dilation, dilation=dilation, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
        )


class ASPPPooling(nn.Sequential):
    def __init__(self, in_channels, out_channels):
        super().__init__(nn.AdaptiveAvgPool2d(1), nn.Conv2d(in_channels, out_channels, 1, bias=False), nn.ReLU())

    def forward(self, x):
        size = x.shape[-2:]
        for mod in self:
            x = mod(x)
        return F.interpolate(x, size=size, mode="bilinear", align_corners=False)


class ASPP(nn.Module):
    def __init__(self, in_channels, atrous_rates, out_channels=32):
        super().__init__()
        modules = [nn.Sequential(nn.Conv2d(in_channels, out_channels, 1, bias=False), nn.ReLU())]
        for rate in tuple(atrous_rates):
            modules.append(ASPPConv(in_channels, out_channels, rate))
        modules.append(ASPPPooling(in_channels, out_channels))
        self.convs = nn.ModuleList(modules)
        self.project = nn.Sequential(nn.Conv2d(len(self.convs) * out_channels, out_channels, 1, bias=False), nn.Dropout(0.5))

    def forward(self, x):
        _res = []
        for conv in self.convs:
            _res.append(conv(x))
        res = torch.cat(_res, dim=1)
        return self.project(res)


class DeepLab(nn.Module):
    def __init__(self, num_classes=7, output_stride=8):
        super().__init__()
        rates = {8: [12, 24, 36], 16: [6, 12, 18]}[output_stride]
        dilations = [1, 1, 2, 4] if output_stride == 8 else [1, 1, 1, 2]
        strides = [2 if d == 1 else 1 for d in dilations]
        self.low = nn.Conv2d(3, 16, 3, 2, 1)
        self.stages = nn.ModuleList()
        c = 16
        for s, d in zip(strides, dilations):
            self.stages.append(nn.Sequential(nn.Conv2d(c, c * 2, 3, stride=s, padding=d, dilation=d), nn.ReLU()))
            c *= 2
        self.aspp = ASPP(c, rates)
        self.classifier = nn.Conv2d(32 + 16, num_classes, 1)

    def forward(self, x):
        input_shape = x.shape[-2:]
        low = self.low(x)
        y = low
        for stage in self.stages:
            y = stage(y)
        y = self.aspp(y)
        y = F.interpolate(y, low.shape[2:], mode="bilinear", align_corners=False)
        y = self.classifier(torch.cat([low, y], dim=1))
        return {"out": F.interpolate(y, size=input_shape, mode="bilinear", align_corners=False)}
