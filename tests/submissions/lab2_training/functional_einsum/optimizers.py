"""A rule is a function from (gradient, parameter, state) to (step, state); one class runs any rule."""
import torch


def sgd_rule(g, p, state, lr, momentum, nesterov, weight_decay):
    g = g + weight_decay * p
    v = momentum * state + g if state is not None else g.clone()
    return lr * (g + momentum * v if nesterov else v), v


def rmsprop_rule(g, p, state, lr, alpha, eps, weight_decay):
    g = g + weight_decay * p
    s = (1 - alpha) * g**2 + (alpha * state if state is not None else 0)
    return lr * g / (s.sqrt() + eps), s


def adam_rule(g, p, state, lr, betas, eps, weight_decay):
    g = g + weight_decay * p
    b1, b2 = betas
    t, m, s = state or (0, torch.zeros_like(p), torch.zeros_like(p))
    t, m, s = t + 1, b1 * m + (1 - b1) * g, b2 * s + (1 - b2) * g * g
    return lr * (m / (1 - b1**t)) / ((s / (1 - b2**t)).sqrt() + eps), (t, m, s)


def adamw_rule(g, p, state, lr, betas, eps, weight_decay):
    step, state = adam_rule(g, (1 - lr * weight_decay) * p, state, lr, betas, eps, 0.0)
    return lr * weight_decay * p + step, state


class Runner:
    rule = None

    def __init__(self, params, **options):
        self.slots = [[p, None] for p in params]
        self.options = options

    @torch.no_grad()
    def step(self):
        for slot in self.slots:
            p, state = slot
            if p.grad is not None:
                delta, slot[1] = type(self).rule(p.grad, p, state, **self.options)
                p.sub_(delta)


class SGD(Runner):
    rule = staticmethod(sgd_rule)

    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(params, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=weight_decay)


class RMSprop(Runner):
    rule = staticmethod(rmsprop_rule)

    def __init__(self, params, lr, alpha=0.99, eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay)


class Adam(Runner):
    rule = staticmethod(adam_rule)

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)


class AdamW(Adam):
    rule = staticmethod(adamw_rule)

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(params, lr, betas, eps, weight_decay)
