"""Trains all styles of a gallery within one span of time: for the ten minutes on a graphics card that one can borrow."""

import dataclasses
import pathlib
import time
import tomllib

from .run import run
from .training import Settings, Training

# What a style of the gallery file says about its painting, which is no setting of the training.
FACTS = {"name", "title", "picture", "painting", "artist", "artist_years", "year"}


def read(path):
    """The styles of a gallery file, as tables. A setting that the trainer does not know is an error."""
    with open(path, "rb") as file:
        styles = tomllib.load(file)["style"]
    known = FACTS | {f.name for f in dataclasses.fields(Settings)}
    for style in styles:
        if unknown := set(style) - known:
            raise SystemExit(f"error: {path}: {style['name']} has unknown keys: {', '.join(sorted(unknown))}")
    return styles


def train(styles, pictures, work, frames, features, device, minutes, defaults, say=print):
    """Gives each style that is not done an equal share of the time that is left, in the order of the file."""
    end = time.monotonic() + minutes * 60
    for index, style in enumerate(styles):
        picture = pathlib.Path(pictures) / style["picture"]
        if not picture.exists():
            say(f"{style['name']}: skipped, {picture} is missing")
            continue
        share = max(0.0, end - time.monotonic()) / (len(styles) - index)
        own = {key: value for key, value in style.items() if key not in FACTS}
        # The schedule follows the time: how many steps a card makes is not known before.
        settings = Settings(**(defaults | own | {"style": str(picture), "minutes": share / 60, "steps": 10**9}))
        say(f"{style['name']}: {share / 60:.1f} minutes")
        training = Training(settings, frames, features, device)
        run(training, pathlib.Path(work) / style["name"], share + 1, preview_seconds=60, say=say)
