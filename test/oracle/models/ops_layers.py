"""Windows, resampling and losses as functions, one a line."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Windows(nn.Module):
    def forward(self, x):
        w = torch.rand(8, 3, 3, 3)
        a01, a02, a03, a04 = F.conv2d(x, w), F.conv2d(x, w, stride=2, padding=1), F.conv2d(x, w, padding="same", dilation=2), F.conv2d(x, torch.rand(3, 1, 3, 3), groups=3)
        a05, a06, a07, a08 = F.conv_transpose2d(x, torch.rand(3, 8, 4, 4), stride=2, padding=1), F.conv_transpose2d(x, torch.rand(3, 2, 3, 3), stride=2, output_padding=1, groups=3), F.conv1d(x[0], torch.rand(5, 12, 3)), F.conv3d(x[None], torch.rand(4, 2, 1, 3, 3))
        a09, a10, a11, a12 = F.max_pool2d(x, 2), F.max_pool2d(x, 3, 2, 1, ceil_mode=True), F.avg_pool2d(x, (3, 2), stride=(2, 1)), F.lp_pool2d(x, 2, 3)
        a13, a14, a15, a16 = F.adaptive_avg_pool2d(x, (None, 5)), F.adaptive_max_pool2d(x, 3), F.adaptive_avg_pool1d(x[0], 4), F.avg_pool1d(x[0], 3, ceil_mode=True, stride=2)
        pooled, where = F.max_pool2d(x, 2, return_indices=True)
        a17, a18 = F.max_unpool2d(pooled, where, 2), F.max_unpool2d(pooled, where, 2, output_size=(12, 17))
        a19, a20, a21, a22 = F.unfold(x, 3), F.unfold(x, (2, 3), stride=2, padding=1), F.fold(F.unfold(x, 2, stride=2), (12, 16), 2, stride=2), F.pad(x, (1, 2))
        a23, a24, a25, a26 = F.pad(x, (1, 1, 2, 2), mode="reflect"), F.pad(x, [0, 0, -1, -1, 1, 0]), F.interpolate(x, scale_factor=0.5), F.interpolate(x, size=(7, 9), mode="bilinear", align_corners=True)
        a27, a28, a29, a30 = F.interpolate(x, scale_factor=(2, 1.5), mode="bicubic"), F.interpolate(x[0], scale_factor=2, mode="linear"), F.pixel_shuffle(torch.rand(2, 8, 3, 3), 2), F.pixel_unshuffle(x[:, :, :, :16], 2)
        a31, a32, a33, a34 = F.grid_sample(x, torch.rand(2, 5, 6, 2)), F.affine_grid(torch.rand(2, 2, 3), [2, 3, 7, 8]), F.channel_shuffle(x, 3), F.local_response_norm(x, 3)
        a35, a36, a37, a38 = F.layer_norm(x, x.shape[1:]), F.group_norm(x, 3), F.instance_norm(x), F.normalize(x, dim=1)
        a39, a40, a41, a42 = F.glu(x, dim=2), F.softmin(x, dim=1), F.hardtanh(x), F.gumbel_softmax(x, dim=1)
        a43, a44, a45, a46 = F.dropout(x, 0.5, self.training), F.alpha_dropout(x), F.prelu(x, torch.rand(3)), F.logsigmoid(x)
        return a01, a02


class Losses(nn.Module):
    def forward(self, x):
        t, y = torch.tensor([1, 0, 2]), torch.rand_like(x)
        b01, b02, b03, b04 = F.cross_entropy(x, t), F.cross_entropy(x, t, reduction="none"), F.nll_loss(x, t), F.mse_loss(x, y, reduction="none")
        b05, b06, b07, b08 = F.l1_loss(x, y), F.smooth_l1_loss(x, y, reduction="sum"), F.binary_cross_entropy(x, y, reduction="none"), F.kl_div(x, y, reduction="batchmean")
        b09, b10, b11, b12 = F.binary_cross_entropy_with_logits(x, y), F.huber_loss(x, y), F.cosine_embedding_loss(x, y, t.sign()), F.margin_ranking_loss(x[:, 0], y[:, 0], t.sign(), reduction="none")
        b13, b14, b15, b16 = F.triplet_margin_loss(x, y, x), F.triplet_margin_loss(x, y, x, reduction="none"), F.multi_margin_loss(x, t, reduction="none"), F.gaussian_nll_loss(x, y, y)
        b17, b18, b19, b20 = nn.CrossEntropyLoss(reduction="none")(x, t), nn.CosineEmbeddingLoss()(x, y, t.sign()), nn.KLDivLoss(reduction="none")(x, y), nn.GaussianNLLLoss(reduction="none")(x, y, y)
        logp = torch.rand(7, 2, 5).log_softmax(2)
        b21 = F.ctc_loss(logp, torch.ones(2, 3, dtype=torch.long), torch.tensor([7, 7]), torch.tensor([3, 3]))
        b22 = nn.CTCLoss(reduction="none")(logp, torch.ones(2, 3, dtype=torch.long), torch.tensor([7, 7]), torch.tensor([3, 3]))
        b23 = F.cross_entropy(torch.rand(2, 5, 4, 4), torch.zeros(2, 4, 4, dtype=torch.long), reduction="none")
        b24 = F.embedding_bag(torch.tensor([0, 1, 2, 3]), torch.rand(5, 3), torch.tensor([0, 2]))
        b25 = F.embedding(t, torch.rand(5, 3))
        return b01, b02


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(6, 8, 2, bidirectional=True, proj_size=3)
        self.gru = nn.GRU(6, 5, batch_first=True)
        self.rnn = nn.RNN(6, 4, bias=False)
        self.cell, self.gcell = nn.LSTMCell(6, 7), nn.GRUCell(6, 9)
        self.mha = nn.MultiheadAttention(6, 2)
        self.mha_first = nn.MultiheadAttention(6, 3, batch_first=True, add_bias_kv=True)

    def forward(self, x):
        a, (b, c) = self.lstm(x)
        d, e = self.gru(x)
        f, g = self.rnn(x[:, 0])
        h, i = self.cell(x[0])
        j = self.gcell(x[0, 0])
        k, l = self.mha(x, x, x)
        m, n = self.mha(x, x, x, need_weights=False)
        o, p = self.mha_first(x, x[:, :2], x[:, :2], average_attn_weights=False)
        return a, d, f
