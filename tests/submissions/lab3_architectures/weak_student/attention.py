import torch


def multi_head_attention(query, key, value, weights, n_heads, mask=None):
    Wq, Wk, Wv, Wo = weights
    N, T, D = query.shape
    q = (query @ Wq).reshape(N, T, n_heads, D // n_heads)
    k = (key @ Wk).reshape(N, -1, n_heads, D // n_heads)
    v = (value @ Wv).reshape(N, -1, n_heads, D // n_heads)
    scores = torch.einsum("nqhd,nkhd->nhqk", q, k) / (D // n_heads) ** 0.5
    if mask is not None:
        scores = scores.masked_fill(mask.logical_not().reshape(N, 1, -1, mask.shape[-1]), -1e4)
    p = torch.softmax(scores, dim=-1)
    return torch.einsum("nhqk,nkhd->nqhd", p, v).reshape(N, T, D) @ Wo
