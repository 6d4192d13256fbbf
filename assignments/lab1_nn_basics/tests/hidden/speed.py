"""The oracle of Lab 1's speed check: it amounts to a solution."""

from collections.abc import Sequence

import numpy as np


def step(
    X: np.ndarray, targets: np.ndarray, weights: Sequence[np.ndarray], biases: Sequence[np.ndarray], lr: float
) -> tuple[float, list[np.ndarray], list[np.ndarray]]:
    """One step of gradient descent on the mean squared error, written out layer by layer."""
    layers, signs = [X], []
    for place, (w, b) in enumerate(zip(weights, biases, strict=True)):
        out = np.einsum("nd,dm->nm", layers[-1], w, optimize=True) + b
        if place < len(weights) - 1:
            signs.append(out > 0)
            out = np.where(signs[-1], out, 0.0)
        layers.append(out)
    difference = layers[-1] - targets
    upstream = 2 * difference / difference.size
    new_weights, new_biases = list(weights), list(biases)
    for place in reversed(range(len(weights))):
        new_weights[place] = weights[place] - lr * np.einsum("nd,nm->dm", layers[place], upstream, optimize=True)
        new_biases[place] = biases[place] - lr * upstream.sum(axis=0)
        if place:
            upstream = np.einsum("nm,dm->nd", upstream, weights[place], optimize=True) * signs[place - 1]
    return float((difference**2).mean()), new_weights, new_biases


ORACLES = {"1.7": step}
