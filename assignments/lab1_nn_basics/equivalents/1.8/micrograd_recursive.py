"""Closures on each result and a recursive sort; the gradients of results are reset at the start of a pass."""

import numpy as np


def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=i, keepdims=True)
    return g


class Tensor:
    def __init__(self, data, requires_grad=False, _children=()):
        self.data = np.asarray(data, dtype=float)
        self.requires_grad = requires_grad or any(c.requires_grad for c in _children)
        self.grad = None
        self._prev = _children
        self._backward = lambda: None

    def _add_grad(self, g):
        if self.requires_grad:
            g = unbroadcast(np.asarray(g), self.data.shape)
            self.grad = g.copy() if self.grad is None else self.grad + g

    @staticmethod
    def _wrap(x):
        return x if isinstance(x, Tensor) else Tensor(x)

    def __add__(self, other):
        other = self._wrap(other)
        out = Tensor(self.data + other.data, _children=(self, other))

        def _backward():
            self._add_grad(out.grad)
            other._add_grad(out.grad)

        out._backward = _backward
        return out

    __radd__ = __add__

    def __mul__(self, other):
        other = self._wrap(other)
        out = Tensor(self.data * other.data, _children=(self, other))

        def _backward():
            self._add_grad(out.grad * other.data)
            other._add_grad(out.grad * self.data)

        out._backward = _backward
        return out

    __rmul__ = __mul__

    def __matmul__(self, other):
        other = self._wrap(other)
        out = Tensor(self.data @ other.data, _children=(self, other))

        def _backward():
            self._add_grad(out.grad @ other.data.T)
            other._add_grad(self.data.T @ out.grad)

        out._backward = _backward
        return out

    def relu(self):
        out = Tensor(np.where(self.data < 0, 0, self.data), _children=(self,))

        def _backward():
            self._add_grad(out.grad * (self.data >= 0))

        out._backward = _backward
        return out

    def sum(self):
        out = Tensor(self.data.sum(), _children=(self,))

        def _backward():
            self._add_grad(np.ones_like(self.data) * out.grad)

        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        for v in topo:
            if v._prev:
                v.grad = None
        self.grad = np.ones_like(self.data)
        for v in reversed(topo):
            if v.requires_grad:
                v._backward()
