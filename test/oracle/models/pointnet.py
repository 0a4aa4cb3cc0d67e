"""PointNet: a T-Net, shared perceptrons as 1×1 convolutions, a global maximum, segmentation of points."""
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class STN(nn.Module):
    def __init__(self, k=3):
        super().__init__()
        self.k = k
        self.conv1 = torch.nn.Conv1d(k, 16, 1)
        self.conv2 = torch.nn.Conv1d(16, 32, 1)
        self.fc1 = nn.Linear(32, 24)
        self.fc2 = nn.Linear(24, k * k)
        self.bn1 = nn.BatchNorm1d(16)
        self.bn2 = nn.BatchNorm1d(32)
        self.bn3 = nn.BatchNorm1d(24)

    def forward(self, x):
        batchsize = x.size()[0]
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        x = torch.max(x, 2, keepdim=True)[0]
        x = x.view(-1, 32)
        x = F.relu(self.bn3(self.fc1(x)))
        x = self.fc2(x)
        iden = torch.from_numpy(np.eye(self.k).flatten().astype(np.float32)).view(1, self.k * self.k).repeat(batchsize, 1)
        iden = iden.to(x.device)
        x = x + iden
        x = x.view(-1, self.k, self.k)
        return x


class PointNet(nn.Module):
    def __init__(self, classes=6, feature_transform=True):
        super().__init__()
        self.stn = STN(3)
        self.conv1 = nn.Conv1d(3, 16, 1)
        self.feature_transform = feature_transform
        if self.feature_transform:
            self.fstn = STN(k=16)
        self.conv2 = nn.Conv1d(16, 64, 1)
        self.head = nn.Sequential(nn.Conv1d(80, 32, 1), nn.ReLU(), nn.Conv1d(32, classes, 1))

    def forward(self, x):
        n_pts = x.size(2)
        trans = self.stn(x)
        x = x.transpose(2, 1)
        x = torch.bmm(x, trans)
        x = x.transpose(2, 1)
        x = F.relu(self.conv1(x))
        if self.feature_transform:
            trans_feat = self.fstn(x)
            x = x.transpose(2, 1)
            x = torch.bmm(x, trans_feat)
            x = x.transpose(2, 1)
        else:
            trans_feat = None
        pointfeat = x
        x = self.conv2(x)
        x = x.max(dim=2, keepdim=True).values
        glob = x.view(-1, 64, 1).repeat(1, 1, n_pts)
        x = torch.cat([glob, pointfeat], 1)
        seg = self.head(x).transpose(2, 1).contiguous()
        seg = F.log_softmax(seg.view(-1, seg.size(-1)), dim=-1).view(seg.size(0), n_pts, -1)
        return seg, trans, trans_feat
