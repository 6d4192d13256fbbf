def multi_head_attention(query, key, value, weights, n_heads, mask=None):
    return query / 0 * 0
