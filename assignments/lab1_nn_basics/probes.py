"""Functions that the tests of Lab 1 run beside your code, and that you may use in your own scripts.

None of them knows an answer to a question: they are criteria to train with, and loops that save the tests many calls.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def mean_squared_error(scores: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean over all elements of (scores - targets)^2, and its gradient by `scores`; both have shape (N, C)."""
    difference = scores - targets
    return float((difference**2).mean()), 2 * difference / difference.size


def weighted_sum(scores: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
    """The sum of scores * weights, whose gradient by `scores` is `weights`: any upstream gradient can be asked for."""
    return float((scores * weights).sum()), weights.copy()


def squared_hinge(scores: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean over samples of sum_c max(0, 1 - target * score)^2, and its gradient by `scores`, shape (N, C).

    `targets`, shape (N, C), is +1 at the right class and -1 elsewhere.
    """
    short = np.maximum(0, 1 - targets * scores)  # (N, C)
    return float((short**2).sum() / len(scores)), -2 * targets * short / len(scores)


def train(mlp: Any, X: np.ndarray, targets: np.ndarray, epochs: int, lr: float, batch: int, seed: int) -> list[float]:
    """Train by gradient descent on shuffled batches; the mean loss of each epoch."""
    rng = np.random.default_rng(seed)
    history = []
    for _ in range(epochs):
        losses = []
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch):
            chosen = order[start : start + batch]
            losses.append(float(mlp.loss(X[chosen], targets[chosen])))
            mlp.step(lr)
        history.append(float(np.mean(losses)))
    return history


def call_each(function: Callable[..., Any], arguments: Sequence[Sequence[Any]]) -> list[Any]:
    """Call `function` once for each list of arguments and hand back all results together, after the last call.

    Named tuples come as plain ones: they cross in one piece.
    """
    results = [function(*values) for values in arguments]
    return [tuple(result) if isinstance(result, tuple) else result for result in results]


def forward_all_then_backward(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    layers: Sequence[tuple[str, np.ndarray, dict, np.ndarray]],
) -> tuple[list[Any], list[Any]]:
    """Run several activation functions forward, and only then all of them backward, the last one first.

    Each of `layers` is (name, x, options, dout). Gives all outputs and all gradients by x, in the order of `layers`.
    """
    results = [forward(name, x, **options) for name, x, options, _ in layers]
    gradients = [
        backward(name, dout, cache) for (name, _, _, dout), (_, cache) in zip(layers[::-1], results[::-1], strict=True)
    ]
    return [out for out, _ in results], gradients[::-1]


# ---- Speed checks


def make_network(mlp_class: Callable[..., Any], samples: int, inputs: int, units: int, classes: int) -> Any:
    """The network that a speed check trains: two hidden layers of `units`."""
    del samples
    return mlp_class([inputs, units, units, classes], np.random.default_rng(0), mean_squared_error)


def training_step(
    mlp: Any,
    X: np.ndarray,
    targets: np.ndarray,
    weights: Sequence[np.ndarray],
    biases: Sequence[np.ndarray],
    lr: float,
) -> tuple[float, list[np.ndarray], list[np.ndarray]]:
    """One step of training from these parameters: the loss before it, and the parameters after it."""
    mlp.weights, mlp.biases = list(weights), list(biases)
    loss = mlp.loss(X, targets)
    mlp.step(lr)
    return loss, mlp.weights, mlp.biases
