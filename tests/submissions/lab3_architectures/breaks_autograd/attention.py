import math

import torch


@torch.no_grad()
def attention_weights(q, k, mask, d):
    scores = q @ k.transpose(-2, -1) / math.sqrt(d)
    if mask is not None:
        if mask.dim() == 3:
            mask = mask[:, None]
        scores = scores.masked_fill(~mask, float("-inf"))
    return scores.softmax(dim=-1)


def multi_head_attention(query, key, value, weights, n_heads, mask=None):
    Wq, Wk, Wv, Wo = weights
    N, Tq, D = query.shape
    d = D // n_heads
    q, k, v = (
        (t @ W).reshape(N, -1, n_heads, d).transpose(1, 2) for t, W in ((query, Wq), (key, Wk), (value, Wv))
    )
    return (attention_weights(q, k, mask, d) @ v).transpose(1, 2).reshape(N, Tq, D) @ Wo
