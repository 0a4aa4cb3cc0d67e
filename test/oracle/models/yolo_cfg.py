"""A detector read from a darknet-like text: routes, shortcuts, upsampling and a decoded box head."""
import torch
import torch.nn as nn

CFG = """
[net]
channels=3
# first stage
[convolutional]
batch_normalize=1
filters=8
size=3
stride=2
activation=leaky

[convolutional]
batch_normalize=1
filters=16
size=3
stride=2
activation=leaky

[convolutional]
filters=16
size=1
stride=1
activation=linear

[shortcut]
from=-2

[maxpool]
size=2
stride=2

[convolutional]
filters=32
size=3
stride=1
activation=leaky

[upsample]
stride=2

[route]
layers=-1, 3

[convolutional]
filters=21
size=1
stride=1
activation=linear

[yolo]
anchors=10,14, 23,27, 37,58
classes=2
"""


def parse(text):
    blocks = []
    for line in text.split("\n"):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            blocks.append({"type": line[1:-1].rstrip()})
        else:
            key, value = line.split("=")
            blocks[-1][key.rstrip()] = value.lstrip()
    return blocks


class EmptyLayer(nn.Module):
    pass


class YoloLayer(nn.Module):
    def __init__(self, anchors, classes):
        super().__init__()
        self.anchors, self.classes, self.num = anchors, classes, len(anchors)
        self.register_buffer("anchor_grid", torch.tensor(anchors).float().view(1, -1, 1, 1, 2))

    def forward(self, x, img_size):
        bs, _, ny, nx = x.shape
        stride = img_size // ny
        x = x.view(bs, self.num, self.classes + 5, ny, nx).permute(0, 1, 3, 4, 2).contiguous()
        yv, xv = torch.meshgrid([torch.arange(ny), torch.arange(nx)], indexing="ij")
        grid = torch.stack((xv, yv), 2).view((1, 1, ny, nx, 2)).float().to(x.device)
        xy = (x[..., 0:2].sigmoid() + grid) * stride
        wh = torch.exp(x[..., 2:4]) * self.anchor_grid
        rest = x[..., 4:].sigmoid()
        return torch.cat((xy, wh, rest), dim=-1).view(bs, -1, self.classes + 5)


def create_modules(blocks):
    hyper = blocks.pop(0)
    filters_out = [int(hyper["channels"])]
    module_list = nn.ModuleList()
    for i, b in enumerate(blocks):
        modules = nn.Sequential()
        filters = filters_out[-1]
        if b["type"] == "convolutional":
            bn = int(b.get("batch_normalize", 0))
            filters = int(b["filters"])
            k = int(b["size"])
            modules.add_module(f"conv_{i}", nn.Conv2d(filters_out[-1], filters, k, int(b["stride"]), (k - 1) // 2, bias=not bn))
            if bn:
                modules.add_module(f"bn_{i}", nn.BatchNorm2d(filters))
            if b["activation"] == "leaky":
                modules.add_module(f"leaky_{i}", nn.LeakyReLU(0.1))
        elif b["type"] == "maxpool":
            modules.add_module(f"maxpool_{i}", nn.MaxPool2d(int(b["size"]), int(b["stride"]), (int(b["size"]) - 1) // 2))
        elif b["type"] == "upsample":
            modules.add_module(f"upsample_{i}", nn.Upsample(scale_factor=int(b["stride"]), mode="nearest"))
        elif b["type"] == "route":
            layers = [int(x) for x in b["layers"].split(",")]
            filters = sum([filters_out[1:][l] for l in layers])
            modules.add_module(f"route_{i}", EmptyLayer())
        elif b["type"] == "shortcut":
            modules.add_module(f"shortcut_{i}", EmptyLayer())
        elif b["type"] == "yolo":
            a = [int(x) for x in b["anchors"].split(",")]
            pairs = [(a[j], a[j + 1]) for j in range(0, len(a), 2)]
            modules.add_module(f"yolo_{i}", YoloLayer(pairs, int(b["classes"])))
        module_list.append(modules)
        filters_out.append(filters)
    return hyper, module_list


class Darknet(nn.Module):
    def __init__(self, cfg=CFG):
        super().__init__()
        self.defs = parse(cfg)
        self.hyper, self.module_list = create_modules(self.defs)

    def forward(self, x):
        img_size = x.size(2)
        outputs, yolo_outputs = [], []
        for d, module in zip(self.defs, self.module_list):
            if d["type"] in ["convolutional", "upsample", "maxpool"]:
                x = module(x)
            elif d["type"] == "route":
                x = torch.cat([outputs[int(i)] for i in d["layers"].split(",")], 1)
            elif d["type"] == "shortcut":
                x = outputs[-1] + outputs[int(d["from"])]
            elif d["type"] == "yolo":
                x = module[0](x, img_size)
                yolo_outputs.append(x)
            outputs.append(x)
        return torch.cat(yolo_outputs, 1)
