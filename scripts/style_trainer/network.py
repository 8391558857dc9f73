"""The networks, with the layer names of `src/network/architecture.rs`, so that weights pass between the two trainers."""

import torch
import torch.nn.functional as F
from torch import nn

# Name: channels at half and at quarter resolution, channels of the head, dilation of each residual block.
TIERS = {
    "fast": (16, 32, 16, (1, 2, 4)),
    "balanced": (24, 48, 24, (1, 2, 1, 4, 1, 2)),
    "quality": (24, 64, 32, (1, 2, 1, 4, 1, 2)),
}


class Block(nn.Module):
    """Two convolutions whose result is added to the input."""

    def __init__(self, width, dilation):
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.kaiming_normal_(self.first.weight, nonlinearity="relu")
        nn.init.normal_(self.second.weight, std=0.02)

    def forward(self, x):
        return x + self.second(F.relu(self.first(x)))


class Painter(nn.Module):
    """Frame to painting, both [batch, 3, height, width] in RGB 0..1; the sides are multiples of 4.

    Works at a quarter of the resolution and returns to the full one by two sub-pixel convolutions, which start as
    nearest-neighbour upsampling (ICNR, Aitken et al. 2017). There are no norms and no reflected borders: both cost time at
    run time.
    """

    def __init__(self, tier="balanced"):
        super().__init__()
        stem, width, head, dilations = TIERS[tier]
        self.stem = nn.Conv2d(3, stem, 5, stride=2, padding=2)
        self.down = nn.Conv2d(stem, width, 3, stride=2, padding=1)
        self.blocks = nn.ModuleList([Block(width, dilation) for dilation in dilations])
        self.up = nn.Conv2d(width, 4 * head, 3, padding=1)
        self.head = nn.Conv2d(head, 12, 3, padding=1)
        start_as_nearest(self.up, 1.0)
        start_as_nearest(self.head, 0.3)

    def forward(self, x):
        x = F.relu(self.down(F.relu(self.stem(x))))
        for block in self.blocks:
            x = block(x)
        x = F.pixel_shuffle(F.relu(self.up(x)), 2)
        return F.pixel_shuffle(torch.sigmoid(self.head(x)), 2)


def tier_of(weights):
    """The tier whose network has these weights, by name and shape."""
    shapes = {name: tuple(weight.shape) for name, weight in weights.items()}
    for tier in TIERS:
        if {name: tuple(weight.shape) for name, weight in Painter(tier).state_dict().items()} == shapes:
            return tier
    raise SystemExit(f"error: the weights are of none of the tiers {', '.join(TIERS)}")


def start_as_nearest(convolution, gain):
    """Gives the four channels of each 2x2 group of output pixels the same weights."""
    kernel = torch.empty(convolution.weight.shape[0] // 4, *convolution.weight.shape[1:])
    nn.init.kaiming_normal_(kernel, nonlinearity="relu")
    convolution.weight.data.copy_(kernel.repeat_interleave(4, 0) * gain)
    nn.init.zeros_(convolution.bias)
