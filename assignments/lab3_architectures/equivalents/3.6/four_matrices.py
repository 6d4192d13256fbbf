"""Each gate has matrices of its own, and the states are written into a tensor that was made before."""

import torch


def lstm(x, state, Wx, Wh, b):
    h, c = state
    T, N, D = x.shape
    H = Wh.shape[0]
    W = {gate: (Wx[:, k * H : (k + 1) * H], Wh[:, k * H : (k + 1) * H], b[k * H : (k + 1) * H]) for k, gate in enumerate("ifgo")}

    def before(gate, x_t, h):
        wx, wh, bias = W[gate]
        return torch.mm(x_t, wx) + torch.mm(h, wh) + bias

    y = torch.empty(T, N, H, dtype=x.dtype, device=x.device)
    for t in range(T):
        i = torch.sigmoid(before("i", x[t], h))
        f = torch.sigmoid(before("f", x[t], h))
        g = torch.tanh(before("g", x[t], h))
        o = torch.sigmoid(before("o", x[t], h))
        c = f * c + i * g
        h = o * torch.tanh(c)
        y[t] = h
    return y, (h, c)
