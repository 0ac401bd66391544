"""Networks of Lithe in plain PyTorch as its users write it: grouped convolutions, views and rolls for shuffles and
shifts, one matrix product per image, inplace activations. Peers of its speed (train_torch.py), not oracles.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F


def round_channels(v, step):
    n = max(step, int(v + step / 2) // step * step)
    return n + step if n < 0.9 * v else n


def conv(channels, out, k=1, stride=1, groups=1):
    return nn.Conv2d(channels, out, k, stride, k // 2, groups=groups, bias=False)


# ---- MicroNet (Li et al., ICCV 2021) ---------------------------------------------------------------------------------
class Shuffle(nn.Module):
    """y[j G + i] = x[i C/G + j] along the channels, i < G."""

    def __init__(self, groups):
        super().__init__()
        self.groups = groups

    def forward(self, x):
        n, c, h, w = x.shape
        return x.view(n, self.groups, c // self.groups, h, w).transpose(1, 2).reshape(n, c, h, w)


class ShiftMax(nn.Module):
    """Dynamic Shift-Max of two terms: max over k of a_k[c] x[c] + b_k[c] x[partner of c]."""

    def __init__(self, channels, branches, groups, reduction, offsets):
        super().__init__()
        squeeze = max(4, round_channels(channels // reduction, 4))
        self.fc = nn.Sequential(nn.Linear(channels, squeeze), nn.ReLU(inplace=True),
                                nn.Linear(squeeze, 2 * branches * channels))
        self.branches, self.groups = branches, groups
        self.register_buffer("offset", torch.tensor(offsets).view(2 * branches, 1), persistent=False)

    def forward(self, x):
        n, c, h, w = x.shape
        a = 4 * F.hardsigmoid(self.fc(x.mean((2, 3)))) - 2
        a = (a.view(n, 2 * self.branches, c) + self.offset).view(n, 2 * self.branches, c, 1, 1).unbind(1)
        shifted = x.view(n, self.groups, -1, h, w).roll((-1, -1), (1, 2)).view(n, c, h, w)
        y = torch.addcmul(x * a[0], shifted, a[1])
        return y if self.branches == 1 else torch.maximum(y, torch.addcmul(x * a[2], shifted, a[3]))


def factorised(channels, mid, out, k, stride, groups):
    return nn.Sequential(
        nn.Conv2d(channels, mid, (k, 1), (stride, 1), (k // 2, 0), groups=groups, bias=False), nn.BatchNorm2d(mid),
        nn.Conv2d(mid, out, (1, k), (1, stride), (0, k // 2), groups=mid, bias=False), nn.BatchNorm2d(out))


def pointwise(channels, out, groups):
    return nn.Sequential(conv(channels, out, groups=groups), nn.BatchNorm2d(out))


class Skip(nn.Sequential):
    def forward(self, x):
        return super().forward(x) + x


def micro_block(channels, row, shift_max, offsets):
    k, stride, out, expand, g1, g2, g3, g4, ratio = row
    y1, y2, y3 = shift_max
    hidden, reduction = channels * expand, 8 * ratio

    def act(branches, groups):
        return ShiftMax(hidden, branches, groups, reduction, offsets) if branches else nn.ReLU6(inplace=True)

    def one_branch(width, groups, squeeze):
        return [ShiftMax(width, 1, groups, squeeze, offsets[:2])] if y3 else []

    if g4 == 0:
        return nn.Sequential(pointwise(channels, hidden, g1), *one_branch(hidden, g2, reduction))
    if g1 == 0:
        layers = [factorised(channels, 2 * channels, hidden, k, stride, channels), act(y2, g2), Shuffle(g2)]
        layers += [Shuffle(hidden // 2)] if y2 else []
    else:
        layers = [pointwise(channels, hidden, g1), act(y1, g2), Shuffle(g2),
                  factorised(hidden, hidden, hidden, k, stride, hidden), act(y2, hidden // g2)]
        layers += [Shuffle(hidden // (4 if y1 and y2 else 2))] if y1 or y2 else []
    layers += [pointwise(hidden, out, g3), *one_branch(out, g4, reduction // 2), Shuffle(g4)]
    layers += [Shuffle(out // 2)] if y3 else []
    return (Skip if stride == 1 and channels == out else nn.Sequential)(*layers)


# stem, head, dropout, offsets, rows of: kernel, stride, out, expand, g1, g2, g3, g4, ratio
MICRONETS = {
    "micronet_m0": ((2, 2), 640, 0.05, (1.0, 0.0, 1.0, 0.0),
                    ((3, 2, 8, 4, 0, 4, 2, 2, 1), (3, 2, 12, 4, 0, 8, 4, 4, 1), (5, 2, 16, 4, 0, 12, 4, 4, 1),
                     (5, 1, 32, 4, 4, 4, 4, 4, 1), (5, 2, 64, 4, 8, 8, 8, 8, 1), (3, 1, 96, 4, 8, 8, 8, 8, 2),
                     (3, 1, 384, 4, 12, 12, 0, 0, 2))),
    "micronet_m3": ((4, 3), 1024, 0.1, (1.0, 0.0, 0.5, 0.5),
                    ((3, 2, 16, 4, 0, 12, 4, 4, 1), (3, 2, 24, 4, 0, 16, 4, 4, 1), (3, 1, 24, 4, 0, 24, 4, 4, 1),
                     (5, 2, 32, 6, 6, 6, 4, 4, 1), (5, 1, 32, 6, 8, 8, 4, 4, 2), (5, 1, 64, 6, 8, 8, 8, 8, 2),
                     (5, 1, 80, 6, 8, 8, 8, 8, 2), (5, 1, 80, 6, 10, 10, 8, 8, 2), (5, 2, 120, 6, 10, 10, 10, 10, 2),
                     (5, 1, 120, 6, 12, 12, 10, 10, 2), (3, 1, 144, 6, 12, 12, 12, 12, 2),
                     (3, 1, 864, 6, 12, 12, 0, 0, 2))),
}


class MicroNet(nn.Module):
    def __init__(self, name, stem_stride, classes=1000):
        super().__init__()
        (o1, o2), head, dropout, offsets, rows = MICRONETS[name]
        channels = o1 * o2
        features = [factorised(3, o1, channels, 3, stem_stride, 1), Shuffle(o1), nn.ReLU6(inplace=True)]
        for i, row in enumerate(rows):
            shift_max = (0, 2, 0) if name == "micronet_m3" else (2, 0, 1) if i == 0 else (2, 2, 1)
            features.append(micro_block(channels, row, shift_max, offsets))
            channels = row[2]
        self.features = nn.Sequential(*features, nn.ReLU6())
        self.classifier = nn.Sequential(
            nn.Hardswish(), nn.Linear(channels, head), nn.BatchNorm1d(head), nn.Hardswish(), nn.Dropout(dropout),
            nn.Linear(head, classes), nn.BatchNorm1d(classes), nn.Hardswish())

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


# ---- Dynamic convolution decomposition (Li et al., ICLR 2021) --------------------------------------------------------
class Dynamic(nn.Module):
    """Lambda(x) W0 x + P (Phi(x) + I) Q x around W0, a convolution or a linear layer."""

    def __init__(self, static, pool, latent, squeeze):
        super().__init__()
        out, channels = static.weight.shape[:2]
        dense = isinstance(static, nn.Linear)
        self.static, self.pool, self.latent = static, pool, latent
        self.q = nn.Linear(channels, latent, bias=False) if dense else conv(channels, latent, 1, static.stride)
        self.p = nn.Linear(latent, out, bias=False) if dense else conv(latent, out)
        self.bn1 = nn.BatchNorm1d(latent) if dense else nn.BatchNorm2d(latent)
        self.bn2 = nn.BatchNorm1d(latent)
        self.squeeze = nn.Linear(pool * pool * channels, squeeze, bias=False)
        self.gate = nn.Linear(squeeze, squeeze, bias=False)
        self.phi = nn.Linear(squeeze, latent * latent, bias=False)
        self.scale = nn.Linear(squeeze, out, bias=False)

    def forward(self, x):
        n = x.shape[0]
        f = self.squeeze((F.adaptive_avg_pool2d(x, self.pool) if x.dim() == 4 else x).flatten(1))
        f = f * (2 * F.hardsigmoid(self.gate(f)))
        phi = self.phi(f).view(n, self.latent, self.latent)
        scale = 2 * F.hardsigmoid(self.scale(f))
        z = self.bn1(self.q(x))
        flat = z.reshape(n, self.latent, -1)
        z = (self.bn2(torch.bmm(phi, flat)) + flat).view(z.shape)
        if x.dim() == 4:
            scale = scale.view(n, -1, 1, 1)
        return torch.addcmul(self.p(z), self.static(x), scale)


def dynamic_classifier(channels, classes):
    return Dynamic(nn.Linear(channels, classes), 1, 32, 32)


# ---- ResNet for small images (He et al., CVPR 2016) ------------------------------------------------------------------
class ResidualBlock(nn.Module):
    def __init__(self, channels, out, stride, dynamic):
        super().__init__()

        def layer(i, s):
            c, latent = conv(i, out, 3, s), math.isqrt(4 * i)
            return Dynamic(c, 2, latent, max(4, max(4 * i, latent * latent) // 16)) if dynamic else c

        self.body = nn.Sequential(layer(channels, stride), nn.BatchNorm2d(out), nn.ReLU(inplace=True),
                                  layer(out, 1), nn.BatchNorm2d(out))
        self.shortcut = nn.Sequential()
        if stride != 1 or channels != out:
            self.shortcut = nn.Sequential(conv(channels, out, 1, stride), nn.BatchNorm2d(out))
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.body(x) + self.shortcut(x))


class SmallResNet(nn.Module):
    def __init__(self, dynamic, blocks=1, classes=10):
        super().__init__()
        layers, channels = [conv(3, 16, 3), nn.BatchNorm2d(16), nn.ReLU(inplace=True)], 16
        for out in (16, 32, 64):
            for i in range(blocks):
                layers.append(ResidualBlock(channels, out, 2 if out > 16 and i == 0 else 1, dynamic))
                channels = out
        self.features = nn.Sequential(*layers)
        self.classifier = dynamic_classifier(channels, classes) if dynamic else nn.Linear(channels, classes)

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


# ---- MobileNetV2 (Sandler et al., CVPR 2018), static and with DCD ----------------------------------------------------
class MobileNetV2(nn.Module):
    ROWS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))

    def __init__(self, dynamic, stem_stride, classes=1000):
        super().__init__()
        self.dynamic = dynamic
        channels, features = 32, self.stage(3, 32, 3, stem_stride)
        for expand, out, count, stride in self.ROWS:
            for i in range(count):
                features.append(self.block(channels, out, stride if i == 0 else 1, expand))
                channels = out
        self.features = nn.Sequential(*features, *self.stage(channels, 1280))
        self.dropout = nn.Dropout(0.2)
        self.classifier = dynamic_classifier(1280, classes) if dynamic else nn.Linear(1280, classes)

    @staticmethod
    def stage(channels, out, k=1, stride=1, groups=1):
        return [conv(channels, out, k, stride, groups), nn.BatchNorm2d(out), nn.ReLU6(inplace=True)]

    @staticmethod
    def dynamic_pointwise(channels, out, fc_squeeze=8):
        pool, reduction = (2, 8) if channels < out else (1, 2)
        pooled = pool * pool * channels
        while (min(pooled, out) // reduction) ** 2 > 2 * pooled:
            reduction *= 2
        latent = max(4, min(pooled, out) // reduction)
        return Dynamic(conv(channels, out), pool, latent, max(4, max(pooled, latent ** 2) // fc_squeeze))

    def block(self, channels, out, stride, expand):
        hidden, layers = channels * expand, []
        layer = self.dynamic_pointwise if self.dynamic and expand > 1 else conv
        if expand > 1:
            layers += [layer(channels, hidden), nn.BatchNorm2d(hidden), nn.ReLU6(inplace=True)]
        layers += self.stage(hidden, hidden, 3, stride, hidden) + [layer(hidden, out), nn.BatchNorm2d(out)]
        return (Skip if stride == 1 and channels == out else nn.Sequential)(*layers)

    def forward(self, x):
        return self.classifier(self.dropout(self.features(x).mean((2, 3))))


def build(name, stem_stride):
    dynamic = name.startswith("dcd_")
    if name in MICRONETS:
        return MicroNet(name, stem_stride)
    return {"resnet8": lambda: SmallResNet(dynamic), "mobilenet_v2": lambda: MobileNetV2(dynamic, stem_stride)}[
        name[4:] if dynamic else name]()
