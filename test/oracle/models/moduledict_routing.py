"""Several tasks and modalities: modules picked by string keys, heads in a ModuleDict, f-strings as names."""
import torch
import torch.nn as nn


class Lambda(nn.Module):
    def __init__(self, fn):
        super().__init__()
        self.fn = fn

    def forward(self, x):
        return self.fn(x)


ENCODERS = {
    "image": lambda dim: nn.Sequential(nn.Conv2d(3, dim, 4, 4), nn.Flatten(2), Lambda(lambda t: t.transpose(1, 2))),
    "audio": lambda dim: nn.Sequential(nn.Conv1d(1, dim, 16, 8), Lambda(lambda t: t.mT)),
    "text": lambda dim: nn.Embedding(100, dim),
}
TASKS = {"caption": ("text", 100), "score": (None, 1), "segments": ("image", 21)}


class MultiModal(nn.Module):
    def __init__(self, dim=24, modalities=("image", "audio", "text"), tasks=TASKS):
        super().__init__()
        self.encoders = nn.ModuleDict({m: ENCODERS[m](dim) for m in modalities})
        self.types = nn.ParameterDict({f"type_{m}": nn.Parameter(torch.zeros(1, 1, dim)) for m in modalities})
        layer = nn.TransformerEncoderLayer(dim, 4, dim_feedforward=dim * 2, batch_first=True)
        self.fusion = nn.TransformerEncoder(layer, num_layers=2)
        self.heads = nn.ModuleDict()
        for task, (scope, width) in tasks.items():
            self.heads[task] = nn.Linear(dim, width)
        self.scopes = {task: scope for task, (scope, _) in tasks.items()}
        for key in ("a", "b"):
            setattr(self, f"extra_{key}", nn.Linear(dim, dim, bias=key == "a"))

    def forward(self, image, audio, text):
        inputs = dict(image=image, audio=audio, text=text.long())
        tokens, spans, start = [], {}, 0
        for name, value in inputs.items():
            if name not in self.encoders:
                continue
            encoded = self.encoders[name](value) + self.types[f"type_{name}"]
            spans[name] = (start, start + encoded.size(1))
            start += encoded.size(1)
            tokens.append(encoded)
        sequence = torch.cat(tokens, dim=1)
        fused = self.fusion(sequence)
        for key in "ab":
            fused = fused + getattr(self, f"extra_{key}")(fused)
        out = {}
        for task, head in self.heads.items():
            scope = self.scopes[task]
            part = fused.mean(1) if scope is None else fused[:, slice(*spans[scope])]
            out[task] = head(part)
        return out
