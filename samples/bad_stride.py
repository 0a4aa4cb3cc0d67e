"""Runs in PyTorch without a word, and never looks at a part of the image: LayerLens underlines where."""

from torch import nn
from torch.nn import functional as F


# layerlens: input=(1, 3, 224, 224)
class Patches(nn.Module):
    def __init__(self, classes: int = 10):
        super().__init__()
        # 224 = 22·10 + 4: the last 4 rows and columns belong to no patch.
        self.patch = nn.Conv2d(3, 32, kernel_size=10, stride=10)
        # A window of 2 that moves by 3 skips every third row and column, and the last one.
        self.pool = nn.MaxPool2d(kernel_size=2, stride=3)
        # Reads one pixel of four as well, but that is how a ResNet's shortcut is meant to be: nothing is said of it.
        self.reduce = nn.Conv2d(32, 64, kernel_size=1, stride=2)
        self.head = nn.Linear(64, classes)

    def forward(self, x):
        x = F.relu(self.patch(x))
        x = self.pool(x)
        x = F.relu(self.reduce(x))
        x = x.mean(dim=(2, 3))
        return self.head(x)
