#!/usr/bin/env python3
"""Trains a small style transfer network from one picture and writes it as ONNX.

    pip install -r scripts/requirements-train.txt
    scripts/train_style.py --style assets/styles/oil-swirls.jpg --data FRAMES_FOLDER --vgg VGG16.onnx \\
        --work /tmp/oil-swirls --out models/oil-swirls.onnx --minutes 40

The network works at a quarter of the resolution: an overlapping stem (5x5/2, 3x3/2), dilated residual blocks (so that
large flat areas get brush strokes too), two sub-pixel steps initialized as nearest-neighbour upsampling (ICNR, Aitken et
al. 2017, against dot grids). It has no norms and no reflection pads, so that nothing of the kind costs time at run time.
Zero padding would leave a border band, which the style loss even rewards (a network can tell the border, and hide there the
colours that it lacks elsewhere). So style and content are judged without the border, and the second view of the steadiness
loss is a smaller crop whose whole painting, border included, must be that of the larger one.

Losses: relative Gram distance |G - Gs|^2 / |Gs|^2 on relu1_2, relu2_2, relu3_3, relu4_3 (after Gatys et al. 2016);
content on relu3_3; total variation; and steadiness: the painting of a slightly noisy crop must be the crop of the painting,
wherever it was cut. VGG-16 features come from the ONNX file given (Keras names, BGR, 0..255 minus the ImageNet means).
"""

import argparse
import pathlib
import random
import time

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from PIL import Image
from torch import nn

BGR_MEANS = torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)
VGG_BLOCKS = [2, 2, 3, 3]
STYLE_LAYERS = ["1_2", "2_2", "3_3", "4_3"]
CONTENT_LAYER = "3_3"
# The border of a crop in which a painting is not judged.
MARGIN_PX = 32
INNER = (..., slice(MARGIN_PX, -MARGIN_PX), slice(MARGIN_PX, -MARGIN_PX))


class Features(nn.Module):
    """VGG-16 up to relu4_3."""

    def __init__(self, path):
        super().__init__()
        tensors = {t.name: numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}
        self.names, self.layers = [], nn.ParameterList()
        for block, count in enumerate(VGG_BLOCKS, 1):
            for index in range(1, count + 1):
                prefix = f"functional_1/block{block}_conv{index}_1/"
                self.names.append(f"{block}_{index}")
                for end in ("convolution/ReadVariableOp:0", "Squeeze:0"):
                    self.layers.append(nn.Parameter(torch.tensor(tensors[prefix + end]), requires_grad=False))

    def forward(self, rgb):
        # Half the bits are enough to judge with, and 1.6 times as fast on processors that have them.
        with torch.autocast("cpu", torch.bfloat16):
            return {name: x.float() for name, x in self.see(rgb).items()}

    def see(self, rgb):
        x = rgb.flip(1) * 255 - BGR_MEANS
        found = {}
        for index, name in enumerate(self.names):
            if index and name.endswith("_1"):
                x = F.max_pool2d(x, 2)
            x = F.relu(F.conv2d(x, self.layers[2 * index], self.layers[2 * index + 1], padding=1))
            found[name] = x
        return found


class Block(nn.Module):
    def __init__(self, width, dilation):
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=dilation, dilation=dilation)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.kaiming_normal_(self.first.weight, nonlinearity="relu")
        nn.init.normal_(self.second.weight, std=0.02)

    def forward(self, x):
        return x + self.second(F.relu(self.first(x)))


