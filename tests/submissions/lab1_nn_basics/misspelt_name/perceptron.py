import numpy as np


def perceptron(X, y01, epochs):
    w = np.zeros(X.shape[1])
    b = 0.0
    errors = []
    for epoch in range(epochs):
        count = 0
        for i in range(len(X)):
            prediction = 1 if np.dot(w, X[i]) + b > 0 else 0
            error = y01[i] - prediction
            if error != 0:
                w = w + error * X[i]
                b = b + error
                count += 1
        errors.append(count)
    return w, b, errors


def xor_mlp():
    # h1 = x1 OR x2, h2 = x1 AND x2, y = h1 AND NOT h2
    W1 = np.array([[1.0, 1.0], [1.0, 1.0]])
    b1 = np.array([-0.5, -1.5])
    W2 = np.array([1.0, -2.0])
    b2 = -0.5
    return W1, b1, W2, b2
