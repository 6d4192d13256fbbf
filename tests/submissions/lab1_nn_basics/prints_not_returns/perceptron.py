import numpy as np


def perceptron(X, y01, epochs):
    w, b = np.zeros(X.shape[1]), 0.0
    errors = 0
    for _ in range(epochs):
        for x, label in zip(X, y01):
            miss = label - (x @ w + b > 0)
            w, b = w + miss * x, b + miss
            errors += abs(miss)
    return w, b, errors  # all errors, as one number


def xor_mlp():
    W1, b1 = np.ones((2, 2)), np.array([-0.5, -1.5])
    W2, b2 = np.array([1.0, -1.0]), -0.5
    print(W1, b1, W2, b2)