def icnr(conv):
    """Gives the four channels of one output pixel group the same weights."""
    kernel = torch.empty(conv.weight.shape[0] // 4, *conv.weight.shape[1:])
    nn.init.kaiming_normal_(kernel, nonlinearity="relu")
    conv.weight.data.copy_(kernel.repeat_interleave(4, 0))
    nn.init.zeros_(conv.bias)


class Painter(nn.Module):
    """[1, 3, height, width] RGB 0..1 in and out; both sides multiples of 4."""

    def __init__(self, stem=12, width=32, head=16, dilations=(1, 2, 4, 1)):
        super().__init__()
        self.stem = nn.Conv2d(3, stem, 5, stride=2, padding=2)
        self.down = nn.Conv2d(stem, width, 3, stride=2, padding=1)
        self.blocks = nn.Sequential(*[Block(width, dilation) for dilation in dilations])
        self.up = nn.Conv2d(width, 4 * head, 3, padding=1)
        self.head = nn.Conv2d(head, 12, 3, padding=1)
        icnr(self.up)
        icnr(self.head)
        self.head.weight.data *= 0.3

    def forward(self, x):
        x = F.relu(self.down(F.relu(self.stem(x))))
        x = self.blocks(x)
        # Activations before shuffles: the same values, as in src/network/architecture.rs.
        x = F.pixel_shuffle(F.relu(self.up(x)), 2)
        return F.pixel_shuffle(torch.sigmoid(self.head(x)), 2)


class NormedConv(nn.Sequential):
    """Reflected border, convolution, instance norm."""

    def __init__(self, inputs, outputs, kernel, stride=1):
        super().__init__(nn.ReflectionPad2d(kernel // 2), nn.Conv2d(inputs, outputs, kernel, stride),
                         nn.InstanceNorm2d(outputs, affine=True))


class ClassicBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first, self.second = NormedConv(width, width, 3), NormedConv(width, width, 3)

    def forward(self, x):
        return x + self.second(F.relu(self.first(x)))


class Classic(nn.Module):
    """fast_neural_style (Johnson et al. 2016, instance norms of Ulyanov et al. 2016), the reference; RGB 0..1 in and out."""

    def __init__(self):
        super().__init__()
        nearest = nn.Upsample(scale_factor=2, mode="nearest")
        self.layers = nn.Sequential(
            NormedConv(3, 32, 9), nn.ReLU(), NormedConv(32, 64, 3, 2), nn.ReLU(), NormedConv(64, 128, 3, 2), nn.ReLU(),
            *[ClassicBlock(128) for _ in range(5)],
            nearest, NormedConv(128, 64, 3), nn.ReLU(), nearest, NormedConv(64, 32, 3), nn.ReLU(),
            nn.ReflectionPad2d(4), nn.Conv2d(32, 3, 9))

    def forward(self, x):
        return self.layers(x * 255) / 255


TIERS = {
    "fast": lambda: Painter(stem=8, head=8, dilations=(1, 4)),
    "balanced": Painter,
    "classic": Classic,
}


def gram(x):
    n, c, h, w = x.shape
    flat = x.reshape(n, c, h * w)
    return flat @ flat.transpose(1, 2) / (h * w)


def to_tensor(picture):
    return torch.from_numpy(np.asarray(picture, np.float32) / 255).permute(2, 0, 1)


class Crops:
    """Random crops at random scales of all pictures below some folders, mirrored at random."""

    def __init__(self, folders, side, rng):
        ends = {".jpg", ".jpeg", ".png", ".webp"}
        groups = [[p for p in sorted(pathlib.Path(f).rglob("*")) if p.suffix.lower() in ends] for f in folders]
        if not all(groups):
            raise SystemExit("error: a data folder holds no pictures")
        self.groups = [[self.load(p) for p in group] for group in groups]
        self.side, self.rng = side, rng

    @staticmethod
    def load(path):
        picture = Image.open(path).convert("RGB")
        scale = 640 / max(picture.size)
        return picture if scale >= 1 else picture.resize([round(s * scale) for s in picture.size], Image.LANCZOS)

    def next(self):
        picture = self.rng.choice(self.rng.choice(self.groups))
        shortest = min(picture.size)
        side = self.rng.randint(min(self.side, shortest), min(shortest, int(self.side * 1.8)))
        x, y = self.rng.randint(0, picture.width - side), self.rng.randint(0, picture.height - side)
        crop = picture.resize((self.side, self.side), Image.LANCZOS, (x, y, x + side, y + side))
        tensor = to_tensor(crop)[None]
        return tensor.flip(3) if self.rng.random() < 0.5 else tensor


def steadiness(network, frame, painting, rng):
    """Mean squared difference between the painting of a noisy crop of the frame and the same crop of its painting; and the
    same in the border of the crop only, where the network alone has to give way: it sees zeros there instead of the frame."""
    y, x = (MARGIN_PX + rng.randint(-6, 6) for _ in range(2))
    side = frame.shape[-1] - 2 * MARGIN_PX
    crop = (..., slice(y, y + side), slice(x, x + side))
    noisy = frame[crop] + torch.randn_like(frame[crop]) * rng.uniform(0.0, 0.03)
    view = network(noisy.clamp(0, 1))
    border = torch.ones(1, 1, side, side)
    border[INNER] = 0
    difference = (view - painting[crop].detach()) * border
    # A tint of the border weighs little pixel by pixel, and is what people see.
    tint = F.avg_pool2d(difference, 16)
    at_border = ((difference**2).mean() + 10 * (tint**2).mean()) / border.mean()
    return F.mse_loss(view, painting[crop]), at_border


def judge(features, frame, painting, targets):
    """Style and content loss of a painting of a frame."""
    with torch.no_grad():
        content = features(frame[INNER])[CONTENT_LAYER]
    found = features(painting[INNER])
    style_loss = sum(
        ((gram(found[layer]) - targets[layer]) ** 2).sum() / (targets[layer] ** 2).sum() for layer in STYLE_LAYERS
    ) / len(STYLE_LAYERS)
    return style_loss, ((found[CONTENT_LAYER] - content) ** 2).sum() / (content**2).sum()


def total_variation(x):
    return (x[..., 1:, :] - x[..., :-1, :]).abs().mean() + (x[..., :, 1:] - x[..., :, :-1]).abs().mean()


def export(network, path):
    """Writes the ONNX file and checks it against the network at two sizes."""
    import onnxruntime

    network.eval()
    torch.onnx.export(
        network, (torch.rand(1, 3, 64, 96),), path, dynamo=False, opset_version=17,
        input_names=["frame"], output_names=["painting"],
        # Output axes have names of their own: WebGPU reuses buffers between axes of the same name.
        dynamic_axes={"frame": {2: "height", 3: "width"}, "painting": {2: "painted_height", 3: "painted_width"}},
    )
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for size in ((64, 96), (240, 320)):
        frame = torch.rand(1, 3, *size)
        with torch.no_grad():
            wanted = network(frame).numpy()
        worst = np.abs(session.run(None, {"frame": frame.numpy()})[0] - wanted).max()
        if worst > 1e-4:
            raise SystemExit(f"error: ONNX Runtime differs from the network by {worst} at {size}")
    network.train()


def weights_of(path):
    """The weights of another style of the same network: from its model, or from a checkpoint."""
    if path.suffix == ".onnx":
        return {t.name: torch.tensor(numpy_helper.to_array(t)) for t in onnx.load(path).graph.initializer if "." in t.name}
    return torch.load(path)["network"]


def preview(network, frames, path):
    network.eval()
    rows = []
    with torch.no_grad():
        for frame in frames:
            rows.append(torch.cat([frame[0], network(frame)[0]], 2))
    network.train()
    picture = torch.cat(rows, 1).clamp(0, 1).permute(1, 2, 0).numpy()
    Image.fromarray((picture * 255 + 0.5).astype(np.uint8)).save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--style", required=True, type=pathlib.Path)
    parser.add_argument("--data", required=True, action="append", type=pathlib.Path, help="folder of pictures; may repeat")
    parser.add_argument("--vgg", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path, help="checkpoints and previews; an interrupted training goes on")
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--from", dest="start", type=pathlib.Path, help="another style's model (.onnx) or checkpoint to start from")
    parser.add_argument("--tier", choices=TIERS, default="balanced")
    parser.add_argument("--iterations", type=int, help="stop after so many, whatever the time")
    parser.add_argument("--teacher", type=pathlib.Path,
                        help="model (.onnx) of a balanced style whose paintings are learnt instead of the style picture")
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--crop", type=int, default=176, help="side of what is judged, in pixels; a multiple of 4")
    parser.add_argument("--style-size", type=int, default=448, help="side of the style picture: larger gives larger strokes")
    parser.add_argument("--style-weight", type=float, default=8)
    parser.add_argument("--content-weight", type=float, default=1.5)
    parser.add_argument("--steadiness", type=float, default=15)
    parser.add_argument("--border", type=float, default=5)
    parser.add_argument("--variation", type=float, default=0.05)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--every", type=int, default=150, help="iterations between checkpoints")
    parser.add_argument("--preview", type=pathlib.Path, action="append", default=[], help="picture for previews; may repeat")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    args.work.mkdir(parents=True, exist_ok=True)
    features = Features(args.vgg)
    style = Image.open(args.style).convert("RGB")
    style = style.resize((args.style_size, args.style_size), Image.LANCZOS)
    with torch.no_grad():
        found = features(to_tensor(style)[None])
        targets = {layer: gram(found[layer]) for layer in STYLE_LAYERS}
    crops = Crops(args.data, args.crop + 2 * MARGIN_PX, rng)
    frames = [to_tensor(Image.open(p).convert("RGB").resize((320, 240), Image.LANCZOS))[None] for p in args.preview]
    frames = frames or [crops.next() for _ in range(3)]

    network = TIERS[args.tier]()
    optimizer = torch.optim.Adam(network.parameters(), args.rate, betas=(0.9, 0.99))
    step, spent = 0, 0.0
    checkpoint = args.work / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint)
        network.load_state_dict(saved["network"])
        optimizer.load_state_dict(saved["optimizer"])
        step, spent = saved["step"], saved["spent"]
    elif args.start:
        # A network of another size takes over what fits.
        own = network.state_dict()
        network.load_state_dict(own | {n: w for n, w in weights_of(args.start).items() if n in own and w.shape == own[n].shape})

    teacher = None
    if args.teacher:
        teacher = Painter()
        teacher.load_state_dict(weights_of(args.teacher))
    limit = args.minutes * 60
    last = time.monotonic()
    means = np.zeros(5)
    done = 0.0
    while done < 1:
        for group in optimizer.param_groups:
            group["lr"] = args.rate * min(1, (step + 1) / 30) * (0.1 + 0.9 * (1 - done))
        frame = crops.next()
        painting = network(frame)
        steady_loss, border_loss = steadiness(network, frame, painting, rng)
        if teacher:
            # Without features a step takes a fraction of the time.
            with torch.no_grad():
                wanted = teacher(frame)
            style_loss, content_loss = F.l1_loss(painting, wanted), F.mse_loss(painting, wanted)
        else:
            style_loss, content_loss = judge(features, frame, painting, targets)
        loss = (
            args.style_weight * style_loss + args.content_weight * content_loss + args.steadiness * steady_loss
            + args.border * border_loss + args.variation * total_variation(painting[INNER])
        )
        if not torch.isfinite(loss):
            raise SystemExit("error: the loss is no number any more: lower --rate and start from the last checkpoint")
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        step += 1
        now = time.monotonic()
        spent, last = spent + now - last, now
        done = min(1.0, step / args.iterations if args.iterations else spent / limit)
        means = means * 0.98 + 0.02 * np.array([loss.item(), style_loss.item(), content_loss.item(), steady_loss.item(), border_loss.item()])
        if step % args.every == 0 or done >= 1:
            fade = 1 - 0.98**step
            print(f"{step} steps, {spent / 60:.1f} min: loss {means[0] / fade:.3f} style {means[1] / fade:.3f} "
                  f"content {means[2] / fade:.3f} steadiness {means[3] / fade:.5f} border {means[4] / fade:.5f}", flush=True)
            torch.save({"network": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step,
                        "spent": spent}, checkpoint)
            preview(network, frames, args.work / "preview.png")
    export(network, args.out)


if __name__ == "__main__":
    main()
