"""Linear models and their gradients in NumPy and float64."""

import numpy as np


def cross_entropy_step(weight, bias, x, y, learning_rate):
    """The mean cross-entropy of a batch, and weight and bias after one step of gradient descent."""
    logits = x @ weight + bias
    logits = logits - logits.max(axis=1, keepdims=True)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    loss = -np.log(probabilities[np.arange(len(y)), y]).mean()
    delta = (probabilities - np.eye(len(bias))[y]) / len(y)
    return loss, weight - learning_rate * x.T @ delta, bias - learning_rate * delta.sum(axis=0)


def squared_error_step(weight, bias, x, y, learning_rate):
    """Weight and bias after one step of gradient descent on the mean squared error."""
    delta = 2 * (x @ weight + bias - y) / y.size
    return weight - learning_rate * x.T @ delta, bias - learning_rate * delta.sum(axis=0)
