"""Four classes that PyTorch refuses, each at the line that its comment names. LayerLens says so before they run."""

import torch
from torch import nn
from torch.nn import functional as F


# layerlens: input=(1, 3, 32, 32)
class WrongFeatures(nn.Module):
    """32 → 28 → 14 → 10 → 5, so the linear layer gets 16·5·5 = 400 numbers, not 16·6·6."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, kernel_size=5)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.fc = nn.Linear(16 * 6 * 6, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        return self.fc(x)  # fails here


# layerlens: input=(1, 3, 32, 32)
class WrongGroups(nn.Module):
    """48 channels do not divide into 32 groups."""

    def __init__(self):
        super().__init__()
        self.expand = nn.Conv2d(3, 48, kernel_size=1)
        self.depthwise = nn.Conv2d(48, 48, kernel_size=3, padding=1, groups=32)  # fails here

    def forward(self, x):
        return self.depthwise(self.expand(x))


# layerlens: input=(1, 3, 32, 32)
class WrongBroadcast(nn.Module):
    """The main path loses two rows and columns to an unpadded convolution, the shortcut does not."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, kernel_size=3)
        self.shortcut = nn.Conv2d(3, 8, kernel_size=1)

    def forward(self, x):
        return self.conv(x) + self.shortcut(x)  # fails here


# layerlens: input=(1, 3, 32, 32)
class WrongChannels(nn.Module):
    """The second convolution expects what the first one was before somebody widened it."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 24, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, kernel_size=3, padding=1)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        return self.conv2(x)  # fails here
