"""Lab 2, initial weights: random numbers of just the size that keeps signals alive through many layers."""

import numpy as np


# ---- Question 2.1: Xavier and He initialization ----
# BEGIN SOLUTION
def _fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many inputs feed one output of the layer, and how many outputs one input feeds (borders aside)."""
    if len(shape) == 2:
        fan_in, fan_out = shape
        return fan_in, fan_out
    filters, channels, height, width = shape
    return channels * height * width, filters * height * width


def _draw(shape: tuple[int, ...], variance: float, rng: np.random.Generator, distribution: str) -> np.ndarray:
    """Independent numbers of mean 0 and this variance."""
    std = variance
    if distribution == "normal":
        return rng.normal(0.0, std, size=shape)
    if distribution == "uniform":
        bound = np.sqrt(3.0) * std  # the variance of U(-a, a) is (2a)^2 / 12 = a^2 / 3
        return rng.uniform(-bound, bound, size=shape)
    raise ValueError(f'distribution must be "normal" or "uniform", not {distribution!r}')


# END SOLUTION


def xavier(shape: tuple[int, ...], rng: np.random.Generator, distribution: str = "normal") -> np.ndarray:
    """Initial weights for layers with tanh or sigmoid: mean 0, variance 2 / (fan_in + fan_out) (Glorot, Bengio 2010).

    Fans of a dense layer's weights, shape (fan_in, fan_out), are the two lengths. Fans of a convolution's weights,
    shape (F, C, kh, kw) for F filters over C channels with kernels of kh x kw, are C * kh * kw and F * kh * kw.

    Args:
        shape: what comes out: two lengths for a dense layer, four for a convolution; each at least 1.
        rng: the only source of randomness. Two generators of one seed give the same weights, generators of other
            seeds give others; and so does the next call with the same generator.
        distribution: "normal" draws from N(0, variance), not truncated; "uniform" draws from U(-a, a), with the a that
            gives the same variance.

    Returns:
        Float array of this shape; every weight is drawn independently of all others.

    Raises:
        ValueError: the distribution is neither of the two.
    """
    # BEGIN SOLUTION
    fan_in, fan_out = _fans(shape)
    return _draw(shape, 2.0 / (fan_in + fan_out), rng, distribution)
    # END SOLUTION


def he(shape: tuple[int, ...], rng: np.random.Generator, distribution: str = "normal") -> np.ndarray:
    """Initial weights for layers with ReLU: mean 0 and variance 2 / fan_in (He et al. 2015).

    Everything but the variance is as in `xavier`: fans, arguments, result and error. The 2 makes up for ReLU, which
    sets half of its inputs to 0.
    """
    # BEGIN SOLUTION
    fan_in, _ = _fans(shape)
    return _draw(shape, 2.0 / fan_in, rng, distribution)
    # END SOLUTION
