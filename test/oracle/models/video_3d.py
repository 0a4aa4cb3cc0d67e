"""Volumes in time: factored 3D convolutions, a slow-fast pair of pathways, non-cubic strides."""
import torch
import torch.nn as nn


class Conv2Plus1D(nn.Sequential):
    def __init__(self, cin, cout, mid=None, stride=1, padding=1):
        mid = mid or (cin * cout * 27) // (cin * 9 + 3 * cout)
        super().__init__(
            nn.Conv3d(cin, mid, (1, 3, 3), stride=(1, stride, stride), padding=(0, padding, padding), bias=False),
            nn.BatchNorm3d(mid), nn.ReLU(inplace=True),
            nn.Conv3d(mid, cout, (3, 1, 1), stride=(stride, 1, 1), padding=(padding, 0, 0), bias=False))

    @staticmethod
    def get_downsample_stride(stride):
        return stride, stride, stride


class Pathway(nn.Module):
    def __init__(self, channels, temporal_kernel):
        super().__init__()
        k = temporal_kernel
        c = channels
        self.conv1 = nn.Conv3d(3, c, (k, 7, 7), (1, 2, 2), (k // 2, 3, 3))
        self.pool1 = nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1))
        self.res = Conv2Plus1D(c, c * 2, stride=2)
        self.norm = nn.GroupNorm(2, c * 2)

    def forward(self, x):
        return self.norm(self.res(self.pool1(self.conv1(x))))


class SlowFast(nn.Module):
    def __init__(self, alpha=4, beta=1 / 4, classes=9):
        super().__init__()
        self.alpha = alpha
        slow = 32
        fast = int(slow * beta)
        self.slow, self.fast = Pathway(slow, 1), Pathway(fast, 5)
        self.lateral = nn.Conv3d(fast * 2, fast * 4, (5, 1, 1), stride=(alpha, 1, 1), padding=(2, 0, 0))
        self.pool = nn.AdaptiveAvgPool3d((1, 1, 1))
        self.fc = nn.Linear(slow * 2 + fast * 4 + fast * 2, classes)

    def pack(self, frames):
        index = torch.linspace(0, frames.shape[2] - 1, frames.shape[2] // self.alpha).long()
        return frames[:, :, :: self.alpha], torch.index_select(frames, 2, index.to(frames.device))

    def forward(self, frames):
        slow, alternative = self.pack(frames)
        s, f = self.slow(slow), self.fast(frames)
        lateral = self.lateral(f)
        lateral = lateral[:, :, : s.size(2)]
        s = torch.cat([s, lateral], dim=1)
        out = torch.cat([self.pool(s).squeeze(), self.pool(f).flatten(1)], dim=1)
        return self.fc(out), alternative
