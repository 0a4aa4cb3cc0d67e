"""A feature pyramid over four levels, with laterals, extra levels and a shared head."""
import torch.nn as nn
import torch.nn.functional as F


class FPN(nn.Module):
    def __init__(self, in_channels, out_channels, num_outs, start_level=0, end_level=-1, add_extra_convs=False,
                 upsample_cfg=dict(mode="nearest")):
        super().__init__()
        assert isinstance(in_channels, list)
        self.num_ins = len(in_channels)
        self.num_outs = num_outs
        self.upsample_cfg = upsample_cfg.copy()
        if end_level == -1 or end_level == self.num_ins - 1:
            self.backbone_end_level = self.num_ins
            assert num_outs >= self.num_ins - start_level
        else:
            self.backbone_end_level = end_level + 1
        self.start_level = start_level
        assert isinstance(add_extra_convs, (str, bool))
        self.add_extra_convs = "on_input" if add_extra_convs is True else add_extra_convs
        self.lateral_convs = nn.ModuleList()
        self.fpn_convs = nn.ModuleList()
        for i in range(self.start_level, self.backbone_end_level):
            self.lateral_convs.append(nn.Conv2d(in_channels[i], out_channels, 1))
            self.fpn_convs.append(nn.Conv2d(out_channels, out_channels, 3, padding=1))
        extra_levels = num_outs - self.backbone_end_level + self.start_level
        if self.add_extra_convs and extra_levels >= 1:
            for i in range(extra_levels):
                if i == 0 and self.add_extra_convs == "on_input":
                    cin = in_channels[self.backbone_end_level - 1]
                else:
                    cin = out_channels
                self.fpn_convs.append(nn.Conv2d(cin, out_channels, 3, stride=2, padding=1))

    def forward(self, inputs):
        assert len(inputs) == self.num_ins
        laterals = [conv(inputs[i + self.start_level]) for i, conv in enumerate(self.lateral_convs)]
        used_backbone_levels = len(laterals)
        for i in range(used_backbone_levels - 1, 0, -1):
            prev_shape = laterals[i - 1].shape[2:]
            laterals[i - 1] = laterals[i - 1] + F.interpolate(laterals[i], size=prev_shape, **self.upsample_cfg)
        outs = [self.fpn_convs[i](laterals[i]) for i in range(used_backbone_levels)]
        if self.num_outs > len(outs):
            if not self.add_extra_convs:
                for i in range(self.num_outs - used_backbone_levels):
                    outs.append(F.max_pool2d(outs[-1], 1, stride=2))
            else:
                source = inputs[self.backbone_end_level - 1] if self.add_extra_convs == "on_input" else outs[-1]
                outs.append(self.fpn_convs[used_backbone_levels](source))
                for i in range(used_backbone_levels + 1, self.num_outs):
                    outs.append(self.fpn_convs[i](F.relu(outs[-1])))
        return tuple(outs)


class Detector(nn.Module):
    def __init__(self, neck=None, num_anchors=3, num_classes=4):
        super().__init__()
        neck = neck or dict(in_channels=[8, 16, 32, 64], out_channels=24, num_outs=6, start_level=1, add_extra_convs="on_input")
        widths = neck["in_channels"]
        self.stages = nn.ModuleList(
            [nn.Conv2d(cin, cout, 3, 2, 1) for cin, cout in zip([3] + widths, widths)])
        self.neck = FPN(**neck)
        self.cls = nn.Conv2d(neck["out_channels"], num_anchors * num_classes, 3, padding=1)
        self.reg = nn.Conv2d(neck["out_channels"], num_anchors * 4, 3, padding=1)
        self.num_classes = num_classes

    def forward(self, x):
        feats = []
        for stage in self.stages:
            x = stage(x)
            feats.append(x)
        levels = self.neck(feats)
        scores, boxes = [], []
        for level in levels:
            n, _, h, w = level.shape
            score = self.cls(level).permute(0, 2, 3, 1).reshape(n, -1, self.num_classes)
            box = self.reg(level).view(n, -1, 4, h, w).permute(0, 3, 4, 1, 2).reshape(n, -1, 4)
            scores.append(score)
            boxes.append(box)
        import torch
        return torch.cat(scores, dim=1), torch.cat(boxes, dim=1), levels
