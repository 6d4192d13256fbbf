"""One class for each operation, an iterative sort, gradients kept on all tensors that need one."""

import numpy as np


class Op:
    def __init__(self, *inputs):
        self.inputs = inputs


def fit(g, like):
    extra = g.ndim - like.ndim
    g = g.sum(axis=tuple(range(extra))) if extra else g
    axes = tuple(i for i, n in enumerate(like.shape) if n == 1 and g.shape[i] > 1)
    return g.sum(axis=axes, keepdims=True) if axes else g


class Add(Op):
    def forward(self):
        a, b = self.inputs
        return a.data + b.data

    def backward(self, g):
        return [fit(g, t.data) for t in self.inputs]


class Mul(Op):
    def forward(self):
        a, b = self.inputs
        return a.data * b.data

    def backward(self, g):
        a, b = self.inputs
        return [fit(g * b.data, a.data), fit(g * a.data, b.data)]


class MatMul(Op):
    def forward(self):
        a, b = self.inputs
        return np.matmul(a.data, b.data)

    def backward(self, g):
        a, b = self.inputs
        return [np.matmul(g, b.data.transpose()), np.matmul(a.data.transpose(), g)]


class ReLU(Op):
    def forward(self):
        return self.inputs[0].data.clip(min=0)

    def backward(self, g):
        return [np.where(self.inputs[0].data >= 0, g, 0)]


class Sum(Op):
    def forward(self):
        return np.sum(self.inputs[0].data)

    def backward(self, g):
        return [np.full(self.inputs[0].data.shape, float(g))]


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.asarray(data, dtype=np.float64).copy()
        self.grad = None
        self.requires_grad = bool(requires_grad)
        self.op = None

    @classmethod
    def make(cls, op):
        result = cls(op.forward(), any(t.requires_grad for t in op.inputs))
        result.op = op if result.requires_grad else None
        return result

    @classmethod
    def of(cls, value):
        return value if isinstance(value, cls) else cls(value)

    def __add__(self, other):
        return Tensor.make(Add(self, Tensor.of(other)))

    def __radd__(self, other):
        return Tensor.make(Add(Tensor.of(other), self))

    def __mul__(self, other):
        return Tensor.make(Mul(self, Tensor.of(other)))

    def __rmul__(self, other):
        return Tensor.make(Mul(Tensor.of(other), self))

    def __matmul__(self, other):
        return Tensor.make(MatMul(self, Tensor.of(other)))

    def relu(self):
        return Tensor.make(ReLU(self))

    def sum(self):
        return Tensor.make(Sum(self))

    def backward(self):
        uses = {}
        stack, seen = [self], {id(self)}
        while stack:
            t = stack.pop()
            for parent in t.op.inputs if t.op else ():
                uses[id(parent)] = uses.get(id(parent), 0) + 1
                if id(parent) not in seen:
                    seen.add(id(parent))
                    stack.append(parent)
        flow = {id(self): np.ones(self.data.shape)}
        ready = [self]
        while ready:
            t = ready.pop()
            g = flow[id(t)]
            if t.requires_grad:
                if t.op is None:
                    t.grad = g.copy() if t.grad is None else t.grad + g
                else:
                    t.grad = g
            if t.op is None:
                continue
            for parent, share in zip(t.op.inputs, t.op.backward(g)):
                flow[id(parent)] = flow.get(id(parent), 0) + share
                uses[id(parent)] -= 1
                if uses[id(parent)] == 0:
                    ready.append(parent)
