import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, LinearLR, SequentialLR


def clip_grad_norm(params, max_norm):
    return torch.nn.utils.clip_grad_norm_(params, max_norm)


def cosine_with_warmup(step, warmup, total, base_lr, final_lr=0.0):
    """PyTorch's own schedulers: nothing forbids them here."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base_lr)
    if step >= total:
        return final_lr
    if step < warmup:
        scheduler = LambdaLR(optimizer, lambda s: (s + 1) / (warmup + 1))
        steps = step
    else:
        scheduler = CosineAnnealingLR(optimizer, T_max=total - warmup, eta_min=final_lr)
        steps = step - warmup
    for _ in range(steps):
        optimizer.step()
        scheduler.step()
    return optimizer.param_groups[0]["lr"]
