"""A class for each operation, and the uses of each tensor counted before the backward pass (Kahn)."""

import numpy as np
from collections import defaultdict


class Function:
    def __init__(self, *inputs):
        self.inputs = inputs

    def __call__(self):
        out = Tensor(self.forward(*(t.data for t in self.inputs)), any(t.requires_grad for t in self.inputs))
        if out.requires_grad:
            out.op = self
        return out


def fit(g, like):
    extra = g.ndim - like.ndim
    if extra > 0:
        g = g.sum(tuple(range(extra)))
    axes = tuple(i for i in range(like.ndim) if like.shape[i] == 1 and g.shape[i] != 1)
    return g.sum(axes, keepdims=True) if axes else g


class Add(Function):
    def forward(self, a, b):
        return a + b

    def backward(self, g, a, b):
        return fit(g, a), fit(g, b)


class Mul(Function):
    def forward(self, a, b):
        return a * b

    def backward(self, g, a, b):
        return fit(g * b, a), fit(g * a, b)


class MatMul(Function):
    def forward(self, a, b):
        return np.einsum("ik,kj->ij", a, b)

    def backward(self, g, a, b):
        return np.einsum("ij,kj->ik", g, b), np.einsum("ik,ij->kj", a, g)


class Relu(Function):
    def forward(self, a):
        return a * (a > 0)

    def backward(self, g, a):
        return (np.where(a > 0, g, 0.0),)


class Sum(Function):
    def forward(self, a):
        return np.sum(a)

    def backward(self, g, a):
        return (np.full(a.shape, float(g)),)


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.array(data, dtype="float64")
        self.requires_grad, self.grad, self.op = requires_grad, None, None

    def __add__(self, o):
        return Add(self, o if isinstance(o, Tensor) else Tensor(o))()

    def __mul__(self, o):
        return Mul(self, o if isinstance(o, Tensor) else Tensor(o))()

    def __radd__(self, o):
        return Tensor(o) + self

    def __rmul__(self, o):
        return Tensor(o) * self

    def __matmul__(self, o):
        return MatMul(self, o if isinstance(o, Tensor) else Tensor(o))()

    def relu(self):
        return Relu(self)()

    def sum(self):
        return Sum(self)()

    def backward(self):
        # Kahn's algorithm: count the uses first, then release a tensor when all of them have reported.
        uses, stack, known = defaultdict(int), [self], {id(self)}
        while stack:
            t = stack.pop()
            for s in t.op.inputs if t.op else ():
                uses[id(s)] += 1
                if id(s) not in known:
                    known.add(id(s))
                    stack.append(s)
        grads, ready = {id(self): np.ones(self.data.shape)}, [self]
        while ready:
            t = ready.pop()
            g = grads[id(t)]
            if t.op is None:
                if t.requires_grad:
                    t.grad = g if t.grad is None else t.grad + g
                continue
            for s, part in zip(t.op.inputs, t.op.backward(g, *(i.data for i in t.op.inputs))):
                grads[id(s)] = grads.get(id(s), 0) + part
                uses[id(s)] -= 1
                if uses[id(s)] == 0:
                    ready.append(s)
