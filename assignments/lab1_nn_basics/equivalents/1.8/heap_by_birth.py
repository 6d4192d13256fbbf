"""Tensors know their time of birth, and a heap goes back in time: uses come before what they used."""

import heapq
import itertools

import numpy as np

_clock = itertools.count()


class Tensor:
    def __init__(self, data, requires_grad=False, parents=(), pulls=()):
        self.data = np.float64(data) if np.ndim(data) == 0 else np.asarray(data, np.float64)
        self.grad = None
        live = [(p, f) for p, f in zip(parents, pulls) if p.requires_grad]
        self.parents = live
        self.requires_grad = bool(requires_grad or live)
        self.time = next(_clock)

    def __add__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data + other.data, False, (self, other), (lambda g: g, lambda g: g))

    def __radd__(self, other):
        return self.__add__(other)

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data * other.data, False, (self, other), (lambda g: g * other.data, lambda g: g * self.data))

    def __rmul__(self, other):
        return self.__mul__(other)

    def __matmul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(
            self.data @ other.data, False, (self, other), (lambda g: g @ other.data.T, lambda g: self.data.T @ g)
        )

    def relu(self):
        return Tensor((abs(self.data) + self.data) / 2, False, (self,), (lambda g: g * (np.sign(self.data) + 1) / 2,))

    def sum(self):
        return Tensor(np.sum(self.data), False, (self,), (lambda g: g * np.ones_like(self.data),))

    def backward(self):
        sums, heap, queued = {self.time: np.float64(1)}, [(-self.time, self)], {self.time}
        while heap:
            _, t = heapq.heappop(heap)
            g = sums.pop(t.time)
            if not t.parents:
                if t.requires_grad:
                    t.grad = g * 1.0 + (0 if t.grad is None else t.grad)
            for p, f in t.parents:
                part, shape = f(g), np.shape(p.data)
                lead = np.ndim(part) - len(shape)
                part = np.sum(part, axis=tuple(range(lead))) if lead else part
                for axis, n in enumerate(shape):
                    if n == 1 and part.shape[axis] > 1:
                        part = np.sum(part, axis=axis, keepdims=True)
                sums[p.time] = sums.get(p.time, 0.0) + part
                if p.time not in queued:
                    queued.add(p.time)
                    heapq.heappush(heap, (-p.time, p))
