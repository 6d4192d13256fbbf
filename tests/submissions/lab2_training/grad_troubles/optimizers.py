import torch


class SGD:
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        self.params = list(params)
        self.v = [0.0] * len(self.params)
        self.lr, self.momentum, self.nesterov, self.weight_decay = lr, momentum, nesterov, weight_decay

    def step(self):
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            g = p.grad + self.weight_decay * p
            self.v[i] = self.momentum * self.v[i] + g
            # a leaf that requires grad is changed in place, outside of no_grad
            p -= self.lr * (g + self.momentum * self.v[i] if self.nesterov else self.v[i])


class RMSprop:
    def __init__(self, params, lr, alpha=0.99, eps=1e-8, weight_decay=0.0):
        self.params = list(params)
        self.s = [0.0] * len(self.params)
        self.lr, self.alpha, self.eps, self.weight_decay = lr, alpha, eps, weight_decay

    def step(self):
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            g = p.grad + self.weight_decay * p
            self.s[i] = self.alpha * self.s[i] + (1 - self.alpha) * g**2
            p = p - self.lr * g / (self.s[i] ** 0.5 + self.eps)


class Adam:
    coupled = True

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.params = list(params)
        n = len(self.params)
        self.m, self.s, self.t = [0.0] * n, [0.0] * n, [0] * n
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay

    def step(self):
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            # the decay is taken from p itself: m and s keep a graph that grows with every step
            g = p.grad + self.weight_decay * p if self.coupled else p.grad
            self.t[i] += 1
            self.m[i] = b1 * self.m[i] + (1 - b1) * g
            self.s[i] = b2 * self.s[i] + (1 - b2) * g * g
            step = self.lr * self.m[i] / (1 - b1 ** self.t[i]) / ((self.s[i] / (1 - b2 ** self.t[i])) ** 0.5 + self.eps)
            if not self.coupled:
                step = step + self.lr * self.weight_decay * p
            p.data = p.data - step.data


class AdamW(Adam):
    coupled = False

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas, eps, weight_decay)
