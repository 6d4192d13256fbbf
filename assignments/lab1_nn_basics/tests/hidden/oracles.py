"""What is right, in float64 and in the plainest way; only hidden tests can import it."""

import math
from collections.abc import Sequence

import numpy as np


def standardized(train: np.ndarray, x: np.ndarray) -> np.ndarray:
    """`x` (M, D) by the mean and the standard deviation of each column of `train` (N, D), none of them constant."""
    columns = [[float(value) for value in column] for column in train.T]
    means = [math.fsum(column) / len(column) for column in columns]
    deviations = [
        math.sqrt(math.fsum((value - mean) ** 2 for value in column) / len(column))
        for column, mean in zip(columns, means, strict=True)
    ]
    return (x.astype(np.float64) - means) / deviations


def perceptron_runs(X: np.ndarray, y01: np.ndarray, epochs: int) -> list[tuple[np.ndarray, list[int]]]:
    """What Rosenblatt's rule gives for each way to read a score of exactly 0: as 1, as 0, and as always wrong.

    Each is the bias behind the weights, shape (D + 1,), and the number of updates in every epoch.
    """
    runs = []
    for at_zero in (1, 0, None):
        parameters, errors = np.zeros(X.shape[1] + 1), []
        for _ in range(epochs):
            errors.append(0)
            for x, label in zip(X, y01.tolist(), strict=True):
                score = math.fsum(parameters[:-1] * x) + parameters[-1]
                at_zero_here = 1 - label if at_zero is None else at_zero
                prediction = at_zero_here if score == 0 else int(score > 0)
                if prediction != label:
                    errors[-1] += 1
                    parameters = parameters + (label - prediction) * np.append(x, 1.0)
        runs.append((parameters, errors))
    return runs


def ridge_objective(X: np.ndarray, y: np.ndarray, lam: float, w: np.ndarray, b: float) -> float:
    """Mean squared error plus lam times the sum of squared weights; `y` has shape (N,)."""
    return float(np.mean((np.einsum("nd,d->n", X, w) + b - y) ** 2) + lam * np.sum(np.square(w)))


def ridge_minimum(X: np.ndarray, y: np.ndarray, lam: float) -> tuple[np.ndarray, float]:
    """The w and b at which `ridge_objective` is smallest; the shortest such pair if there are several."""
    samples, columns = X.shape
    # [X 1; sqrt(N lam) I 0] [w; b] = [y; 0], in the sense of least squares
    rows = np.block([[X, np.ones((samples, 1))], [math.sqrt(samples * lam) * np.eye(columns), np.zeros((columns, 1))]])
    solution = np.linalg.lstsq(rows, np.concatenate([y, np.zeros(columns)]), rcond=None)[0]
    return solution[:-1], float(solution[-1])


def logistic_descent(X: np.ndarray, y: np.ndarray, lr: float, epochs: int) -> tuple[np.ndarray, float]:
    """Full-batch gradient descent from 0 on the mean binary cross-entropy."""
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        scores = np.einsum("nd,d->n", X, w) + b
        miss = np.array([sigmoid(score) for score in scores]) - y
        w, b = w - lr * np.einsum("nd,n->d", X, miss) / len(y), b - lr * math.fsum(miss) / len(y)
    return w, b


def sigmoid(z: float) -> float:
    """1 / (1 + e^-z) without overflow."""
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def activation(name: str, x: np.ndarray, **options: float) -> np.ndarray:
    """The values of an activation function; away from 0 for the step function."""
    if name == "maxout":
        pieces = int(options["pieces"])
        return np.max([x[..., start::pieces] for start in range(pieces)], axis=0).astype(np.float64)
    slope, alpha = options.get("negative_slope", 0.0), options.get("alpha", 0.0)
    value = {
        "step": lambda v: 1.0 if v > 0 else 0.0,
        "sigmoid": sigmoid,
        "tanh": math.tanh,
        "relu": lambda v: max(v, 0.0),
        "leaky_relu": lambda v: v if v > 0 else slope * v,
        "elu": lambda v: v if v > 0 else alpha * math.expm1(v),
    }[name]
    return np.array([value(float(v)) for v in x.ravel()]).reshape(x.shape)


def activation_gradient(name: str, x: np.ndarray, dout: np.ndarray, **options: float) -> np.ndarray:
    """d loss / d x from d loss / d out; away from kinks and ties."""
    if name == "maxout":
        pieces = int(options["pieces"])
        largest = np.repeat(activation(name, x, **options), pieces, axis=-1)
        return np.where(x == largest, np.repeat(dout, pieces, axis=-1), 0.0)
    slope, alpha = options.get("negative_slope", 0.0), options.get("alpha", 0.0)
    derivative = {
        "step": lambda _: 0.0,
        "sigmoid": lambda v: sigmoid(v) * sigmoid(-v),
        "tanh": lambda v: 1 - math.tanh(v) ** 2,
        "relu": lambda v: float(v > 0),
        "leaky_relu": lambda v: 1.0 if v > 0 else slope,
        "elu": lambda v: 1.0 if v > 0 else alpha * math.exp(v),
    }[name]
    return dout * np.array([derivative(float(v)) for v in x.ravel()]).reshape(x.shape)


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
