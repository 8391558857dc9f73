#!/usr/bin/env python3
"""Writes twin_losses.json: the losses of the PyTorch trainer on a fixed batch, and the lengths of their gradients for the paintings.

    tests/train/twin_losses.py            # writes the file
    tests/train/twin_losses.py --check    # says whether the file is still what scripts/style_trainer computes

`src/train/losses/twin.rs` holds the Rust trainer to the same numbers. Both make the batch from the same random numbers.
"""

import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "scripts"))
from style_trainer import losses  # noqa: E402

FILE = HERE / "twin_losses.json"
SIDE, MARGIN = 144, 24
CHANNELS = (("1_2", 3, 8), ("2_2", 8, 8), ("3_3", 8, 12), ("4_3", 12, 12))


class Random:
    """SplitMix64, as `src/network/random.rs`."""

    def __init__(self, seed):
        self.state = seed

    def unit(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        mixed = ((self.state ^ (self.state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
        return ((mixed ^ (mixed >> 31)) >> 40) / (1 << 24)

    def tensor(self, *shape, low=0.0, high=1.0):
        values = [low + (high - low) * self.unit() for _ in range(math.prod(shape))]
        return torch.tensor(values, dtype=torch.float32).reshape(shape)


class Features:
    """One convolution for each block, with made-up weights."""

    def __init__(self):
        random = Random(3)
        self.weights = []
        for _, inputs, outputs in CHANNELS:
            bound = math.sqrt(6 / (inputs * 9))
            self.weights.append((random.tensor(outputs, inputs, 3, 3, low=-bound, high=bound), random.tensor(outputs)))

    def __call__(self, rgb):
        x, found = rgb.flip(1) * 255 - torch.tensor((103.939, 116.779, 123.68)).view(1, 3, 1, 1), {}
        for index, ((name, _, _), (weight, bias)) in enumerate(zip(CHANNELS, self.weights)):
            x = F.max_pool2d(x, 2) if index else x
            found[name] = x = F.relu(F.conv2d(x, weight, bias, padding=1))
        return found


class Scripted:
    """Gives the numbers of the random similarity, of the noise, and of the gain in turn."""

    VALUES = [1.5, 1.02, 3.25, -4.5, -0.7, 0.98, -6.1, 2.4, 0.02, 1.01]

    def __init__(self):
        self.values = list(self.VALUES)

    def uniform(self, low, high):
        value = self.values.pop(0)
        assert low <= value <= high
        return value


def inner(x):
    return x[..., MARGIN:-MARGIN, MARGIN:-MARGIN]


def numbers():
    frames, paintings, others = (Random(seed).tensor(2, 3, SIDE, SIDE) for seed in (1, 2, 9))
    paintings.requires_grad_()
    features, style = Features(), Random(4).tensor(1, 3, 80, 64)
    targets = losses.style_targets(features, style)
    half = features(losses.halved(inner(paintings)))
    with torch.no_grad():
        wanted = features(losses.halved(inner(frames)))[losses.CONTENT_LAYER]
    directions = Random(5).tensor(32, 3, low=-0.5, high=0.5)
    directions /= directions.norm(dim=1, keepdim=True)

    def painter(x):
        return ((x - 0.3) * 0.8) ** 2 + 0.2

    noise = Random(6).tensor(2, 3, SIDE - 2 * MARGIN, SIDE - 2 * MARGIN, low=-1.5, high=1.5)
    torch.randn_like = lambda _: noise
    steadiness, border = losses.steadiness(painter, frames, paintings, MARGIN, Scripted())
    random = Random(7)
    torch.rand = lambda *shape, generator: random.tensor(*shape)
    smooth = losses.smooth_pictures(4, 64, None)
    pattern = Random(8).tensor(4, 4).repeat(16, 16)
    one = [x[..., :1, :, :, :] for x in (frames, paintings)]
    two = [x[..., 1:, :, :, :] for x in (frames, paintings)]
    found = {
        "style": losses.style_distance(features(inner(paintings)), targets[0])
        + losses.HALF_SCALE * losses.style_distance(half, targets[1]),
        "content": losses.content_distance(half[losses.CONTENT_LAYER], wanted),
        "palette": losses.palette_distance(inner(paintings), losses.colors_of(style), directions),
        "variation": losses.total_variation(inner(paintings)),
        "steadiness": steadiness,
        "border": border,
        "lattice": losses.lattice(lambda x: x * pattern, smooth, 16),
        "temporal": losses.motion(inner(two[0]), inner(two[1]), inner(one[0]), inner(one[1])),
        "teacher": (paintings - others).abs().mean(),
    }
    result = {}
    for name, loss in found.items():
        result[name] = {"loss": float(loss.detach())}
        if loss.requires_grad:
            (gradient,) = torch.autograd.grad(loss, paintings, retain_graph=True)
            result[name]["gradient"] = float(gradient.norm())
    return result


def main():
    found = numbers()
    if "--check" not in sys.argv:
        FILE.write_text(json.dumps(found, indent=2) + "\n")
        return
    known = json.loads(FILE.read_text())
    for name, values in found.items():
        for kind, value in values.items():
            if abs(known[name][kind] - value) > 1e-4 * abs(value):
                raise SystemExit(f"error: {name}, {kind}: {value}, but {known[name][kind]} in {FILE}")


if __name__ == "__main__":
    main()
