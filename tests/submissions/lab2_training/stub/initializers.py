"""Lab 2, initial weights: random numbers of just the size that keeps signals alive through many layers."""

import numpy as np


# ---- Question 2.1: Xavier and He initialization ----


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
    raise NotImplementedError("Question 2.1: Xavier and He initialization")


def he(shape: tuple[int, ...], rng: np.random.Generator, distribution: str = "normal") -> np.ndarray:
    """Initial weights for layers with ReLU: mean 0 and variance 2 / fan_in (He et al. 2015).

    Everything but the variance is as in `xavier`: fans, arguments, result and error. The 2 makes up for ReLU, which
    sets half of its inputs to 0.
    """
    raise NotImplementedError("Question 2.1: Xavier and He initialization")
