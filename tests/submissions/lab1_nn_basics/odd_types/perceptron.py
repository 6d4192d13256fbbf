"""w as a list, b as a Python int or a NumPy scalar, errors as a tuple; nested lists of ints for XOR."""


def perceptron(X, y01, epochs):
    w, b, errors = [0.0] * X.shape[1], 0, ()
    for _ in range(epochs):
        wrong = 0
        for x, label in zip(X, y01):
            miss = label - (sum(p * q for p, q in zip(w, x)) + b > 0)
            if miss:
                wrong += 1
                w = [p + miss * q for p, q in zip(w, x)]
                b = b + miss
        errors += (wrong,)
    return [w, b, errors]


def xor_mlp():
    return [[2, 2], [2, 2]], [-1, -3], [[2], [-4]], [-1]
