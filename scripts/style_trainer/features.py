"""VGG-16 up to relu4_3: the features in which style and content are compared (Simonyan and Zisserman 2015)."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

# Subtracted from blue, green and red in 0..255.
MEANS = (103.939, 116.779, 123.68)
CONVOLUTIONS = (2, 2, 3, 3)
NAMES = [f"{block}_{index}" for block, count in enumerate(CONVOLUTIONS, 1) for index in range(1, count + 1)]


class Features(nn.Module):
    """Frozen. Takes [batch, 3, height, width] in RGB 0..1 and returns the activations by name, "1_1" to "4_3"."""

    def __init__(self, path, half_precision=False):
        super().__init__()
        self.half_precision = half_precision
        weights = read_onnx(path) if str(path).endswith(".onnx") else dict(np.load(path))
        for name in NAMES:
            for part in ("weight", "bias"):
                values = torch.tensor(weights[f"{name}.{part}"].astype(np.float32))
                self.register_buffer(f"{part}_{name}", values.contiguous(memory_format=torch.channels_last)
                                     if part == "weight" else values)
        self.register_buffer("means", torch.tensor(MEANS).view(1, 3, 1, 1))

    def forward(self, rgb, last="4_3"):
        with torch.autocast(rgb.device.type, torch.bfloat16, enabled=self.half_precision):
            x, found = (rgb.flip(1) * 255 - self.means).contiguous(memory_format=torch.channels_last), {}
            for name in NAMES:
                if name.endswith("_1") and name != "1_1":
                    x = F.max_pool2d(x, 2)
                x = F.relu(F.conv2d(x, getattr(self, f"weight_{name}"), getattr(self, f"bias_{name}"), padding=1))
                found[name] = x
                if name == last:
                    break
        return {name: x.float() for name, x in found.items()}


def read_onnx(path):
    """The weights of the ONNX file that `scripts/fetch-features` downloads."""
    import onnx
    from onnx import numpy_helper

    tensors = {t.name: t for t in onnx.load(path).graph.initializer}
    weights = {}
    for name in NAMES:
        prefix = f"functional_1/block{name[0]}_conv{name[2]}_1/"
        weights[f"{name}.weight"] = numpy_helper.to_array(tensors[prefix + "convolution/ReadVariableOp:0"])
        weights[f"{name}.bias"] = numpy_helper.to_array(tensors[prefix + "Squeeze:0"])
    return weights


def pack(path, packed):
    """Writes the weights in half precision (15 MB), for a machine that has PyTorch and nothing else."""
    np.savez(packed, **{name: values.astype(np.float16) for name, values in read_onnx(path).items()})
