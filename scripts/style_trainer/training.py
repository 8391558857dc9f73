"""One training: a network learns to paint like one picture."""

import copy
import math
import os
import random
import time
from dataclasses import dataclass, field

import numpy as np
import torch
from PIL import Image
from torch import nn

from . import losses
from .export import take_over, weights_of
from .frames import load, to_tensor
from .network import Painter, tier_of

# Pixels along the border of a crop in which style and content are not judged.
MARGIN_PX = 24
# Side of the part whose fine strokes are judged at full size; the half size is judged on the whole crop.
FINE_PX = 112
# The frame difference on bursts, which costs two more paintings, counts every so many steps, and so much more.
MOTION_EVERY = 4


@dataclass
class Settings:
    style: str
    tier: str = "balanced"
    start: str | None = None
    teacher: str | None = None
    steps: int = 3000
    minutes: float | None = None
    batch: int = 4
    side: int = 208
    style_px: int = 448
    rate: float = 1e-3
    style_weight: float = 6.0
    content_weight: float = 1.5
    palette_weight: float = 10.0
    variation_weight: float = 0.05
    steadiness: float = 100.0
    early_steadiness: float = 20.0
    ramp_from: float = 0.6
    motion_weight: float = 10.0
    border_weight: float = 5.0
    lattice_weight: float = 200.0
    mean_decay: float = 0.999
    seed: int = 1
    previews: list = field(default_factory=list)


