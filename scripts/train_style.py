#!/usr/bin/env python3
"""Trains the styles of the gallery in PyTorch, on a processor or a graphics card.

    pip install -r scripts/requirements-train.txt
    scripts/fetch-features
    scripts/train_style.py style --style starry-night.jpg --data frames --data photographs --work work/starry-night \\
        --features .runtime/features/vgg16.onnx --steps 3000
    scripts/train_style.py export work/starry-night models/starry-night.onnx

The recipe is the one of `impasto train`; docs/training.md explains it. A training that was stopped goes on where it was:
run the same command again. Checkpoints, previews and a log go to the work folder each minute.
"""

import argparse
import dataclasses
import pathlib
import sys
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from style_trainer import features as vgg  # noqa: E402
from style_trainer.export import export, take_over, weights_of  # noqa: E402
from style_trainer.frames import Frames  # noqa: E402
from style_trainer.network import TIERS, Painter  # noqa: E402
from style_trainer.training import Settings, Training  # noqa: E402

# Short sides of the pictures in memory, in px: the sizes at which games are painted at brush 2.
SIZES = (240, 270, 300, 360)


def style(args):
    device = args.device or ("cuda" if torch.cuda.is_available() else "cpu")
    own = {f.name: getattr(args, f.name) for f in dataclasses.fields(Settings)}
    settings = Settings(**own)
    features = vgg.Features(args.features, half_precision=device == "cuda").to(device)
    frames = Frames(args.data, settings.side, SIZES, is_levelled=not args.no_levels, seed=settings.seed)
    print(f"{frames.count()} pictures, {device}", flush=True)
    training = Training(settings, frames, features, device)
    work = pathlib.Path(args.work)
    work.mkdir(parents=True, exist_ok=True)
    checkpoint = work / "checkpoint.pt"
    if checkpoint.exists():
        training.resume(checkpoint)
        print(f"goes on after {training.steps} steps", flush=True)
    started, saved = time.monotonic(), time.monotonic()
    limit = args.limit_minutes * 60 if args.limit_minutes else float("inf")
    previewed = 0
    while training.done() < 1 and time.monotonic() - started < limit:
        training.step()
        if time.monotonic() - saved > 60 or training.done() >= 1:
            saved = time.monotonic()
            print(training.summary(), flush=True)
            training.save(checkpoint)
            if training.seconds - previewed > args.preview_seconds or training.done() >= 1:
                previewed = training.seconds
                training.preview(work / f"preview-{training.steps:06}.png")
    training.save(checkpoint)


def write_onnx(args):
    checkpoint = pathlib.Path(args.work)
    if checkpoint.is_dir():
        checkpoint = checkpoint / "checkpoint.pt"
    network = Painter(torch.load(checkpoint, map_location="cpu", weights_only=False)["settings"]["tier"])
    take_over(network, weights_of(checkpoint))
    export(network, args.out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    train = commands.add_parser("style", help="train one style")
    train.set_defaults(run=style)
    train.add_argument("--data", action="append", required=True, help="folder of pictures; may be given several times")
    train.add_argument("--features", required=True, help="VGG-16: the ONNX file of scripts/fetch-features, or the packed .npz")
    train.add_argument("--work", required=True, help="folder for checkpoints and previews")
    train.add_argument("--device", help="cpu or cuda; the default is a graphics card where there is one")
    train.add_argument("--no-levels", action="store_true", help="train on frames as they are")
    train.add_argument("--limit-minutes", type=float, help="stop after so many minutes of wall time; the same command goes on later")
    train.add_argument("--preview-seconds", type=float, default=300)
    train.add_argument("--preview", dest="previews", action="append", default=[], help="a frame to show; may be given several times")
    for setting in dataclasses.fields(Settings):
        if setting.name == "previews":
            continue
        kind = {str: str, int: int, float: float}.get(setting.type, float if setting.name == "minutes" else str)
        choices = tuple(TIERS) if setting.name == "tier" else None
        train.add_argument("--" + setting.name.replace("_", "-"), type=kind, choices=choices,
                           required=setting.name == "style", default=None if setting.name == "style" else setting.default)
    packed = commands.add_parser("pack-features", help="write VGG-16 in half precision, for a machine without the ONNX package")
    packed.set_defaults(run=lambda args: vgg.pack(args.features, args.out))
    packed.add_argument("features")
    packed.add_argument("out")
    written = commands.add_parser("export", help="write a style's ONNX file")
    written.set_defaults(run=write_onnx)
    written.add_argument("work", help="the work folder, or a checkpoint")
    written.add_argument("out")
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
