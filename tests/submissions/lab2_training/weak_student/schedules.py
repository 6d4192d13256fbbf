import math
import torch


def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    if not grads:
        return 0.0
    norm = torch.cat([g.flatten() for g in grads]).norm()
    if norm >= max_norm:
        for g in grads:
            g.mul_(max_norm / (norm + 1e-6))
    return norm.item()


def cosine_with_warmup(step, warmup, total, base_lr, final_lr=0.0):
    if step < warmup:
        return base_lr * (step + 1) / (warmup + 1)
    if step >= total:
        return final_lr
    lr = base_lr * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2
    return max(lr, final_lr)
