import math

import torch


def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    # numpy is so much easier
    norm = math.sqrt(sum((g.numpy() ** 2).sum() for g in grads))
    if norm > max_norm:
        for g in grads:
            g.numpy()[...] *= max_norm / norm
    return norm


def cosine_with_warmup(step, warmup, total, base_lr, final_lr=0.0):
    step = torch.tensor(float(step))
    if step < warmup:
        return base_lr * (step + 1) / (warmup + 1)
    if step >= total:
        return torch.tensor(final_lr)
    return final_lr + (base_lr - final_lr) * (1 + torch.cos(math.pi * (step - warmup) / (total - warmup))) / 2
