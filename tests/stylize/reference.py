"""Paints frame.bgra with every model of a folder by ONNX Runtime and numpy, as the manifests say, and writes NAME.bgr.

Usage: reference.py FOLDER WIDTH HEIGHT. Shares no code with Impasto: it is what Impasto is compared with.
"""

import sys
import tomllib
from pathlib import Path

import numpy as np
import onnxruntime

MEAN = np.array([0.485, 0.456, 0.406])
DEVIATION = np.array([0.229, 0.224, 0.225])
ELEMENTS = {"float32": np.float32, "float16": np.float16, "uint8": np.uint8}


def to_range(rgb, name):
    """Red, green and blue 0..255 in the named range."""
    if name == "zero_to_255":
        return rgb
    if name == "zero_to_one":
        return rgb / 255
    if name == "minus_one_to_one":
        return rgb / 127.5 - 1
    return (rgb / 255 - MEAN) / DEVIATION


def from_range(rgb, name):
    """The reverse of to_range."""
    if name == "zero_to_255":
        return rgb
    if name == "zero_to_one":
        return rgb * 255
    if name == "minus_one_to_one":
        return (rgb + 1) * 127.5
    return (rgb * DEVIATION + MEAN) * 255


def paint(model, frame):
    said = tomllib.loads(model.with_suffix(".toml").read_text())
    wants, gives = said["input"], said["output"]
    rgb = frame[:, :, 2::-1].astype(np.float64)
    picture = to_range(rgb, wants["range"])
    if "a" in wants["channels"]:
        opaque = to_range(np.full(rgb.shape, 255.0), wants["range"])[:, :, :1]
        picture = np.concatenate([picture[:, :, ::-1] if wants["channels"] == "bgra" else picture, opaque], axis=2)
    elif wants["channels"] == "bgr":
        picture = picture[:, :, ::-1]
    if wants["layout"] == "nchw":
        picture = picture.transpose(2, 0, 1)
    tensor = np.ascontiguousarray(picture[None]).astype(ELEMENTS[wants["element"]])
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    parameters = {entry["name"]: np.array(entry["default"], np.float32) for entry in said.get("parameters", [])}
    feeds = {}
    for entry in session.get_inputs():
        feeds[entry.name] = parameters[entry.name].reshape(entry.shape) if entry.name in parameters else tensor
    output = session.run(None, feeds)[0][0].astype(np.float64)
    if gives["layout"] == "nchw":
        output = output.transpose(1, 2, 0)
    rgb = output[:, :, 2::-1] if gives["channels"].startswith("bgr") else output[:, :, :3]
    rgb = np.clip(np.rint(from_range(rgb, gives["range"])), 0, 255)
    if gives.get("fit") == "border":
        missing = [(frame.shape[axis] - rgb.shape[axis]) // 2 for axis in (0, 1)]
        rgb = np.pad(rgb, ((missing[0],) * 2, (missing[1],) * 2, (0, 0)), mode="edge")
    return rgb[:, :, ::-1].astype(np.uint8)


def main():
    folder, width, height = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    frame = np.fromfile(folder / "frame.bgra", np.uint8).reshape(height, width, 4)
    for model in sorted(folder.glob("*.onnx")):
        paint(model, frame).tofile(model.with_suffix(".bgr"))


main()
