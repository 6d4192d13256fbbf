"""What is right in questions 1.5 and 1.9 to 1.11, in the plainest way; only hidden tests can import it."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np


def binary_cross_entropy(z: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean of y softplus(-z) + (1 - y) softplus(z), and its gradient, in float64."""
    z, y = np.asarray(z, np.float64), np.asarray(y, np.float64)
    loss = (y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)).mean()
    return float(loss), (np.exp(-np.logaddexp(0, -z)) - y) / z.size


def confusion(y_true: Sequence[int], y_pred: Sequence[int], n_classes: int) -> np.ndarray:
    """Counts (n_classes, n_classes), rows true."""
    pairs = [(int(true), int(predicted)) for true, predicted in zip(y_true, y_pred, strict=True)]
    return np.array([[pairs.count((i, j)) for j in range(n_classes)] for i in range(n_classes)])


def class_scores(y_true: np.ndarray, y_pred: np.ndarray, n_classes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Precision, recall and F1 of each class, shape (n_classes,) each."""
    rows = []
    for label in range(n_classes):
        found = int(np.sum((y_true == label) & (y_pred == label)))
        rows.append(_scores(found, int(np.sum(y_pred == label)), int(np.sum(y_true == label))))
    precision, recall, f1 = np.array(rows).T
    return precision, recall, f1


def _scores(found: int, predicted: int, actual: int) -> tuple[float, float, float]:
    precision = found / predicted if predicted else 0.0
    recall = found / actual if actual else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if found else 0.0


def top_k(y_true: np.ndarray, scores: np.ndarray, k: int) -> float:
    """The share of rows whose label is among the first k of the row sorted downwards."""
    ranked = [sorted(range(len(row)), key=lambda label: -row[label])[:k] for row in scores]
    return sum(int(label) in best for label, best in zip(y_true, ranked, strict=True)) / len(y_true)


def pair_auc(y_true: np.ndarray, scores: np.ndarray) -> float:
    """The share of (positive, negative) pairs in the right order, ties as halves."""
    difference = scores[y_true == 1][:, np.newaxis] - scores[y_true == 0]  # (positives, negatives)
    return float((np.sign(difference) + 1).mean() / 2)


def weights_of(sizes: Sequence[int]) -> int:
    """Connections of a fully-connected network, in Python's own integers."""
    return sum(int(a) * int(b) for a, b in pairwise(sizes))


def batches(n_samples: int, batch_size: int, drop_last: bool) -> int:
    """Batches in an epoch, in exact arithmetic."""
    exact = Fraction(n_samples, batch_size)
    return math.floor(exact) if drop_last else math.ceil(exact)


def training_bytes(sizes: Sequence[int], batch_size: int, states: int, bytes_per_number: int) -> int:
    """Weights and biases, their gradients, `states` more numbers for each, and the activations of the batch."""
    parameters = weights_of(sizes) + sum(sizes[1:])
    numbers = parameters + parameters + states * parameters + batch_size * sum(sizes)
    return numbers * bytes_per_number


# ---- Losses with right and wrong gradients, for 1.11. All of them take complex arrays too; see `Losses`.

Loss = Callable[[np.ndarray], tuple[float, np.ndarray]]


class Losses:
    """Losses around random points, each with its right gradient and with wrong ones.

    Every element of a right gradient is either 0 because the loss does not depend on it, or at least 3 % of the loss.
    So a central difference with any step from 1e-8 to 1e-3 is good to 1e-6 in every element.
    In the valley a forward difference with a step of 1e-9 is off by 3e-5 at least, and with a longer one by more. The
    least that a wrong gradient is off by, measured by norms, is 6e-3 (all over 300 seeds).
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def positive(self, *shape: int) -> np.ndarray:
        """Numbers from 0.5 to 1.5."""
        return self.rng.uniform(0.5, 1.5, size=shape)

    def signed(self, *shape: int) -> np.ndarray:
        """Numbers from 0.5 to 1.5 with both signs; the first is positive, the second negative."""
        signs = self.rng.choice([-1.0, 1.0], size=shape)
        signs.flat[:2] = 1.0, -1.0
        return signs * self.positive(*shape)

    def cubic(self) -> tuple[np.ndarray, Loss, dict[str, Loss]]:
        """sum c x^3, shape (2, 3)."""
        c, x = self.positive(2, 3), self.signed(2, 3)

        def loss(v: np.ndarray) -> float:
            return (c * v**3).sum()

        def last_lost(v: np.ndarray) -> np.ndarray:
            gradient = 3 * c * v**2
            gradient[-1, -1] = 0
            return gradient

        wrong = {
            "without the factor of the power": lambda v: c * v**2,
            "with the last element left at 0": last_lost,
            "with the other sign": lambda v: -3 * c * v**2,
        }
        return (
            x,
            paired(loss, lambda v: 3 * c * v**2),
            {name: paired(loss, gradient) for name, gradient in wrong.items()},
        )

    def squared_error(self) -> tuple[np.ndarray, Loss, dict[str, Loss]]:
        """Mean of (inputs @ w - targets)^2 over all elements, by w of shape (3, 3)."""
        inputs = self.positive(5, 3)  # (N, D)
        w = self.signed(3, 3)  # (D, M)
        # Every prediction is above its target, by amounts that differ from column to column.
        targets = inputs @ w - self.positive(5, 3) * np.array([1.0, 2.0, 4.0])

        def loss(v: np.ndarray) -> float:
            return ((inputs @ v - targets) ** 2).mean()

        def right(v: np.ndarray) -> np.ndarray:
            return inputs.T @ (2 * (inputs @ v - targets) / targets.size)

        wrong = {
            "without the factor 2": lambda v: right(v) / 2,
            "summed over the batch, where the loss is a mean": lambda v: right(v) * len(inputs),
            "transposed": lambda v: right(v).T.copy(),
        }
        return w, paired(loss, right), {name: paired(loss, gradient) for name, gradient in wrong.items()}

    def network(self) -> tuple[np.ndarray, Loss, dict[str, Loss]]:
        """A layer of tanh, then a weighted sum, plus an L2 penalty; by the weights of the layer, shape (3, 2)."""
        inputs, out = self.positive(4, 3), self.positive(2) * 3  # (N, D), (M,)
        w = self.rng.uniform(0.05, 0.25, size=(3, 2))
        w[1, 0] = 0.0
        penalty = 0.3

        def loss(v: np.ndarray) -> float:
            return (np.tanh(inputs @ v) @ out).mean() + penalty * (v**2).sum()

        def through_tanh(v: np.ndarray, slope: np.ndarray) -> np.ndarray:
            return inputs.T @ (slope * out) / len(inputs) + 2 * penalty * v

        def right(v: np.ndarray) -> np.ndarray:
            return through_tanh(v, 1 - np.tanh(inputs @ v) ** 2)

        def saved_wrongly(v: np.ndarray) -> np.ndarray:
            return through_tanh(v, 1 - np.tanh(inputs @ v))

        wrong = {
            "with tanh's slope from 1 - tanh": saved_wrongly,
            "without the penalty's part": lambda v: right(v) - 2 * penalty * v,
        }
        return w, paired(loss, right), {name: paired(loss, gradient) for name, gradient in wrong.items()}

    def cubic_and_line(self, *shape: int) -> tuple[np.ndarray, Loss, dict[str, Loss]]:
        """sum c (x^3 + x), the first element 0; wrong gradients have the other sign there, or at the last but one."""
        c, x = self.positive(*shape), self.signed(*shape)
        x.flat[0] = 0.0

        def right(v: np.ndarray) -> np.ndarray:
            return c * (3 * v**2 + 1)

        def turned_at(place: int) -> Callable[[np.ndarray], np.ndarray]:
            def wrong(v: np.ndarray) -> np.ndarray:
                gradient = right(v)
                gradient.flat[place] *= -1
                return gradient

            return wrong

        def loss(v: np.ndarray) -> float:
            return (c * (v**3 + v)).sum()

        wrong = {"the other sign at an element that is 0": 0, "the other sign at the last but one element": -2}
        return x, paired(loss, right), {name: paired(loss, turned_at(place)) for name, place in wrong.items()}

    def rectified(self) -> tuple[np.ndarray, Loss, dict[str, Loss]]:
        """sum c max(x, 0)^2, shape (2, 2, 2): it does not depend on the negative elements at all."""
        c, x = self.positive(2, 2, 2), self.signed(2, 2, 2)

        def loss(v: np.ndarray) -> float:
            return (c * np.where(v.real > 0, v, 0) ** 2).sum()

        def right(v: np.ndarray) -> np.ndarray:
            return 2 * c * np.where(v.real > 0, v, 0)

        return x, paired(loss, right), {"without the mask of the ReLU": paired(loss, lambda v: 2 * c * v)}

    def valley(self) -> tuple[np.ndarray, Loss, dict[str, Loss]]:
        """A million times the squared distance to a minimum that is 1e-5 to 2e-5 away in each of (5,) directions."""
        x = self.signed(5)
        lowest = x + self.rng.choice([-1.0, 1.0], size=5) * self.rng.uniform(1e-5, 2e-5, size=5)

        def loss(v: np.ndarray) -> float:
            return 1e6 * ((v - lowest) ** 2).sum()

        wrong = {"without the factor 2": paired(loss, lambda v: 1e6 * (v - lowest))}
        return x, paired(loss, lambda v: 2e6 * (v - lowest)), wrong


def paired(loss: Callable[[np.ndarray], float], gradient: Callable[[np.ndarray], np.ndarray]) -> Loss:
    """One function of a loss and a gradient that need not belong together."""
    return lambda v: (loss(v), gradient(v))


def scaled(function: Loss, factor: float) -> Loss:
    """Loss and gradient, both times `factor`."""

    def both(v: np.ndarray) -> tuple[float, np.ndarray]:
        loss, gradient = function(v)
        return factor * loss, factor * gradient

    return both
