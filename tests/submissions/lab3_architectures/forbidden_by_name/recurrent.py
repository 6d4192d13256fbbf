import torch
from torch import nn


def rnn_forward(x, h0, Wx, Wh, b):
    layer = nn.RNN(x.shape[2], h0.shape[1]).to(x)
    layer.weight_ih_l0.data, layer.weight_hh_l0.data = Wx.T.contiguous(), Wh.T.contiguous()
    layer.bias_ih_l0.data, layer.bias_hh_l0.data = b.clone(), torch.zeros_like(b)
    y, hn = layer(x, h0[None])
    return y.detach(), hn[0].detach(), (x, h0, Wx, Wh, b)


def rnn_backward(dy, dhn, cache):
    leaves = [t.detach().clone().requires_grad_() for t in cache]
    x, h, Wx, Wh, b = leaves
    ys = []
    for x_t in x:
        h = torch.tanh(x_t @ Wx + h @ Wh + b)
        ys.append(h)
    return torch.autograd.grad([torch.stack(ys), h], leaves, [dy, dhn])


def tbptt(x, targets, h0, Wx, Wh, b, chunk, lr, criterion):
    losses, h = [], h0
    Wx, Wh, b = (p.clone().requires_grad_() for p in (Wx, Wh, b))
    for start in range(0, len(x), chunk):
        h, ys = h.detach(), []
        for x_t in x[start : start + chunk]:
            h = torch.tanh(x_t @ Wx + h @ Wh + b)
            ys.append(h)
        y = torch.stack(ys)
        loss, dy = criterion(y.detach(), targets[start : start + chunk])
        losses.append(loss)
        y.backward(dy)
        with torch.no_grad():
            for p in (Wx, Wh, b):
                p -= lr * p.grad
                p.grad = None
    return losses, h.detach(), (Wx.detach(), Wh.detach(), b.detach())


def lstm(x, state, Wx, Wh, b):
    y, h, c = torch.lstm(
        x, [s[None] for s in state], [Wx.T, Wh.T, b, torch.zeros_like(b)], True, 1, 0.0, False, False, False
    )
    return y, (h[0], c[0])


def gru(x, h0, Wx, Wh, bx, bh):
    h, y = h0, []
    cell = nn.GRUCell(x.shape[2], h0.shape[1]).to(x)
    for x_t in x:
        h = torch.func.functional_call(
            cell, {"weight_ih": Wx.T, "weight_hh": Wh.T, "bias_ih": bx, "bias_hh": bh}, (x_t, h)
        )
        y.append(h)
    return torch.stack(y), h
