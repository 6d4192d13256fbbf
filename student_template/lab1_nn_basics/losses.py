"""Lab 1, losses: how far a network's scores are from the labels, and which way to move the scores."""

import numpy as np


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
