"""A codebook between encoder and decoder: nearest codes, straight-through gradients, two losses."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class VectorQuantizer(nn.Module):
    def __init__(self, num_embeddings, embedding_dim, beta=0.25):
        super().__init__()
        self.K, self.D, self.beta = num_embeddings, embedding_dim, beta
        self.embedding = nn.Embedding(self.K, self.D)
        self.embedding.weight.data.uniform_(-1 / self.K, 1 / self.K)

    def forward(self, latents):
        latents = latents.permute(0, 2, 3, 1).contiguous()
        latents_shape = latents.shape
        flat_latents = latents.view(-1, self.D)
        dist = torch.sum(flat_latents ** 2, dim=1, keepdim=True) + \
            torch.sum(self.embedding.weight ** 2, dim=1) - \
            2 * torch.matmul(flat_latents, self.embedding.weight.t())
        encoding_inds = torch.argmin(dist, dim=1).unsqueeze(1)
        encoding_one_hot = torch.zeros(encoding_inds.size(0), self.K, device=latents.device)
        encoding_one_hot.scatter_(1, encoding_inds, 1)
        quantized_latents = torch.matmul(encoding_one_hot, self.embedding.weight)
        quantized_latents = quantized_latents.view(latents_shape)
        commitment_loss = F.mse_loss(quantized_latents.detach(), latents)
        embedding_loss = F.mse_loss(quantized_latents, latents.detach())
        vq_loss = commitment_loss * self.beta + embedding_loss
        quantized_latents = latents + (quantized_latents - latents).detach()
        avg_probs = torch.mean(encoding_one_hot, dim=0)
        perplexity = torch.exp(-torch.sum(avg_probs * torch.log(avg_probs + 1e-10)))
        return quantized_latents.permute(0, 3, 1, 2).contiguous(), vq_loss, perplexity, encoding_inds.view(latents_shape[:-1])


class ResidualLayer(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.resblock = nn.Sequential(nn.ReLU(), nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.ReLU(),
                                      nn.Conv2d(channels, channels, 1, bias=False))

    def forward(self, input):
        return input + self.resblock(input)


class VQVAE(nn.Module):
    def __init__(self, hidden=(16, 32), codes=40, dim=12):
        super().__init__()
        enc, c = [], 3
        for h in hidden:
            enc += [nn.Conv2d(c, h, 4, 2, 1), nn.LeakyReLU()]
            c = h
        enc += [ResidualLayer(c)] * 2 + [nn.Conv2d(c, dim, 1)]
        self.encoder = nn.Sequential(*enc)
        self.vq = VectorQuantizer(codes, dim)
        dec = [nn.Conv2d(dim, c, 3, padding=1)] + [ResidualLayer(c) for _ in range(2)]
        for h in hidden[-2::-1]:
            dec += [nn.ConvTranspose2d(c, h, 4, 2, 1), nn.LeakyReLU()]
            c = h
        dec += [nn.ConvTranspose2d(c, 3, 4, stride=2, padding=1), nn.Tanh()]
        self.decoder = nn.Sequential(*dec)

    def forward(self, x):
        z = self.encoder(x)
        quantized, loss, perplexity, codes = self.vq(z)
        return self.decoder(quantized), loss, perplexity, codes
