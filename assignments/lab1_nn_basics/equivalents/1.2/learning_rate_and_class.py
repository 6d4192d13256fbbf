"""A class with a learning rate of 0.5, errors as a NumPy array, and XOR with three hidden units."""

import numpy as np


class Perceptron:
    def __init__(self, inputs, rate=0.5):
        self.w, self.b, self.rate = np.zeros(inputs), np.zeros(()), rate

    def predict(self, x):
        return np.heaviside(np.dot(x, self.w) + self.b, 0.0)

    def see(self, x, label):
        delta = self.rate * (label - self.predict(x))
        self.w = self.w + delta * x
        self.b = self.b + delta
        return delta != 0


def perceptron(X, y01, epochs):
    model = Perceptron(X.shape[1])
    errors = np.zeros(epochs, dtype=int)
    for epoch in range(epochs):
        errors[epoch] = sum(model.see(x, label) for x, label in zip(X, y01))
    return model.w, model.b, errors


def xor_mlp():
    # x1, x2 and their AND: XOR is x1 + x2 - 2 AND
    W1 = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    b1 = np.array([-0.5, -0.5, -1.5])
    W2 = np.array([1.0, 1.0, -2.0]).reshape(3, 1)
    return W1, b1, W2, -0.5
