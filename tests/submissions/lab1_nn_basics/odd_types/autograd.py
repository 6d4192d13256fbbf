import numpy as np


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
