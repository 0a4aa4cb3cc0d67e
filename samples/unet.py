"""U-Net: down to what is there, up to where it is, with a bridge at every size (Ronneberger et al., 2015)."""

import torch
from torch import nn


def double_conv(in_channels: int, channels: int):
    return nn.Sequential(
        nn.Conv2d(in_channels, channels, kernel_size=3, padding=1),
        nn.BatchNorm2d(channels),
        nn.ReLU(inplace=True),
        nn.Conv2d(channels, channels, kernel_size=3, padding=1),
        nn.BatchNorm2d(channels),
        nn.ReLU(inplace=True),
    )


class Up(nn.Module):
    """Doubles the size, then looks at it together with the bridge from the way down."""

    def __init__(self, in_channels: int, bridge_channels: int, channels: int):
        super().__init__()
        self.upsample = nn.Upsample(scale_factor=2, mode="nearest")
        self.conv = double_conv(in_channels + bridge_channels, channels)

    def forward(self, x, bridge):
        x = self.upsample(x)
        x = torch.cat([bridge, x], dim=1)
        return self.conv(x)


# layerlens: input=(1, 3, 256, 256)
class UNet(nn.Module):
    def __init__(self, channels=(32, 64, 128, 256), classes: int = 2):
        super().__init__()
        self.pool = nn.MaxPool2d(2)
        self.down = nn.ModuleList(double_conv(i, o) for i, o in zip((3, *channels), channels))
        self.bottom = double_conv(channels[-1], channels[-1] * 2)
        widths = (channels[-1] * 2, *reversed(channels))
        self.up = nn.ModuleList(Up(i, o, o) for i, o in zip(widths, reversed(channels)))
        self.head = nn.Conv2d(channels[0], classes, kernel_size=1)

    def forward(self, x):
        bridges = []
        for block in self.down:
            x = block(x)
            bridges.append(x)
            x = self.pool(x)
        x = self.bottom(x)
        for block, bridge in zip(self.up, reversed(bridges)):
            x = block(x, bridge)
        return self.head(x)
