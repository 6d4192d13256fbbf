"""What penalties should be, number by number in float64; only hidden tests can import it."""

import math
import re
from collections.abc import Iterator

import numpy as np


def penalty_of(params: dict[str, np.ndarray], l1: float, l2: float) -> float:
    """l1 * sum |w| + l2 * sum w^2 over every element of the arrays that are no biases."""
    return math.fsum(l1 * abs(w) + l2 * w * w for name, array in params.items() for w in _penalised(name, array))


def penalty_gradients(params: dict[str, np.ndarray], l1: float, l2: float) -> dict[str, np.ndarray]:
    """The gradient by every array, with 0 for the sign of 0."""
    gradients = {name: np.zeros(array.shape) for name, array in params.items()}
    for name, array in params.items():
        for place, w in enumerate(_penalised(name, array)):
            gradients[name].flat[place] = 2 * l2 * w + (math.copysign(l1, w) if w else 0.0)
    return gradients


def _penalised(name: str, array: np.ndarray) -> Iterator[float]:
    return iter(()) if re.search(r"bias\Z", name) else map(float, array.flat)
