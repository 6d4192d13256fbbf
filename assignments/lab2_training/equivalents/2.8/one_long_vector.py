"""Joins all gradients into one vector for the norm, scales inside an if, and returns a float; the rate in one expression."""

import math

import torch


def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in list(params) if p.grad is not None]
    norm = torch.cat([g.flatten() for g in grads]).norm().item() if grads else 0.0
    if norm > max_norm:
        for g in grads:
            g *= max_norm / norm
    return norm


def cosine_with_warmup(step, warmup, total, base_lr, final_lr=0.0):
    done = min(max(step - warmup, 0) / max(total - warmup, 1), 1) if step < total else 1
    down = final_lr + (base_lr - final_lr) * (1 + math.cos(math.pi * done)) / 2
    return base_lr * (step + 1) / (warmup + 1) if step < warmup else down
