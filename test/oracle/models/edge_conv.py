"""Dynamic graph convolution: k nearest neighbours by distance, gathered features (DGCNN's idea)."""
import torch
import torch.nn as nn


def knn(x, k):
    inner = -2 * torch.matmul(x.transpose(2, 1), x)
    xx = torch.sum(x ** 2, dim=1, keepdim=True)
    pairwise_distance = -xx - inner - xx.transpose(2, 1)
    idx = pairwise_distance.topk(k=k, dim=-1)[1]
    return idx


def get_graph_feature(x, k=20, idx=None):
    batch_size = x.size(0)
    num_points = x.size(2)
    x = x.view(batch_size, -1, num_points)
    if idx is None:
        idx = knn(x, k=k)
    idx_base = torch.arange(0, batch_size, device=x.device).view(-1, 1, 1) * num_points
    idx = idx + idx_base
    idx = idx.view(-1)
    _, num_dims, _ = x.size()
    x = x.transpose(2, 1).contiguous()
    feature = x.view(batch_size * num_points, -1)[idx, :]
    feature = feature.view(batch_size, num_points, k, num_dims)
    x = x.view(batch_size, num_points, 1, num_dims).repeat(1, 1, k, 1)
    feature = torch.cat((feature - x, x), dim=3).permute(0, 3, 1, 2).contiguous()
    return feature


class DGCNN(nn.Module):
    def __init__(self, k=8, emb_dims=48, output_channels=5):
        super().__init__()
        self.k = k
        self.bns = nn.ModuleList([nn.BatchNorm2d(16), nn.BatchNorm2d(32)])
        self.conv1 = nn.Sequential(nn.Conv2d(6, 16, kernel_size=1, bias=False), self.bns[0], nn.LeakyReLU(negative_slope=0.2))
        self.conv2 = nn.Sequential(nn.Conv2d(16 * 2, 32, kernel_size=1, bias=False), self.bns[1], nn.LeakyReLU(negative_slope=0.2))
        self.conv5 = nn.Sequential(nn.Conv1d(48, emb_dims, kernel_size=1, bias=False), nn.BatchNorm1d(emb_dims))
        self.linear1 = nn.Linear(emb_dims * 2, output_channels)

    def forward(self, x):
        batch_size = x.size(0)
        outs = []
        for conv in (self.conv1, self.conv2):
            x = get_graph_feature(x, k=self.k)
            x = conv(x)
            x = x.max(dim=-1, keepdim=False)[0]
            outs.append(x)
        x = torch.cat(outs, dim=1)
        x = self.conv5(x)
        x1 = nn.functional.adaptive_max_pool1d(x, 1).view(batch_size, -1)
        x2 = nn.functional.adaptive_avg_pool1d(x, 1).view(batch_size, -1)
        x = torch.cat((x1, x2), 1)
        return self.linear1(x)
