"""Products, linear algebra and frequencies, one a line."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from ops_pointwise import kind


class Products(nn.Module):
    def forward(self, x):
        m, v, w = x[0], x[0, 0], torch.rand(5, 7)
        a01, a02, a03, a04 = x @ w, torch.matmul(m, w), m.mv(v), v.dot(v)
        a05, a06, a07, a08 = v @ w, m @ v, torch.bmm(x, x.transpose(1, 2)), torch.mm(m, w)
        a09, a10, a11, a12 = torch.addmm(torch.rand(7), m, w), torch.baddbmm(torch.rand(1, 4, 4), x, x.mT), torch.addmv(torch.rand(4), m, v), torch.addbmm(torch.rand(4, 4), x, x.mT)
        a13, a14, a15, a16 = torch.outer(v, w[0]), torch.ger(v, v), torch.inner(m, w.T), torch.kron(m, w)
        a17, a18, a19, a20 = torch.tensordot(x, w, dims=1), torch.tensordot(x, w, dims=([2], [0])), torch.tensordot(x, x, ([0, 1], [0, 1])), torch.cross(x[..., :3], x[..., 1:4], dim=-1)
        a21, a22, a23, a24 = torch.cdist(x, x[:, :2]), torch.cdist(m, m), torch.pdist(m), F.cosine_similarity(x, x[:, :1], dim=-1)
        a25, a26, a27, a28 = torch.einsum("bij,jk", x, w), torch.einsum("...j,jk->...k", x, w), torch.einsum("bij->j", x), torch.einsum("bij,bkj->bik", [x, x])
        a29, a30, a31, a32 = torch.einsum("bii->bi", x[:, :, :4]), torch.chain_matmul(m, w, w.T), torch.linalg.multi_dot([m, w, w.T]), torch.block_diag(m, w, v)
        a33, a34, a35, a36 = F.bilinear(m, m, torch.rand(6, 5, 5)), F.linear(x, torch.rand(3, 5), torch.rand(3)), F.pairwise_distance(x, x), torch.vander(v, N=3)
        return a01, a05


class Linalg(nn.Module):
    def forward(self, x):
        s = x[..., :4] + 4 * torch.eye(4)
        p = s @ s.mT
        b01, b02, b03, b04 = torch.det(s), torch.inverse(s), torch.linalg.inv(s), torch.trace(s[0])
        sign, logabs = torch.slogdet(s)
        u, sv, vh = torch.linalg.svd(x)
        u2, s2, v2 = torch.svd(x)
        u3, s3, v3 = torch.linalg.svd(x, full_matrices=False)
        q, r = torch.linalg.qr(x)
        w, v = torch.linalg.eigh(p)
        b05, b06, b07, b08 = torch.linalg.cholesky(p), torch.linalg.solve(s, x), torch.linalg.pinv(x), torch.matrix_exp(s)
        b09, b10, b11, b12 = torch.linalg.norm(x), torch.linalg.norm(x, dim=-1), torch.linalg.vector_norm(x, dim=(1, 2), keepdim=True), torch.linalg.matrix_norm(x)
        b13, b14, b15, b16 = torch.linalg.svdvals(x), torch.linalg.eigvalsh(p), torch.linalg.matrix_rank(s), torch.matrix_power(s, 2)
        b17, b18, b19, b20 = torch.logdet(p), torch.pinverse(x), torch.cholesky_inverse(p), s.adjoint()
        b21, b22, b23 = torch.triangular_solve(x, s)[0] if False else s, torch.linalg.solve_triangular(s, x, upper=True), torch.linalg.cond(s)
        k1, k2 = kind(torch.linalg.eigvals(s)), kind(torch.linalg.matrix_rank(s))
        return u, sv, vh


class Frequencies(nn.Module):
    def forward(self, x):
        f = torch.fft.rfft(x)
        g = torch.fft.rfft2(x)
        c01, c02, c03, c04 = torch.fft.fft(x), torch.fft.fft(x, n=9), torch.fft.fft2(x), torch.fft.fftn(x, s=(3, 6))
        c05, c06, c07, c08 = torch.fft.irfft(f), torch.fft.irfft(f, n=5), torch.fft.irfft2(g, s=(4, 5)), torch.fft.irfft2(g)
        c09, c10, c11, c12 = torch.fft.rfft(x, dim=1), torch.fft.rfftn(x, dim=(0, 1)), torch.fft.fftshift(f, dim=-1), torch.fft.fftfreq(7)
        c13, c14, c15, c16 = torch.fft.rfftfreq(8), f.abs(), f.angle(), f.imag
        c17, c18, c19, c20 = torch.view_as_real(f), torch.complex(x, x), torch.polar(x, x), f.conj()
        wave = x.reshape(3, -1).repeat(1, 20)
        d1, d2, d3 = torch.stft(wave, 32, return_complex=True), torch.stft(wave, 32, 8, 16, center=False, return_complex=True), torch.stft(wave, 30, hop_length=7, window=torch.hann_window(30), return_complex=False)
        k1, k2, k3, k4 = kind(f), kind(c05), kind(c14), kind(c16)
        return c01, c05
