"""One head of one sequence after the other, with an additive mask and a softmax of its own."""

import torch


def softmax(scores):
    powers = torch.exp(scores - scores.max(dim=-1, keepdim=True).values)
    return powers / powers.sum(dim=-1, keepdim=True)


def multi_head_attention(query, key, value, weights, n_heads, mask=None):
    wq, wk, wv, wo = weights
    N, Tq, D = query.shape
    Tk, d = key.shape[1], D // n_heads
    out = []
    for n in range(N):
        q, k, v = query[n] @ wq, key[n] @ wk, value[n] @ wv
        heads = []
        for q_j, k_j, v_j in zip(q.split(d, 1), k.split(d, 1), v.split(d, 1)):
            scores = q_j @ k_j.t() * d**-0.5
            if mask is not None:
                here = mask.expand(N, Tq, Tk)[n]
                scores = scores + torch.zeros_like(scores).masked_fill(~here, torch.finfo(scores.dtype).min / 2)
            heads.append(softmax(scores) @ v_j)
        out.append(torch.hstack(heads) @ wo)
    return torch.stack(out)
