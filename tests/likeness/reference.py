"""Prints the constants of main.rs: the trainer's losses on the fixed inputs of that file.

    python3 tests/likeness/reference.py        # needs torch

Shares no code with the measures in Rust: it is what they are compared with.
"""

import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "scripts"))
from style_trainer import losses  # noqa: E402

CHANNELS = (4, 6, 8, 10)
SIDES = (16, 8, 4, 4)


def features(seed, pictures):
    """What four layers see in a batch of pictures: small whole numbers that look random."""
    found = {}
    for layer, (name, channels, side) in enumerate(zip(losses.STYLE_LAYERS, CHANNELS, SIDES)):
        at = torch.arange(pictures * channels * side * side).view(pictures, channels, side * side)
        values = ((at + 1) * (seed * 31 + 17) + at * at * (layer + 3)) % 23
        found[name] = values.float().view(pictures, channels, side, side) / 4
    return found


def picture(seed, width, height):
    at = torch.arange(3 * width * height).view(1, 3, height, width)
    y, x = torch.arange(height).view(-1, 1), torch.arange(width)
    smooth = (x * (seed + 2) + y * 3) % 130 + 20 * seed
    return (smooth + at * 7 % 41).float() / 255


def main():
    wanted = [{name: losses.statistics(f) for name, f in features(seed, 1).items()} for seed in (1, 2)]
    style = losses.style_distance(features(3, 2), wanted[0]) + losses.HALF_SCALE * losses.style_distance(features(4, 2), wanted[1])
    print(f"STYLE {style:.6f}")
    content = losses.content_distance(features(5, 1)["3_3"], features(6, 1)["3_3"])
    print(f"CONTENT {content:.6f}")
    directions = torch.tensor([[1.0, 0, 0], [0, 0.6, 0.8], [0.48, 0.6, -0.64]])
    paintings = torch.cat([picture(1, 64, 48), picture(3, 64, 48)])
    palette = losses.palette_distance(paintings, losses.colors_of(picture(2, 80, 72)), directions)
    print(f"PALETTE {palette:.6f}")


if __name__ == "__main__":
    main()
