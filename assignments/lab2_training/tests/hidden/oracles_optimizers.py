"""What the optimizers of question 2.7 do, in NumPy and float64, one formula after the other."""

import numpy as np


def sgd(p, gradients, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    """The parameter after each step."""
    v, history = np.zeros_like(p), []
    for grad in gradients:
        g = grad + weight_decay * p
        v = momentum * v + g
        p = p - lr * (g + momentum * v if nesterov else v)
        history.append(p)
    return history


def rmsprop(p, gradients, lr, alpha=0.99, eps=1e-8, weight_decay=0.0):
    """The parameter after each step."""
    s, history = np.zeros_like(p), []
    for grad in gradients:
        g = grad + weight_decay * p
        s = alpha * s + (1 - alpha) * g**2
        p = p - lr * g / (np.sqrt(s) + eps)
        history.append(p)
    return history


def adam(p, gradients, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=False):
    """The parameter after each step."""
    m, s, history = np.zeros_like(p), np.zeros_like(p), []
    for t, grad in enumerate(gradients, 1):
        g = grad if decoupled else grad + weight_decay * p
        p = p - lr * weight_decay * p if decoupled else p
        m = betas[0] * m + (1 - betas[0]) * g
        s = betas[1] * s + (1 - betas[1]) * g**2
        p = p - lr * (m / (1 - betas[0] ** t)) / (np.sqrt(s / (1 - betas[1] ** t)) + eps)
        history.append(p)
    return history


def adamw(p, gradients, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    """The parameter after each step."""
    return adam(p, gradients, lr, betas, eps, weight_decay, decoupled=True)
