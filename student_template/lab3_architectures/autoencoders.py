"""Lab 3, autoencoders: pictures squeezed through a few numbers and back; plain, denoising and sparse."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


# ---- Question 3.9: Autoencoders ----
class Autoencoder(nn.Module):
    """An undercomplete autoencoder: `pixels` numbers go in, `code` numbers stand in the middle, `pixels` come out.

    Layers, their sizes and their names are yours, as long as it has at most 100,000 parameters for 64 pixels and a code
    of 16, and learns to reconstruct the digits of `data/digits.npz` from a code of 16: after 100 epochs over 1,000 of
    them, by Adam with learning rate 0.003 and batches of 100, the mean squared error on the others is at most half of
    what the mean picture of the 1,000 would give. In evaluation mode a picture always gives the same result, whatever
    else is in the batch.
    """

    def __init__(self, pixels: int = 64, code: int = 16) -> None:
        """Make the layers.

        Args:
            pixels: how many pixels a picture has.
            code: how many numbers `encode` keeps of it; less than `pixels`.
        """
        super().__init__()
        raise NotImplementedError("Question 3.9: Autoencoders")

    def encode(self, x: Tensor) -> Tensor:
        """The codes of pictures.

        Args:
            x: shape (N, pixels), float, in [0, 1].

        Returns:
            shape (N, code).
        """
        raise NotImplementedError("Question 3.9: Autoencoders")

    def decode(self, code: Tensor) -> Tensor:
        """The logits of the pixels for given codes: any real numbers; their sigmoid is the picture.

        Args:
            code: shape (N, code), float.

        Returns:
            shape (N, pixels); no sigmoid has been applied.
        """
        raise NotImplementedError("Question 3.9: Autoencoders")

    def forward(self, x: Tensor) -> Tensor:
        """The logits of the reconstruction: what `decode` makes of `encode(x)`, and of nothing else.

        Args:
            x: shape (N, pixels), float, in [0, 1].

        Returns:
            shape (N, pixels), as `decode` gives them.
        """
        raise NotImplementedError("Question 3.9: Autoencoders")

    def reconstruct(self, x: Tensor) -> Tensor:
        """The reconstruction as a picture, the sigmoid of the logits: shape (N, pixels), in [0, 1]."""
        raise NotImplementedError("Question 3.9: Autoencoders")


# The three losses work with any model that has `encode`, `decode`, `forward` and the shapes above, not only with yours.
# They change neither the model nor `x`, and stay in the precision and on the device of `x`.


def reconstruction_loss(model: nn.Module, x: Tensor) -> Tensor:
    """Binary cross-entropy between the pixels and the logits of their reconstruction, the mean over all N * pixels.

    A pixel x with the logit z costs -(x ln p + (1 - x) ln(1 - p)), where p = sigmoid(z); finite also for z = +-1000.

    Args:
        model: gives logits of shape (N, pixels) for `x`.
        x: shape (N, pixels), float, in [0, 1]: what goes in, and what should come out.

    Returns:
        shape (); gradients flow into the model.
    """
    raise NotImplementedError("Question 3.9: Autoencoders")


def denoising_loss(model: nn.Module, x: Tensor, noise: float, rng: torch.Generator) -> Tensor:
    """The loss of a denoising autoencoder: the model sees pictures with noise, and should give them back without.

    In training mode (`model.training`), every pixel gets normal noise of its own, with mean 0 and standard deviation
    `noise`, new in each call; the result is not clipped to [0, 1]. In evaluation mode the model sees `x` itself, and
    nothing is drawn.

    Args:
        model: gives logits of shape (N, pixels).
        x: shape (N, pixels), float, in [0, 1], without noise.
        noise: standard deviation of the noise, at least 0.
        rng: the only source of randomness, on the device of `x`.

    Returns:
        shape (): binary cross-entropy as in `reconstruction_loss`, the mean over all N * pixels.
    """
    raise NotImplementedError("Question 3.9: Autoencoders")


def sparse_loss(model: nn.Module, x: Tensor, weight: float) -> Tensor:
    """The loss of a sparse autoencoder: `reconstruction_loss`, and a price on every number of the code.

    The price is `weight` times the absolute values of the code, summed over a sample's code and averaged over the N
    samples. It is the same in training and in evaluation mode.

    Args:
        model: `encode` gives codes of shape (N, code), `decode` turns them into logits of shape (N, pixels).
        x: shape (N, pixels), float, in [0, 1].
        weight: at least 0.

    Returns:
        shape ().
    """
    raise NotImplementedError("Question 3.9: Autoencoders")
