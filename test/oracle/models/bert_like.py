"""An encoder with word, position and segment embeddings, post-norm blocks, a pooler and two heads."""
import math

import torch
from torch import nn

ACT2FN = {"relu": nn.ReLU, "gelu": nn.GELU, "tanh": nn.Tanh}


class Config:
    def __init__(self, **kwargs):
        self.vocab_size = kwargs.pop("vocab_size", 400)
        self.hidden_size = kwargs.pop("hidden_size", 60)
        self.num_hidden_layers = kwargs.pop("num_hidden_layers", 2)
        self.num_attention_heads = kwargs.pop("num_attention_heads", 5)
        self.intermediate_size = kwargs.pop("intermediate_size", 120)
        self.hidden_act = kwargs.pop("hidden_act", "gelu")
        self.max_position_embeddings = kwargs.pop("max_position_embeddings", 40)
        self.type_vocab_size = kwargs.pop("type_vocab_size", 2)
        self.layer_norm_eps = kwargs.pop("layer_norm_eps", 1e-12)
        for key, value in kwargs.items():
            setattr(self, key, value)


class Embeddings(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.word_embeddings = nn.Embedding(config.vocab_size, config.hidden_size, padding_idx=0)
        self.position_embeddings = nn.Embedding(config.max_position_embeddings, config.hidden_size)
        self.token_type_embeddings = nn.Embedding(config.type_vocab_size, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.register_buffer("position_ids", torch.arange(config.max_position_embeddings).expand((1, -1)))

    def forward(self, input_ids, token_type_ids=None):
        seq_length = input_ids.size()[1]
        if token_type_ids is None:
            token_type_ids = torch.zeros_like(input_ids)
        position_ids = self.position_ids[:, :seq_length]
        embeddings = self.word_embeddings(input_ids) + self.token_type_embeddings(token_type_ids)
        embeddings += self.position_embeddings(position_ids)
        return self.LayerNorm(embeddings)


class SelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.hidden_size % config.num_attention_heads != 0:
            raise ValueError("hidden size is no multiple of the heads")
        self.heads = config.num_attention_heads
        self.head_size = int(config.hidden_size / config.num_attention_heads)
        self.all_head_size = self.heads * self.head_size
        self.query = nn.Linear(config.hidden_size, self.all_head_size)
        self.key = nn.Linear(config.hidden_size, self.all_head_size)
        self.value = nn.Linear(config.hidden_size, self.all_head_size)

    def transpose_for_scores(self, x):
        new_shape = x.size()[:-1] + (self.heads, self.head_size)
        x = x.view(*new_shape)
        return x.permute(0, 2, 1, 3)

    def forward(self, hidden, mask=None):
        query = self.transpose_for_scores(self.query(hidden))
        key = self.transpose_for_scores(self.key(hidden))
        value = self.transpose_for_scores(self.value(hidden))
        scores = torch.matmul(query, key.transpose(-1, -2))
        scores = scores / math.sqrt(self.head_size)
        if mask is not None:
            scores = scores + mask
        probs = nn.Softmax(dim=-1)(scores)
        context = torch.matmul(probs, value).permute(0, 2, 1, 3).contiguous()
        new_shape = context.size()[:-2] + (self.all_head_size,)
        return context.view(new_shape)


class Layer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.attention = SelfAttention(config)
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.norm1 = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.intermediate = nn.Sequential(
            nn.Linear(config.hidden_size, config.intermediate_size),
            ACT2FN[config.hidden_act](),
            nn.Linear(config.intermediate_size, config.hidden_size),
        )
        self.norm2 = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)

    def forward(self, x, mask=None):
        x = self.norm1(x + self.dense(self.attention(x, mask)))
        return self.norm2(x + self.intermediate(x))


class Bert(nn.Module):
    def __init__(self, config=None, num_labels=3):
        super().__init__()
        config = config if config is not None else Config()
        self.embeddings = Embeddings(config)
        self.encoder = nn.ModuleList([Layer(config) for _ in range(config.num_hidden_layers)])
        self.pooler = nn.Sequential(nn.Linear(config.hidden_size, config.hidden_size), nn.Tanh())
        self.classifier = nn.Linear(config.hidden_size, num_labels)
        self.qa_outputs = nn.Linear(config.hidden_size, 2)

    def forward(self, input_ids, attention_mask=None):
        if attention_mask is None:
            attention_mask = torch.ones_like(input_ids)
        extended = attention_mask[:, None, None, :].to(dtype=torch.float32)
        extended = (1.0 - extended) * -10000.0
        x = self.embeddings(input_ids)
        all_hidden = ()
        for layer in self.encoder:
            all_hidden = all_hidden + (x,)
            x = layer(x, extended)
        pooled = self.pooler(x[:, 0])
        start, end = self.qa_outputs(x).split(1, dim=-1)
        start, end = start.squeeze(-1), end.squeeze(-1)
        return {"logits": self.classifier(pooled), "start": start, "end": end, "hidden": all_hidden}
