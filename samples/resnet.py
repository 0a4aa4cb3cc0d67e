"""ResNet-18: each block adds to what came in, so that gradients reach the first layer (He et al., 2015)."""

from torch import nn
from torch.nn import functional as F


class BasicBlock(nn.Module):
    def __init__(self, in_channels: int, channels: int, stride: int = 1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = None
        if stride != 1 or in_channels != channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, channels, kernel_size=1, stride=stride, bias=False),
                nn.BatchNorm2d(channels),
            )

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.bn2(self.conv2(x))
        return F.relu(x + shortcut)


# layerlens: input=(1, 3, 224, 224)
class ResNet(nn.Module):
    def __init__(self, depths=(2, 2, 2, 2), classes: int = 1000):
        super().__init__()
        self.channels = 64
        self.conv1 = nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self.make_layer(64, depths[0])
        self.layer2 = self.make_layer(128, depths[1], stride=2)
        self.layer3 = self.make_layer(256, depths[2], stride=2)
        self.layer4 = self.make_layer(512, depths[3], stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512, classes)

    def make_layer(self, channels: int, depth: int, stride: int = 1):
        blocks = []
        for i in range(depth):
            blocks.append(BasicBlock(self.channels, channels, stride if i == 0 else 1))
            self.channels = channels
        return nn.Sequential(*blocks)

    def forward(self, x):
        x = self.maxpool(F.relu(self.bn1(self.conv1(x))))
        x = self.layer1(x)
        x = self.layer2(x)
        x = self.layer3(x)
        x = self.layer4(x)
        x = self.avgpool(x).flatten(1)
        return self.fc(x)


def resnet18(**options):
    return ResNet((2, 2, 2, 2), **options)


def resnet34(**options):
    return ResNet((3, 4, 6, 3), **options)
