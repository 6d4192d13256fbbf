"""The probability from tanh, which never overflows, and the cost of yes and no kept apart."""

import numpy as np


def bce_with_logits(z, y):
    half = np.log1p(np.exp(-np.abs(z)))
    yes = np.clip(-z, 0, None) + half  # -ln p
    no = np.clip(z, 0, None) + half  # -ln(1 - p)
    loss = (y * yes + (1 - y) * no).mean()
    grad = 0.5 * (1 + np.tanh(0.5 * z)) - y
    grad /= z.size
    return loss.item(), grad
