"""The reference of the benchmark's assignment."""

import numpy as np
import torch


# ---- Question 1: Softmax ----
def softmax(x: np.ndarray) -> np.ndarray:
    """Softmax of each row; x has shape (N, C)."""
    # BEGIN SOLUTION
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
    # END SOLUTION


def cross_entropy(logits: np.ndarray, y: np.ndarray) -> float:
    """Mean cross-entropy; logits (N, C), y (N,)."""
    # BEGIN SOLUTION
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-logp[np.arange(len(y)), y].mean())
    # END SOLUTION


# ---- Question 2: Two layers ----
def mlp_forward(x: np.ndarray, p: dict) -> tuple:
    """Logits and a cache; x (N, D), W1 (D, H), W2 (H, C)."""
    # BEGIN SOLUTION
    a = x @ p["W1"] + p["b1"]
    h = np.maximum(a, 0)
    return h @ p["W2"] + p["b2"], (x, a, h)
    # END SOLUTION


def mlp_backward(logits: np.ndarray, y: np.ndarray, p: dict, cache: tuple) -> dict:
    """Gradients of the mean cross-entropy by W1, b1, W2, b2."""
    # BEGIN SOLUTION
    x, a, h = cache
    d = softmax(logits)
    d[np.arange(len(y)), y] -= 1
    d /= len(y)
    da = (d @ p["W2"].T) * (a > 0)
    return {"W1": x.T @ da, "b1": da.sum(0), "W2": h.T @ d, "b2": d.sum(0)}
    # END SOLUTION


# ---- Question 3: Adam ----
def adam_step(
    w: torch.Tensor, g: torch.Tensor, m: torch.Tensor, v: torch.Tensor, t: int, lr: float = 1e-3
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """One step of Adam (Kingma and Ba 2015), t counted from 1: the new w, m, v."""
    # BEGIN SOLUTION
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g * g
    return w - lr * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8), m, v
    # END SOLUTION
