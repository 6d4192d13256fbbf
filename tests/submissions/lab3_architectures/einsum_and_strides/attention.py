import torch


def multi_head_attention(query, key, value, weights, n_heads, mask=None):
    Wq, Wk, Wv, Wo = (W.reshape(W.shape[0], n_heads, -1) for W in (*weights[:3], weights[3].T))
    q = torch.einsum("nqc,chd->nhqd", query, Wq)
    k = torch.einsum("nkc,chd->nhkd", key, Wk)
    v = torch.einsum("nkc,chd->nhkd", value, Wv)
    scores = torch.einsum("nhqd,nhkd->nhqk", q, k) * q.shape[-1] ** -0.5
    if mask is not None:
        mask = torch.broadcast_to(mask, (scores.shape[0], *scores.shape[2:]))
        scores = torch.where(mask.unsqueeze(1), scores, float("-inf"))
    weight = torch.exp(scores - torch.logsumexp(scores, dim=-1, keepdim=True))
    return torch.einsum("nhqk,nhkd,chd->nqc", weight, v, Wo)
