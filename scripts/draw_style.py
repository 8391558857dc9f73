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


def finished(values):
    """The picture of an array of values around 0..255."""
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def cells(rng, count, wobble):
    """Cells around random points: who owns each pixel, its distance to the nearest and the second point, the points."""
    points = rng.random((count, 2)) * CANVAS
    ys, xs = np.mgrid[0:CANVAS, 0:CANVAS]
    wobble_x, wobble_y = smooth_noise(rng, 260) * wobble, smooth_noise(rng, 260) * wobble
    nearest = np.full((CANVAS, CANVAS), 1e9)
    second = np.full((CANVAS, CANVAS), 1e9)
    owner = np.zeros((CANVAS, CANVAS), int)
    for index, (px, py) in enumerate(points):
        distance = np.hypot(xs + wobble_x - px, ys + wobble_y - py)
        closer = distance < nearest
        second = np.where(closer, nearest, np.minimum(second, distance))
        owner = np.where(closer, index, owner)
        nearest = np.where(closer, distance, nearest)
    return owner, nearest, second, points


def ranks(values):
    """The share of all pixels that are darker than each."""
    return np.argsort(np.argsort(values.ravel())).reshape(values.shape) / values.size


def gradient_colours(palette, amount):
    """Colours of a palette at places 0..1 between its first and its last, as an array."""
    palette = np.array(palette, float)
    place = np.clip(amount, 0, 0.9999) * (len(palette) - 1)
    low = place.astype(int)
    return palette[low] + (palette[low + 1] - palette[low]) * (place - low)[..., None]


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
    tone = ranks(tone)
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
    owner, nearest, second, points = cells(rng, count, wobble=26)
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
    return finished(glass)


def woodcut(rng):
    """Short cuts in many directions between solid ink and bare paper, as a gouge leaves them; a second block in red."""
    tone = smooth_noise(rng, 190, octaves=3) + 0.15
    owner, nearest, second, _ = cells(rng, 130, wobble=40)
    angles = rng.random(130) * math.pi
    relief = smooth_noise(rng, 240, octaves=2)
    ys, xs = np.mgrid[0:CANVAS, 0:CANVAS].astype(float)
    angle = angles[owner]
    along = xs * np.cos(angle) + ys * np.sin(angle) + relief * 40
    line = np.abs((along / 21) % 1 - 0.5) * 2
    rough = smooth_noise(rng, 16, octaves=2) * 0.2
    ink = np.clip((0.5 - 1.5 * tone - line + rough + 0.25) * 6, 0, 1)
    ink = np.maximum(ink, np.clip((4.5 - (second - nearest)) / 2, 0, 1) * (tone < 0.25))
    ink = np.where(tone < -0.28, 1, ink) * (tone < 0.42)
    paper = np.array([240, 226, 196]) * (1 + 0.03 * smooth_noise(rng, 30))[..., None]
    accent = np.clip((smooth_noise(rng, 300, octaves=2) - 0.22) * 14, 0, 1)[..., None]
    paper = paper * (1 - accent) + np.array([200, 74, 44]) * accent
    return finished(paper * (1 - ink[..., None]) + np.array([26, 22, 24]) * ink[..., None])


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


def watercolour(rng):
    """Transparent washes with dark rims and blooms, granulating on rough paper."""
    washes = [(44, 96, 156), (92, 160, 182), (214, 120, 84), (236, 186, 92), (112, 146, 84), (150, 84, 132), (52, 60, 96),
              (228, 150, 150)]
    paper = 250 - 5 * np.abs(smooth_noise(rng, 10, octaves=2))
    light = np.ones((CANVAS, CANVAS, 3)) * np.array([0.985, 0.97, 0.935])
    grain = smooth_noise(rng, 9, octaves=2)
    for layer in range(14):
        shape = smooth_noise(rng, 420 if layer < 6 else 230, octaves=5)
        level = 0.2 if layer < 6 else 0.34
        edge = shape - level - rng.random() * 0.12
        inside = np.clip(edge * 22, 0, 1)
        rim = np.exp(-((edge / 0.022) ** 2)) * (edge > -0.01)
        pool = 0.45 + 0.4 * smooth_noise(rng, 220, octaves=3)
        density = inside * (0.12 + 0.26 * np.clip(pool, 0, 1)) + rim * 0.2
        density *= 1 + 0.22 * grain
        pigment = np.array(washes[layer % len(washes)]) / 255
        light *= pigment[None, None] ** np.clip(density, 0, 1.2)[..., None]
    dark = smooth_noise(rng, 130, octaves=4)
    touch = np.clip((dark - 0.5) * 16, 0, 1) * 0.55
    light *= (np.array([40, 46, 84]) / 255)[None, None] ** touch[..., None]
    return finished(light * paper[..., None])