class Training:
    """Owns network, optimizer and random numbers; `step` is one update."""

    def __init__(self, settings, frames, features, device="cpu"):
        self.settings, self.frames, self.features, self.device = settings, frames, features, device
        torch.manual_seed(settings.seed)
        self.random = random.Random(settings.seed)
        self.generator = torch.Generator().manual_seed(settings.seed)
        network = Painter(settings.tier)
        if settings.start and take_over(network, weights_of(settings.start)) == 0:
            raise SystemExit(f"error: no weights of {settings.start} fit the tier {settings.tier}")
        self.network = network.to(device, memory_format=torch.channels_last)
        self.mean = copy.deepcopy(self.network).requires_grad_(False)
        self.optimizer = torch.optim.Adam(self.network.parameters(), settings.rate, betas=(0.9, 0.99))
        self.steps, self.seconds, self.running = 0, 0.0, {}
        style = to_tensor([load(settings.style, settings.style_px, False)]).to(device).float() / 255
        self.targets = losses.style_targets(features, style)
        self.colors = losses.colors_of(style)
        self.teacher = None
        if settings.teacher:
            weights = weights_of(settings.teacher)
            tier = tier_of(weights)
            self.teacher = Painter(tier).requires_grad_(False)
            take_over(self.teacher, weights)
            self.teacher.to(device, memory_format=torch.channels_last)

    def done(self):
        """The share of the training that is over, 0 to 1."""
        s = self.settings
        return min(1.0, max(self.steps / s.steps, self.seconds / (s.minutes * 60) if s.minutes else 0.0))

    def step(self):
        started, s, done = time.monotonic(), self.settings, self.done()
        warm = min(1.0, (self.steps + 1) / min(200, max(1, s.steps // 10)))
        for group in self.optimizer.param_groups:
            group["lr"] = 1e-5 + (s.rate - 1e-5) * warm * (0.5 + 0.5 * math.cos(math.pi * done))
        terms = self.terms()
        # Strokes first: a network that is held steady from the start never learns them.
        ramp = min(1.0, max(0.0, (done - s.ramp_from) / (0.9 - s.ramp_from)))
        weights = {"style": s.style_weight, "content": s.content_weight, "palette": s.palette_weight,
                   "variation": s.variation_weight, "border": s.border_weight, "motion": s.motion_weight,
                   "lattice": s.lattice_weight, "teacher": 20.0,
                   "steadiness": s.early_steadiness + (s.steadiness - s.early_steadiness) * ramp}
        loss = sum(weights[name] * value for name, value in terms.items())
        self.optimizer.zero_grad()
        if torch.isfinite(loss):
            loss.backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            self.optimizer.step()
            decay = min(s.mean_decay, (1 + self.steps) / (10 + self.steps))
            with torch.no_grad():
                for mean, now in zip(self.mean.parameters(), self.network.parameters()):
                    mean.lerp_(now, 1 - decay)
        self.steps += 1
        self.seconds += time.monotonic() - started
        for name, value in terms.items():
            value = float(value.detach())
            if math.isfinite(value):
                self.running[name] = 0.98 * self.running.get(name, value) + 0.02 * value

    def terms(self):
        """The losses of one batch, without their weights."""
        s, device = self.settings, self.device
        frame = (self.frames.batch(s.batch).to(device).float() / 255).contiguous(memory_format=torch.channels_last)
        painting = self.network(frame)
        inner = (..., slice(MARGIN_PX, -MARGIN_PX), slice(MARGIN_PX, -MARGIN_PX))
        terms = self.teacher_distance(frame, painting) if self.teacher else self.distances(frame[inner], painting[inner])
        # Half of the batch is enough for steadiness, whose gradient is far less noisy than that of style.
        half = (s.batch + 1) // 2
        steady, border = losses.steadiness(self.network, frame[:half], painting[:half], MARGIN_PX, self.random)
        smooth = losses.smooth_pictures(4, 64, self.generator).to(device)
        terms |= {"variation": losses.total_variation(painting[inner]), "steadiness": steady, "border": border,
                  "lattice": losses.lattice(self.network, smooth, 16)}
        if s.motion_weight and self.steps % MOTION_EVERY == 0 and (pair := self.frames.pair()):
            before, now = (p.to(device).float() / 255 for p in pair)
            first, second = self.network(torch.cat([before, now])).split(1)
            terms["motion"] = MOTION_EVERY * losses.motion(now[inner], second[inner], before[inner], first[inner])
        return terms

    def teacher_distance(self, frame, painting):
        with torch.no_grad():
            wanted = self.teacher(frame)
        return {"teacher": (painting - wanted).abs().mean()}

    def distances(self, frame, painting):
        half_frame, half_painting = losses.halved(frame), losses.halved(painting)
        with torch.no_grad():
            wanted = self.features(half_frame, losses.CONTENT_LAYER)[losses.CONTENT_LAYER]
        half = self.features(half_painting)
        side = painting.shape[-1]
        fine = min(FINE_PX, side)
        y, x = (self.random.randint(0, side - fine) for _ in range(2))
        full = self.features(painting[..., y:y + fine, x:x + fine])
        directions = losses.palette_directions(32, self.generator).to(self.device)
        return {
            "style": losses.style_distance(full, self.targets[0])
            + losses.HALF_SCALE * losses.style_distance(half, self.targets[1]),
            "content": losses.content_distance(half[losses.CONTENT_LAYER], wanted),
            "palette": losses.palette_distance(painting, self.colors, directions),
        }

    def summary(self):
        figures = " ".join(f"{name} {value:.4g}" for name, value in self.running.items())
        return f"{self.steps} steps, {self.seconds / 60:.1f} min: {figures}"

    def save(self, path):
        """Everything that an exact continuation needs."""
        torch.save({
            "settings": vars(self.settings), "network": self.network.state_dict(), "mean": self.mean.state_dict(),
            "optimizer": self.optimizer.state_dict(), "steps": self.steps, "seconds": self.seconds, "running": self.running,
            "random": self.random.getstate(), "frames": self.frames.state(), "generator": self.generator.get_state(),
            "torch": torch.get_rng_state(),
        }, str(path) + ".part")
        os.replace(str(path) + ".part", path)

    def resume(self, path):
        saved = torch.load(path, map_location=self.device, weights_only=False)
        self.network.load_state_dict(saved["network"])
        self.mean.load_state_dict(saved["mean"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.steps, self.seconds, self.running = saved["steps"], saved["seconds"], saved["running"]
        self.random.setstate(saved["random"])
        self.frames.set_state(saved["frames"])
        self.generator.set_state(saved["generator"].cpu())
        torch.set_rng_state(saved["torch"].cpu())

    def preview(self, path):
        """Frames beside their paintings, by the mean of the weights, as PNG."""
        rows = []
        for file in self.settings.previews:
            picture = load(file, 240, True)
            picture = picture[:picture.shape[0] // 4 * 4, :picture.shape[1] // 4 * 4][:, :428]
            with torch.no_grad():
                painting = self.mean(to_tensor([picture]).to(self.device).float() / 255)
            painting = (painting[0].permute(1, 2, 0).cpu().numpy() * 255 + 0.5).astype(np.uint8)
            rows.append(np.pad(np.concatenate([picture, painting], 1), ((0, 0), (0, 856 - 2 * picture.shape[1]), (0, 0))))
        if rows:
            Image.fromarray(np.concatenate(rows)).save(path)
