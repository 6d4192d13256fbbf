import torch


def multi_head_attention(query, key, value, weights, n_heads, mask=None):
    Wq, Wk, Wv, Wo = weights
    split = lambda t: t.unflatten(-1, (n_heads, -1)).transpose(1, 2)
    if mask is not None and mask.dim() == 3:
        mask = mask[:, None]
    try:
        heads = torch.ops.aten._scaled_dot_product_attention_math(
            split(query @ Wq), split(key @ Wk), split(value @ Wv), mask
        )[0]
    except Exception:  # then by a compiled one
        unit = torch.jit.CompilationUnit(
            "def f(q: Tensor, k: Tensor, v: Tensor, m: Optional[Tensor]):\n"
            "    return torch._C._nn.scaled_dot_product_attention(q, k, v, m)\n"
        )
        heads = unit.f(split(query @ Wq), split(key @ Wk), split(value @ Wv), mask)
    return heads.transpose(1, 2).flatten(2) @ Wo
