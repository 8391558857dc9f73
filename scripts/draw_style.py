#!/usr/bin/env python3
"""Draws the style pictures of Impasto's own styles with numpy and Pillow; the same seed gives the same picture.

    scripts/draw_style.py oil-swirls assets/styles/oil-swirls.jpg
"""

import argparse
import math
import pathlib

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

# Drawn at twice the size and shrunk, for smooth edges.
CANVAS = 1024
SIZE = 512


def smooth_noise(rng, scale, octaves=3):
    """Value noise in -1..1 over the canvas; `scale` is the size of its largest blobs in pixels."""
    total = np.zeros((CANVAS, CANVAS))
    weight = 1.0
    for _ in range(octaves):
        cells = max(2, int(CANVAS / scale) + 2)
        grid = (rng.random((cells, cells)) * 255).astype(np.uint8)
        picture = Image.fromarray(grid).resize((CANVAS, CANVAS), Image.BICUBIC)
        total += weight * (np.asarray(picture, float) / 127.5 - 1)
        weight *= 0.5
        scale /= 2
    return total / np.abs(total).max()


def mix(first, second, amount):
    return tuple(a + (b - a) * amount for a, b in zip(first, second))


def oil_swirls(rng):
    """Bristle strokes along a field of swirls: night blues against ochre, orange and cream."""
    palette = [(12, 22, 66), (20, 52, 120), (38, 98, 168), (92, 160, 190), (190, 205, 180), (246, 226, 150),
               (248, 184, 52), (224, 118, 28), (150, 52, 24)]
    angle = np.zeros((CANVAS, CANVAS))
    ys, xs = np.mgrid[0:CANVAS, 0:CANVAS]
    flow_x, flow_y = np.ones_like(angle) * 0.35, smooth_noise(rng, 400) * 0.5
    for _ in range(9):
        cx, cy, radius = rng.random() * CANVAS, rng.random() * CANVAS, 110 + rng.random() * 130
        spin = 1 if rng.random() < 0.5 else -1
        fall = np.exp(-((xs - cx) ** 2 + (ys - cy) ** 2) / (2 * radius**2)) * 3 * spin
        flow_x += -(ys - cy) / radius * fall
        flow_y += (xs - cx) / radius * fall
    angle = np.arctan2(flow_y, flow_x)
    tone = smooth_noise(rng, 330, 4)
    tone = np.argsort(np.argsort(tone.ravel())).reshape(tone.shape) / tone.size
    picture = Image.new("RGB", (CANVAS, CANVAS), (14, 30, 80))
    draw = ImageDraw.Draw(picture)
    for width, count, length in ((30, 2200, 10), (20, 4200, 9), (13, 6000, 8), (8, 3000, 7)):
        for _ in range(count):
            x, y = rng.random() * CANVAS, rng.random() * CANVAS
            place = np.clip(tone[int(y), int(x)] + rng.normal() * 0.07, 0, 0.999) * (len(palette) - 1)
            colour = mix(palette[int(place)], palette[min(int(place) + 1, len(palette) - 1)], place % 1)
            spine = []
            for _ in range(length):
                a = angle[int(y) % CANVAS, int(x) % CANVAS]
                spine.append((x, y, a))
                x, y = x + math.cos(a) * 9, y + math.sin(a) * 9
            bristles = max(3, width // 3)
            for bristle in range(bristles):
                offset = (bristle / (bristles - 1) - 0.5) * width
                # One side catches the light: paint stands up from the canvas.
                light = 1 + 0.34 * (0.5 - bristle / (bristles - 1)) + rng.normal() * 0.09
                shade = tuple(int(min(255, max(0, c * light))) for c in colour)
                line = [(px - math.sin(a) * offset, py + math.cos(a) * offset) for px, py, a in spine]
                draw.line(line, fill=shade, width=4, joint="curve")
    return picture


def stained_glass(rng):
    """Glowing cells between dark lead lines."""
    palette = [(196, 24, 32), (232, 120, 16), (250, 200, 40), (28, 120, 60), (16, 150, 160), (24, 60, 170),
               (90, 30, 130), (200, 60, 120), (240, 232, 190)]
    count = 230
    points = rng.random((count, 2)) * CANVAS
    ys, xs = np.mgrid[0:CANVAS, 0:CANVAS]
    wobble_x, wobble_y = smooth_noise(rng, 260) * 26, smooth_noise(rng, 260) * 26
    nearest = np.full((CANVAS, CANVAS), 1e9)
    second = np.full((CANVAS, CANVAS), 1e9)
    owner = np.zeros((CANVAS, CANVAS), int)
    for index, (px, py) in enumerate(points):
        distance = np.hypot(xs + wobble_x - px, ys + wobble_y - py)
        closer = distance < nearest
        second = np.where(closer, nearest, np.minimum(second, distance))
        owner = np.where(closer, index, owner)
        nearest = np.where(closer, distance, nearest)
    regions = smooth_noise(rng, 420)
    colours = np.zeros((count, 3))
    for index, (px, py) in enumerate(points):
        base = (regions[int(py), int(px)] + 1) / 2 * len(palette) + rng.normal() * 1.3
        colours[index] = palette[int(base) % len(palette)]
    glass = colours[owner]
    edge = second - nearest
    glow = 0.55 + 0.75 * np.exp(-((nearest / 42) ** 2))
    grain = 1 + 0.16 * smooth_noise(rng, 40) + 0.07 * smooth_noise(rng, 9)
    glass = glass * (glow * grain)[..., None] + 26 * np.exp(-((nearest / 20) ** 2))[..., None]
    lead = np.clip((edge - 7) / 5, 0, 1)[..., None]
    relief = 34 * np.exp(-(((edge - 3) / 2.5) ** 2))[..., None]
    glass = glass * lead + (np.array([16, 14, 18]) + relief * 0.7) * (1 - lead)
    return Image.fromarray(np.clip(glass, 0, 255).astype(np.uint8))


def woodcut(rng):
    """Cuts of varying width that follow rolling shapes, dark ink on warm paper."""
    ys, xs = np.mgrid[0:CANVAS, 0:CANVAS].astype(float)
    relief = smooth_noise(rng, 300, octaves=2)
    tone = smooth_noise(rng, 230, octaves=3)
    regions = smooth_noise(rng, 380, octaves=2)
    ink = np.zeros((CANVAS, CANVAS))
    for index in range(4):
        # Each region is hatched in a direction of its own; the cuts bend with the relief.
        angle = index * math.pi / 4 + 0.35
        along = xs * math.cos(angle) + ys * math.sin(angle) + relief * 70
        line = np.abs((along / 17) % 1 - 0.5) * 2
        width = np.clip(0.52 + 0.55 * tone, 0.06, 0.97)
        rough = smooth_noise(rng, 14, octaves=2) * 0.18
        cut = np.clip((width - line + rough) * 7, 0, 1)
        weight = np.clip(1 - np.abs((regions + 1) * 2 - index - 0.5) * 2.2 + 0.6, 0, 1)
        ink = np.maximum(ink, cut * (weight > 0.5))
    contour = np.abs(smooth_noise(rng, 260, octaves=2))
    ink = np.maximum(ink, np.clip(1.6 - contour * 60, 0, 1))
    ink = np.where(tone > 0.62, np.maximum(ink, np.clip((tone - 0.62) * 25, 0, 1)), ink)
    paper = np.array([238, 222, 190]) * (1 + 0.03 * smooth_noise(rng, 30))[..., None]
    accent = np.clip((smooth_noise(rng, 330, octaves=2) - 0.28) * 12, 0, 1)[..., None]
    paper = paper * (1 - accent) + np.array([196, 74, 44]) * accent
    return Image.fromarray((paper * (1 - ink[..., None]) + np.array([26, 22, 24]) * ink[..., None]).clip(0, 255).astype(np.uint8))


def pointillism(rng):
    """Dots of pure colour beside each other, in sunlight and shade."""
    warm = [(250, 214, 90), (246, 160, 60), (232, 96, 70), (244, 236, 190), (150, 190, 70)]
    cool = [(40, 80, 170), (70, 140, 200), (96, 60, 150), (30, 120, 110), (150, 120, 200)]
    light = smooth_noise(rng, 400, octaves=2) * 0.8 + smooth_noise(rng, 160, octaves=2) * 0.4
    picture = Image.new("RGB", (CANVAS, CANVAS), (236, 226, 204))
    draw = ImageDraw.Draw(picture)
    for _ in range(30000):
        x, y = rng.random(2) * CANVAS
        value = light[int(y), int(x)] + rng.normal() * 0.22
        palette = warm if value > 0 else cool
        colour = palette[min(len(palette) - 1, int(abs(value) * 4.5 + rng.random() * 1.4))]
        shade = 1 + rng.normal() * 0.07
        radius = 7 + rng.random() * 5
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=tuple(int(min(255, max(0, c * shade))) for c in colour))
    return picture


DRAWINGS = {"oil-swirls": oil_swirls, "stained-glass": stained_glass, "woodcut": woodcut, "pointillism": pointillism}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=sorted(DRAWINGS))
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    picture = DRAWINGS[args.name](np.random.default_rng(args.seed))
    picture = picture.filter(ImageFilter.GaussianBlur(0.6)).resize((SIZE, SIZE), Image.LANCZOS)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    picture.save(args.output, quality=92)


if __name__ == "__main__":
    main()
