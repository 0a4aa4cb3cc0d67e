"""MobileNetV2: wide inside, narrow between, one filter per channel (Sandler et al., 2018)."""

from torch import nn

# expansion, channels, repeats, stride of the first
STAGES = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
]


def round_channels(channels: float, multiple: int = 8) -> int:
    """The nearest multiple, never more than 10 % below."""
    rounded = max(multiple, int(channels + multiple / 2) // multiple * multiple)
    return rounded + multiple if rounded < 0.9 * channels else rounded


def conv_bn_relu(in_channels, channels, kernel_size=3, stride=1, groups=1):
    padding = (kernel_size - 1) // 2
    return nn.Sequential(
        nn.Conv2d(in_channels, channels, kernel_size, stride, padding, groups=groups, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU6(inplace=True),
    )


class InvertedResidual(nn.Module):
    def __init__(self, in_channels: int, channels: int, stride: int, expansion: int):
        super().__init__()
        hidden = in_channels * expansion
        self.adds = stride == 1 and in_channels == channels
        layers = [] if expansion == 1 else [conv_bn_relu(in_channels, hidden, kernel_size=1)]
        layers += [
            conv_bn_relu(hidden, hidden, stride=stride, groups=hidden),
            nn.Conv2d(hidden, channels, kernel_size=1, bias=False),
            nn.BatchNorm2d(channels),
        ]
        self.conv = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.conv(x) if self.adds else self.conv(x)


# layerlens: input=(1, 3, 224, 224)
class MobileNetV2(nn.Module):
    def __init__(self, classes: int = 1000, width: float = 1.0):
        super().__init__()
        channels = round_channels(32 * width)
        last = round_channels(1280 * max(1.0, width))
        features = [conv_bn_relu(3, channels, stride=2)]
        for expansion, base, repeats, first_stride in STAGES:
            out = round_channels(base * width)
            for i in range(repeats):
                features.append(InvertedResidual(channels, out, first_stride if i == 0 else 1, expansion))
                channels = out
        features.append(conv_bn_relu(channels, last, kernel_size=1))
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(last, classes))

    def forward(self, x):
        x = self.features(x)
        x = x.mean([2, 3])
        return self.classifier(x)
