import math

import numpy as np
import torch


def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    norm = np.float64(math.sqrt(sum(float((g.double() ** 2).sum()) for g in grads)))
    if norm > max_norm:
        for g in grads:
            g.mul_(float(max_norm / norm))
    return torch.tensor([[norm]])


def cosine_with_warmup(step, warmup, total, base_lr, final_lr=0.0):
    """np.where takes an array of steps as well."""
    down = final_lr + (base_lr - final_lr) * (1 + np.cos(np.pi * (step - warmup) / max(total - warmup, 1))) / 2
    return np.where(step < warmup, base_lr * (step + 1) / (warmup + 1), np.where(step < total, down, final_lr))
