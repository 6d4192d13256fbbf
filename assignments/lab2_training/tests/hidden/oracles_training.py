"""What `fit` should do, in NumPy and float64, without a network."""

import numpy as np


def stopped(script, epochs, patience):
    """How many epochs are run, and which one is the best, both counted from 1."""
    best, since = 1, 0
    for epoch in range(2, epochs + 1):
        since = 0 if script[epoch - 1] < script[best - 1] else since + 1
        best = epoch if since == 0 else best
        if since == patience:
            return epoch, best
    return epochs, best


def linear(train, val, learning_rate, epochs):
    """Linear regression by gradient descent from 0: weights after each epoch, training and validation losses."""
    weights, bias = np.zeros(train[0][0].shape[1]), 0.0
    states, train_losses, val_losses = [], [], []
    for _ in range(epochs):
        squares, count = 0.0, 0
        for x, y in train:
            error = x @ weights + bias - y
            squares, count = squares + (error**2).sum(), count + len(y)
            weights = weights - learning_rate * 2 * error @ x / len(y)
            bias = bias - learning_rate * 2 * error.mean()
        train_losses.append(squares / count)
        errors = np.concatenate([x @ weights + bias - y for x, y in val])
        val_losses.append((errors**2).mean())
        states.append((weights, bias))
    return states, train_losses, val_losses
