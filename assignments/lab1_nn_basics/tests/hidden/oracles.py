"""What is right, in float64 and in the plainest way; only hidden tests can import it."""

from collections.abc import Sequence

import numpy as np


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean of -log softmax(logits)[label] over the rows, and its gradient, shape (N, C)."""
    logits = np.asarray(logits, np.float64)
    log_probabilities = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)  # (N, C)
    one_hot = np.eye(logits.shape[1])[labels]  # (N, C)
    loss = -(one_hot * np.where(one_hot, log_probabilities, 0)).sum() / len(labels)
    return float(loss), (np.exp(log_probabilities) - one_hot) / len(labels)


def network_scores(weights: Sequence[np.ndarray], biases: Sequence[np.ndarray], x: np.ndarray) -> np.ndarray:
    """Scores (N, C) of linear layers with ReLU between them."""
    return _activations(weights, biases, x)[-1]


def network_gradients(
    weights: Sequence[np.ndarray], biases: Sequence[np.ndarray], x: np.ndarray, dscores: np.ndarray
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Gradients by every weight and every bias, from the gradient by the scores, shape (N, C)."""
    activations = _activations(weights, biases, x)
    dweights, dbiases, upstream = [], [], dscores
    for layer in reversed(range(len(weights))):
        inputs = activations[layer]
        dweights.insert(0, np.einsum("nd,nm->dm", inputs, upstream))
        dbiases.insert(0, np.einsum("nm->m", upstream))
        # An input of a layer is 0 exactly where the ReLU before it held something back.
        upstream = np.einsum("nm,dm->nd", upstream, weights[layer]) * (inputs > 0)
    return dweights, dbiases


def _activations(weights: Sequence[np.ndarray], biases: Sequence[np.ndarray], x: np.ndarray) -> list[np.ndarray]:
    """The input (N, D) of each layer, and last the scores."""
    found = [x.reshape(len(x), -1)]
    for layer, (w, b) in enumerate(zip(weights, biases, strict=True)):
        out = np.einsum("nd,dm->nm", found[-1], w) + b
        found.append(out if layer == len(weights) - 1 else np.where(out > 0, out, 0.0))
    return found


def summed_to(gradient: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The gradient by an operand of this shape, from the gradient by what it was broadcast to."""
    total = np.zeros(shape)
    where = np.broadcast_to(np.arange(total.size).reshape(shape), gradient.shape)  # which element each one came from
    np.add.at(total.reshape(-1), where, gradient)
    return total
