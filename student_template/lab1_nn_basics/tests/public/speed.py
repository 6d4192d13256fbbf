"""What the speed check of Lab 1 times; `autograder bench` runs it against the bare matrix products.

Every call gets new numbers. All arrays are float64, on one thread.
"""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import probes

from autograder.workloads import Workload


def step_inputs(rng: np.random.Generator, samples: int, inputs: int, units: int, classes: int) -> list[Any]:
    """X, targets, weights and biases of three layers, and a learning rate."""
    sizes = [inputs, units, units, classes]
    shapes = list(itertools.pairwise(sizes))
    weights = [rng.standard_normal(shape) * (2 / shape[0]) ** 0.5 for shape in shapes]
    biases = [rng.standard_normal(shape[1]) for shape in shapes]
    return [rng.standard_normal((samples, inputs)), rng.standard_normal((samples, classes)), weights, biases, 0.1]


def bare_products(
    X: np.ndarray, targets: np.ndarray, weights: Sequence[np.ndarray], biases: Sequence[np.ndarray], lr: float
) -> tuple[float, list[np.ndarray], list[np.ndarray]]:
    """The matrix products of a step alone, without anything in between: what no network can do without."""
    layers = [X]
    for w in weights:
        layers.append(layers[-1] @ w)
    upstream = layers.pop() - targets
    gradients = []
    for w, layer in zip(reversed(weights), reversed(layers), strict=True):
        gradients.append(layer.T @ upstream)
        if layer is not X:
            upstream = upstream @ w.T
    return lr, gradients[::-1], list(biases)


WORKLOADS = [
    Workload(
        question="1.7",
        title="a step of training, loss and step, of a network with two hidden layers",
        inputs=step_inputs,
        call=probes.training_step,
        needs=("MLP",),
        setup=probes.make_network,
        yardstick=bare_products,
        yardstick_title="the step's matrix products alone",
        good=1.3,
    ),
]
