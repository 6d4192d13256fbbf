import math
import torch


def clip_grad_norm(params, max_norm):
    grads = []
    for p in params:
        if p.grad is not None:
            grads.append(p.grad)
    total = 0
    for g in grads:
        total = total + (g * g).sum()
    if len(grads) == 0:
        return 0
    norm = total ** 0.5
    if norm > max_norm:
        for g in grads:
            g *= max_norm / norm
    return norm


def cosine_with_warmup(step, warmup, total, base_lr, final_lr=0.0):
    rates = []
    for s in range(warmup):
        rates.append(base_lr * (s + 1) / (warmup + 1))
    for s in range(total - warmup):
        rates.append(final_lr + (base_lr - final_lr) * (1 + math.cos(math.pi * s / (total - warmup))) / 2)
    if step < len(rates):
        return rates[step]
    return final_lr