def mosaic(rng):
    """Small stones in rows that follow the forms, with light between them."""
    palette = [(22, 52, 92), (30, 110, 130), (90, 172, 160), (226, 214, 178), (222, 168, 62), (190, 84, 44), (110, 34, 36),
               (48, 36, 44)]
    field = smooth_noise(rng, 480, octaves=2) * 420
    ys, xs = np.mgrid[0:CANVAS, 0:CANVAS].astype(float)
    down, across = np.gradient(field + ys * 0.9 + xs * 0.35)
    length = np.hypot(down, across) + 1e-6
    angle = np.arctan2(down / length, across / length)
    tone = ranks(smooth_noise(rng, 360, octaves=3))
    picture = Image.new("RGB", (CANVAS, CANVAS), (58, 52, 50))
    draw = ImageDraw.Draw(picture)
    stone = 25
    taken = np.zeros((CANVAS + 2 * stone, CANVAS + 2 * stone), bool)
    # Row after row of stones along the field; a stone that would lie on others is left out.
    for _ in range(60000):
        x, y = rng.random(2) * CANVAS
        for _ in range(24):
            if not (0 <= x < CANVAS and 0 <= y < CANVAS):
                break
            a = angle[int(y), int(x)] + math.pi / 2
            side = stone * (0.40 + 0.06 * rng.random())
            row, column = int(y) + stone, int(x) + stone
            reach = int(side * 0.92)
            if taken[row - reach:row + reach, column - reach:column + reach].any():
                break
            value = np.clip(tone[int(y), int(x)] + rng.normal() * 0.05, 0, 0.999) * len(palette)
            shade = 1 + rng.normal() * 0.12
            colour = tuple(int(min(255, max(0, c * shade + rng.normal() * 5))) for c in palette[int(value)])
            corners = [(x + side * (u * math.cos(a) - v * math.sin(a)) + rng.normal() * 0.8,
                        y + side * (u * math.sin(a) + v * math.cos(a)) + rng.normal() * 0.8)
                       for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
            draw.polygon(corners, fill=colour)
            light = tuple(min(255, c + 38) for c in colour)
            draw.line(corners[:2], fill=light, width=3)
            taken[row - reach:row + reach, column - reach:column + reach] = True
            x, y = x + math.cos(a) * stone, y + math.sin(a) * stone
    return picture


def comic_halftone(rng):
    """Flat inks with heavy outlines, and dots where a shade is wanted."""
    inks = [(250, 236, 196), (246, 200, 40), (232, 60, 52), (36, 110, 190), (244, 150, 130), (70, 170, 150), (250, 236, 196),
            (28, 40, 96)]
    ys, xs = np.mgrid[0:CANVAS, 0:CANVAS].astype(float)
    height = smooth_noise(rng, 300, octaves=2)
    bands = ranks(height) * len(inks)
    owner = bands.astype(int)
    picture = np.array(inks, float)[owner]
    # Dots on a grid at 15 degrees; they grow towards the edge of a region.
    turn, pitch = math.radians(15), 19
    u = (xs * math.cos(turn) + ys * math.sin(turn)) / pitch
    v = (-xs * math.sin(turn) + ys * math.cos(turn)) / pitch
    from_dot = np.hypot(u % 1 - 0.5, v % 1 - 0.5)
    shade = np.clip(0.62 * (bands % 1) + 0.12 * smooth_noise(rng, 200), 0, 0.62)
    dot = np.clip((shade - from_dot) * 12, 0, 1) * (shade > 0.16)
    under = np.array([(232, 60, 52), (236, 110, 30), (150, 20, 50), (20, 50, 120), (226, 70, 70), (24, 100, 110),
                      (80, 160, 210), (14, 18, 44)], float)[owner]
    picture = picture * (1 - dot[..., None]) + under * dot[..., None]
    down, across = np.gradient(bands)
    line = np.clip(5.5 - np.minimum(bands % 1, 1 - bands % 1) / (np.hypot(down, across) + 1e-6), 0, 1)
    # Strokes of the brush where a form turns dark.
    strokes = np.clip((smooth_noise(rng, 150, octaves=2) - 0.34) * 20, 0, 1)
    hatch = np.clip((0.42 - np.abs(((xs * 0.5 + ys + 40 * height) / 26) % 1 - 0.5)) * 9 - 1.2, 0, 1) * strokes
    ink = np.maximum(np.maximum(line, hatch), np.clip((strokes - 0.95) * 20, 0, 1) * (height < -0.2))
    return finished(picture * (1 - ink[..., None]) + np.array([18, 16, 22]) * ink[..., None])


def ink_and_gold(rng):
    """Brush and wet ink on warm paper, with leaves of gold that crack."""
    paper = np.array([236, 226, 204]) * (1 + 0.03 * smooth_noise(rng, 12, octaves=2))[..., None]
    gold_tone = 0.5 + 0.5 * smooth_noise(rng, 34, octaves=3)
    gold = gradient_colours([(120, 76, 18), (190, 132, 34), (232, 184, 70), (255, 236, 160)], gold_tone)
    owner, nearest, second, _ = cells(rng, 420, wobble=10)
    leaf = np.clip((smooth_noise(rng, 290, octaves=3) - 0.06) * 30, 0, 1)
    crack = np.clip((second - nearest - 1.5) / 3, 0, 1)
    lost = rng.random(420)[owner] < 0.06
    leaf = leaf * (0.25 + 0.75 * crack) * ~lost
    picture = paper * (1 - leaf[..., None]) + gold * leaf[..., None]
    wash = np.clip((smooth_noise(rng, 260, octaves=4) - 0.02) * 5, 0, 1) * (0.35 + 0.3 * smooth_noise(rng, 90, octaves=3))
    picture *= 1 - np.clip(wash, 0, 0.75)[..., None] * np.array([0.92, 0.88, 0.78])
    sheet = Image.new("L", (CANVAS, CANVAS), 0)
    draw = ImageDraw.Draw(sheet)
    turning = smooth_noise(rng, 380, octaves=2) * 2.6
    for _ in range(230):
        x, y = rng.random(2) * CANVAS
        width = 6 + rng.random() ** 2 * 34
        bristles = [(rng.normal() * 0.42, 1 + int(rng.random() * 5), rng.random()) for _ in range(int(width))]
        spine = []
        for _ in range(10 + int(rng.random() * 22)):
            a = turning[int(y) % CANVAS, int(x) % CANVAS] + 0.6
            spine.append((x, y, a))
            x, y = x + math.cos(a) * 11, y + math.sin(a) * 11
        for offset, thickness, endurance in bristles:
            # The brush runs dry: some bristles leave the paper before the others.
            part = spine[:max(2, int(len(spine) * (0.45 + 0.55 * endurance)))]
            line = [(px - math.sin(a) * offset * width, py + math.cos(a) * offset * width) for px, py, a in part]
            draw.line(line, fill=255, width=thickness, joint="curve")
    ink = np.asarray(sheet, float)[..., None] / 255 * 0.94
    return finished(picture * (1 - ink) + np.array([20, 20, 32]) * ink)


def palette_knife(rng):
    """Slabs of thick paint, each with a ridge in the light and a shadow under it."""
    palette = [(28, 36, 58), (46, 84, 96), (96, 142, 128), (214, 206, 176), (238, 170, 92), (214, 92, 58), (132, 44, 62),
               (250, 226, 150)]
    tone = ranks(smooth_noise(rng, 340, octaves=3))
    turning = smooth_noise(rng, 420, octaves=2) * 2.4
    picture = Image.new("RGB", (CANVAS, CANVAS), (70, 74, 84))
    draw = ImageDraw.Draw(picture)
    for size, count in ((64, 1500), (44, 2600), (28, 2600)):
        for _ in range(count):
            x, y = rng.random(2) * CANVAS
            place = np.clip(tone[int(y), int(x)] + rng.normal() * 0.06, 0, 0.999) * (len(palette) - 1)
            colour = mix(palette[int(place)], palette[min(int(place) + 1, len(palette) - 1)], place % 1)
            a = turning[int(y), int(x)] + rng.normal() * 0.22
            long, wide = size * (0.8 + rng.random() * 0.7), size * (0.28 + rng.random() * 0.18)
            corner = lambda u, v: (x + u * long * math.cos(a) - v * wide * math.sin(a),
                                   y + u * long * math.sin(a) + v * wide * math.cos(a))
            shade = lambda factor: tuple(int(min(255, max(0, c * factor))) for c in colour)
            draw.polygon([corner(-0.5, -0.5), corner(0.52, -0.45), corner(0.5, 0.62), corner(-0.48, 0.6)], fill=shade(0.55))
            draw.polygon([corner(-0.5, -0.5), corner(0.5, -0.5), corner(0.5, 0.5), corner(-0.5, 0.5)], fill=shade(1))
            for stripe in np.linspace(-0.45, 0.45, 7):
                draw.line([corner(-0.48, stripe), corner(0.48, stripe)], fill=shade(1 + rng.normal() * 0.09), width=2)
            draw.line([corner(-0.5, -0.5), corner(0.5, -0.5)], fill=shade(1.3), width=4)
    return picture


DRAWINGS = {
    "comic-halftone": comic_halftone,
    "ink-and-gold": ink_and_gold,
    "mosaic": mosaic,
    "oil-swirls": oil_swirls,
    "palette-knife": palette_knife,
    "pointillism": pointillism,
    "stained-glass": stained_glass,
    "watercolour": watercolour,
    "woodcut": woodcut,
}


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
