"""Out-of-place formulas on p.data, state in lists that are made in the constructor."""

import math

import torch


class SGD:
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        self.params, self.lr, self.mu, self.nesterov, self.wd = list(params), lr, momentum, nesterov, weight_decay
        self.v = [torch.zeros_like(p.data) for p in self.params]

    def step(self):
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            g = p.grad.data + self.wd * p.data
            self.v[i] = self.mu * self.v[i] + g
            p.data = p.data - self.lr * (g + self.mu * self.v[i] if self.nesterov else self.v[i])


class RMSprop:
    def __init__(self, params, lr, alpha=0.99, eps=1e-8, weight_decay=0.0):
        self.params, self.lr, self.alpha, self.eps, self.wd = list(params), lr, alpha, eps, weight_decay
        self.s = [torch.zeros_like(p.data) for p in self.params]

    def step(self):
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            g = p.grad.data + self.wd * p.data
            self.s[i] = self.alpha * self.s[i] + (1 - self.alpha) * g * g
            p.data = p.data - self.lr * g / (torch.sqrt(self.s[i]) + self.eps)


class Adam:
    coupled = True

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.params, self.lr, self.betas, self.eps, self.wd = list(params), lr, betas, eps, weight_decay
        self.m = [torch.zeros_like(p.data) for p in self.params]
        self.s = [torch.zeros_like(p.data) for p in self.params]
        self.t = [0] * len(self.params)

    def step(self):
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            g, here = p.grad.data, p.data
            if self.coupled:
                g = g + self.wd * here
            else:
                here = here - self.lr * self.wd * here
            self.t[i] += 1
            self.m[i] = b1 * self.m[i] + (1 - b1) * g
            self.s[i] = b2 * self.s[i] + (1 - b2) * g**2
            up = math.sqrt(1 - b2 ** self.t[i])
            rate = self.lr * up / (1 - b1 ** self.t[i])
            p.data = here - rate * self.m[i] / (torch.sqrt(self.s[i]) + self.eps * up)


class AdamW(Adam):
    coupled = False

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas, eps, weight_decay)
