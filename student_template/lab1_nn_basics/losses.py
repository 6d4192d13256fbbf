"""Lab 1, losses: how far a network's scores are from the labels, and which way to move the scores."""

import numpy as np


# ---- Question 1.5: Binary cross-entropy from logits ----
def bce_with_logits(z: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean binary cross-entropy of the targets `y` under sigmoid(`z`), and its gradient.

    Each element is a yes-or-no question of its own. Neither argument may be changed. The work is done in the precision
    of `z`: float64 in, float64 inside.

    Args:
        z: any shape with at least one element, float. Scores, not probabilities; they may be as large as +-1e4, without
            a loss or a gradient that is infinite or NaN, and without a warning of NumPy's (overflow, division by 0).
        y: the shape of `z`, float or int. 0 for no and 1 for yes; a target in between is a probability of yes.

    Returns:
        loss: a single float, in nats (natural logarithm): the mean over all elements, whatever their shape, of
            -(y ln p + (1 - y) ln(1 - p)), where p = 1 / (1 + exp(-z)).
        dz: the shape of `z`, the derivative of that mean by each element of `z`.
    """
    raise NotImplementedError("Question 1.5: Binary cross-entropy from logits")


# ---- Question 1.6: Softmax cross-entropy ----
def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of `labels` under the softmax of each row of `logits`, and its gradient.

    Neither argument may be changed. The work is done in the precision of `logits`: float64 in, float64 inside.

    Args:
        logits: shape (N, C), float. One row of scores for each sample; they may be as large as +-1e4, and rows may
            differ from each other by as much, without overflow, NaN or a loss that is infinite.
        labels: shape (N,), int in [0, C). The right class of each sample; N may be 1, and classes may be absent.

    Returns:
        loss: a single float, in nats (natural logarithm): the mean over the N samples.
        dlogits: shape (N, C), the derivative of that mean by each element of `logits`.
    """
    raise NotImplementedError("Question 1.6: Softmax cross-entropy")
