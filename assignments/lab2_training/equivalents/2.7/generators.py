"""One class for all four, a rule for each as a closure; the state lives in the closures."""

import torch


class _Optimizer:
    def __init__(self, params, rule):
        self.moves = [(p, rule(p)) for p in params]

    def step(self):
        with torch.no_grad():
            for p, move in self.moves:
                if p.grad is not None:
                    p.copy_(move(p.clone(), p.grad.clone()))


def SGD(params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    def rule(_):
        kept = []

        def move(p, g):
            g = g + weight_decay * p
            kept.append(g)
            v = sum(momentum ** (len(kept) - 1 - i) * old for i, old in enumerate(kept))
            return p - lr * (g + momentum * v if nesterov else v)

        return move

    return _Optimizer(params, rule)


def RMSprop(params, lr, alpha=0.99, eps=1e-8, weight_decay=0.0):
    def rule(_):
        s = 0

        def move(p, g):
            nonlocal s
            g = g + weight_decay * p
            s = torch.lerp(g.square(), s, alpha) if torch.is_tensor(s) else (1 - alpha) * g.square()
            return p - lr * g / (s**0.5 + eps)

        return move

    return _Optimizer(params, rule)


def Adam(params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=False):
    def rule(_):
        m = s = t = 0

        def move(p, g):
            nonlocal m, s, t
            if decoupled:
                p = p * (1 - lr * weight_decay)
            else:
                g = g + weight_decay * p
            t += 1
            m = betas[0] * m + (1 - betas[0]) * g
            s = betas[1] * s + (1 - betas[1]) * g * g
            return p - lr * (m / (1 - betas[0] ** t)) / ((s / (1 - betas[1] ** t)).sqrt() + eps)

        return move

    return _Optimizer(params, rule)


def AdamW(params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    return Adam(params, lr, betas, eps, weight_decay, decoupled=True)
