"""A sequence tagger: characters and words, packed sequences, a linear chain's forward algorithm."""
import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def log_sum_exp(vec, dim):
    max_score, _ = vec.max(dim, keepdim=True)
    return (max_score + (vec - max_score).exp().sum(dim, keepdim=True).log()).squeeze(dim)


class CharCNN(nn.Module):
    def __init__(self, n_chars, dim, filters):
        super().__init__()
        self.embedding = nn.Embedding(n_chars, dim, padding_idx=0)
        self.cnn = nn.Conv1d(dim, filters, 3, padding=2)

    def forward(self, chars):
        b, t, c = chars.shape
        embedded = self.embedding(chars.reshape(b * t, c)).transpose(1, 2)
        features, _ = self.cnn(embedded).max(dim=2)
        return features.view(b, t, -1)


class CRF(nn.Module):
    def __init__(self, n_tags):
        super().__init__()
        self.transitions = nn.Parameter(torch.randn(n_tags, n_tags))
        self.start = nn.Parameter(torch.randn(n_tags))
        self.end = nn.Parameter(torch.randn(n_tags))

    def partition(self, emissions):
        score = self.start + emissions[:, 0]
        for i in range(1, emissions.size(1)):
            broadcast_score = score.unsqueeze(2)
            broadcast_emissions = emissions[:, i].unsqueeze(1)
            next_score = broadcast_score + self.transitions + broadcast_emissions
            score = torch.logsumexp(next_score, dim=1)
        return log_sum_exp(score + self.end, 1)

    def viterbi(self, emissions):
        score = self.start + emissions[:, 0]
        history = []
        for i in range(1, emissions.size(1)):
            best, index = (score.unsqueeze(2) + self.transitions + emissions[:, i].unsqueeze(1)).max(dim=1)
            score = best
            history.append(index)
        last = score.add(self.end).argmax(dim=1, keepdim=True)
        path = [last]
        for index in reversed(history):
            last = index.gather(1, last)
            path.insert(0, last)
        return torch.cat(path, dim=1)


class Tagger(nn.Module):
    def __init__(self, words=120, chars=30, tags=7, word_dim=24, char_dim=8, filters=12, hidden=20):
        super().__init__()
        self.words = nn.Embedding(words, word_dim)
        self.chars = CharCNN(chars, char_dim, filters)
        self.lstm = nn.LSTM(word_dim + filters, hidden, batch_first=True, bidirectional=True)
        self.proj = nn.Linear(2 * hidden, tags)
        self.crf = CRF(tags)

    def forward(self, words, chars, lengths):
        x = torch.cat([self.words(words), self.chars(chars)], dim=-1)
        packed = pack_padded_sequence(x, lengths.cpu() * words.size(1), batch_first=True, enforce_sorted=False)
        out, (h, c) = self.lstm(packed)
        out, _ = pad_packed_sequence(out, batch_first=True, total_length=words.size(1))
        emissions = self.proj(out)
        last = h.transpose(0, 1).reshape(words.size(0), -1)
        return emissions, self.crf.partition(emissions), self.crf.viterbi(emissions), last
