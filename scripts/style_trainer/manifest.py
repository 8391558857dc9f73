"""The manifest beside a style's ONNX file: what the program and people want to know of it."""

import hashlib
import json
import pathlib

# The losses that say what came out; the others only guide the training.
TOLD_LOSSES = ("style", "content", "palette", "steadiness", "lattice")


def manifest(model, style, saved):
    """The text of the manifest of `model`, from its entry in the gallery file and its checkpoint."""
    settings, text = saved["settings"], json.dumps
    title = style.get("title") or style["name"].replace("-", " ").capitalize()
    weights = {key: settings[key] for key in (
        "style_weight", "content_weight", "palette_weight", "steadiness", "lattice_weight", "motion_weight")}
    lines = [
        f"name = {text(title)}",
        'author = "The Impasto authors"',
        'licence = "MIT OR Apache-2.0"',
        f"source = {text('trained by scripts/train_style.py from ' + style['painting'] + ' by ' + style['artist'])}",
        f'sha256 = "{hashlib.sha256(pathlib.Path(model).read_bytes()).hexdigest()}"',
        f"tier = {text(settings['tier'])}",
        "levels = true",
        "",
        "[painting]",
        f"title = {text(style['painting'])}",
        f"artist = {text(style['artist'])}",
        f"artist_years = {text(style['artist_years'])}",
        f"year = {text(style['year'])}",
        'rights = "public domain"',
    ]
    for side in ("input", "output"):
        lines += ["", f"[{side}]", 'layout = "nchw"', 'element = "float32"', 'channels = "rgb"', 'range = "zero_to_one"']
        if side == "input":
            lines.append("multiple = 4")
    lines += [
        "",
        "[training]",
        f"style_picture = {text(pathlib.Path(settings['style']).name)}",
        f"style_px = {settings['style_px']}",
        f"iterations = {saved['steps']}",
        f"batch = {settings['batch']}",
        f"crop_px = {settings['side']}",
        f"seed = {settings['seed']}",
    ]
    lines += [f"{name}_loss = {saved['running'][name]:.4g}" for name in TOLD_LOSSES if name in saved["running"]]
    lines += ["", "[training.weights]"] + [f"{name.removesuffix('_weight')} = {value:g}" for name, value in weights.items()]
    return "\n".join(lines) + "\n"
