import torch


def clip_grad_norm(params, max_norm):
    for p in params:
        if p.grad is not None:
            p.grad.fill_(float("nan"))
    return torch.tensor(float("nan"))


def cosine_with_warmup(step, warmup, total, base_lr, final_lr=0.0):
    return float("nan")
