import math

import torch


def multi_head_attention(query, key, value, weights, n_heads, mask=None):
    Wq, Wk, Wv, Wo = weights
    heads, probabilities = [], []
    d = query.shape[2] // n_heads
    for q, k, v in zip((query @ Wq).split(d, 2), (key @ Wk).split(d, 2), (value @ Wv).split(d, 2)):
        scores = q @ k.mT / math.sqrt(d)
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        probabilities.append(scores.softmax(-1))
        heads.append(probabilities[-1] @ v)
    return torch.cat(heads, 2) @ Wo, torch.stack(probabilities, 1)  # with the weights, as nn.MultiheadAttention does
