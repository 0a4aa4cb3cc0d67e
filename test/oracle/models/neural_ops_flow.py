"""A normalising flow (coupling layers, 1×1 convolutions, squeeze) and a correlation volume of optical flow."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class ActNorm(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.loc = nn.Parameter(torch.zeros(1, c, 1, 1))
        self.scale = nn.Parameter(torch.ones(1, c, 1, 1))

    def forward(self, x):
        _, _, height, width = x.shape
        log_abs = torch.log(torch.abs(self.scale))
        logdet = height * width * torch.sum(log_abs)
        return self.scale * (x + self.loc), logdet


class InvConv(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.weight = nn.Parameter(torch.eye(c).unsqueeze(2).unsqueeze(3))

    def forward(self, x):
        _, _, height, width = x.shape
        out = F.conv2d(x, self.weight)
        logdet = height * width * torch.slogdet(self.weight.squeeze().double())[1].float()
        return out, logdet


class AffineCoupling(nn.Module):
    def __init__(self, c, filters=16):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(c // 2, filters, 3, padding=1), nn.ReLU(inplace=True),
                                 nn.Conv2d(filters, filters, 1), nn.ReLU(inplace=True), nn.Conv2d(filters, c, 3, padding=1))

    def forward(self, x):
        a, b = x.chunk(2, 1)
        log_s, t = self.net(a).chunk(2, 1)
        s = torch.sigmoid(log_s + 2)
        out = (b + t) * s
        logdet = torch.sum(torch.log(s).view(x.shape[0], -1), 1)
        return torch.cat([a, out], 1), logdet


class Glow(nn.Module):
    def __init__(self, c=3, n_flow=2, n_block=2):
        super().__init__()
        self.blocks = nn.ModuleList()
        for i in range(n_block):
            c = c * 4 if i == 0 else c * 2
            self.blocks.append(nn.ModuleList([nn.ModuleList([ActNorm(c), InvConv(c), AffineCoupling(c)]) for _ in range(n_flow)]))

    @staticmethod
    def squeeze(x):
        b, c, h, w = x.shape
        squeezed = x.view(b, c, h // 2, 2, w // 2, 2).permute(0, 1, 3, 5, 2, 4)
        return squeezed.contiguous().view(b, c * 4, h // 2, w // 2)

    def forward(self, x):
        logdet, z_outs = 0, []
        for i, block in enumerate(self.blocks):
            x = self.squeeze(x)
            for flow in block:
                for op in flow:
                    x, det = op(x)
                    logdet = logdet + det
            if i < len(self.blocks) - 1:
                x, z_new = x.chunk(2, 1)
                z_outs.append(z_new)
        z_outs.append(x)
        return logdet, z_outs


class CorrBlock:
    def __init__(self, fmap1, fmap2, num_levels=2, radius=2):
        self.num_levels, self.radius = num_levels, radius
        self.corr_pyramid = []
        batch, dim, ht, wd = fmap1.shape
        corr = torch.matmul(fmap1.view(batch, dim, ht * wd).transpose(1, 2), fmap2.view(batch, dim, ht * wd))
        corr = corr.view(batch, ht, wd, 1, ht, wd) / torch.sqrt(torch.tensor(dim).float())
        corr = corr.reshape(batch * ht * wd, 1, ht, wd)
        self.corr_pyramid.append(corr)
        for i in range(self.num_levels - 1):
            corr = F.avg_pool2d(corr, 2, stride=2)
            self.corr_pyramid.append(corr)

    def __call__(self, coords):
        r = self.radius
        coords = coords.permute(0, 2, 3, 1)
        batch, h1, w1, _ = coords.shape
        out_pyramid = []
        for i in range(self.num_levels):
            corr = self.corr_pyramid[i]
            dx = torch.linspace(-r, r, 2 * r + 1, device=coords.device)
            dy = torch.linspace(-r, r, 2 * r + 1, device=coords.device)
            delta = torch.stack(torch.meshgrid(dy, dx, indexing="ij"), axis=-1)
            centroid_lvl = coords.reshape(batch * h1 * w1, 1, 1, 2) / 2 ** i
            coords_lvl = centroid_lvl + delta.view(1, 2 * r + 1, 2 * r + 1, 2)
            H, W = corr.shape[-2:]
            xgrid, ygrid = coords_lvl.split([1, 1], dim=-1)
            grid = torch.cat([2 * xgrid / (W - 1) - 1, 2 * ygrid / (H - 1) - 1], dim=-1)
            corr = F.grid_sample(corr, grid, align_corners=True)
            out_pyramid.append(corr.view(batch, h1, w1, -1))
        out = torch.cat(out_pyramid, dim=-1)
        return out.permute(0, 3, 1, 2).contiguous().float()


class Flow(nn.Module):
    def __init__(self, dim=16, iters=2):
        super().__init__()
        self.fnet = nn.Conv2d(3, dim, 7, 4, 3)
        self.update = nn.Conv2d(2 * 25 + 2, 2, 3, padding=1)
        self.iters = iters

    def upsample_flow(self, flow, mask):
        N, _, H, W = flow.shape
        mask = mask.view(N, 1, 9, 4, 4, H, W)
        mask = torch.softmax(mask, dim=2)
        up_flow = F.unfold(4 * flow, [3, 3], padding=1)
        up_flow = up_flow.view(N, 2, 9, 1, 1, H, W)
        up_flow = torch.sum(mask * up_flow, dim=2)
        up_flow = up_flow.permute(0, 1, 4, 2, 5, 3)
        return up_flow.reshape(N, 2, 4 * H, 4 * W)

    def forward(self, a, b):
        fa, fb = self.fnet(a), self.fnet(b)
        corr_fn = CorrBlock(fa, fb)
        n, _, h, w = fa.shape
        ys, xs = torch.meshgrid(torch.arange(h, device=a.device), torch.arange(w, device=a.device), indexing="ij")
        coords0 = torch.stack([xs, ys][::1], dim=0).float()[None].repeat(n, 1, 1, 1)
        coords1 = coords0.clone()
        predictions = []
        for _ in range(self.iters):
            corr = corr_fn(coords1)
            delta = self.update(torch.cat([corr, coords1 - coords0], 1))
            coords1 = coords1 + delta
            mask = delta[:, :1].repeat(1, 144, 1, 1)
            predictions.append(self.upsample_flow(coords1 - coords0, mask))
        return predictions
