"""Lab 3, a variational autoencoder: codes that are distributions, so that new pictures can be drawn."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# ---- Question 3.10: A variational autoencoder ----
# No argument may be changed. Results have the precision and the device of the arguments.


def reparameterize(mu: Tensor, logvar: Tensor, rng: torch.Generator) -> Tensor:
    """Draw z from normal distributions, so that gradients reach `mu` and `logvar`.

    Finite wherever the standard deviation is: in float32 for `logvar` up to 150, in float64 up to 1400.

    Args:
        mu: shape (N, K), float: the means.
        logvar: shape (N, K): the natural logarithms of the *variances*.
        rng: the only source of randomness, on the device of `mu`. Every element gets a draw of its own.

    Returns:
        z: shape (N, K), differentiable by `mu` and `logvar`.
    """
    raise NotImplementedError("Question 3.10: A variational autoencoder")


def kl_divergence(mu: Tensor, logvar: Tensor) -> Tensor:
    """Kullback-Leibler divergence of each sample's normal distribution from the standard normal one, in nats.

    Args:
        mu: shape (N, K), float.
        logvar: shape (N, K): logarithms of the variances.

    Returns:
        shape (N,): for each sample the sum over its K latent variables; never below 0.
    """
    raise NotImplementedError("Question 3.10: A variational autoencoder")


def elbo(x: Tensor, logits: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """The loss of a variational autoencoder: the *negative* evidence lower bound (ELBO), which training makes small.

    For each sample, the binary cross-entropy between its pixels and their logits, summed over all pixels, plus its
    divergence, summed over all latent variables; then the mean over the N samples.

    Args:
        x: shape (N, ...), float, in [0, 1]: pictures with any number of axes, say (N, pixels) or (N, C, H, W).
        logits: the shape of `x`; the sigmoid of a logit is the pixel's reconstruction. Up to +-1000 it stays finite.
        mu: shape (N, K), float.
        logvar: shape (N, K): logarithms of the variances.

    Returns:
        shape ().
    """
    raise NotImplementedError("Question 3.10: A variational autoencoder")


class VAE(nn.Module):
    """A variational autoencoder.

    Layers, their sizes and their names are yours, as long as it has at most 200,000 parameters for 64 pixels and 8
    latent variables, and learns the digits of `data/digits.npz` with `elbo` as its loss. After 60 epochs over 1,000 of
    them, by Adam with learning rate 0.003 and batches of 100, the mean squared error on the others, each decoded from
    one draw, is at most 0.8 times that of the mean picture of the 1,000; samples have a mean distance (the root of the
    sum of squares) of at most 1.5 from the nearest of the 1,000, and the standard deviation of a pixel over many
    samples is at least 0.06 on average. Linear layers alone are not enough.
    """

    def __init__(self, pixels: int = 64, latents: int = 8) -> None:
        """Make the layers.

        Args:
            pixels: how many pixels a picture has.
            latents: K, how many latent variables it is described by.
        """
        super().__init__()
        raise NotImplementedError("Question 3.10: A variational autoencoder")

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The distribution of each picture's latent variables.

        Args:
            x: shape (N, pixels), float, in [0, 1].

        Returns:
            mu: shape (N, K).
            logvar: shape (N, K), any real numbers.
        """
        raise NotImplementedError("Question 3.10: A variational autoencoder")

    def decode(self, z: Tensor) -> Tensor:
        """Logits of the pixels, shape (N, pixels), for latent variables `z`, shape (N, K): no sigmoid is applied."""
        raise NotImplementedError("Question 3.10: A variational autoencoder")

    def forward(self, x: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Encode, draw once for each picture, decode; the same in training and in evaluation mode.

        Args:
            x: shape (N, pixels), float, in [0, 1].
            rng: the only source of randomness, on the device of `x`.

        Returns:
            logits: shape (N, pixels), of the pictures' drawn latent variables.
            mu: shape (N, K), as `encode` gives it.
            logvar: shape (N, K), as `encode` gives it.
        """
        raise NotImplementedError("Question 3.10: A variational autoencoder")

    def sample(self, n: int, rng: torch.Generator) -> Tensor:
        """New pictures: decoded from latent variables that are drawn from the standard normal distribution.

        Args:
            n: how many.
            rng: the only source of randomness, on the device of the model's parameters.

        Returns:
            shape (n, pixels), in [0, 1]: the sigmoid of the logits, as it is, not drawn from or rounded.
        """
        raise NotImplementedError("Question 3.10: A variational autoencoder")
