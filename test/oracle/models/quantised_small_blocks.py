"""Efficient blocks: ghost modules, inverted residuals, shuffles, large kernels that are merged, involution."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def channel_shuffle(x, groups):
    b, c, h, w = x.size()
    x = x.view(b, groups, c // groups, h, w)
    x = torch.transpose(x, 1, 2).contiguous()
    return x.view(b, -1, h, w)


class GhostModule(nn.Module):
    def __init__(self, inp, oup, kernel_size=1, ratio=2, dw_size=3, stride=1, relu=True):
        super().__init__()
        self.oup = oup
        init_channels = math.ceil(oup / ratio)
        new_channels = init_channels * (ratio - 1)
        self.primary_conv = nn.Sequential(nn.Conv2d(inp, init_channels, kernel_size, stride, kernel_size // 2, bias=False),
                                          nn.BatchNorm2d(init_channels), nn.ReLU(inplace=True) if relu else nn.Sequential())
        self.cheap_operation = nn.Sequential(
            nn.Conv2d(init_channels, new_channels, dw_size, 1, dw_size // 2, groups=init_channels, bias=False),
            nn.BatchNorm2d(new_channels), nn.ReLU(inplace=True) if relu else nn.Sequential())

    def forward(self, x):
        x1 = self.primary_conv(x)
        x2 = self.cheap_operation(x1)
        out = torch.cat([x1, x2], dim=1)
        return out[:, :self.oup, :, :]


class ShuffleUnit(nn.Module):
    def __init__(self, c, stride):
        super().__init__()
        self.stride = stride
        branch = c // 2
        self.branch1 = nn.Sequential() if stride == 1 else nn.Sequential(
            nn.Conv2d(c, c, 3, stride, 1, groups=c), nn.Conv2d(c, branch, 1))
        cin = branch if stride == 1 else c
        self.branch2 = nn.Sequential(nn.Conv2d(cin, branch, 1), nn.ReLU6(), nn.Conv2d(branch, branch, 3, stride, 1, groups=branch))

    def forward(self, x):
        if self.stride == 1:
            x1, x2 = x.chunk(2, dim=1)
            out = torch.cat((x1, self.branch2(x2)), dim=1)
        else:
            out = torch.cat((self.branch1(x), self.branch2(x)), dim=1)
        return channel_shuffle(out, 2)


class Involution(nn.Module):
    def __init__(self, channels, kernel_size=3, stride=1, group_channels=4):
        super().__init__()
        self.kernel_size, self.stride, self.group_channels = kernel_size, stride, group_channels
        self.groups = channels // group_channels
        self.conv1 = nn.Conv2d(channels, channels // 4, 1)
        self.conv2 = nn.Conv2d(channels // 4, kernel_size ** 2 * self.groups, 1)
        if stride > 1:
            self.avgpool = nn.AvgPool2d(stride, stride)
        self.unfold = nn.Unfold(kernel_size, 1, (kernel_size - 1) // 2, stride)

    def forward(self, x):
        weight = self.conv2(self.conv1(x if self.stride == 1 else self.avgpool(x)))
        b, c, h, w = weight.shape
        weight = weight.view(b, self.groups, self.kernel_size ** 2, h, w).unsqueeze(2)
        out = self.unfold(x).view(b, self.groups, self.group_channels, self.kernel_size ** 2, h, w)
        out = (weight * out).sum(dim=3).view(b, -1, h, w)
        return out


class RepBlock(nn.Module):
    def __init__(self, c, deploy=False):
        super().__init__()
        self.deploy = deploy
        if deploy:
            self.rbr_reparam = nn.Conv2d(c, c, 3, padding=1)
        else:
            self.rbr_identity = nn.BatchNorm2d(c)
            self.rbr_dense = nn.Conv2d(c, c, 3, padding=1, bias=False)
            self.rbr_1x1 = nn.Conv2d(c, c, 1, bias=False)

    def forward(self, inputs):
        if hasattr(self, "rbr_reparam"):
            return F.relu(self.rbr_reparam(inputs))
        id_out = 0 if self.rbr_identity is None else self.rbr_identity(inputs)
        return F.relu(self.rbr_dense(inputs) + self.rbr_1x1(inputs) + id_out)


class Net(nn.Module):
    cfg = [[GhostModule, (16, 30), {}], [GhostModule, (30, 24), {"kernel_size": 3, "stride": 2}],
           [ShuffleUnit, (24, 1), {}], [ShuffleUnit, (24, 2), {}], [Involution, (24,), {"stride": 2}],
           [Involution, (24, 5), {"group_channels": 6}], [RepBlock, (24,), {}], [RepBlock, (24,), {"deploy": True}]]

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, 2, 1)
        self.features = nn.Sequential(*(cls(*args, **kwargs) for cls, args, kwargs in self.cfg))
        self.fc = nn.Linear(24, 5)

    def forward(self, x):
        x = self.features(self.stem(x))
        x = F.adaptive_avg_pool2d(x, 1).reshape(x.size(0), -1)
        return self.fc(x)
