import math
import torch


def clip_grad_norm(params, max_norm):
    params = [p for p in params if p.grad is not None]
    norm = sum(p.grad.pow(2).sum() for p in params) ** 0.5
    for p in params:
        p.grad.data.mul_(min(1.0, max_norm / (float(norm) + 1e-6)))
    return norm


def cosine_with_warmup(step, warmup, total, base_lr, final_lr=0.0):
    if step < warmup:
        return base_lr * (step + 1) / (warmup + 1)
    progress = min(1.0, (step - warmup) / max(1, total - warmup))
    return final_lr + (base_lr - final_lr) * 0.5 * (1 + math.cos(math.pi * progress))
