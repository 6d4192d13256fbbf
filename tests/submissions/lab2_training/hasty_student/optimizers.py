import torch


class SGD:
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        self.params, self.state = list(params), {}
        self.lr, self.mu, self.nesterov, self.weight_decay = lr, momentum, nesterov, weight_decay

    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            if p.shape not in self.state:
                self.state[p.shape] = torch.zeros_like(p.data)
            v = self.state[p.shape]
            v.mul_(self.mu).add_(p.grad)
            g = p.grad + self.mu * v if self.nesterov else v
            p.data = p.data * (1 - self.lr * self.weight_decay) - self.lr * g


class RMSprop:
    def __init__(self, params, lr, alpha=0.99, eps=1e-8, weight_decay=0.0):
        self.params, self.state = list(params), {}
        self.lr, self.alpha, self.eps, self.weight_decay = lr, alpha, eps, weight_decay

    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            g = p.grad + self.weight_decay * p.data
            s = self.state.setdefault(p.shape, torch.zeros_like(p.data))
            s.mul_(self.alpha).addcmul_(g, g, value=1 - self.alpha)
            p.data.addcdiv_(g, s.sqrt() + self.eps, value=-self.lr)


class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.params, self.state = list(params), {}
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay

    def decay(self, p):
        return p.grad + self.weight_decay * p.data

    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            g = self.decay(p)
            if p.shape not in self.state:
                self.state[p.shape] = [0, torch.zeros_like(p.data), torch.zeros_like(p.data)]
            state = self.state[p.shape]
            state[0] += 1
            t, m, s = state
            m.mul_(self.betas[0]).add_(g, alpha=1 - self.betas[0])
            s.mul_(self.betas[1]).addcmul_(g, g, value=1 - self.betas[1])
            p.data.addcdiv_(m / (1 - self.betas[0] ** t), (s / (1 - self.betas[1] ** t)).sqrt() + self.eps, value=-self.lr)


class AdamW(Adam):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas, eps, weight_decay)

    def decay(self, p):
        p.data.mul_(1 - self.lr * self.weight_decay)
        return p.grad
