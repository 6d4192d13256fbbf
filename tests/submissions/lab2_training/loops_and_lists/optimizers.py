import torch


class SGD:
    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        self.params = [p for p in params]
        self.v = [torch.zeros_like(p) for p in self.params]
        self.lr = lr
        self.momentum = momentum
        self.nesterov = nesterov
        self.weight_decay = weight_decay

    def step(self):
        for i in range(len(self.params)):
            p = self.params[i]
            if p.grad is None:
                continue
            g = p.grad.data + self.weight_decay * p.data
            self.v[i] = self.momentum * self.v[i].data + g
            if self.nesterov:
                p.data = p.data - self.lr * (g + self.momentum * self.v[i])
            else:
                p.data = p.data - self.lr * self.v[i]


class RMSprop:
    def __init__(self, params, lr, alpha=0.99, eps=1e-8, weight_decay=0.0):
        self.params = [p for p in params]
        self.s = [0 for p in self.params]
        self.lr, self.alpha, self.eps, self.weight_decay = lr, alpha, eps, weight_decay

    def step(self):
        for i in range(len(self.params)):
            p = self.params[i]
            if p.grad is None:
                continue
            g = p.grad.data + self.weight_decay * p.data
            self.s[i] = self.alpha * self.s[i] + (1 - self.alpha) * g * g
            p.data -= self.lr * g / (torch.sqrt(self.s[i]) + self.eps)


class Adam:
    decoupled = False

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.params = [p for p in params]
        self.m = [0 for p in self.params]
        self.s = [0 for p in self.params]
        self.t = [0 for p in self.params]
        self.lr, self.eps, self.weight_decay = lr, eps, weight_decay
        self.beta1, self.beta2 = betas

    def step(self):
        for i in range(len(self.params)):
            p = self.params[i]
            if p.grad is None:
                continue
            g = p.grad.data
            if self.decoupled:
                p.data -= self.lr * self.weight_decay * p.data
            else:
                g = g + self.weight_decay * p.data
            self.t[i] += 1
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
            self.s[i] = self.beta2 * self.s[i] + (1 - self.beta2) * g ** 2
            mhat = self.m[i] / (1 - self.beta1 ** self.t[i])
            shat = self.s[i] / (1 - self.beta2 ** self.t[i])
            p.data -= self.lr * mhat / (torch.sqrt(shat) + self.eps)


class AdamW(Adam):
    decoupled = True

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        Adam.__init__(self, params, lr, betas, eps, weight_decay)
