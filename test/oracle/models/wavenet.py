"""Dilated causal convolutions with gates and skips, as WaveNet and temporal convolutional networks have them."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils import weight_norm


class CausalConv1d(nn.Conv1d):
    def __init__(self, in_channels, out_channels, kernel_size, dilation=1, **kwargs):
        super().__init__(in_channels, out_channels, kernel_size, dilation=dilation, **kwargs)
        self.left = (kernel_size - 1) * dilation

    def forward(self, x):
        return super().forward(F.pad(x, (self.left, 0)))


class WaveNet(nn.Module):
    def __init__(self, layers=4, blocks=2, dilation_channels=16, residual_channels=16, skip_channels=32, classes=64,
                 kernel_size=2):
        super().__init__()
        self.start_conv = nn.Conv1d(classes, residual_channels, kernel_size=1)
        self.filter_convs, self.gate_convs = nn.ModuleList(), nn.ModuleList()
        self.residual_convs, self.skip_convs = nn.ModuleList(), nn.ModuleList()
        receptive_field = 1
        for b in range(blocks):
            additional_scope = kernel_size - 1
            new_dilation = 1
            for i in range(layers):
                self.filter_convs.append(nn.Conv1d(residual_channels, dilation_channels, kernel_size, dilation=new_dilation))
                self.gate_convs.append(nn.Conv1d(residual_channels, dilation_channels, kernel_size, dilation=new_dilation))
                self.residual_convs.append(nn.Conv1d(dilation_channels, residual_channels, 1))
                self.skip_convs.append(nn.Conv1d(dilation_channels, skip_channels, 1))
                receptive_field += additional_scope
                additional_scope *= 2
                new_dilation *= 2
        self.end_conv = nn.Conv1d(skip_channels, classes, 1)
        self.receptive_field = receptive_field
        self.blocks, self.layers = blocks, layers

    def forward(self, input):
        x = self.start_conv(input)
        skip = 0
        for i in range(self.blocks * self.layers):
            residual = x
            filter = torch.tanh(self.filter_convs[i](residual))
            gate = torch.sigmoid(self.gate_convs[i](residual))
            x = filter * gate
            s = self.skip_convs[i](x)
            try:
                skip = skip[:, :, -s.size(2):]
            except TypeError:
                skip = 0
            skip = s + skip
            x = self.residual_convs[i](x)
            x = x + residual[:, :, -x.size(2):]
        x = F.relu(skip)
        return self.end_conv(x)


class Chomp1d(nn.Module):
    def __init__(self, chomp_size):
        super().__init__()
        self.chomp_size = chomp_size

    def forward(self, x):
        return x[:, :, :-self.chomp_size].contiguous()


class TemporalBlock(nn.Module):
    def __init__(self, n_inputs, n_outputs, kernel_size, stride, dilation, padding, dropout=0.2):
        super().__init__()
        self.conv1 = weight_norm(nn.Conv1d(n_inputs, n_outputs, kernel_size, stride=stride, padding=padding, dilation=dilation))
        self.conv2 = weight_norm(nn.Conv1d(n_outputs, n_outputs, kernel_size, stride=stride, padding=padding, dilation=dilation))
        self.net = nn.Sequential(self.conv1, Chomp1d(padding), nn.ReLU(), nn.Dropout(dropout),
                                 self.conv2, Chomp1d(padding), nn.ReLU(), nn.Dropout(dropout))
        self.downsample = nn.Conv1d(n_inputs, n_outputs, 1) if n_inputs != n_outputs else None
        self.relu = nn.ReLU()
        self.init_weights()

    def init_weights(self):
        self.conv1.weight.data.normal_(0, 0.01)
        self.conv2.weight.data.normal_(0, 0.01)
        if self.downsample is not None:
            self.downsample.weight.data.normal_(0, 0.01)

    def forward(self, x):
        out = self.net(x)
        res = x if self.downsample is None else self.downsample(x)
        return self.relu(out + res)


class TCN(nn.Module):
    def __init__(self, input_size=5, output_size=3, num_channels=(12, 12, 24), kernel_size=3):
        super().__init__()
        layers = []
        for i in range(len(num_channels)):
            dilation_size = 2 ** i
            in_channels = input_size if i == 0 else num_channels[i - 1]
            layers += [TemporalBlock(in_channels, num_channels[i], kernel_size, stride=1, dilation=dilation_size,
                                     padding=(kernel_size - 1) * dilation_size)]
        self.tcn = nn.Sequential(*layers)
        self.causal = CausalConv1d(num_channels[-1], 8, 3, dilation=4)
        self.linear = nn.Linear(8, output_size)

    def forward(self, inputs):
        y1 = self.causal(self.tcn(inputs.transpose(1, 2)))
        o = self.linear(y1[:, :, -1])
        return F.log_softmax(o, dim=1)
