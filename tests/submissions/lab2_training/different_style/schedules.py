"""Adds up squares as Python floats, writes with copy_, and has torch and NumPy compute the cosine."""

import numpy as np
import torch


def clip_grad_norm(params, max_norm):
    square, holders = 0.0, []
    for p in params:
        if p.grad is None:
            continue
        holders.append(p)
        square += float(torch.sum(p.grad.double() ** 2))
    norm = square**0.5
    factor = min(1.0, max_norm / norm) if norm else 1.0
    if factor < 1:
        for p in holders:
            p.grad.data.copy_(p.grad * factor)
    return norm


def cosine_with_warmup(step, warmup, total, base_lr, final_lr=0.0):
    if step < warmup:
        return np.linspace(0, base_lr, warmup + 2)[step + 1]
    t = torch.tensor(float(min(step, total) - warmup), dtype=torch.float64)
    if total == warmup:
        return final_lr
    return (final_lr + 0.5 * (base_lr - final_lr) * (1 + torch.cos(np.pi * t / (total - warmup)))).item()
