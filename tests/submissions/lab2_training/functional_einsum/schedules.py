from math import cos, pi

import torch


@torch.no_grad()
def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    if not grads:
        return 0.0
    total = torch.cat([g.reshape(-1) for g in grads])
    norm = torch.einsum("i,i->", total, total) ** 0.5
    factor = torch.where(norm > max_norm, max_norm / norm, torch.ones_like(norm))
    [g.mul_(factor) for g in grads]
    return norm


def cosine_with_warmup(step, warmup, total, base_lr, final_lr=0.0):
    rising = lambda s: base_lr * (s + 1) / (warmup + 1)
    falling = lambda s: final_lr + (base_lr - final_lr) * (0.5 + 0.5 * cos(pi * (s - warmup) / (total - warmup)))
    return (rising if step < warmup else falling if step < total else lambda s: final_lr)(step)
