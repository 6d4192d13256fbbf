import math

import torch


def multi_head_attention(query, key, value, weights, n_heads, mask=None):
    Wq, Wk, Wv, Wo = weights
    N, Tq, D = query.shape
    d = D // n_heads
    q = (query @ Wq).view(N, -1, n_heads, d).transpose(1, 2)
    k = (key @ Wk).view(N, -1, n_heads, d).transpose(1, 2)
    v = (value @ Wv).view(N, -1, n_heads, d).transpose(1, 2)
    scores = q @ k.transpose(2, 3)
    scores /= math.sqrt(d)
    if mask is not None:
        mask = mask.logical_not_()
        scores.masked_fill_(mask if mask.dim() == 2 else mask[:, None], -math.inf)
    out = scores.softmax(-1) @ v
    return out.transpose(1, 2).contiguous().view(N, Tq, D) @ Wo
