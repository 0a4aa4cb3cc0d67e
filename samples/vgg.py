"""VGG: 3×3 convolutions only, as deep as they go (Simonyan and Zisserman, 2014).

The whole network is drawn from one list: a number is a convolution with that many channels, 'M' a pooling.
"""

from torch import nn

PLANS = {
    "vgg11": [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
    "vgg16": [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"],
}


def make_features(plan, batch_norm: bool = False):
    layers = []
    channels = 3
    for step in plan:
        if step == "M":
            layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
            continue
        layers.append(nn.Conv2d(channels, step, kernel_size=3, padding=1))
        if batch_norm:
            layers.append(nn.BatchNorm2d(step))
        layers.append(nn.ReLU(inplace=True))
        channels = step
    return nn.Sequential(*layers)


# layerlens: input=(1, 3, 224, 224)
class VGG(nn.Module):
    def __init__(self, plan: str = "vgg11", classes: int = 1000, batch_norm: bool = True):
        super().__init__()
        self.features = make_features(PLANS[plan], batch_norm)
        self.avgpool = nn.AdaptiveAvgPool2d(7)
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(),
            nn.Linear(4096, classes),
        )

    def forward(self, x):
        x = self.features(x)
        x = self.avgpool(x)
        x = x.flatten(1)
        return self.classifier(x)


def vgg16(**options):
    return VGG("vgg16", **options)
