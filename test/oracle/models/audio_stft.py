"""Spectrograms in the network: stft, mel filters, a complex mask and back with istft; learned filters by sinc."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class Spectrogram(nn.Module):
    def __init__(self, n_fft=128, hop=32, n_mels=20):
        super().__init__()
        self.n_fft, self.hop = n_fft, hop
        self.register_buffer("window", torch.hann_window(n_fft))
        self.register_buffer("mel", torch.rand(n_mels, n_fft // 2 + 1))

    def forward(self, wav):
        spec = torch.stft(wav, self.n_fft, hop_length=self.hop, window=self.window, return_complex=True)
        magnitude = spec.abs()
        mel = torch.matmul(self.mel, magnitude)
        log_mel = torch.log(mel.clamp(min=1e-5))
        return spec, log_mel


class SincConv(nn.Module):
    def __init__(self, out_channels, kernel_size, sample_rate=8000):
        super().__init__()
        if kernel_size % 2 == 0:
            kernel_size = kernel_size + 1
        self.kernel_size = kernel_size
        hz = torch.linspace(30, sample_rate / 2 - 100, out_channels + 1)
        self.low_hz_ = nn.Parameter(hz[:-1].view(-1, 1))
        self.band_hz_ = nn.Parameter((hz[1:] - hz[:-1]).view(-1, 1))
        n_lin = torch.linspace(0, (kernel_size / 2) - 1, steps=int((kernel_size / 2)))
        self.window_ = 0.54 - 0.46 * torch.cos(2 * math.pi * n_lin / kernel_size)
        n = (kernel_size - 1) / 2.0
        self.n_ = 2 * math.pi * torch.arange(-n, 0).view(1, -1) / sample_rate

    def forward(self, x):
        n_, window = self.n_.to(x.device), self.window_.to(x.device)
        low = 50 + torch.abs(self.low_hz_)
        high = torch.clamp(low + 50 + torch.abs(self.band_hz_), 50, 4000)
        band = (high - low)[:, 0]
        f_times_t_low = torch.matmul(low, n_)
        f_times_t_high = torch.matmul(high, n_)
        band_pass_left = ((torch.sin(f_times_t_high) - torch.sin(f_times_t_low)) / (n_ / 2)) * window
        band_pass_center = 2 * band.view(-1, 1)
        band_pass_right = torch.flip(band_pass_left, dims=[1])
        band_pass = torch.cat([band_pass_left, band_pass_center, band_pass_right], dim=1)
        band_pass = band_pass / (2 * band[:, None])
        filters = band_pass.view(-1, 1, self.kernel_size)
        return F.conv1d(x, filters, stride=4)


class Denoiser(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.spec = Spectrogram()
        self.sinc = SincConv(8, 31)
        self.rnn = nn.LSTM(20, hidden, num_layers=2, batch_first=True, bidirectional=True)
        self.mask = nn.Linear(2 * hidden, 65 * 2)

    def forward(self, wav):
        spec, mel = self.spec(wav)
        y, (h, c) = self.rnn(mel.transpose(1, 2))
        mask = self.mask(y).view(y.size(0), y.size(1), 65, 2)
        mask = torch.view_as_complex(mask.contiguous()).transpose(1, 2)
        masked = spec * mask
        out = torch.istft(masked, 128, hop_length=32, window=self.spec.window, length=wav.shape[-1])
        pairs = torch.view_as_real(masked)
        bands = self.sinc(wav.unsqueeze(1))
        return out, pairs, bands
