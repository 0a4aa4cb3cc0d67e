// The model of the end-to-end tests, with the numbers that PyTorch gives for it.

/**
 * conv1 156, conv2 2416, fc 4010: 6582 parameters.
 * 28·28·6·25 + 10·10·16·150 + 400·10 = 361,600 multiply-accumulates.
 */
export const lenet = `import torch
import torch.nn.functional as F
from torch import nn


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.pool = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc = nn.Linear(400, 10)

    def forward(self, x):
        a = self.conv1(x)
        b = self.pool(F.relu(a))
        c = self.pool(F.relu(self.conv2(b)))
        d = torch.flatten(c, 1)
        return self.fc(d)


net = LeNet()
y = net(torch.randn(1, 1, 32, 32))
`;

/** Label by the text in front of it. */
export const lenetHints: Readonly<Record<string, string>> = {
  '        a': ': (1, 6, 28, 28)',
  '        b': ': (1, 6, 14, 14)',
  '        c': ': (1, 16, 5, 5)',
  '        d': ': (1, 400)',
  '        return self.fc(d)': '→ (1, 10)',
  '        self.conv1 = nn.Conv2d(1, 6, 5)': '156 params',
  '        self.conv2 = nn.Conv2d(6, 16, 5)': '2.4 K params',
  '        self.fc = nn.Linear(400, 10)': '4 K params',
};

export const block = `from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)

    def forward(self, x):
        return self.conv(x)
`;

export const usesBlock = `import torch
from torch import nn
from block import Block


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block()

    def forward(self, x):
        y = self.block(x)
        return y


Net()(torch.randn(1, 3, 32, 32))
`;
