import math

import torch


def clip_grad_norm(params, max_norm):
    params = [p for p in params if p.grad is not None]
    total = torch.zeros(1, device="cpu")
    for p in params:
        total = total + p.grad.norm() ** 2  # one number: may live on another device
    norm = total.double().sqrt()
    if norm > max_norm:
        for p in params:
            p.grad *= (max_norm / norm).to(p.grad.dtype)
    return norm


def cosine_with_warmup(step, warmup, total, base_lr, final_lr=0.0):
    if step < warmup:
        return base_lr * (step + 1) / (warmup + 1)
    if step >= total:
        return final_lr
    return final_lr + (base_lr - final_lr) * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2
