import math
from dataclasses import dataclass

import torch


class GradientClipper:
    def __init__(self, max_norm: float, norm_type: float = 2.0):
        self.max_norm = max_norm
        self.norm_type = norm_type

    def __call__(self, params) -> torch.Tensor:
        if isinstance(params, torch.Tensor):
            params = [params]
        grads = [p.grad for p in params if p.grad is not None]
        if not grads:
            return torch.tensor(0.0)
        with torch.no_grad():
            norms = torch.stack([torch.norm(g.detach(), self.norm_type) for g in grads])
            total = torch.norm(norms, self.norm_type)
            coefficient = torch.clamp(self.max_norm / (total + 1e-6), max=1.0)
            for g in grads:
                g.detach().mul_(coefficient)
        return total


@dataclass
class CosineSchedule:
    warmup: int
    total: int
    base_lr: float
    final_lr: float

    def __getitem__(self, step):
        if step < self.warmup:
            return self.base_lr * (step + 1) / (self.warmup + 1)
        if step >= self.total:
            return self.final_lr
        progress = (step - self.warmup) / (self.total - self.warmup)
        return self.final_lr + (self.base_lr - self.final_lr) * math.cos(math.pi * progress / 2) ** 2


def clip_grad_norm(params, max_norm):
    return GradientClipper(max_norm)(params)


def cosine_with_warmup(step, warmup, total, base_lr, final_lr=0.0):
    return CosineSchedule(warmup, total, base_lr, final_lr)[step]
