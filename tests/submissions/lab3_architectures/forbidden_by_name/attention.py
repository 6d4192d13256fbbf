import torch
import torch.nn.functional as F


def multi_head_attention(query, key, value, weights, n_heads, mask=None):
    Wq, Wk, Wv, Wo = weights
    split = lambda t: t.unflatten(-1, (n_heads, -1)).transpose(1, 2)
    if mask is not None and mask.dim() == 3:
        mask = mask[:, None]
    heads = F.scaled_dot_product_attention(split(query @ Wq), split(key @ Wk), split(value @ Wv), attn_mask=mask)
    return heads.transpose(1, 2).flatten(2) @ Wo
