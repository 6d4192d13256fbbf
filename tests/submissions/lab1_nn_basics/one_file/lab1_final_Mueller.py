import numpy as np


# ---- data ----
def train_val_test_split(y, val, test, rng):
    train_idx, val_idx, test_idx = [], [], []
    for c in np.unique(y):
        idx = np.where(y == c)[0]
        idx = rng.permutation(idx)
        n_val = int(round(val * len(idx)))
        n_test = int(round((val + test) * len(idx))) - n_val
        val_idx.extend(idx[:n_val])
        test_idx.extend(idx[n_val : n_val + n_test])
        train_idx.extend(idx[n_val + n_test :])
    return np.array(train_idx, dtype=int), np.array(val_idx, dtype=int), np.array(test_idx, dtype=int)


def standardize(train, *others):
    mu = train.mean(axis=0)
    sigma = train.std(axis=0)
    sigma[sigma == 0] = 1.0
    return tuple((a - mu) / sigma for a in (train,) + others)


# ---- perceptron ----
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


# ---- regression ----
def ridge(X, y, lam):
    y = y.reshape(-1)
    x_mean = X.mean(axis=0)
    y_mean = y.mean()
    Xc = X - x_mean
    yc = y - y_mean
    A = Xc.T @ Xc + len(X) * lam * np.eye(X.shape[1])
    w = np.linalg.pinv(A) @ (Xc.T @ yc)
    b = y_mean - x_mean @ w
    return w, b


def mse(pred, target):
    target = target.reshape(pred.shape)
    diff = pred - target
    return np.mean(diff**2), 2 * diff / diff.size


def sigmoid(z):
    out = np.empty_like(z)
    pos = z >= 0
    out[pos] = 1 / (1 + np.exp(-z[pos]))
    ez = np.exp(z[~pos])
    out[~pos] = ez / (1 + ez)
    return out


def logistic_regression(X, y, lr, epochs):
    n, d = X.shape
    w = np.zeros(d)
    b = 0.0
    for _ in range(epochs):
        p = sigmoid(X @ w + b)
        dw = X.T @ (p - y) / n
        db = np.mean(p - y)
        w = w - lr * dw
        b = b - lr * db
    return w, b


# ---- activations ----
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


# ---- losses ----
def bce_with_logits(z, y):
    e = np.exp(-np.abs(z))
    loss = np.mean(np.maximum(z, 0) - z * y + np.log1p(e))
    p = np.where(z >= 0, 1 / (1 + e), e / (1 + e))
    return loss, (p - y) / z.size


def softmax_cross_entropy(logits, labels):
    n = logits.shape[0]
    z = logits - np.max(logits, axis=1, keepdims=True)
    logsumexp = np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    logp = z - logsumexp
    loss = -np.mean(logp[np.arange(n), labels])
    onehot = np.zeros_like(logp)
    onehot[np.arange(n), labels] = 1
    return loss, (np.exp(logp) - onehot) / n


# ---- network ----
def linear_forward(x, w, b):
    flat = x.reshape(x.shape[0], -1)
    return flat @ w + b, (x, w)


def linear_backward(dout, cache):
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    return dx, dw, dout.sum(0)


class MLP:
    def __init__(self, sizes, rng, criterion):
        self.weights = []
        self.biases = []
        for a, b in zip(sizes[:-1], sizes[1:]):
            self.weights.append(rng.standard_normal((a, b)) * np.sqrt(2.0 / a))
            self.biases.append(np.zeros(b))
        self.criterion = criterion

    def _run(self, X):
        caches, masks = [], []
        h = X
        last = len(self.weights) - 1
        for i, (w, b) in enumerate(zip(self.weights, self.biases)):
            h, cache = linear_forward(h, w, b)
            caches.append(cache)
            if i < last:
                masks.append(h > 0)
                h = h * masks[-1]
        return h, caches, masks

    def scores(self, X):
        return self._run(X)[0]

    def loss(self, X, targets):
        out, caches, masks = self._run(X)
        value, grad = self.criterion(out, targets)
        self.grads = [None] * len(caches)
        for i in range(len(caches) - 1, -1, -1):
            if i < len(masks):
                grad = grad * masks[i]
            grad, dw, db = linear_backward(grad, caches[i])
            self.grads[i] = (dw, db)
        return value

    def step(self, lr):
        for i, (dw, db) in enumerate(self.grads):
            self.weights[i] -= lr * dw
            self.biases[i] -= lr * db


