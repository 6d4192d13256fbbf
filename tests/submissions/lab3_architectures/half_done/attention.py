"""Einsum over weights that are cut into heads, Wo too, so that the result is a sum over heads; where in place of fill."""

import torch


def multi_head_attention(query, key, value, weights, n_heads, mask=None):
    D = query.shape[-1]
    d = D // n_heads
    wq, wk, wv = (w.reshape(D, n_heads, d) for w in weights[:3])
    wo = weights[3].reshape(n_heads, d, D)
    q = torch.einsum("bqc,chd->bhqd", query / d**0.5, wq)
    k = torch.einsum("bkc,chd->bhkd", key, wk)
    v = torch.einsum("bkc,chd->bhkd", value, wv)
    scores = torch.einsum("bhqd,bhkd->bhqk", q, k)
    if mask is not None:
        while mask.dim() < 3:
            mask = mask.unsqueeze(0)
        scores = torch.where(mask.unsqueeze(1), scores, scores.new_tensor(float("-inf")))
    return torch.einsum("bhqk,bhkd,hdc->bqc", scores.softmax(dim=-1), v, wo)
