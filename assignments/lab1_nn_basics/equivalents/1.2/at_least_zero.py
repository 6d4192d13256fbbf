"""A score of 0 is read as 1, sums are plain Python, and errors end with the last wrong epoch; XOR needs >= in step."""

import numpy as np


def perceptron(X, y01, epochs):
    weights, bias = [0.0] * X.shape[1], 0.0
    errors = []
    for _ in range(epochs):
        wrong = 0
        for row, label in zip(X.tolist(), y01.tolist()):
            predicted = 1 if sum(a * b for a, b in zip(weights, row)) + bias >= 0 else 0
            if predicted != label:
                wrong += 1
                for d, value in enumerate(row):
                    weights[d] += (label - predicted) * value
                bias += label - predicted
        if not wrong:
            break
        errors.append(wrong)
    return np.array(weights), bias, errors


def xor_mlp():
    # hidden units: a >= 1 and b < 1; b >= 1 and a < 1. With integers, >= is what makes it right.
    return np.array([[1, -1], [-1, 1]]), np.array([-1, -1]), np.array([1, 1]), -1