# ---- autograd ----
def unbroadcast(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1 and grad.shape[axis] != 1:
            grad = grad.sum(axis=axis, keepdims=True)
    return grad


class Tensor:
    def __init__(self, data, requires_grad=False, parents=(), backward_fn=None):
        self.data = np.array(data, dtype=float)
        self.requires_grad = requires_grad or any(p.requires_grad for p in parents)
        self.grad = None
        self._parents = parents if self.requires_grad else ()
        self._backward_fn = backward_fn

    @staticmethod
    def _wrap(value):
        return value if isinstance(value, Tensor) else Tensor(value)

    def __add__(self, other):
        other = self._wrap(other)
        return Tensor(
            self.data + other.data,
            parents=(self, other),
            backward_fn=lambda g: (unbroadcast(g, self.data.shape), unbroadcast(g, other.data.shape)),
        )

    __radd__ = __add__

    def __mul__(self, other):
        other = self._wrap(other)
        return Tensor(
            self.data * other.data,
            parents=(self, other),
            backward_fn=lambda g: (
                unbroadcast(g * other.data, self.data.shape),
                unbroadcast(g * self.data, other.data.shape),
            ),
        )

    __rmul__ = __mul__

    def __matmul__(self, other):
        other = self._wrap(other)
        return Tensor(
            self.data @ other.data,
            parents=(self, other),
            backward_fn=lambda g: (g @ other.data.T, self.data.T @ g),
        )

    def relu(self):
        return Tensor(np.maximum(self.data, 0), parents=(self,), backward_fn=lambda g: (g * (self.data > 0),))

    def sum(self):
        return Tensor(self.data.sum(), parents=(self,), backward_fn=lambda g: (g * np.ones_like(self.data),))

    def backward(self):
        order, seen = [], set()

        def visit(t):
            if id(t) in seen:
                return
            seen.add(id(t))
            for p in t._parents:
                visit(p)
            order.append(t)

        visit(self)
        grads = {id(self): np.ones_like(self.data)}
        for t in reversed(order):
            g = grads.pop(id(t), None)
            if g is None:
                continue
            if not t._parents:
                if t.requires_grad:
                    t.grad = g + (0 if t.grad is None else t.grad)
                continue
            for p, share in zip(t._parents, t._backward_fn(g)):
                if p.requires_grad:
                    grads[id(p)] = grads.get(id(p), 0) + share


# ---- budget ----
def n_connections(sizes):
    total = 0
    for i in range(1, len(sizes)):
        total += sizes[i - 1] * sizes[i]
    return total


def n_parameters(sizes):
    return n_connections(sizes) + sum(sizes[1:])


def iterations(n_samples, batch_size, drop_last=False):
    if drop_last:
        return n_samples // batch_size
    return (n_samples + batch_size - 1) // batch_size


def training_seconds(n_samples, batch_size, epochs, seconds_per_iteration, drop_last=False):
    return epochs * iterations(n_samples, batch_size, drop_last) * seconds_per_iteration


def memory_bytes(sizes, batch_size, optimizer="adam", bytes_per_number=4):
    params = n_parameters(sizes)
    if optimizer == "sgd":
        state = 0
    elif optimizer == "momentum":
        state = params
    elif optimizer == "adam":
        state = 2 * params
    else:
        raise ValueError(f"unknown optimizer {optimizer}")
    return (params + params + state + batch_size * sum(sizes)) * bytes_per_number


# ---- gradcheck ----
def gradcheck(f, x):
    _, grad = f(x)
    if np.shape(grad) != x.shape:
        return float("inf")
    if not np.all(np.isfinite(grad)):
        return float("inf")
    h = 1e-5
    worst = 0.0
    for i in np.ndindex(x.shape):
        x_plus = x.copy()
        x_plus[i] += h
        x_minus = x.copy()
        x_minus[i] -= h
        numeric = (f(x_plus)[0] - f(x_minus)[0]) / (2 * h)
        scale = max(abs(numeric), abs(grad[i]))
        if scale > 0:
            worst = max(worst, abs(numeric - grad[i]) / scale)
    return worst
