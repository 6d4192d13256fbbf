"""One projection for queries, keys and values where they are the same tensor; finfo.min, and keys in the first place."""

import torch


def multi_head_attention(query, key, value, weights, n_heads, mask=None):
    Wq, Wk, Wv, Wo = weights
    if query is key and key is value:
        q, k, v = (query @ torch.cat([Wq, Wk, Wv], dim=1)).tensor_split(3, dim=-1)
    else:
        q = query @ Wq
        k, v = key @ Wk, value @ Wv
    N, Tq, D = q.size()
    Tk = k.size(1)
    q = q.reshape(N, Tq, n_heads, D // n_heads).permute(0, 2, 3, 1)  # (N, heads, d, Tq)
    k = k.reshape(N, Tk, n_heads, D // n_heads).permute(0, 2, 1, 3)  # (N, heads, Tk, d)
    v = v.reshape(N, Tk, n_heads, D // n_heads).permute(0, 2, 3, 1)  # (N, heads, d, Tk)
    scores = torch.matmul(k, q).div(torch.tensor(D // n_heads, dtype=q.dtype, device=q.device).sqrt())
    if mask is not None:
        mask = torch.broadcast_to(mask, (N, Tq, Tk)).transpose(1, 2)[:, None]  # (N, 1, Tk, Tq)
        scores = scores.masked_fill(mask == False, torch.finfo(scores.dtype).min)  # noqa: E712
    heads = torch.matmul(v, torch.softmax(scores, dim=2))  # (N, heads, d, Tq)
    return heads.permute(0, 3, 1, 2).reshape(N, Tq, D) @ Wo
