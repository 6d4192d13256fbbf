"""Lab 2, regularizers: what keeps a network from learning its training set by heart."""

from typing import Any

import numpy as np


# ---- Question 2.2: Weight penalties ----
def penalty(params: dict[str, np.ndarray], l1: float, l2: float) -> tuple[float, dict[str, np.ndarray]]:
    """The penalty l1 * sum of |w| + l2 * sum of w^2 over all weights of a network, and its gradients.

    The sums go over every element of every array but the biases: an array whose name ends in "bias" is not penalised,
    whatever its shape. Both are plain sums, without a mean and without a factor 1/2. Neither the dictionary nor its
    arrays are changed.

    Args:
        params: arrays by name, e.g. {"hidden.weight": ..., "hidden.bias": ...}; float, of any shapes, any number of
            them, also none.
        l1: the factor of the absolute values, at least 0.
        l2: the factor of the squares, at least 0.

    Returns:
        loss: a single number, the penalty.
        grads: a new array for every name in `params`, with the shape of that array: d loss / d array. The derivative
            of |w| is the sign of w, however small w is; at w = 0, where there is none, any number from -1 to 1 is
            right. The gradient by a bias is 0.
    """
    raise NotImplementedError("Question 2.2: Weight penalties")


# ---- Question 2.3: Dropout ----
def dropout_forward(x: np.ndarray, p: float, train: bool, rng: np.random.Generator) -> tuple[np.ndarray, Any]:
    """Inverted dropout: in training, elements are set to 0 at random and the others are scaled up.

    In training, each element of `x` is dropped with probability `p`, independently of all others, and what is kept is
    divided by 1 - p: so every element keeps its expectation. Outside of training, `out` equals `x`, whatever `p` is.
    `x` may not be changed, and nothing may be remembered outside the cache: several layers are at work at once.

    Not allowed: dropout of torch's own, by whatever name.

    Args:
        x: float, any shape.
        p: the probability to *drop* an element, from 0 to 1. With p = 0 nothing is dropped; with p = 1 everything is,
            and `out` is 0 everywhere, without NaN.
        train: whether the network is in training.
        rng: the only source of randomness. The same seed drops the same elements, other seeds drop others, and so
            does the next call with the same generator.

    Returns:
        out: float, the shape of `x`.
        cache: whatever `dropout_backward` needs; its layout is yours.
    """
    raise NotImplementedError("Question 2.3: Dropout")


def dropout_backward(dout: np.ndarray, cache: Any) -> np.ndarray:
    """The gradient of the loss by the input of `dropout_forward`, from that by its output.

    Elements that were dropped get the gradient 0, kept ones their share, also where `x` was 0. Outside of training,
    the gradient goes through unchanged. `dout` may not be changed.

    Args:
        dout: shape of `x`, d loss / d out.
        cache: what `dropout_forward` returned beside that `out`.

    Returns:
        dx: shape of `x`, d loss / d x.
    """
    raise NotImplementedError("Question 2.3: Dropout")
