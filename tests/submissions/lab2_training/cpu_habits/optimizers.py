"""Numerically right; the state is made on the CPU, whatever the parameters are on."""
import torch

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class SGD:
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        self.params = list(params)
        self.velocity = [torch.zeros(p.shape, dtype=p.dtype, device=device) for p in self.params]
        self.lr, self.momentum, self.nesterov, self.weight_decay = lr, momentum, nesterov, weight_decay

    @torch.no_grad()
    def step(self):
        for p, v in zip(self.params, self.velocity):
            if p.grad is None:
                continue
            g = p.grad + self.weight_decay * p
            v.mul_(self.momentum).add_(g)
            p.sub_(self.lr * (g + self.momentum * v if self.nesterov else v))


class RMSprop:
    def __init__(self, params, lr, alpha=0.99, eps=1e-8, weight_decay=0.0):
        self.params = list(params)
        self.squares = [torch.zeros(p.shape, dtype=p.dtype) for p in self.params]
        self.lr, self.alpha, self.eps, self.weight_decay = lr, alpha, eps, weight_decay

    @torch.no_grad()
    def step(self):
        for p, s in zip(self.params, self.squares):
            if p.grad is None:
                continue
            g = p.grad + self.weight_decay * p
            s.mul_(self.alpha).add_((1 - self.alpha) * g * g)
            p.sub_(self.lr * g / (s.sqrt() + self.eps))


class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.params = list(params)
        self.m = [torch.zeros(p.shape).double().to(device) for p in self.params]
        self.s = [torch.zeros(p.shape).double().to(device) for p in self.params]
        self.t = [torch.tensor(0, device=device) for _ in self.params]
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay
        self.decoupled = False

    @torch.no_grad()
    def step(self):
        b1, b2 = self.betas
        for p, m, s, t in zip(self.params, self.m, self.s, self.t):
            if p.grad is None:
                continue
            g = p.grad.double()
            if self.decoupled:
                p.mul_(1 - self.lr * self.weight_decay)
            else:
                g = g + self.weight_decay * p
            t += 1
            m.mul_(b1).add_(g, alpha=1 - b1)
            s.mul_(b2).addcmul_(g, g, value=1 - b2)
            step = self.lr * m / (1 - b1**t) / ((s / (1 - b2**t)).sqrt() + self.eps)
            p.sub_(step.to(p.dtype))


class AdamW(Adam):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas, eps, weight_decay)
        self.decoupled = True
