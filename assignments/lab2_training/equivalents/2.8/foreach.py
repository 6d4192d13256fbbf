"""torch's foreach operations, without a branch on a value; the cosine as the square of another one."""

import math

import torch


@torch.no_grad()
def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    if len(grads) == 0:
        return torch.tensor(0.0)
    norm = torch.stack(torch._foreach_norm(grads)).norm()
    torch._foreach_mul_(grads, torch.clamp(max_norm / (norm + 1e-6), max=1.0))
    return norm


def cosine_with_warmup(step, warmup, total, base_lr, final_lr=0.0):
    rising = base_lr / (warmup + 1) * (step + 1)
    if step < warmup:
        return rising
    elif step >= total:
        return float(final_lr)
    half = math.pi / 2 * (step - warmup) / (total - warmup)
    return base_lr * math.cos(half) ** 2 + final_lr * math.sin(half) ** 2
