"""Deformable sampling written by hand: offsets, four corners, gather and bilinear weights."""
import torch
from torch import nn


class DeformConv2D(nn.Module):
    def __init__(self, inc, outc, kernel_size=3, padding=1):
        super().__init__()
        self.kernel_size = kernel_size
        self.padding = padding
        self.zero_padding = nn.ZeroPad2d(padding)
        self.conv_kernel = nn.Conv2d(inc, outc, kernel_size=kernel_size, stride=kernel_size, bias=False)
        self.p_conv = nn.Conv2d(inc, 2 * kernel_size * kernel_size, 3, padding=1)

    def _get_p_n(self, N, like):
        half = (self.kernel_size - 1) // 2
        p_n_x, p_n_y = torch.meshgrid(torch.arange(-half, half + 1), torch.arange(-half, half + 1), indexing="ij")
        p_n = torch.cat([torch.flatten(p_n_x), torch.flatten(p_n_y)], 0)
        return p_n.view(1, 2 * N, 1, 1).to(like)

    def _get_p_0(self, h, w, N, like):
        p_0_x, p_0_y = torch.meshgrid(torch.arange(1, h + 1), torch.arange(1, w + 1), indexing="ij")
        p_0_x = torch.flatten(p_0_x).view(1, 1, h, w).repeat(1, N, 1, 1)
        p_0_y = torch.flatten(p_0_y).view(1, 1, h, w).repeat(1, N, 1, 1)
        return torch.cat([p_0_x, p_0_y], 1).to(like)

    def _get_x_q(self, x, q, N):
        b, h, w, _ = q.size()
        padded_w = x.size(3)
        c = x.size(1)
        x = x.contiguous().view(b, c, -1)
        index = q[..., :N] * padded_w + q[..., N:]
        index = index.contiguous().unsqueeze(dim=1).expand(-1, c, -1, -1, -1).contiguous().view(b, c, -1)
        return x.gather(dim=-1, index=index).contiguous().view(b, c, h, w, N)

    @staticmethod
    def _reshape_x_offset(x_offset, ks):
        b, c, h, w, N = x_offset.size()
        x_offset = torch.cat([x_offset[..., s:s + ks].contiguous().view(b, c, h, w * ks) for s in range(0, N, ks)], dim=-1)
        return x_offset.contiguous().view(b, c, h * ks, w * ks)

    def forward(self, x):
        offset = self.p_conv(x)
        N = offset.size(1) // 2
        h, w = offset.shape[2:]
        p = self._get_p_0(h, w, N, offset) + self._get_p_n(N, offset) + offset
        x = self.zero_padding(x)
        p = p.contiguous().permute(0, 2, 3, 1)
        q_lt = p.detach().floor()
        q_rb = q_lt + 1
        q_lt = torch.cat([torch.clamp(q_lt[..., :N], 0, x.size(2) - 1), torch.clamp(q_lt[..., N:], 0, x.size(3) - 1)], dim=-1).long()
        q_rb = torch.cat([torch.clamp(q_rb[..., :N], 0, x.size(2) - 1), torch.clamp(q_rb[..., N:], 0, x.size(3) - 1)], dim=-1).long()
        q_lb = torch.cat([q_lt[..., :N], q_rb[..., N:]], -1)
        q_rt = torch.cat([q_rb[..., :N], q_lt[..., N:]], -1)
        g_lt = (1 + (q_lt[..., :N].type_as(p) - p[..., :N])) * (1 + (q_lt[..., N:].type_as(p) - p[..., N:]))
        g_rb = (1 - (q_rb[..., :N].type_as(p) - p[..., :N])) * (1 - (q_rb[..., N:].type_as(p) - p[..., N:]))
        x_q_lt, x_q_rb = self._get_x_q(x, q_lt, N), self._get_x_q(x, q_rb, N)
        x_q_lb, x_q_rt = self._get_x_q(x, q_lb, N), self._get_x_q(x, q_rt, N)
        x_offset = g_lt.unsqueeze(1) * x_q_lt + g_rb.unsqueeze(1) * x_q_rb + x_q_lb + x_q_rt
        x_offset = self._reshape_x_offset(x_offset, self.kernel_size)
        return self.conv_kernel(x_offset)
