"""Lab 3, attention: every query takes a weighted mean of values, several heads side by side."""

import math

import torch
from torch import Tensor


# ---- Question 3.8: Multi-head attention ----
def multi_head_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    weights: tuple[Tensor, Tensor, Tensor, Tensor],
    n_heads: int,
    mask: Tensor | None = None,
) -> Tensor:
    """Scaled dot-product attention with several heads (Vaswani et al. 2017), without biases.

    With q = query @ Wq, k = key @ Wk, v = value @ Wv and d = D / n_heads, head j works on columns j*d to (j+1)*d - 1
    of q, k and v alone (j counts from 0):

        scores = q_j @ k_j^T / sqrt(d)          (Tq, Tk), for each sequence
        head_j = softmax(scores) @ v_j          the softmax is over the keys

    The heads side by side, in order, make (N, Tq, D) again; the result is that @ Wo. A key that a query may not
    attend to has weight 0, and no influence on the weights of the others, however high its score. Scores up to +-1e5
    must not overflow.

    All float tensors have one dtype and lie, with the mask, on one device; the result has that dtype and lies there,
    too. Arguments need not be contiguous, and none of them may be changed; two or three of them may be the same
    tensor. Autograd must find its way back to the three inputs and all four weights. Not allowed: torch's own
    attention (`scaled_dot_product_attention`, `MultiheadAttention`, transformer layers, under any name).

    Args:
        query: shape (N, Tq, D).
        key: shape (N, Tk, D).
        value: shape (N, Tk, D).
        weights: (Wq, Wk, Wv, Wo), each of shape (D, D).
        n_heads: a divisor of D, at least 1.
        mask: None, if all queries may attend to all keys; or bool, True where the query may attend to the key. Its
            shape is (N, Tq, Tk), or broadcasts to it as usual, such as (Tq, Tk), the same for all sequences, or (N,
            1, Tk), the same for all queries; it holds for all heads. Each query may attend to one key at least.

    Returns:
        out: shape (N, Tq, D).
    """
    # BEGIN SOLUTION
    Wq, Wk, Wv, Wo = weights
    q = (query @ Wq).unflatten(-1, (n_heads, -1)).transpose(1, 2)  # (N, heads, Tq, d)
    k = (key @ Wk).unflatten(-1, (n_heads, -1)).transpose(1, 2)  # (N, heads, Tk, d)
    v = (value @ Wv).unflatten(-1, (n_heads, -1)).transpose(1, 2)
    scores = q @ k.transpose(-2, -1)  # (N, heads, Tq, Tk)
    if mask is not None:
        allowed = mask.expand(len(query), query.shape[1], key.shape[1]).unsqueeze(1)  # (N, 1, Tq, Tk)
        scores = scores.masked_fill(~allowed, -math.inf)
    heads = torch.softmax(scores, dim=-1) @ v  # (N, heads, Tq, d)
    return heads.transpose(1, 2).flatten(2) @ Wo
    # END SOLUTION
