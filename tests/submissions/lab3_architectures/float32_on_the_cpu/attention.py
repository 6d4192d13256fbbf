import numpy as np
import torch


def multi_head_attention(query, key, value, weights, n_heads, mask=None):
    Wq, Wk, Wv, Wo = weights
    N, Tq, D = query.shape
    Tk, d = key.shape[1], D // n_heads
    q = (query @ Wq).reshape(N, Tq, n_heads, d).transpose(1, 2)
    k = (key @ Wk).reshape(N, Tk, n_heads, d).transpose(1, 2)
    v = (value @ Wv).reshape(N, Tk, n_heads, d).transpose(1, 2)
    scores = q @ k.transpose(-1, -2) / torch.sqrt(torch.tensor(d, dtype=torch.float32))
    if mask is not None:
        allowed = torch.ones(N, Tq, Tk, dtype=torch.bool) & mask
        bias = torch.zeros(N, 1, Tq, Tk).masked_fill(~allowed.unsqueeze(1), -np.inf)
        scores = scores + bias
    return (torch.softmax(scores, -1) @ v).transpose(1, 2).reshape(N, Tq, D) @ Wo
