import numpy as np


def perceptron(X, y01, epochs):
    w, b = np.zeros((X.shape[1], 1)), np.zeros(1)
    errors = []
    for _ in range(epochs):
        wrong = 0
        for i in range(len(X)):
            x = X[i : i + 1]
            miss = y01[i] - (x @ w + b > 0).astype(int)
            w = w + miss * x.T
            b = b + miss[0]
            wrong += int(abs(miss[0, 0]))
        errors.append(wrong)
    return w, b, errors


def xor_mlp():
    W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
    b1 = np.array([[-0.5, -1.5]])
    W2 = np.array([[1.0], [-1.0]])
    b2 = np.array([[-0.5]])
    return W1, b1, W2, b2
