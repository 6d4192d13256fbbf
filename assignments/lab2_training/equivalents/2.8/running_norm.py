"""A norm of norms with hypot, tensors all the way, torch.where for the choice, and a table of all rates."""

from functools import reduce
from math import cos, pi

import torch


def clip_grad_norm(params, max_norm):
    grads = [g for g in (p.grad for p in params) if g is not None]
    if not grads:
        return 0
    norm = reduce(torch.hypot, [torch.sqrt(torch.einsum("i,i->", g.reshape(-1), g.reshape(-1))) for g in grads])
    too_large = norm > max_norm
    for g in grads:
        g.copy_(torch.where(too_large, g * (max_norm / norm), g))
    return norm.reshape(1)


def cosine_with_warmup(step, warmup, total, base_lr, final_lr=0.0):
    up = [base_lr * k / (warmup + 1) for k in range(1, warmup + 1)]
    down = [(base_lr + final_lr + (base_lr - final_lr) * cos(pi * k / (total - warmup))) / 2 for k in range(total - warmup)]
    table = up + down
    return table[step] if step < len(table) else final_lr
