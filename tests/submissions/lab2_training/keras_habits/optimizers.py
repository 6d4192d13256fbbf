"""keras.optimizers: the learning rate inside the velocity, epsilon 1e-7, the bias corrections folded into the rate."""
import math

import torch


class SGD:
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        self.variables = list(params)
        self.velocities = [torch.zeros_like(v) for v in self.variables]
        self.lr, self.momentum, self.nesterov, self.weight_decay = lr, momentum, nesterov, weight_decay

    @torch.no_grad()
    def step(self):
        for w, v in zip(self.variables, self.velocities):
            if w.grad is None:
                continue
            g = w.grad + self.weight_decay * w
            v.copy_(self.momentum * v - self.lr * g)
            w.add_(self.momentum * v - self.lr * g if self.nesterov else v)


class RMSprop:
    def __init__(self, params, lr, alpha=0.9, eps=1e-7, weight_decay=0.0):
        self.variables = list(params)
        self.averages = [torch.zeros_like(v) for v in self.variables]
        self.lr, self.rho, self.epsilon, self.weight_decay = lr, alpha, eps, weight_decay

    @torch.no_grad()
    def step(self):
        for w, average in zip(self.variables, self.averages):
            if w.grad is None:
                continue
            g = w.grad + self.weight_decay * w
            average.copy_(self.rho * average + (1 - self.rho) * g**2)
            w.sub_(self.lr * g / torch.sqrt(average + self.epsilon))


class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-7, weight_decay=0.0):
        self.variables = list(params)
        self.m = [torch.zeros_like(v) for v in self.variables]
        self.v = [torch.zeros_like(v) for v in self.variables]
        self.iterations = [0 for _ in self.variables]
        self.lr, (self.beta_1, self.beta_2), self.epsilon, self.weight_decay = lr, betas, eps, weight_decay

    def gradient(self, w):
        return w.grad + self.weight_decay * w

    @torch.no_grad()
    def step(self):
        for i, (w, m, v) in enumerate(zip(self.variables, self.m, self.v)):
            if w.grad is None:
                continue
            g = self.gradient(w)
            self.iterations[i] += 1
            t = self.iterations[i]
            alpha = self.lr * math.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
            m.add_((g - m) * (1 - self.beta_1))
            v.add_((g.square() - v) * (1 - self.beta_2))
            w.sub_(m * alpha / (v.sqrt() + self.epsilon))


class AdamW(Adam):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-7, weight_decay=4e-3):
        super().__init__(params, lr, betas, eps, weight_decay)

    def gradient(self, w):
        w.sub_(w * self.weight_decay * self.lr)
        return w.grad
