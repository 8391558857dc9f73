"""The losses. Pictures are [batch, 3, height, width] in RGB 0..1."""

import math

import torch
import torch.nn.functional as F

STYLE_LAYERS = {"1_2": 0.5, "2_2": 1.0, "3_3": 1.0, "4_3": 1.0}
CONTENT_LAYER = "3_3"
# The share of the half scale beside the full one.
HALF_SCALE = 0.7


def statistics(features):
    """Mean and covariance of the channels over the whole batch: a wall need not hold every colour of the style."""
    flat = features.permute(1, 0, 2, 3).flatten(1)
    mean = flat.mean(1)
    flat = flat - mean[:, None]
    return mean, flat @ flat.t() / flat.shape[1]


def style_targets(features, picture):
    """Statistics of the style picture at full and at half size."""
    with torch.no_grad():
        return [{layer: statistics(features(p)[layer]) for layer in STYLE_LAYERS} for p in (picture, halved(picture))]


def style_distance(found, targets):
    """Relative distance of means and covariances, weighted over the layers."""
    total = 0
    for layer, weight in STYLE_LAYERS.items():
        (mean, covariance), (mean_s, covariance_s) = statistics(found[layer]), targets[layer]
        total = total + weight * ((mean - mean_s).square().sum() / mean_s.square().sum()
                                  + (covariance - covariance_s).square().sum() / covariance_s.square().sum())
    return total / sum(STYLE_LAYERS.values())


def halved(picture):
    return F.avg_pool2d(picture, 2)


def normalized(features):
    """Each channel of each picture with mean 0 and deviation 1: shapes without light."""
    deviation = features.std((2, 3), keepdim=True)
    return (features - features.mean((2, 3), keepdim=True)) / (deviation + 1e-3 * features.std() + 1e-4)


def content_distance(found, wanted):
    return (normalized(found) - normalized(wanted)).square().mean()


def palette_directions(count, generator):
    directions = torch.randn(count, 3, generator=generator)
    return directions / directions.norm(dim=1, keepdim=True)


def palette_distance(painting, colors, directions):
    """Sliced Wasserstein-1 distance of the colours, averaged over 8x8 pixels, from `colors` [count, 3]."""
    own = F.avg_pool2d(painting, 8).permute(0, 2, 3, 1).reshape(-1, 3) @ directions.t()
    at = torch.linspace(0, 1, 256, device=painting.device)
    return (torch.quantile(own, at, dim=0) - torch.quantile(colors @ directions.t(), at, dim=0)).abs().mean()


def colors_of(picture):
    return F.avg_pool2d(picture, 8).permute(0, 2, 3, 1).reshape(-1, 3)


def total_variation(x):
    return (x[..., 1:, :] - x[..., :-1, :]).square().mean() + (x[..., :, 1:] - x[..., :, :-1]).square().mean()


def similarity(count, width, height, random, device):
    """A random similarity for each picture, as sampling positions: shifts of up to 8 px by fractions, zoom 0.97 to 1.03, up to 2 degrees."""
    rows = []
    for _ in range(count):
        turn, zoom = math.radians(random.uniform(-2, 2)), random.uniform(0.97, 1.03)
        cos, sin = zoom * math.cos(turn), zoom * math.sin(turn)
        x, y = random.uniform(-8, 8) * 2 / width, random.uniform(-8, 8) * 2 / height
        rows.append([[cos, -sin * height / width, x], [sin * width / height, cos, y]])
    return F.affine_grid(torch.tensor(rows, device=device), [count, 3, height, width], align_corners=False)


def steadiness(network, frame, painting, margin, random):
    """The painting of a moved, noisy, smaller view must be the painting, moved: inside, and at the border of the view.

    The view is cut `margin` px inside, so that only its own painting sees a border: a network that paints a band along it
    is penalized. Returns both mean squared differences.
    """
    count, _, height, width = frame.shape
    grid = similarity(count, width, height, random, frame.device)
    crop = (..., slice(margin, height - margin), slice(margin, width - margin))
    grid = grid[:, margin:height - margin, margin:width - margin]

    def moved(x):
        return F.grid_sample(x, grid, mode="bicubic", padding_mode="reflection", align_corners=False)

    seen = (moved(frame) + torch.randn_like(frame[crop]) * random.uniform(0, 0.03)) * random.uniform(0.97, 1.03)
    difference = network(seen.clamp(0, 1)) - moved(painting)
    inside = (..., slice(margin, -margin), slice(margin, -margin))
    border = torch.ones_like(difference[:1, :1])
    border[inside] = 0
    # What people see of a band is its tint, which a mean over pixels hardly weighs.
    tint = F.avg_pool2d(difference * border, 8)
    at_border = ((difference * border).square().mean() + 10 * tint.square().mean()) / border.mean()
    return difference[inside].square().mean(), at_border


def motion(frame, painting, previous_frame, previous_painting):
    """A painting may change no more than its frame: mean absolute difference of the changes (Xu et al. 2021)."""
    return ((painting - previous_painting) - (frame - previous_frame)).abs().mean()


def smooth_pictures(count, side, generator):
    """Flat and smoothly shaded pictures: a colour, and another that it becomes along a random direction."""
    first, second = torch.rand(2, count, 3, 1, 1, generator=generator)
    angle = torch.rand(count, 1, 1, 1, generator=generator) * 2 * math.pi
    along = torch.linspace(-0.5, 0.5, side)
    share = 0.5 + 0.7 * (torch.cos(angle) * along.view(1, 1, 1, -1) + torch.sin(angle) * along.view(1, 1, -1, 1))
    share[::2] = 0
    return first + (second - first) * share.clamp(0, 1)


def lattice(network, smooth, margin):
    """What a network paints periodically on pictures without any detail: its grid of 4x4 px, which does not move with the game.

    The deviation of each of the 16 places of a cell from the cell's smooth surroundings, averaged over the cells.
    """
    painting = network(smooth)
    fine = (painting - F.avg_pool2d(painting, 5, 1, 2, count_include_pad=False))[..., margin:-margin, margin:-margin]
    count, channels, height, width = fine.shape
    cells = fine.reshape(count, channels, height // 4, 4, width // 4, 4)
    return cells.mean((2, 4)).square().mean()
