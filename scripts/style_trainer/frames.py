"""Training data: pictures at painting size, with their light levelled, in memory as bytes."""

import pathlib
import random

import numpy as np
import torch
from PIL import Image

from .light import levels

ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}


def picture_files(folder):
    return sorted(p for p in pathlib.Path(folder).rglob("*") if p.suffix.lower() in ENDINGS)


def load(path, short_side, is_levelled):
    """A picture with its short side at `short_side` px, as bytes [height, width, 3]."""
    picture = Image.open(path).convert("RGB")
    scale = short_side / min(picture.size)
    picture = picture.resize([max(short_side, round(side * scale)) for side in picture.size], Image.LANCZOS)
    if is_levelled:
        picture = levels(np.asarray(picture, np.float32) / 255) * 255 + 0.5
    return np.asarray(picture).astype(np.uint8)


def to_tensor(pictures):
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)


class Frames:
    """Draws batches of crops. Each folder is drawn from equally often, whatever the number of its pictures.

    Files that end in `-a` and `-b` are successive frames; a `-b` is only drawn beside its `-a`.
    """

    def __init__(self, folders, side, sizes, is_levelled=True, seed=1):
        self.side, self.random, self.groups = side, random.Random(seed), []
        for folder in folders:
            files = picture_files(folder)
            firsts = [f for f in files if not f.stem.endswith("-b")]
            if not firsts:
                raise SystemExit(f"error: {folder} holds no pictures: name a folder of JPEG, PNG or WebP files")
            group = []
            for index, first in enumerate(firsts):
                short_side = sizes[index % len(sizes)]
                second = first.with_name(first.stem[:-1] + "b" + first.suffix) if first.stem.endswith("-a") else None
                pair = [first, second] if second and second.exists() else [first]
                group.append([load(f, short_side, is_levelled) for f in pair])
            self.groups.append(group)

    def count(self):
        return sum(len(group) for group in self.groups)

    def crop(self, pictures):
        height, width = pictures[0].shape[:2]
        y, x = self.random.randint(0, height - self.side), self.random.randint(0, width - self.side)
        crops = [p[y:y + self.side, x:x + self.side] for p in pictures]
        return [c[:, ::-1] for c in crops] if self.random.random() < 0.5 else crops

    def batch(self, count):
        """`count` crops as bytes [count, 3, side, side]."""
        drawn = [self.random.choice(self.random.choice(self.groups))[:1] for _ in range(count)]
        return to_tensor([self.crop(p)[0] for p in drawn])

    def pair(self):
        """Two successive crops as bytes, each [1, 3, side, side], or None where the data has none."""
        pairs = [p for group in self.groups for p in group if len(p) == 2]
        if not pairs:
            return None
        first, second = self.crop(self.random.choice(pairs))
        return to_tensor([first]), to_tensor([second])

    def state(self):
        return self.random.getstate()

    def set_state(self, state):
        self.random.setstate(state)
