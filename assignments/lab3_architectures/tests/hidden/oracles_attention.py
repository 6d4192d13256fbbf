"""Multi-head attention in float64, one head of one sequence after the other, and inputs to try it on."""

import math

import torch


def attention(query, key, value, weights, n_heads, mask=None):
    """The result (N, Tq, D); autograd goes through to all float arguments."""
    Wq, Wk, Wv, Wo = weights
    samples, queries, width = query.shape
    d = width // n_heads
    allowed = torch.ones(samples, queries, key.shape[1], dtype=torch.bool)
    if mask is not None:
        allowed = torch.broadcast_to(mask, allowed.shape)
    rows = []
    for n in range(samples):
        q, k, v = query[n] @ Wq, key[n] @ Wk, value[n] @ Wv
        heads = []
        for j in range(n_heads):
            columns = slice(j * d, (j + 1) * d)
            scores = q[:, columns] @ k[:, columns].T / math.sqrt(d)
            shares = torch.softmax(torch.where(allowed[n], scores, -math.inf), dim=1)
            heads.append(shares @ v[:, columns])
        rows.append(torch.cat(heads, dim=1) @ Wo)
    return torch.stack(rows)


def gradients(query, key, value, weights, n_heads, mask, upstream):
    """The gradients by query, key, value and the four weights of a loss whose gradient by the result is `upstream`."""
    leaves = [part.detach().clone().requires_grad_() for part in (query, key, value, *weights)]
    out = attention(*leaves[:3], leaves[3:], n_heads, mask)
    return torch.autograd.grad(out, leaves, upstream)


def largest_score(query, key, weights, n_heads):
    """The largest absolute score of all heads."""
    q, k = (part.unflatten(-1, (n_heads, -1)) for part in (query @ weights[0], key @ weights[1]))  # (N, T, heads, d)
    return torch.einsum("nqjd,nkjd->njqk", q, k).abs().max().item() / math.sqrt(q.shape[-1])


def random_mask(rng, *shape):
    """True with probability 1/2, and once at least in each row of the last axis."""
    mask = torch.from_numpy(rng.random(shape) < 0.5)
    sure = torch.from_numpy(rng.integers(0, shape[-1], size=(*shape[:-1], 1)))
    return mask.scatter(-1, sure, True)
