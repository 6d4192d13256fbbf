"""Lab 2, data augmentation: pictures that are new to the network and mean the same."""

import torch
from torch.nn import functional as F

# ---- Question 2.10: Data augmentation ----
# For all functions here: `x` holds N pictures, shape (N, C, H, W), float, from 0 to 1, on any device; H and W may
# differ. `rng` is a torch generator on the CPU and the only source of randomness: the same seed gives the same result,
# other seeds and the next call give others. Draw on the CPU, where `rng` is, and move the few numbers to `x.device`.
# Results have the dtype and the device of `x`, and picture i of a result is made of picture i of `x`. No argument is
# changed, and no result shares memory with `x`, so that whoever gets it may write into it.


def random_flip(x: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """Mirror each picture left to right, or leave it as it is, with probability 1/2 each, independently of the others.

    Args:
        x: shape (N, C, H, W); all channels of a picture go together.
        rng: a generator on the CPU.

    Returns:
        A new tensor, shape (N, C, H, W).
    """
    # BEGIN SOLUTION
    mirrored = torch.rand(len(x), generator=rng) < 0.5  # (N,)
    return torch.where(mirrored.to(x.device).view(-1, 1, 1, 1), x.flip(-2), x)
    # END SOLUTION


def random_crop(x: torch.Tensor, padding: int, rng: torch.Generator) -> torch.Tensor:
    """Put a black border around each picture and cut a piece of the old size out, somewhere.

    `padding` rows and columns of zeros are added on all four sides. Of the bigger picture, shape
    (C, H + 2 * padding, W + 2 * padding), a window of H x W is kept. Its top row and its left column are drawn for each
    picture by itself, independently of each other, and all 2 * padding + 1 places are equally likely for both.

    Args:
        x: shape (N, C, H, W); all channels of a picture go together.
        padding: at least 0; with 0, the pictures stay as they are.
        rng: a generator on the CPU.

    Returns:
        A new tensor, shape (N, C, H, W).
    """
    # BEGIN SOLUTION
    samples, _, height, width = x.shape
    top, left = torch.randint(2 * padding + 1, (2, samples), generator=rng).to(x.device)  # (N,) each
    padded = F.pad(x, (padding,) * 4)  # zeros on all four sides
    windows = padded.unfold(2, height, 1).unfold(3, width, 1)  # (N, C, tops, lefts, H, W): a view of every window
    return windows[torch.arange(samples, device=x.device), :, top, left]
    # END SOLUTION


def color_jitter(x: torch.Tensor, strength: float, rng: torch.Generator) -> torch.Tensor:
    """Change the contrast and the brightness of each picture a little.

    With m the mean of a picture over all of its channels and pixels, each of its values v becomes
    m + contrast * (v - m) + brightness, and whatever then lies below 0 or above 1 becomes 0 or 1. For each picture by
    itself, `contrast` is uniform between 1 - strength and 1 + strength and `brightness` is uniform between -strength
    and strength, independently of each other.

    Args:
        x: shape (N, C, H, W).
        strength: from 0 to 1; with 0, the pictures stay as they are, up to rounding.
        rng: a generator on the CPU.

    Returns:
        A new tensor, shape (N, C, H, W), values from 0 to 1.
    """
    # BEGIN SOLUTION
    draws = strength * (2 * torch.rand(2, len(x), 1, 1, 1, generator=rng) - 1)
    contrast, brightness = draws.to(x.device, x.dtype)  # (N, 1, 1, 1) each; contrast minus 1
    mean = x.mean(dim=(1, 2, 3), keepdim=True)  # (N, 1, 1, 1)
    return (mean + (1 + contrast) * (x - mean) + brightness).clamp(0, 1)
    # END SOLUTION


def augment(
    x: torch.Tensor, y: torch.Tensor, rng: torch.Generator, train: bool, padding: int = 4, strength: float = 0.2
) -> tuple[torch.Tensor, torch.Tensor]:
    """One new batch from an old one: in training with other colours, flipped and moved at random, else the same.

    In training, each picture goes through `color_jitter` first, and then through `random_flip` and `random_crop`: the
    border that comes in is black. The batch keeps its size and its order, and so do the labels.

    Args:
        x: shape (N, C, H, W).
        y: shape (N,), int: the pictures' labels.
        rng: a generator on the CPU.
        train: whether the network is in training; if not, the pictures come back with their values unchanged.
        padding: as in `random_crop`.
        strength: as in `color_jitter`.

    Returns:
        A new tensor, shape (N, C, H, W), and the labels, shape (N,): label i is that of picture i.
    """
    # BEGIN SOLUTION
    if not train:
        return x.clone(), y
    return random_crop(random_flip(color_jitter(x, strength, rng), rng), padding, rng), y
    # END SOLUTION
