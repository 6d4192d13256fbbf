"""Heads are stacked along the batch by chunk and cat, scores by baddbmm on a bias that holds the mask."""

import math

import torch


def multi_head_attention(query, key, value, weights, n_heads, mask=None):
    Wq, Wk, Wv, Wo = weights
    stack = lambda x, W: torch.cat(torch.matmul(x, W).chunk(n_heads, dim=2), dim=0)  # (heads N, T, d)
    q, k, v = stack(query, Wq), stack(key, Wk), stack(value, Wv)
    bias = q.new_zeros(query.size(0), query.size(1), key.size(1))
    if mask is not None:
        bias = bias.masked_fill(mask.logical_not(), -1e12)
    scores = torch.baddbmm(bias.repeat(n_heads, 1, 1), q, k.mT, alpha=1 / math.sqrt(q.size(2)))
    heads = torch.bmm(torch.exp(torch.log_softmax(scores, 2)), v)
    return torch.cat(heads.chunk(n_heads, dim=0), dim=2).matmul(Wo)
