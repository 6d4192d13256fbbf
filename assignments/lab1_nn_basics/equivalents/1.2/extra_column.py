"""The bias is the weight of a column of ones, labels are -1 and +1 inside, and a score of 0 is always wrong."""

import numpy as np


def perceptron(X, y01, epochs):
    A = np.hstack([X, np.ones((len(X), 1))])
    t = np.where(y01 == 1, 1, -1)
    w = np.zeros(A.shape[1])
    errors = []
    for _ in range(epochs):
        count = 0
        for i in range(len(A)):
            if t[i] * (A[i] @ w) <= 0:
                w += t[i] * A[i]
                count += 1
        errors.append(count)
    return w[:-1], w[-1], errors


def xor_mlp():
    # AND of (a OR b) and NOT (a AND b)
    W1 = np.array([[2.0, -2.0], [2.0, -2.0]])
    b1 = np.array([-1.0, 3.0])
    W2 = np.array([[2.0], [2.0]])
    b2 = np.array([-3.0])
    return W1, b1, W2, b2
