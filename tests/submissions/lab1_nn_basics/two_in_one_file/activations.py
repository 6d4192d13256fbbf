import numpy as np


def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + e), e / (1 + e))


def forward(name, x, **options):
    if name == "step":
        return (x > 0).astype(float), x
    if name == "sigmoid":
        s = sigmoid(x)
        return s, s
    if name == "tanh":
        t = np.tanh(x)
        return t, t
    if name == "relu":
        return np.maximum(0, x), x
    if name == "leaky_relu":
        slope = options["negative_slope"]
        return np.where(x > 0, x, slope * x), (x, slope)
    if name == "elu":
        alpha = options["alpha"]
        return np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1)), (x, alpha)
    if name == "maxout":
        k = options["pieces"]
        groups = x.reshape(*x.shape[:-1], x.shape[-1] // k, k)
        return groups.max(axis=-1), groups
    raise ValueError(f"unknown activation {name}")


def backward(name, dout, cache):
    if name == "step":
        return np.zeros_like(dout)
    if name == "sigmoid":
        return dout * cache * (1 - cache)
    if name == "tanh":
        return dout * (1 - cache**2)
    if name == "relu":
        return dout * (cache > 0)
    if name == "leaky_relu":
        x, slope = cache
        return dout * np.where(x > 0, 1, slope)
    if name == "elu":
        x, alpha = cache
        return dout * np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0)))
    if name == "maxout":
        best = cache.argmax(axis=-1)
        dx = np.zeros(cache.shape)
        np.put_along_axis(dx, best[..., None], dout[..., None], axis=-1)
        return dx.reshape(*dout.shape[:-1], -1)


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
