"""The gate that is computed is 1 - z, by a sigmoid of the other sign; the steps are a generator's."""

import torch


def steps(x, h, Wx, Wh, bx, bh):
    ru, zu, nu = torch.tensor_split(x.matmul(Wx).add(bx), 3, dim=-1)
    Whr, Whz, Whn = torch.tensor_split(Wh, 3, dim=-1)
    br, bz, bn = torch.tensor_split(bh, 3)
    for t in range(len(x)):
        new = torch.sigmoid(-(zu[t] + h.matmul(Whz) + bz))
        reset = torch.sigmoid(ru[t] + h.matmul(Whr) + br)
        candidate = torch.tanh(nu[t] + reset * (h.matmul(Whn) + bn))
        h = h + new * (candidate - h)
        yield h


def gru(x, h0, Wx, Wh, bx, bh):
    y = torch.stack(tuple(steps(x, h0, Wx, Wh, bx, bh)))
    return y, y[-1].clone()
