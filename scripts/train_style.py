#!/usr/bin/env python3
"""Trains the styles of the gallery in PyTorch, on a processor or a graphics card.

    pip install -r scripts/requirements-train.txt
    scripts/fetch-features
    scripts/train_style.py style --style starry-night.jpg --data frames --data photographs --work work/starry-night \\
        --features .runtime/features/vgg16.onnx --steps 3000
    scripts/train_style.py export work/starry-night models/starry-night.onnx
    scripts/train_style.py gallery --pictures paintings --data frames --features vgg16.npz --work work --tier quality \\
        --batch 16 --minutes 9          # all styles of scripts/gallery.toml, each an equal share of the time

The recipe is the one of `impasto train`; docs/training.md explains it. A training that was stopped goes on where it was:
run the same command again. Checkpoints, previews and a log go to the work folder each minute.
"""

import argparse
import dataclasses
import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from style_trainer import features as vgg  # noqa: E402
from style_trainer import gallery  # noqa: E402
from style_trainer.export import export, take_over, weights_of  # noqa: E402
from style_trainer.frames import Frames  # noqa: E402
from style_trainer.manifest import manifest  # noqa: E402
from style_trainer.network import TIERS, Painter  # noqa: E402
from style_trainer.run import CHECKPOINT, run  # noqa: E402
from style_trainer.training import Settings, Training  # noqa: E402

GALLERY = pathlib.Path(__file__).parent / "gallery.toml"
# Short sides of the pictures in memory, in px: the sizes at which games are painted at brush 2.
SIZES = (240, 270, 300, 360)


def materials(args, side, is_levelled, seed):
    """Frames, features and the device that all trainings of a run share."""
    device = args.device or ("cuda" if torch.cuda.is_available() else "cpu")
    features = vgg.Features(args.features, half_precision=device == "cuda").to(device)
    frames = Frames(args.data, side, SIZES, is_levelled=is_levelled, seed=seed)
    print(f"{frames.count()} pictures, {device}", flush=True)
    return frames, features, device


def style(args):
    settings = Settings(**{f.name: getattr(args, f.name) for f in dataclasses.fields(Settings)})
    frames, features, device = materials(args, settings.side, not args.no_levels, settings.seed)
    limit = args.limit_minutes * 60 if args.limit_minutes else float("inf")
    training = Training(settings, frames, features, device)
    run(training, args.work, limit, args.preview_seconds, say=lambda text: print(text, flush=True))


def whole_gallery(args):
    styles = gallery.read(args.gallery)
    defaults = {"tier": args.tier, "batch": args.batch, "start": args.start, "previews": args.previews}
    frames, features, device = materials(args, Settings.side, True, Settings.seed)
    gallery.train(styles, args.pictures, args.work, frames, features, device, args.minutes, defaults,
                  say=lambda text: print(text, flush=True))


def write_style(args):
    checkpoint = pathlib.Path(args.work)
    if checkpoint.is_dir():
        checkpoint = checkpoint / CHECKPOINT
    saved = torch.load(checkpoint, map_location="cpu", weights_only=False)
    network = Painter(saved["settings"]["tier"])
    take_over(network, weights_of(checkpoint))
    out = pathlib.Path(args.out)
    export(network, out)
    name = args.name or out.stem
    entry = next((style for style in gallery.read(args.gallery) if style["name"] == name), None)
    if entry is None:
        print(f"no manifest is written: {args.gallery} has no style {name}")
    else:
        out.with_suffix(".toml").write_text(manifest(out, entry, saved))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", action="append", required=True, help="folder of pictures; may be given several times")
    shared.add_argument("--features", required=True, help="VGG-16: the ONNX file of scripts/fetch-features, or the packed .npz")
    shared.add_argument("--work", required=True, help="folder for checkpoints and previews")
    shared.add_argument("--device", help="cpu or cuda; the default is a graphics card where there is one")
    shared.add_argument("--preview", dest="previews", action="append", default=[], help="a frame to show; may be given several times")
    train = commands.add_parser("style", help="train one style", parents=[shared])
    train.set_defaults(run=style)
    train.add_argument("--no-levels", action="store_true", help="train on frames as they are")
    train.add_argument("--limit-minutes", type=float, help="stop after so many minutes of wall time; the same command goes on later")
    train.add_argument("--preview-seconds", type=float, default=300)
    for setting in dataclasses.fields(Settings):
        if setting.name == "previews":
            continue
        kind = {str: str, int: int, float: float}.get(setting.type, float if setting.name == "minutes" else str)
        choices = tuple(TIERS) if setting.name == "tier" else None
        train.add_argument("--" + setting.name.replace("_", "-"), type=kind, choices=choices,
                           required=setting.name == "style", default=None if setting.name == "style" else setting.default)
    whole = commands.add_parser("gallery", help="train all styles of a gallery within a span of time", parents=[shared])
    whole.set_defaults(run=whole_gallery)
    whole.add_argument("--gallery", default=GALLERY, help="the gallery file")
    whole.add_argument("--pictures", required=True, help="folder of the style pictures")
    whole.add_argument("--tier", choices=tuple(TIERS), default="quality")
    whole.add_argument("--batch", type=int, default=4)
    whole.add_argument("--minutes", type=float, required=True, help="wall time for all styles together")
    whole.add_argument("--start", help="ONNX file or checkpoint to start every style from")
    packed = commands.add_parser("pack-features", help="write VGG-16 in half precision, for a machine without the ONNX package")
    packed.set_defaults(run=lambda args: vgg.pack(args.features, args.out))
    packed.add_argument("features")
    packed.add_argument("out")
    written = commands.add_parser("export", help="write a style's ONNX file, and its manifest where the gallery knows it")
    written.set_defaults(run=write_style)
    written.add_argument("--gallery", default=GALLERY, help="the gallery file")
    written.add_argument("--name", help="the style's name in the gallery file; the default is the name of the ONNX file")
    written.add_argument("work", help="the work folder, or a checkpoint")
    written.add_argument("out")
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
