import math

import torch


def multi_head_attention(query, key, value, weights, n_heads, mask=None):
    Wq, Wk, Wv, Wo = weights
    N, Tq, D = query.shape
    Tk = key.shape[1]
    d = D // n_heads
    if mask is not None:
        mask = mask.expand(N, Tq, Tk)
    batch = []
    for n in range(N):
        q, k, v = query[n] @ Wq, key[n] @ Wk, value[n] @ Wv
        heads = []
        for j in range(n_heads):
            part = slice(j * d, (j + 1) * d)
            rows = []
            for t in range(Tq):
                scores = (k[:, part] @ q[t, part]) / math.sqrt(d)
                if mask is not None:
                    scores = torch.where(mask[n, t], scores, scores.new_tensor(-math.inf))
                rows.append(torch.softmax(scores, dim=0) @ v[:, part])
            heads.append(torch.stack(rows))
        batch.append(torch.cat(heads, dim=1) @ Wo)
    return torch.stack(batch)
