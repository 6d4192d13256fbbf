"""Lab 1, a multi-layer perceptron: linear layers with ReLU between them, trained by gradient descent."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Criterion = Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]]


# ---- Question 1.7: A multi-layer perceptron ----
def linear_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, Any]:
    """One linear layer: every sample as a row of D numbers, times `w`, plus `b`.

    No argument may be changed, and nothing may be remembered outside the cache: several layers are at work at once.

    Args:
        x: shape (N, ...), float, with D numbers for each of the N samples, e.g. (N, D) or images (N, height, width),
            which become rows in NumPy's usual order.
        w: shape (D, M), float.
        b: shape (M,), float.

    Returns:
        out: shape (N, M).
        cache: whatever `linear_backward` needs; its layout is yours.
    """
    raise NotImplementedError("Question 1.7: A multi-layer perceptron")


def linear_backward(dout: np.ndarray, cache: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a linear layer, from the gradient of the loss by the layer's output.

    `dout` may not be changed. It already holds every factor of the loss, such as the 1/N of a mean.

    Args:
        dout: shape (N, M), d loss / d out.
        cache: what `linear_forward` returned beside that `out`.

    Returns:
        dx: d loss / d x, with the shape of `x`.
        dw: shape (D, M), d loss / d w.
        db: shape (M,), d loss / d b.
    """
    raise NotImplementedError("Question 1.7: A multi-layer perceptron")


class MLP:
    """Linear layers with ReLU between them and none after the last; one hidden layer, several, or none.

    Attributes:
        weights: list of arrays, one for each layer; `weights[i]` has shape (sizes[i], sizes[i + 1]).
        biases: list of arrays, one for each layer; `biases[i]` has shape (sizes[i + 1],).

    Both lists are the only place where parameters live. Whoever uses the network may assign new lists
    (`mlp.weights = [...]`), and the next call of any method computes with them.
    """

    def __init__(self, sizes: Sequence[int], rng: np.random.Generator, criterion: Criterion) -> None:
        """Make the layers.

        Args:
            sizes: [D, H1, ..., C]: numbers in a sample, units of each hidden layer, scores of a sample. Not changed.
            rng: the only source of randomness. Units of a layer and layers of one shape start different from each
                other, and two networks from two generators of one seed start equal. Weights have mean 0 and are small
                enough to train from: a standard deviation of sqrt(2 / sizes[i]) (He et al. 2015) suits ReLU.
            criterion: `criterion(scores, targets)` gives (loss, dscores): a float, and shape (N, C), d loss / d scores,
                which already holds every factor of the loss.
        """
        raise NotImplementedError("Question 1.7: A multi-layer perceptron")

    def scores(self, X: np.ndarray) -> np.ndarray:
        """The last layer's output.

        Changes nothing: neither `X`, nor the parameters, nor the gradients that the latest `loss` left for `step`.

        Args:
            X: shape (N, ...), float, with D numbers for each sample, as in `linear_forward`.

        Returns:
            scores: shape (N, C); they may be negative.
        """
        raise NotImplementedError("Question 1.7: A multi-layer perceptron")

    def loss(self, X: np.ndarray, targets: np.ndarray) -> float:
        """The criterion's loss of the network's scores; `step` then uses the gradients that belong to it.

        Changes neither its arguments nor the parameters. Gradients of an earlier call are replaced, not added to.

        Args:
            X: shape (N, ...), float, as in `scores`.
            targets: whatever the criterion takes; handed to it as it is.

        Returns:
            loss: a single float, just as the criterion gave it.
        """
        raise NotImplementedError("Question 1.7: A multi-layer perceptron")

    def step(self, lr: float) -> None:
        """One step of plain gradient descent: each parameter goes down its gradient in the latest `loss`, times `lr`.

        Args:
            lr: the learning rate.
        """
        raise NotImplementedError("Question 1.7: A multi-layer perceptron")
