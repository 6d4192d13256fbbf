import torch


class SGD:
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        self.params = list(params)
        self.lr, self.mu, self.nesterov, self.wd = lr, momentum, nesterov, weight_decay
        self.v = [torch.zeros_like(p) for p in self.params]

    @torch.no_grad()
    def step(self):
        for p, v in zip(self.params, self.v):
            if p.grad is None:
                continue
            g = p.grad + self.wd * p
            # the learning rate inside: the same thing, as it never changes
            v.mul_(self.mu).add_(self.lr * g)
            p -= self.mu * v + self.lr * g if self.nesterov else v


class RMSprop:
    def __init__(self, params, lr, alpha=0.99, eps=1e-8, weight_decay=0.0):
        self.params = list(params)
        self.lr, self.alpha, self.eps = lr, alpha, eps
        self.s = [torch.zeros_like(p) for p in self.params]

    @torch.no_grad()
    def step(self):
        for p, s in zip(self.params, self.s):
            if p.grad is None:
                continue
            s.mul_(self.alpha).add_((1 - self.alpha) * p.grad ** 2)
            p -= self.lr * p.grad / (torch.sqrt(s) + self.eps)


class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.params = list(params)
        self.lr, self.betas, self.eps, self.wd = lr, betas, eps, weight_decay
        self.m = [torch.zeros_like(p) for p in self.params]
        self.s = [torch.zeros_like(p) for p in self.params]
        self.t = [0] * len(self.params)

    def gradient(self, p):
        return p.grad + self.wd * p

    @torch.no_grad()
    def step(self):
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            g = self.gradient(p)
            self.t[i] += 1
            self.m[i] = b1 * self.m[i] + (1 - b1) * g
            self.s[i] = b2 * self.s[i] + (1 - b2) * g * g
            m = self.m[i] / (1 - b1 ** self.t[i])
            s = self.s[i] / (1 - b2 ** self.t[i])
            p -= self.lr * m / (torch.sqrt(s) + self.eps)


class AdamW(Adam):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas, eps, weight_decay)

    def gradient(self, p):
        return p.grad

    @torch.no_grad()
    def step(self):
        super().step()
        for p in self.params:
            if p.grad is not None:
                p -= self.lr * self.wd * p
