"""Forward hooks that collect activations, blocks run under checkpointing, a frozen stem."""
import torch
import torch.nn as nn
import torch.utils.checkpoint as cp
from torch.utils.checkpoint import checkpoint_sequential


class DenseLayer(nn.Module):
    def __init__(self, cin, growth, bottleneck=4, efficient=True):
        super().__init__()
        self.add_module("norm1", nn.BatchNorm2d(cin))
        self.add_module("relu1", nn.ReLU(inplace=False))
        self.add_module("conv1", nn.Conv2d(cin, bottleneck * growth, kernel_size=1, bias=False))
        self.norm2 = nn.BatchNorm2d(bottleneck * growth)
        self.conv2 = nn.Conv2d(bottleneck * growth, growth, 3, padding=1, bias=False)
        self.efficient = efficient

    def bottleneck(self, *inputs):
        concated = torch.cat(inputs, 1)
        return self.conv1(self.relu1(self.norm1(concated)))

    def forward(self, *prev_features):
        if self.efficient and any(p.requires_grad for p in prev_features):
            out = cp.checkpoint(self.bottleneck, *prev_features)
        else:
            out = self.bottleneck(*prev_features)
        return self.conv2(self.norm2(out).relu_())


class DenseBlock(nn.Module):
    def __init__(self, n, cin, growth):
        super().__init__()
        for i in range(n):
            self.add_module("denselayer%d" % (i + 1), DenseLayer(cin + i * growth, growth))

    def forward(self, init_features):
        features = [init_features]
        for name, layer in self.named_children():
            features.append(layer(*features))
        return torch.cat(features, 1)


class Hooked(nn.Module):
    def __init__(self, freeze=True):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, stride=2, padding=1)
        self.block = DenseBlock(3, 16, 8)
        self.tail = nn.Sequential(nn.Conv2d(40, 32, 1), nn.ReLU(), nn.Conv2d(32, 16, 1), nn.ReLU())
        self.head = nn.Linear(16, 4)
        self.activations = {}
        self.handles = [self.block.register_forward_hook(self.save("block"))]
        if freeze:
            for param in self.stem.parameters():
                param.requires_grad = False

    def save(self, name):
        def hook(module, input, output):
            self.activations[name] = output.detach()
        return hook

    def forward(self, x):
        x = self.stem(x)
        x = self.block(x)
        x = checkpoint_sequential(self.tail, 2, x)
        x = x.mean([-2, -1])
        return self.head(x)
