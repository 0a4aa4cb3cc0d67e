"""Two images through one tower; distances and a contrastive loss."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Tower(nn.Module):
    def __init__(self, embedding=32):
        super().__init__()
        self.cnn1 = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(1, 4, kernel_size=3), nn.ReLU(inplace=True), nn.BatchNorm2d(4),
            nn.ReplicationPad2d((1, 1, 2, 2)), nn.Conv2d(4, 8, kernel_size=3), nn.ReLU(inplace=True), nn.BatchNorm2d(8),
            nn.ZeroPad2d(1), nn.Conv2d(8, 8, kernel_size=3), nn.ReLU(inplace=True), nn.LocalResponseNorm(4),
        )
        self.fc1 = nn.LazyLinear(embedding)

    def forward(self, x):
        output = self.cnn1(x)
        output = output.view(output.size()[0], -1)
        return F.normalize(self.fc1(output), p=2, dim=1)


class ContrastiveLoss(torch.nn.Module):
    def __init__(self, margin=2.0):
        super().__init__()
        self.margin = margin

    def forward(self, output1, output2, label):
        euclidean_distance = F.pairwise_distance(output1, output2, keepdim=True)
        pos = (1 - label) * torch.pow(euclidean_distance, 2)
        neg = label * torch.pow(torch.clamp(self.margin - euclidean_distance, min=0.0), 2)
        return torch.mean(pos + neg)


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.tower = Tower()
        self.loss = ContrastiveLoss()
        self.cos = nn.CosineSimilarity(dim=-1)
        self.dist = nn.PairwiseDistance(p=2)
        self.bilinear = nn.Bilinear(32, 32, 6)
        self.triplet = nn.TripletMarginLoss(margin=0.5)

    def forward(self, a, b):
        fa, fb = self.tower(a), self.tower(b)
        similarity = self.cos(fa, fb)
        distance = self.dist(fa, fb)
        relation = self.bilinear(fa, fb)
        label = torch.zeros(a.size(0), 1, device=a.device)
        loss = self.loss(fa, fb, label) + self.triplet(fa, fb, fb.roll(1, 0))
        pair = torch.cdist(fa, fb)
        return similarity, distance, relation, loss, pair


def build(size=14):
    """Lazy layers learn their widths from a dry run, as PyTorch's documentation recommends."""
    model = Siamese()
    model.tower.eval()
    with torch.no_grad():
        model.tower(torch.zeros(1, 1, size, size))
    return model
