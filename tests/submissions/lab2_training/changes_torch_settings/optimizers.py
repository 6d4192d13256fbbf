"""Right, but for torch.compile, which needs a compiler: the sandbox starts no programs."""
import torch


@torch.compile
def adam_update(p, g, m, s, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g * g
    return p - lr * (m / (1 - beta1**t)) / ((s / (1 - beta2**t)).sqrt() + eps), m, s


class SGD:
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        self.params = list(params)
        self.v = {}
        self.lr, self.mu, self.nesterov, self.weight_decay = lr, momentum, nesterov, weight_decay

    @torch.inference_mode()
    def step(self):
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            g = p.grad + self.weight_decay * p
            self.v[i] = v = self.mu * self.v[i] + g if i in self.v else g
            p -= self.lr * (g + self.mu * v if self.nesterov else v)


class RMSprop:
    def __init__(self, params, lr, alpha=0.99, eps=1e-8, weight_decay=0.0):
        self.params = list(params)
        self.s = {}
        self.lr, self.alpha, self.eps, self.weight_decay = lr, alpha, eps, weight_decay

    def step(self):
        with torch.no_grad():
            for p in self.params:
                if p.grad is not None:
                    g = p.grad + self.weight_decay * p
                    self.s[p] = self.alpha * self.s.get(p, 0.0) + (1 - self.alpha) * g * g
                    p -= self.lr * g / (self.s[p].sqrt() + self.eps)


class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.params = list(params)
        self.state = {p: (torch.zeros_like(p), torch.zeros_like(p), 0) for p in self.params}
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay

    @torch.no_grad()
    def step(self):
        for p in self.params:
            if p.grad is not None:
                m, s, t = self.state[p]
                g = p.grad + self.weight_decay * p
                new, m, s = adam_update(p, g, m, s, t + 1, self.lr, *self.betas, self.eps)
                p.copy_(new)
                self.state[p] = m, s, t + 1


class AdamW(Adam):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas, eps)
        self.decay = weight_decay

    @torch.no_grad()
    def step(self):
        for p in self.params:
            if p.grad is not None:
                p.mul_(1 - self.lr * self.decay)
        super().step()
